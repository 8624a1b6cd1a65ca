package transcript

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Entry is a line of a list of differences that are known: it stands for the
// differences of one case, or of all that no line for one case stands for.
type Entry struct {
	Case     string // "*" for all
	What     string // see Difference
	Theirs   string
	Ours     string
	Times    int    // how many differences it stands for
	Evidence string // what is known of Windows there: "D nf-bits-ibackgroundcopyjob-gettimes.md"
	Reason   string // why they differ
}

const listHead = "case\tcall\ttheirs\tours\ttimes\tevidence\treason"

// unknown is in the place of evidence and reason that nobody has found yet.
const unknown = "?"

var evidence = regexp.MustCompile(`^[WOICD]\b`)

// ParseList reads a list. Evidence begins with the letter of a kind, and there is
// a reason: a list with a "?" is refused, but by [Update].
func ParseList(text string) ([]Entry, error) { return parseList(text, false) }

func parseList(text string, lenient bool) ([]Entry, error) {
	if !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("transcript: the last line of the list does not end, so something is missing")
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != listHead {
		return nil, fmt.Errorf("transcript: the first line of a list is %q", listHead)
	}
	var list []Entry
	for i, line := range lines[1:] {
		columns := strings.Split(line, "\t")
		if len(columns) != 7 || slices.Contains(columns, "") {
			return nil, fmt.Errorf("transcript: line %d of the list: want 7 columns and something in each", i+2)
		}
		times, err := strconv.Atoi(columns[4])
		e := Entry{columns[0], columns[1], columns[2], columns[3], times, columns[5], columns[6]}
		switch {
		case err != nil || times < 1 || strconv.Itoa(times) != columns[4]:
			return nil, fmt.Errorf("transcript: line %d of the list: %q is no number of times", i+2, columns[4])
		case slices.ContainsFunc(list, e.same):
			return nil, fmt.Errorf("transcript: line %d of the list: that was there before", i+2)
		case lenient:
		case e.Evidence == unknown || e.Reason == unknown:
			return nil, fmt.Errorf("transcript: line %d of the list: evidence and reason are missing", i+2)
		case !evidence.MatchString(e.Evidence):
			return nil, fmt.Errorf("transcript: line %d of the list: %q does not begin with the letter of a kind of evidence", i+2, e.Evidence)
		}
		list = append(list, e)
	}
	return list, nil
}

// FormatList writes a list.
func FormatList(list []Entry) string {
	var b strings.Builder
	fmt.Fprintln(&b, listHead)
	for _, e := range list {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", e.Case, e.What, e.Theirs, e.Ours, e.Times, e.Evidence, e.Reason)
	}
	return b.String()
}

func (e Entry) same(o Entry) bool {
	return e.Case == o.Case && e.What == o.What && e.Theirs == o.Theirs && e.Ours == o.Ours
}

// of is a line for a difference alone.
func of(d Difference, name string) Entry {
	return Entry{name, d.What, d.Theirs, d.Ours, 1, unknown, unknown}
}

// find is the place of the line that stands for d, and -1 for none.
func find(list []Entry, d Difference) int {
	if i := slices.IndexFunc(list, of(d, d.Case).same); i >= 0 {
		return i
	}
	return slices.IndexFunc(list, of(d, all).same)
}

const all = "*"

// Check holds differences to a list, and returns what is wrong in either
// direction: differences that no line stands for, and lines that stand for
// another number of differences than there are.
func Check(list []Entry, differences []Difference) []string {
	var wrong []string
	times := make([]int, len(list))
	for _, d := range differences {
		if i := find(list, d); i >= 0 {
			times[i]++
			continue
		}
		wrong = append(wrong, "not listed: "+d.String())
	}
	for i, e := range list {
		if times[i] != e.Times {
			wrong = append(wrong, fmt.Sprintf("listed %d times and there %d times: %s, %s\n\ttheirs: %s\n\tours:   %s",
				e.Times, times[i], e.Case, e.What, e.Theirs, e.Ours))
		}
	}
	return wrong
}

// Update is the list for these differences. Lines of the list before that still
// stand for something keep their evidence and their reason. New ones get a "?" for
// both, which somebody has to replace; a difference that is in several cases gets
// one line for all.
func Update(before string, differences []Difference) (string, error) {
	var old []Entry
	if before != "" {
		var err error
		if old, err = parseList(before, true); err != nil {
			return "", err
		}
	}
	for i := range old {
		old[i].Times = 0
	}
	var fresh []Entry
	for _, d := range differences {
		if i := find(old, d); i >= 0 {
			old[i].Times++
			continue
		}
		i := slices.IndexFunc(fresh, func(e Entry) bool { return e.What == d.What && e.Theirs == d.Theirs && e.Ours == d.Ours })
		switch {
		case i < 0:
			fresh = append(fresh, of(d, d.Case))
		case fresh[i].Case != d.Case:
			fresh[i].Case = all
			fallthrough
		default:
			fresh[i].Times++
		}
	}
	list := slices.DeleteFunc(append(old, fresh...), func(e Entry) bool { return e.Times == 0 })
	slices.SortStableFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.Theirs, b.Theirs), cmp.Compare(a.Ours, b.Ours), cmp.Compare(a.Case, b.Case))
	})
	return FormatList(list), nil
}
