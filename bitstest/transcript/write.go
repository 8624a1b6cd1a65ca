package transcript

import (
	"fmt"
	"strings"
)

// magic is the first line.
const magic = "bitsemu transcript 1"

// String is the text of the transcript, which [Parse] reads.
func (t Transcript) String() string {
	var b strings.Builder
	b.WriteString(t.Header.String())
	for _, c := range t.Cases {
		b.WriteString("\n" + c.String())
	}
	return b.String()
}

// String is the head of a transcript.
func (h Header) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, magic)
	for _, field := range h.fields() {
		fmt.Fprintln(&b, strings.TrimRight(field.name+": "+*field.value, " "))
	}
	fmt.Fprintln(&b, strings.TrimRight("options: "+strings.Join(h.Options, ", "), " "))
	fmt.Fprintf(&b, "jobs before: %d\n", h.JobsBefore)
	return b.String()
}

type field struct {
	name  string
	value *string
}

func (h *Header) fields() []field {
	return []field{
		{"system", &h.System},
		{"build", &h.Build},
		{"architecture", &h.Architecture},
		{"bits", &h.BITS},
		{"caller", &h.Caller},
		{"date", &h.Date},
		{"bitstest", &h.Suite},
	}
}

// String is the text of one case.
func (c Case) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "case %s\n", c.Name)
	number := 0
	steps := func(steps []Step) {
		for _, s := range steps {
			number++
			if s.Wait == nil {
				fmt.Fprintf(&b, "%d %v\n", number, s.Call)
				continue
			}
			vain := ""
			if s.Wait.Vain {
				vain = " in vain"
			}
			fmt.Fprintf(&b, "%d wait%s\n", number, vain)
			for _, call := range s.Wait.Calls {
				fmt.Fprintf(&b, "\t%v\n", call)
			}
			for _, call := range s.Wait.Seen {
				fmt.Fprintf(&b, "\t~ %v\n", call)
			}
		}
	}
	steps(c.Steps)
	if len(c.After) > 0 {
		fmt.Fprintln(&b, "after")
		steps(c.After)
	}
	for _, callback := range c.Callbacks {
		fmt.Fprintf(&b, "%s of %s\n", callback.Name, callback.Of)
		for _, e := range callback.Events {
			fmt.Fprintf(&b, "\t%v\n", e.Call)
			for _, call := range e.Calls {
				fmt.Fprintf(&b, "\t\t%v\n", call)
			}
			fmt.Fprintf(&b, "\t\t~ after %d\n", e.After)
		}
	}
	fmt.Fprintln(&b, c.Outcome)
	if c.Why != "" {
		fmt.Fprintf(&b, "~ %s\n", c.Why)
	}
	return b.String()
}
