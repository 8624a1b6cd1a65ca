package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// calls are what each method answered.
func (w *machine) calls() ([]string, error) {
	out, err := w.run(time.Minute, "onecase.exe", "calls")
	if err != nil {
		return nil, fmt.Errorf("the calls: %w\n%s", err, out)
	}
	var lines []string
	for l := range strings.Lines(out) {
		if strings.HasPrefix(l, "I") && strings.Count(l, "\t") == 2 {
			lines = append(lines, strings.TrimSpace(l))
		}
	}
	return lines, nil
}

// cases are the cases that did not pass. With again, one that has another outcome
// than listed is tried again, in a new session: Wine's COM fails now and then (O).
func (w *machine) cases(listed []string, again bool) ([]string, error) {
	out, err := w.run(time.Minute, "onecase.exe")
	if err != nil {
		return nil, fmt.Errorf("the names of the cases: %w\n%s", err, out)
	}
	want := map[string]string{}
	for _, l := range listed {
		name, _, _ := strings.Cut(l, "\t")
		want[name] = l
	}
	var lines []string
	total := 0
	for l := range strings.Lines(out) {
		name, evidence, ok := strings.Cut(strings.TrimSpace(l), "\t")
		if !ok || !strings.Contains(name, "/") {
			continue
		}
		total++
		got := w.one(name, evidence)
		if again && got != want[name] {
			w.again++
			fmt.Printf("again: %s %s\n", name, got)
			w.restart()
			got = w.one(name, evidence)
		}
		if got != "" {
			lines = append(lines, got)
		}
	}
	fmt.Printf("bitstest: %d cases, %d of which pass\n", total, total-len(lines))
	return lines, nil
}

// one runs a case and returns its line of the list, and nothing if it passes.
func (w *machine) one(name, evidence string) string {
	out, err := w.run(time.Minute, "onecase.exe", name)
	outcome, why := "fail", "it ends with "+fmt.Sprint(err)
	if hung := (*hangs)(nil); errors.As(err, &hung) {
		fmt.Printf("hangs: %s: %s%s\n", name, hung.report(), out)
	} else if strings.Contains(out, "onecase: hangs") {
		fmt.Printf("hangs: %s: %v\n%s\n", name, err, out)
	}
	for l := range strings.Lines(out) {
		switch o, reason, ok := strings.Cut(strings.TrimSpace(l), "\t"); {
		case !ok:
		case o == "pass":
			return ""
		case o == "skip", o == "fail":
			outcome, why = o, masked(reason)
		}
	}
	return strings.Join([]string{name, outcome, why, evidence}, "\t")
}

// masks are for what differs from run to run, and for what says nothing here.
var masks = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`uuid\.UUID\{0x[^}]*\}`), "<id>"},
	{regexp.MustCompile(`\[(\d+ ){15}\d+\]`), "<id>"},
	{regexp.MustCompile(`<id>(, <id>)+`), "<ids>"},
	{regexp.MustCompile(`bitstest-[0-9a-f]{8}`), "bitstest"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \w+`), "<time>"},
	{regexp.MustCompile(`difference was \S+`), "difference was <duration>"},
	{regexp.MustCompile(`Should be zero, but was \d+`), "Should be zero"},
	{regexp.MustCompile(`(\(0x[0-9A-F]{8}\)): [^.]*\.`), "$1"},
	{regexp.MustCompile(`^Received unexpected error: `), ""},
	{regexp.MustCompile(`winbits: `), ""},
	{regexp.MustCompile(` Messages:`), ";"},
	{regexp.MustCompile(`C:\\users\\\S*\\Temp\\\S*\\`), `DIR\`},
}

const longest = 240 // characters of a reason

func masked(reason string) string {
	for _, m := range masks {
		reason = m.pattern.ReplaceAllString(reason, m.by)
	}
	if r := []rune(reason); len(r) > longest {
		reason = string(r[:longest]) + "…"
	}
	return reason
}
