package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// errHelp is what a command line comes to that asks for help.
var errHelp = errors.New("help is wanted")

// parse reads a command line. The call is there beside an error too, as far as it
// has been read.
func parse(root *Command, args []string, env Env) (*Call, error) {
	c := &Call{Env: env, Root: root, Path: root.Name, at: position{root}, values: map[string][]string{}, args: map[string][]string{}}
	var words []string
	for i := 0; i < len(args); i++ {
		word := args[i]
		switch {
		case word == "--":
			words = append(words, args[i+1:]...)
			i = len(args)
			for len(words) > 0 && c.at.last().Commands != nil {
				if err := c.enter(words[0]); err != nil {
					return c, err
				}
				words = words[1:]
			}
		case len(word) > 1 && word[0] == '-':
			used, err := c.option(word, args[i+1:])
			if err != nil {
				return c, err
			}
			i += used
		case c.at.last().Commands != nil:
			if err := c.enter(word); err != nil {
				return c, err
			}
		default:
			words = append(words, word)
		}
	}
	if c.at.last().Commands != nil {
		return c, errHelp
	}
	if err := c.arguments(words); err != nil {
		return c, err
	}
	return c, c.complete()
}

// enter goes on with a command of the group.
func (c *Call) enter(name string) error {
	next := c.at.last().Find(name)
	if next == nil {
		return fmt.Errorf("there is no command %q%s", name, meant(name, c.at.last().visible()))
	}
	c.at = append(c.at, next)
	c.Path += " " + name
	return nil
}

// option reads an option, and tells how many of the words behind it are its own.
func (c *Call) option(word string, rest []string) (used int, err error) {
	name, value, given := strings.Cut(strings.TrimPrefix(word[1:], "-"), "=")
	f := c.at.flag(name)
	switch {
	case f == nil && (name == "h" || name == "help"):
		return 0, errHelp
	case f == nil || strings.HasPrefix(word, "--") && f.Name != name:
		return 0, fmt.Errorf("there is no option %s", word)
	case f.Value == "":
		if !given {
			value = "true"
		}
		on, err := strconv.ParseBool(value)
		if err != nil {
			return 0, fmt.Errorf("--%s is a switch, and %q neither true nor false", f.Name, value)
		}
		c.values[f.Name] = []string{strconv.FormatBool(on)}
		return 0, nil
	case !given && len(rest) == 0:
		return 0, fmt.Errorf("--%s wants a value: --%s %s", f.Name, f.Name, f.Value)
	case !given:
		value, used = rest[0], 1
	}
	if _, twice := c.values[f.Name]; twice && !f.Many {
		return 0, fmt.Errorf("--%s is there twice", f.Name)
	}
	if f.Kind.Check != nil {
		if err := f.Kind.Check(value); err != nil {
			return 0, fmt.Errorf("--%s: %w", f.Name, err)
		}
	}
	c.values[f.Name] = append(c.values[f.Name], value)
	return used, nil
}

// arguments gives the words that are no options their names.
func (c *Call) arguments(words []string) error {
	for _, a := range c.at.last().Args {
		if len(words) == 0 {
			if a.Optional {
				continue
			}
			return fmt.Errorf("it wants %s: %s", a.Name, a.Help)
		}
		n := 1
		if a.Many {
			n = len(words)
		}
		for _, w := range words[:n] {
			if a.Kind.Check != nil {
				if err := a.Kind.Check(w); err != nil {
					return fmt.Errorf("%s: %w", a.Name, err)
				}
			}
		}
		c.args[a.Name], words = words[:n], words[n:]
	}
	if len(words) > 0 {
		return fmt.Errorf("it takes no argument %q", words[0])
	}
	return nil
}

// complete sees to options that were not given.
func (c *Call) complete() error {
	for _, f := range c.at.flags() {
		if _, given := c.values[f.Name]; given {
			continue
		}
		v := c.value(f.Name)
		if len(v) == 0 {
			if f.Required {
				return fmt.Errorf("it wants --%s %s: %s", f.Name, f.Value, f.Help)
			}
			continue
		}
		check := f.Kind.Check
		if f.Value == "" {
			check = isBool
		}
		if check != nil {
			if err := check(v[0]); err != nil {
				return fmt.Errorf("%s: %w", f.Env, err)
			}
		}
		if f.Value == "" {
			on, _ := strconv.ParseBool(v[0])
			c.values[f.Name] = []string{strconv.FormatBool(on)}
		}
	}
	return nil
}

func isBool(s string) error {
	if _, err := strconv.ParseBool(s); err != nil {
		return fmt.Errorf("%q is neither true nor false", s)
	}
	return nil
}

// meant proposes the command whose name is nearest to what was written.
func meant(name string, among []*Command) string {
	best, least := "", 3
	for _, c := range among {
		if d := distance(name, c.Name); d < least {
			best, least = c.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; is it %q?", best)
}

// distance is how many letters are to be changed, put in or left out to make one
// word of the other.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
