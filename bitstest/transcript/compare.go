package transcript

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
)

// Difference is one place where two recordings of a case differ.
type Difference struct {
	Case   string
	Number int    // of the call or wait; 0 for what is beside them
	Call   string // with its arguments; "wait", "outcome" or "callback1" for what is no call
	What   string // Call without numbers and arguments, such as "job.GetState"
	Theirs string // the answer that was recorded; "nothing" for no such call
	Ours   string // the other one
}

func (d Difference) String() string {
	return fmt.Sprintf("%s, call %d: %s\n\ttheirs: %s\n\tours:   %s", d.Case, d.Number, d.Call, d.Theirs, d.Ours)
}

// nothing is the answer to a call that was not made.
const nothing = "nothing"

// Compare tells where ours, another recording of the same case, differs from
// theirs. It goes by the calls; once the two call different things, which follows
// from what they were answered before or from a suite that has changed, it ends. The rules are those of docs/transcripts.md.
func Compare(theirs, ours Case) []Difference {
	c := &comparison{name: theirs.Name}
	together := c.steps(0, theirs.Steps, ours.Steps)
	if together && c.steps(len(theirs.Steps), theirs.After, ours.After) {
		c.callbacks(theirs.Callbacks, ours.Callbacks)
	}
	if len(c.found) == 0 && theirs.Outcome != ours.Outcome {
		c.add(0, "outcome", "outcome", outcome(theirs), outcome(ours))
	}
	return c.found
}

func outcome(c Case) string {
	return strings.TrimSuffix(string(c.Outcome)+": "+c.Why, ": ")
}

type comparison struct {
	name  string
	found []Difference
}

func (c *comparison) add(number int, call, what, theirs, ours string) {
	c.found = append(c.found, Difference{c.name, number, call, what, theirs, ours})
}

// steps compares steps that begin after a number, and returns whether both went
// the same way to the end.
func (c *comparison) steps(number int, theirs, ours []Step) bool {
	for i := range min(len(theirs), len(ours)) {
		number++
		t, o := theirs[i], ours[i]
		if (t.Wait == nil) != (o.Wait == nil) || t.Wait == nil && t.Text != o.Text {
			c.parted(number, t, o)
			return false
		}
		if t.Wait == nil {
			c.call(number, t.Call, o.Call)
		} else {
			c.wait(number, t.Wait, o.Wait)
		}
	}
	switch at := min(len(theirs), len(ours)); {
	case len(theirs) > at:
		c.parted(number+1, theirs[at], Step{})
	case len(ours) > at:
		c.parted(number+1, Step{}, ours[at])
	default:
		return true
	}
	return false
}

// parted notes where the two go different ways, unless a difference before it
// tells why.
func (c *comparison) parted(number int, theirs, ours Step) {
	if len(c.found) > 0 {
		return
	}
	text := func(s Step) (call, what string) {
		switch {
		case s.Wait != nil:
			return "wait", "wait"
		case s.Text == "":
			return nothing, nothing
		}
		return s.Text, s.method()
	}
	t, what := text(theirs)
	o, otherwise := text(ours)
	if what == nothing {
		what = otherwise
	}
	c.add(number, "the way", "the way of "+what, t, o)
}

// call compares two answers to the same call.
func (c *comparison) call(number int, theirs, ours Call) {
	if t, o := answer(theirs), answer(ours); t != o {
		c.add(number, theirs.Text, theirs.method(), t, o)
	}
}

// underWay are the states of a job that runs. Which one it is in is a matter of
// the moment.
var underWay = []string{
	bits.BG_JOB_STATE_QUEUED.String(), bits.BG_JOB_STATE_CONNECTING.String(), bits.BG_JOB_STATE_TRANSFERRING.String(),
}

// answer is an answer as it is compared.
func answer(c Call) string {
	if slices.Contains(underWay, c.Answer) {
		return "under way"
	}
	return c.Answer
}

// lasting are the states that a job without anybody's doing rests in for so long
// that who waits cannot miss it.
var lasting = []string{bits.BG_JOB_STATE_TRANSIENT_ERROR.String()}

// wait compares two waits: how they ended, and which lasting states were seen
// before.
func (c *comparison) wait(number int, theirs, ours *Wait) {
	text := func(w, other *Wait) string {
		var parts []string
		for _, call := range w.Calls {
			same := func(o Call) bool { return o.Text == call.Text && answer(o) == answer(call) }
			if w.Vain && strings.HasSuffix(call.Text, ".GetProgress()") {
				continue // how far it came by then says nothing
			}
			if w.Vain != other.Vain || !slices.ContainsFunc(other.Calls, same) {
				parts = append(parts, call.Text+": "+answer(call))
			}
		}
		for _, call := range w.Seen {
			same := func(o Call) bool { return o.Answer == call.Answer }
			if slices.Contains(lasting, call.Answer) && !slices.ContainsFunc(other.Seen, same) &&
				!slices.ContainsFunc(other.Calls, same) {
				parts = append(parts, "before "+call.Answer)
			}
		}
		if w.Vain {
			parts = append([]string{"in vain"}, parts...)
		}
		return strings.Join(slices.Compact(parts), "; ")
	}
	t, o := text(theirs, ours), text(ours, theirs)
	if t == o {
		return
	}
	if t == "" {
		t = "ended"
	}
	if o == "" {
		o = "ended"
	}
	c.add(number, "wait", "wait", t, o)
}

// callbacks compares what the callbacks were told.
func (c *comparison) callbacks(theirs, ours []Callback) {
	for i, t := range theirs {
		if i >= len(ours) {
			c.add(0, t.Name, "callback", told(t), nothing)
			continue
		}
		if t, o := told(t), told(ours[i]); t != o {
			c.add(0, theirs[i].Name, "callback", t, o)
		}
	}
}

// told is what a callback was told, and what it called and was answered.
func told(c Callback) string {
	var parts []string
	for _, e := range c.Events {
		text := e.Text
		if e.Failed {
			text += " ! " + e.Answer
		}
		for _, call := range e.Calls {
			text += ", " + call.Text + ": " + answer(call)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return nothing
	}
	return strings.Join(parts, "; ")
}
