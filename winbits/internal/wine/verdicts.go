package main

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	verdict = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP): (\S+) \(`)
	speaks  = regexp.MustCompile(`^=== (?:RUN|NAME|CONT|PAUSE)\s+(\S+)`)
	// Cases of bitstest are skipped for the builds of Windows that they are not about.
	ofABuild = regexp.MustCompile(`^(this needs|before Windows|from Windows) `)
	said     = regexp.MustCompile(`^\s+\S+\.go:\d+: (.*)`)
)

// silent is the reason of a test that fails without a word.
const silent = "it does not say why"

// verdicts reads the output of tests that ran with -test.v: which did not pass, and why.
// Of a test and its parts only the parts are listed, but for a test of which all fail.
// ended is false if the program came to another end than that of its tests.
func verdicts(pkg, out string) (rows map[string]row, passed int, ended bool) {
	rows = map[string]row{}
	why := map[string]string{}
	outcomes := map[string]string{}
	now := ""                   // whose line it is
	wants, more := false, false // the reason is on one of the next lines, or on the next one
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\r\n")
		if m := speaks.FindStringSubmatch(line); m != nil {
			now, wants, more = m[1], false, false
			continue
		}
		if m := verdict.FindStringSubmatch(line); m != nil {
			outcomes[m[2]] = strings.ToLower(m[1])
			continue
		}
		text, found := "", false
		if m := said.FindStringSubmatch(line); m != nil {
			text, found = m[1], true
			wants = text == ""
		} else if wants {
			_, text, found = strings.Cut(line, "Error:")
		}
		text = strings.Join(strings.Fields(text), " ")
		if wants && strings.HasSuffix(text, "unexpected error:") {
			more = true
			continue
		}
		if more && !found {
			text, found, more = strings.Join(strings.Fields(line), " "), true, false
		}
		if found && text != "" && why[now] == "" {
			why[now] = masked(text)
			wants = false
		}
		if line == "PASS" || line == "FAIL" {
			ended = true
		}
	}
	// The deepest come first, so that a test knows of its parts.
	parts := map[string]*tally{}
	names := slices.SortedFunc(maps.Keys(outcomes), func(a, b string) int {
		return cmp.Or(strings.Count(b, "/")-strings.Count(a, "/"), strings.Compare(a, b))
	})
	for _, name := range names {
		outcome, of := outcomes[name], parts[name]
		if i := strings.LastIndex(name, "/"); i >= 0 {
			if parts[name[:i]] == nil {
				parts[name[:i]] = &tally{}
			}
			parts[name[:i]].add(outcome, of)
		}
		switch {
		case outcome == "pass":
			passed++
			continue
		case of != nil && of.failed > 0 && (of.others > 0 || of.failed == 1):
			continue // its parts are listed
		}
		r := row{pkg, name, outcome, why[name]}
		for _, key := range slices.Sorted(maps.Keys(rows)) { // all of its parts fail: it stands for them
			if strings.HasPrefix(key, pkg+"\t"+name+"/") {
				if part := rows[key].why; r.why == "" && part != silent {
					r.why = part
				}
				delete(rows, key)
			}
		}
		r.why = cmp.Or(r.why, silent)
		if r.outcome != "skip" || !ofABuild.MatchString(r.why) {
			rows[r.key()] = r
		}
	}
	return rows, passed, ended
}

// tally counts the parts of a test.
type tally struct{ failed, others int }

// add counts a part. One of which a part does not fail is not one that fails altogether.
func (t *tally) add(outcome string, of *tally) {
	if outcome == "fail" && (of == nil || of.others == 0) {
		t.failed++
	} else {
		t.others++
	}
}

// exactly is a pattern for one test, of the form that the flag -test.skip has.
func exactly(test string) string {
	parts := strings.Split(test, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}
