package cli

import (
	"context"
	"strings"
)

// Command is a row of the table: a command, or a group of them.
type Command struct {
	Name    string
	Summary string // what it does, in a line that begins small and has no full stop
	Args    []Arg
	Flags   []Flag // those of a group are those of all commands in it too
	// About is the description. A blank line ends a paragraph; lines that are
	// indented stay as they are.
	About string
	// Synopsis is how it is called, after its name, where the table does not tell.
	Synopsis []string
	Env      []Item // environment variables, beside those that the flags name
	Exit     []Item // exit statuses; those of the group when there are none
	Examples []Example
	SeeAlso  []string

	Commands []Command // of a group
	Hidden   bool      // from the usage

	Run func(context.Context, *Call) error // of a command
}

// Arg is an argument that is no option.
type Arg struct {
	Name     string // "STORE"
	Help     string
	Optional bool
	Many     bool // this one and all that follow; the last one only
	Kind     Kind
}

// Flag is an option. One without a Value is a switch.
type Flag struct {
	Name     string // "json"
	Short    string // "o", "" for none
	Value    string // what stands for its value in texts: "FILE"
	Default  string
	Env      string // the variable that tells the value when the option is not given
	Help     string
	Required bool
	Many     bool // may be given more than once
	Kind     Kind
}

// Item is a line of a list of things with a name.
type Item struct{ Name, Help string }

// Example is a command line, and what it is for.
type Example struct{ Help, Line string }

// Kind says which values an option or an argument has.
type Kind struct {
	Check func(string) error // nil: any will do
	Words func(*Call) []Item // those that a shell can propose, with an explanation each
	Files bool               // names of files
}

// Find is the command below this one that has a name, nil for none.
func (c *Command) Find(name string) *Command {
	for i := range c.Commands {
		if c.Commands[i].Name == name {
			return &c.Commands[i]
		}
	}
	return nil
}

// position is a command and the groups that it is in, outermost first.
type position []*Command

func (p position) last() *Command { return p[len(p)-1] }

// path is the command's whole name.
func (p position) path() string {
	names := make([]string, len(p))
	for i, c := range p {
		names[i] = c.Name
	}
	return strings.Join(names, " ")
}

// flags are those of the command, and those of the groups that it is in.
func (p position) flags() []Flag {
	var all []Flag
	for i := len(p) - 1; i >= 0; i-- {
		all = append(all, p[i].Flags...)
	}
	return all
}

// exit are the exit statuses.
func (p position) exit() []Item {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].Exit != nil {
			return p[i].Exit
		}
	}
	return nil
}

func (p position) flag(name string) *Flag {
	for _, c := range p {
		for i := range c.Flags {
			if f := &c.Flags[i]; f.Name == name || f.Short != "" && f.Short == name {
				return f
			}
		}
	}
	return nil
}

// visible are the commands that the usage names.
func (c *Command) visible() []*Command {
	var all []*Command
	for i := range c.Commands {
		if !c.Commands[i].Hidden {
			all = append(all, &c.Commands[i])
		}
	}
	return all
}
