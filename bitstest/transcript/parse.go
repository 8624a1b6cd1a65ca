package transcript

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads the text of a transcript. It is strict: what it accepts is written
// again as it was by [Transcript.String]. An error names the line.
func Parse(text string) (Transcript, error) {
	p := &parser{}
	if !utf8.ValidString(text) {
		return Transcript{}, fmt.Errorf("transcript: the text is not UTF-8")
	}
	if !strings.HasSuffix(text, "\n") {
		return Transcript{}, fmt.Errorf("transcript: the last line does not end, so something is missing")
	}
	p.lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	t, err := p.transcript()
	if err != nil {
		return Transcript{}, fmt.Errorf("transcript: line %d: %w", p.at+1, err)
	}
	return t, nil
}

type parser struct {
	lines []string
	at    int // the line that is looked at
}

func (p *parser) line() (string, bool) {
	if p.at == len(p.lines) {
		return "", false
	}
	return p.lines[p.at], true
}

// next is the rest of the line if it begins so, and goes to the next one then.
func (p *parser) next(prefix string) (string, bool) {
	line, _ := p.line()
	rest, ok := strings.CutPrefix(line, prefix)
	if ok && p.at < len(p.lines) {
		p.at++
		return rest, true
	}
	return "", false
}

func (p *parser) transcript() (t Transcript, err error) {
	if rest, ok := p.next(magic); !ok || rest != "" {
		return t, fmt.Errorf("want %q", magic)
	}
	for _, f := range t.Header.fields() {
		value, ok := p.next(f.name + ":")
		if !ok {
			return t, fmt.Errorf("want the field %q", f.name)
		}
		if *f.value, err = p.value(value); err != nil {
			return t, err
		}
	}
	options, ok := p.next("options:")
	if !ok {
		return t, fmt.Errorf(`want the field "options"`)
	}
	if options, err = p.value(options); err != nil {
		return t, err
	}
	if options != "" {
		t.Header.Options = strings.Split(options, ", ")
	}
	if slices.Contains(t.Header.Options, "") {
		return t, p.back("an option without a name")
	}
	before, ok := p.next("jobs before: ")
	if !ok {
		return t, fmt.Errorf(`want the field "jobs before"`)
	}
	if t.Header.JobsBefore, err = strconv.Atoi(before); err != nil || t.Header.JobsBefore < 0 || strconv.Itoa(t.Header.JobsBefore) != before {
		return t, p.back("%q is no number of jobs", before)
	}
	seen := map[string]bool{}
	for {
		line, ok := p.line()
		if !ok {
			return t, nil
		}
		if line != "" {
			return t, fmt.Errorf("want an empty line before a case")
		}
		p.at++
		c, err := p.oneCase()
		if err != nil {
			return t, err
		}
		if seen[c.Name] {
			return t, p.back("the case %s is there twice", c.Name)
		}
		seen[c.Name] = true
		t.Cases = append(t.Cases, c)
	}
}

// back is an error in the line before.
func (p *parser) back(format string, args ...any) error {
	p.at--
	return fmt.Errorf(format, args...)
}

// value is the value of a field, which follows a space.
func (p *parser) value(text string) (string, error) {
	value, ok := strings.CutPrefix(text, " ")
	if text != "" && (!ok || value != strings.TrimSpace(value) || value == "" || !printable(value)) {
		return "", p.back("want one space and a value after the name of a field")
	}
	return value, nil
}

var (
	caseName     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)+$`)
	callbackLine = regexp.MustCompile(`^([a-z]+[0-9]+) of ([a-z]+[0-9]*)$`)
	callStart    = regexp.MustCompile(`^([A-Za-z]+: )?([a-z]+[0-9]*\.)?[A-Z][A-Za-z0-9]*\(`)
)

// ParseCase reads the text of one case, as [Case.String] writes it.
func ParseCase(text string) (Case, error) {
	p := &parser{lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	c, err := p.oneCase()
	if err == nil && (p.at < len(p.lines) || !utf8.ValidString(text) || !strings.HasSuffix(text, "\n")) {
		err = fmt.Errorf("want nothing but one case")
	}
	if err != nil {
		return Case{}, fmt.Errorf("transcript: line %d: %w", p.at+1, err)
	}
	return c, nil
}

func (p *parser) oneCase() (c Case, err error) {
	name, ok := p.next("case ")
	if !ok {
		return c, fmt.Errorf(`want "case" and a name`)
	}
	if c.Name = name; !caseName.MatchString(name) {
		return c, p.back("%q is no name of a case", name)
	}
	number := 0
	if c.Steps, err = p.steps(&number); err != nil {
		return c, err
	}
	if rest, ok := p.next("after"); ok {
		if rest != "" {
			return c, p.back("want nothing after the word after")
		}
		if c.After, err = p.steps(&number); err != nil {
			return c, err
		}
		if len(c.After) == 0 {
			return c, fmt.Errorf("want a call after the word after")
		}
	}
	for {
		line, _ := p.line()
		m := callbackLine.FindStringSubmatch(line)
		if m == nil {
			break
		}
		p.at++
		callback := Callback{Name: m[1], Of: m[2]}
		if callback.Events, err = p.events(); err != nil {
			return c, err
		}
		c.Callbacks = append(c.Callbacks, callback)
	}
	line, _ := p.line()
	switch c.Outcome = Outcome(line); c.Outcome {
	case Pass, Skip, Fail:
		p.at++
	default:
		return c, fmt.Errorf("want call %d, after, a callback, or pass, skip or fail, and not %q", number+1, line)
	}
	if why, ok := p.next("~ "); ok {
		if c.Why = why; why != strings.TrimSpace(why) || why == "" || !printable(why) {
			return c, p.back("want a reason after ~")
		}
	}
	return c, nil
}

// steps are the steps from the next number on.
func (p *parser) steps(number *int) (steps []Step, err error) {
	for {
		rest, ok := p.next(strconv.Itoa(*number+1) + " ")
		if !ok {
			return steps, nil
		}
		*number++
		if rest != "wait" && rest != "wait in vain" {
			call, err := p.call(rest)
			if err != nil {
				return nil, err
			}
			steps = append(steps, Step{Call: call})
			continue
		}
		wait := &Wait{Vain: rest != "wait"}
		for {
			rest, ok := p.next("\t")
			if !ok {
				break
			}
			seen, isSeen := strings.CutPrefix(rest, "~ ")
			if isSeen {
				rest = seen
			}
			call, err := p.call(rest)
			switch {
			case err != nil:
				return nil, err
			case isSeen:
				wait.Seen = append(wait.Seen, call)
			case len(wait.Seen) > 0:
				return nil, p.back("want the calls of the last round before what was seen earlier")
			default:
				wait.Calls = append(wait.Calls, call)
			}
		}
		steps = append(steps, Step{Wait: wait})
	}
}

func (p *parser) events() (events []Event, err error) {
	for {
		rest, ok := p.next("\t")
		if !ok {
			return events, nil
		}
		var e Event
		if e.Call, err = p.call(rest); err != nil {
			return nil, err
		}
		for {
			rest, ok := p.next("\t\t")
			if !ok {
				return nil, fmt.Errorf("want what the callback calls, or ~ after and a number")
			}
			if after, ok := strings.CutPrefix(rest, "~ after "); ok {
				if e.After, err = strconv.Atoi(after); err != nil || e.After < 0 || strconv.Itoa(e.After) != after {
					return nil, p.back("%q is no number of a call", after)
				}
				break
			}
			call, err := p.call(rest)
			if err != nil {
				return nil, err
			}
			e.Calls = append(e.Calls, call)
		}
		events = append(events, e)
	}
}

// call reads "job1.GetState() = BG_JOB_STATE_QUEUED" from the line before.
func (p *parser) call(text string) (Call, error) {
	start := callStart.FindString(text)
	if start == "" {
		return Call{}, p.back("want a call such as job1.GetState(), and not %q", text)
	}
	end := closing(text, len(start))
	if end < 0 {
		return Call{}, p.back("the arguments of this call do not end")
	}
	c := Call{Text: text[:end]}
	switch rest := text[end:]; {
	case strings.HasPrefix(rest, " = "):
	case strings.HasPrefix(rest, " ! "):
		c.Failed = true
	default:
		return Call{}, p.back("want = or ! and an answer after the call")
	}
	c.Answer = text[end+3:]
	if c.Answer != strings.TrimSpace(c.Answer) || c.Answer == "" || !printable(text) {
		return Call{}, p.back("want an answer after the call")
	}
	return c, nil
}

// closing is where the parenthesis that was opened before from is closed, texts in
// quotation marks left out.
func closing(text string, from int) int {
	depth, quoted := 1, false
	for i := from; i < len(text); i++ {
		switch ch := text[i]; {
		case quoted && ch == '\\':
			i++
		case ch == '"':
			quoted = !quoted
		case quoted:
		case ch == '(':
			depth++
		case ch == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

func printable(text string) bool {
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}
