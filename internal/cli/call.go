package cli

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// Env is what is around a command.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// Terminal says that Stdout is one whose lines can be written anew, Colour that it
	// shows colours and its user does not mind.
	Terminal, Colour bool
}

// Call is a command that has been called, with its options and arguments, which
// have been checked.
type Call struct {
	Env
	Root *Command // the table
	Path string   // the whole name of the command

	at     position
	values map[string][]string
	args   map[string][]string
}

// value is what an option was given, by the command line, the environment, or the
// table. To ask for one that the command does not have is a mistake in the program.
func (c *Call) value(flag string) []string {
	if v, ok := c.values[flag]; ok {
		return v
	}
	f := c.at.flag(flag)
	if f == nil {
		panic("cli: " + c.Path + " has no option --" + flag)
	}
	if f.Env != "" && c.Getenv != nil {
		if v := c.Getenv(f.Env); v != "" {
			return []string{v}
		}
	}
	if f.Default != "" {
		return []string{f.Default}
	}
	return nil
}

// Has reports whether an option is given, by the command line or the environment.
func (c *Call) Has(flag string) bool {
	f := c.at.flag(flag)
	v := c.value(flag)
	_, given := c.values[flag]
	return given || len(v) > 0 && v[0] != f.Default
}

// Text is the value of an option, "" for none.
func (c *Call) Text(flag string) string {
	if v := c.value(flag); len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

// List is all values of an option that may be given more than once.
func (c *Call) List(flag string) []string { return slices.Clone(c.value(flag)) }

// Bool tells whether a switch is on.
func (c *Call) Bool(flag string) bool { return c.Text(flag) == "true" }

// Duration is the value of an option of that kind.
func (c *Call) Duration(flag string) time.Duration {
	d, _ := time.ParseDuration(c.Text(flag)) // it has been checked
	return d
}

// Arg is an argument, "" for one that was not given.
func (c *Call) Arg(name string) string {
	if v := c.Args(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// Args are the arguments under a name that stands for many.
func (c *Call) Args(name string) []string {
	if !slices.ContainsFunc(c.at.last().Args, func(a Arg) bool { return a.Name == name }) {
		panic("cli: " + c.Path + " has no argument " + name)
	}
	return slices.Clone(c.args[name])
}

// Printf writes to the output.
func (c *Call) Printf(format string, args ...any) error {
	_, err := fmt.Fprintf(c.Stdout, format, args...)
	return err
}

// Bold paints a text that is a heading.
func (c *Call) Bold(text string) string { return c.paint("1", text) }

// Green paints what is well, Red what is not.
func (c *Call) Green(text string) string { return c.paint("32", text) }

// Red paints what is not well.
func (c *Call) Red(text string) string { return c.paint("31", text) }

// Dim paints what matters less.
func (c *Call) Dim(text string) string { return c.paint("2", text) }

func (c *Call) paint(style, text string) string {
	if !c.Colour || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}
