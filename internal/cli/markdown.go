package cli

import (
	"context"
	"fmt"
	"strings"
)

// Help is the command, under a name, that prints the help of the others.
func Help(name string) Command {
	return Command{
		Name: name, Summary: "tell what there is, or all about a command",
		Args:  []Arg{{Name: "COMMAND", Help: "the command", Optional: true, Many: true, Kind: Kind{Words: helpWords}}},
		Flags: []Flag{{Name: "markdown", Help: "print all that there is as a page in Markdown"}},
		About: "Without a command it lists them. A command's --help prints the same as help with its name.",
		Run: func(_ context.Context, c *Call) error {
			if c.Bool("markdown") {
				return c.Printf("%s", Markdown(c.Root))
			}
			text, err := c.Manual(c.Args("COMMAND"))
			if err != nil {
				return err
			}
			return c.Printf("%s", text)
		},
	}
}

func helpWords(c *Call) []Item {
	p, err := c.locate(c.Args("COMMAND"))
	if err != nil {
		return nil
	}
	var words []Item
	for _, sub := range p.last().visible() {
		words = append(words, Item{sub.Name, sub.Summary})
	}
	return words
}

// Markdown is a page about the program.
func Markdown(root *Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nMade from the table of commands by `%s help --markdown`; not to be edited.\n\n", root.Name, root.Name)
	b.WriteString(wrap(root.About, "") + "\n| command | what it does |\n|---|---|\n")
	for _, sub := range root.visible() {
		fmt.Fprintf(&b, "| [%s](#%s-%s) | %s |\n", sub.Name, root.Name, sub.Name, cell(sub.Summary))
	}
	(position{root}).shared(&b)
	for _, sub := range root.visible() {
		(position{root, sub}).markdown(&b)
	}
	return b.String()
}

// shared writes what all commands have in common.
func (p position) shared(b *strings.Builder) {
	if root := p.last(); len(root.Exit) > 0 || len(root.Env) > 0 {
		b.WriteString("\nAll commands, unless they say otherwise:\n\n")
		items(b, root.Exit, "exit status ")
		items(b, root.Env, "")
	}
}

func (p position) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s %s\n\n", strings.Repeat("#", min(len(p), 3)), p.path())
	c := p.last()
	for _, s := range p.sections() {
		switch s.title {
		case "NAME":
			fmt.Fprintf(b, "%s.\n", strings.ToUpper(c.Summary[:1])+c.Summary[1:])
		case "SYNOPSIS":
			fmt.Fprintf(b, "\n```text\n%s\n```\n", strings.Join(s.lines, "\n"))
		case "DESCRIPTION":
			b.WriteString("\n" + prose(s.text))
		case "COMMANDS":
			b.WriteString("\n")
			items(b, s.items, "")
		case "ARGUMENTS", "OPTIONS":
			if s.title == "OPTIONS" && c.Commands != nil {
				continue // each of its commands tells them
			}
			fmt.Fprintf(b, "\n%s\n\n", map[string]string{"ARGUMENTS": "Arguments:", "OPTIONS": "Options:"}[s.title])
			items(b, s.items, "")
		case "EXIT STATUS":
			if c.Exit != nil {
				b.WriteString("\nExit status:\n\n")
				items(b, s.items, "")
			}
		case "EXAMPLES":
			b.WriteString("\n```sh\n")
			for _, e := range s.code {
				fmt.Fprintf(b, "# %s.\n%s\n", e.Help, e.Line)
			}
			b.WriteString("```\n")
		case "SEE ALSO":
			fmt.Fprintf(b, "\nSee also: %s.\n", s.text)
		}
	}
	for _, sub := range c.visible() {
		append(p[:len(p):len(p)], sub).markdown(b)
	}
}

func items(b *strings.Builder, all []Item, before string) {
	for _, i := range all {
		b.WriteString(strings.TrimRight(hang("* "+before+"`"+i.Name+"`:", "  ", strings.Fields(i.Help)), "\n") + "\n")
	}
}

// prose is a description, in which lines that are indented become blocks of text.
func prose(text string) string {
	var b strings.Builder
	in := false
	for line := range strings.Lines(wrap(text, "")) {
		verbatim := strings.HasPrefix(line, "  ")
		if verbatim != in {
			in = verbatim
			b.WriteString(map[bool]string{true: "```text\n", false: "```\n"}[in])
		}
		b.WriteString(line)
	}
	if in {
		b.WriteString("```\n")
	}
	return b.String()
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
