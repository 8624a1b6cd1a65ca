package main

import (
	"fmt"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// matrix is a table of callers and methods.
type matrix struct {
	call             *cli.Call
	job              tokenopts.Call
	callers, methods []string
	rows             [][]tokenopts.Decision
}

func (m *matrix) print() error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", m.job.Build)
	if m.job.Job != [16]byte{} {
		b.WriteString("job " + bits.GUIDString(m.job.Job) + "\n")
	}
	owner := "the caller"
	if !m.job.Owner.IsZero() {
		owner = m.job.Owner.String()
	}
	helper := "none"
	if !m.job.Helper.IsZero() {
		helper = m.job.Helper.String()
	}
	for _, f := range [][2]string{{"owner", owner}, {"helper token", helper}, {"state", m.job.State.String()}} {
		b.WriteString(cli.Hang(fmt.Sprintf("%-14s %s", f[0], f[1]), 15))
	}
	b.WriteString("\n")
	for i, name := range m.methods {
		fmt.Fprintf(&b, "  %2d %s\n", i+1, name)
	}
	longest := len("caller")
	for _, c := range m.callers {
		longest = max(longest, min(len(c), 40))
	}
	head := fmt.Sprintf("%-*s ", longest, "caller")
	for i := range m.methods {
		head += fmt.Sprintf(" %2d", i+1)
	}
	b.WriteString("\n" + m.call.Bold(head) + "\n")
	var rules []tokenopts.Rule
	for i, row := range m.rows {
		name := m.callers[i]
		if len(name) > longest {
			name = name[:longest-3] + "..."
		}
		fmt.Fprintf(&b, "%-*s ", longest, name)
		for _, d := range row {
			if d.Allowed {
				b.WriteString("  " + m.call.Green("."))
				continue
			}
			k := 0
			for k < len(rules) && rules[k].ID != d.Rule.ID {
				k++
			}
			if k == len(rules) {
				rules = append(rules, d.Rule)
			}
			b.WriteString("  " + m.call.Red(letter(k)))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n  . allowed\n")
	for k, r := range rules {
		b.WriteString(cli.Hang(fmt.Sprintf("  %s %s: it %s: %s (%s) [%s]", letter(k), r.ID, r.Says, r.Answer.String(), r.Answer.Hex(), r.Evidence), 4))
	}
	return m.call.Printf("%s", b.String())
}

// letter is what stands for the k-th rule.
func letter(k int) string { return string(rune('a' + k)) }
