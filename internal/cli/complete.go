package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Proposals are what a shell may put at the end of a command line.
type Proposals struct {
	Words []Item
	Files bool // names of files too
}

// Complete proposes what the last of the words could become: words are those behind
// the name of the program, the last one is the one being written, perhaps "".
func Complete(root *Command, words []string, env Env) Proposals {
	if len(words) == 0 {
		words = []string{""}
	}
	before, now := words[:len(words)-1], words[len(words)-1]
	c := &Call{Env: env, Root: root, Path: root.Name, at: position{root}, values: map[string][]string{}, args: map[string][]string{}}
	given, plain := 0, false
	var waiting *Flag // its value comes next
	for _, w := range before {
		switch {
		case waiting != nil:
			c.values[waiting.Name] = append(c.values[waiting.Name], w)
			waiting = nil
		case plain || len(w) < 2 || w[0] != '-':
			if c.at.last().Commands != nil {
				if c.enter(w) != nil {
					return Proposals{}
				}
				continue
			}
			if a := c.argument(given); a != nil {
				c.args[a.Name] = append(c.args[a.Name], w)
			}
			given++
		case w == "--":
			plain = true
		default:
			name, value, assigned := strings.Cut(strings.TrimPrefix(w[1:], "-"), "=")
			f := c.at.flag(name)
			switch {
			case f == nil:
			case assigned:
				c.values[f.Name] = append(c.values[f.Name], value)
			case f.Value != "":
				waiting = f
			default:
				c.values[f.Name] = []string{"true"}
			}
		}
	}
	switch {
	case waiting != nil:
		return c.propose(waiting.Kind, now, "")
	case plain || !strings.HasPrefix(now, "-"):
		if c.at.last().Commands != nil {
			return c.commands(now)
		}
		if a := c.argument(given); a != nil {
			return c.propose(a.Kind, now, "")
		}
		return Proposals{}
	}
	if name, value, assigned := strings.Cut(now, "="); assigned {
		if f := c.at.flag(strings.TrimLeft(name, "-")); f != nil && f.Value != "" {
			return c.propose(f.Kind, value, name+"=")
		}
		return Proposals{}
	}
	return c.options(now)
}

// argument is the n-th that is no option, counted from 0; nil when there is none.
func (c *Call) argument(n int) *Arg {
	args := c.at.last().Args
	if n >= len(args) && len(args) > 0 && args[len(args)-1].Many {
		n = len(args) - 1
	}
	if n >= len(args) {
		return nil
	}
	return &args[n]
}

func (c *Call) commands(now string) Proposals {
	var p Proposals
	for _, sub := range c.at.last().visible() {
		p.add(Item{sub.Name, sub.Summary}, now, "")
	}
	return p
}

func (c *Call) propose(k Kind, now, before string) Proposals {
	p := Proposals{Files: k.Files}
	if k.Words != nil {
		for _, w := range k.Words(c) {
			p.add(w, now, before)
		}
	}
	return p
}

// options are those that have not been given yet.
func (c *Call) options(now string) Proposals {
	var p Proposals
	for _, f := range c.at.flags() {
		if _, given := c.values[f.Name]; !given || f.Many {
			p.add(Item{"--" + f.Name, f.Help}, now, "")
		}
	}
	p.add(Item{"--help", "print all about it"}, now, "")
	slices.SortStableFunc(p.Words, func(a, b Item) int { return cmp.Compare(a.Name, b.Name) })
	return p
}

func (p *Proposals) add(w Item, now, before string) {
	if strings.HasPrefix(strings.ToLower(w.Name), strings.ToLower(now)) {
		p.Words = append(p.Words, Item{before + w.Name, w.Help})
	}
}

// split undoes what bash does to a command line: it makes a word of each "=".
func split(words []string) []string {
	var whole []string
	for i := 0; i < len(words); i++ {
		if n := len(whole); n > 0 && words[i] == "=" && strings.HasPrefix(whole[n-1], "-") {
			whole[n-1] += "="
			if i+1 < len(words) {
				i++
				whole[n-1] += words[i]
			}
			continue
		}
		whole = append(whole, words[i])
	}
	return whole
}

// unquote is a word as a shell would pass it to a program: without backslashes and
// quotes, of which the last may be open still.
func unquote(word string) string {
	var b strings.Builder
	var open byte
	for i := 0; i < len(word); i++ {
		switch ch := word[i]; {
		case ch == '\\' && open != '\'' && i+1 < len(word):
			i++
			b.WriteByte(word[i])
		case open == 0 && (ch == '\'' || ch == '"'):
			open = ch
		case open != 0 && ch == open:
			open = 0
		default:
			b.WriteByte(ch)
		}
	}
	return b.String()
}

// print writes the proposals in the form that the shell's script reads: a line for
// each word, with its explanation behind a tab if the shell shows them, and in the end
// a line ":files" when names of files will do too.
func (p Proposals) print(shell string) string {
	var b strings.Builder
	for _, w := range p.Words {
		name := w.Name
		if shell == "bash" {
			// What bash replaces is the part behind the "=" alone, and it shows no
			// explanations.
			if _, value, assigned := strings.Cut(name, "="); assigned && strings.HasPrefix(name, "-") {
				name = value
			}
			fmt.Fprintln(&b, name)
			continue
		}
		fmt.Fprintf(&b, "%s\t%s\n", name, strings.Join(strings.Fields(w.Help), " "))
	}
	if p.Files {
		fmt.Fprintln(&b, ":files")
	}
	return b.String()
}
