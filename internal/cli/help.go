package cli

import (
	"fmt"
	"strings"
)

// usage is what a group has to offer.
func usage(root *Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "usage: %s COMMAND [OPTION...] [ARGUMENT...]\n\n", root.Name)
	b.WriteString(wrap(root.About, ""))
	b.WriteString("\n")
	b.WriteString(commandList(root, "  "))
	fmt.Fprintf(&b, "\n%s help COMMAND tells all about one of them.\n", root.Name)
	return b.String()
}

// commandList is a line for each command.
func commandList(c *Command, indent string) string {
	var b strings.Builder
	longest := 0
	for _, sub := range c.visible() {
		longest = max(longest, len(sub.Name))
	}
	for _, sub := range c.visible() {
		fmt.Fprintf(&b, "%s%-*s  %s\n", indent, longest, sub.Name, sub.Summary)
	}
	return b.String()
}

// synopsis are the forms of a command line, in pieces that stay together.
func (p position) synopsis() [][]string {
	c := p.last()
	if c.Synopsis != nil {
		var forms [][]string
		for _, s := range c.Synopsis {
			forms = append(forms, pieces(s))
		}
		return forms
	}
	if c.Commands != nil {
		return [][]string{{"COMMAND", "[OPTION...]", "[ARGUMENT...]"}}
	}
	var form []string
	for _, f := range p.flags() {
		text := f.written()
		if !f.Required {
			text = "[" + text + "]"
		}
		if f.Many {
			text += "..."
		}
		form = append(form, text)
	}
	for _, a := range c.Args {
		text := a.Name
		if a.Many {
			text += "..."
		}
		if a.Optional {
			text = "[" + text + "]"
		}
		form = append(form, text)
	}
	return [][]string{form}
}

// pieces cuts a form at blanks that are in no brackets.
func pieces(form string) []string {
	var all []string
	for _, w := range strings.Fields(form) {
		if n := len(all); n > 0 && (strings.Count(all[n-1], "[") > strings.Count(all[n-1], "]") ||
			strings.HasPrefix(all[n-1], "-") && !strings.Contains(all[n-1], " ") && !strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "[")) {
			all[n-1] += " " + w
			continue
		}
		all = append(all, w)
	}
	return all
}

// written is an option with what stands for its value.
func (f Flag) written() string {
	text := "--" + f.Name
	if f.Value != "" {
		text += " " + f.Value
	}
	return text
}

// forms is an option in all its spellings.
func (f Flag) forms() string {
	if f.Short == "" {
		return f.written()
	}
	return strings.TrimSpace("-"+f.Short+" "+f.Value) + ", " + f.written()
}

// about is all that is to be said of an option.
func (f Flag) about() string {
	text := f.Help
	if f.Default != "" {
		text += " (default " + f.Default + ")"
	}
	if f.Env != "" {
		text += "; " + f.Env + " says the same"
	}
	return text
}

// section is a part of a page of help.
type section struct {
	title string
	text  string // prose
	lines []string
	items []Item
	code  []Example
}

// sections are the parts of a command's page, in order, those that are empty left out.
func (p position) sections() []section {
	c := p.last()
	all := []section{
		{title: "NAME", text: p.path() + " - " + c.Summary},
		{title: "SYNOPSIS"},
		{title: "DESCRIPTION", text: c.About},
		{title: "COMMANDS"},
		{title: "ARGUMENTS"},
		{title: "OPTIONS"},
		{title: "ENVIRONMENT"},
		{title: "EXIT STATUS", items: p.exit()},
		{title: "EXAMPLES", code: c.Examples},
		{title: "SEE ALSO", text: strings.Join(c.SeeAlso, ", ")},
	}
	for _, form := range p.synopsis() {
		all[1].lines = append(all[1].lines, strings.TrimRight(hang(p.path(), strings.Repeat(" ", len(p.path())+1), form), "\n"))
	}
	for _, sub := range c.visible() {
		all[3].items = append(all[3].items, Item{sub.Name, sub.Summary})
	}
	for _, a := range c.Args {
		all[4].items = append(all[4].items, Item{a.Name, a.Help})
	}
	for _, f := range p.flags() {
		all[5].items = append(all[5].items, Item{f.forms(), f.about()})
		if f.Env != "" {
			all[6].items = append(all[6].items, Item{f.Env, "stands for --" + f.Name})
		}
	}
	all[5].items = append(all[5].items, Item{"-h, --help", "print this"})
	for _, q := range p {
		all[6].items = append(all[6].items, q.Env...)
	}
	var full []section
	for _, s := range all {
		if s.text != "" || s.lines != nil || s.items != nil || s.code != nil {
			full = append(full, s)
		}
	}
	return full
}

const indent = "    "

// manual is a command's page.
func (c *Call) manual(p position) string {
	var b strings.Builder
	for i, s := range p.sections() {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(c.Bold(s.title) + "\n")
		b.WriteString(wrap(s.text, indent))
		for _, l := range s.lines {
			b.WriteString(indent + strings.ReplaceAll(l, "\n", "\n"+indent) + "\n")
		}
		for _, item := range s.items {
			if len(item.Name) <= 10 && !strings.HasPrefix(item.Name, "-") {
				text := wrap(item.Help, indent+strings.Repeat(" ", 12))
				b.WriteString(fmt.Sprintf("%s%-12s", indent, item.Name) + strings.TrimLeft(text, " "))
				continue
			}
			b.WriteString(indent + item.Name + "\n" + wrap(item.Help, indent+indent+indent))
		}
		for j, e := range s.code {
			if j > 0 {
				b.WriteString("\n")
			}
			b.WriteString(wrap(e.Help+":", indent))
			b.WriteString(commandLine(e.Line))
		}
	}
	return b.String()
}

// commandLine is an example in lines of a page's width, broken before options, as a
// shell reads it.
func commandLine(text string) string {
	line := indent + indent
	var b strings.Builder
	for i, part := range strings.Split(text, " --") {
		if i > 0 {
			part = " --" + part
		}
		if i > 0 && len(line)+len(part)+2 > width {
			b.WriteString(line + " \\\n")
			line = indent + indent + indent
			part = part[1:]
		}
		line += part
	}
	return b.String() + line + "\n"
}

// Manual is the page of a command by its name, such as ["ctl", "advance"].
func (c *Call) Manual(names []string) (string, error) {
	p, err := c.locate(names)
	if err != nil {
		return "", err
	}
	if len(p) == 1 {
		return usage(c.Root), nil
	}
	return c.manual(p), nil
}

func (c *Call) locate(names []string) (position, error) {
	p := position{c.Root}
	for _, name := range names {
		next := p.last().Find(name)
		if next == nil {
			return nil, c.Wrong("there is no command %q%s", strings.TrimSpace(strings.TrimPrefix(p.path()+" "+name, c.Root.Name)), meant(name, p.last().visible()))
		}
		p = append(p, next)
	}
	return p, nil
}
