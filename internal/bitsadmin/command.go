package bitsadmin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bits"
)

// Env is what a command has around it.
type Env struct {
	Getenv   func(string) string
	Stdout   io.Writer      // all that bitsadmin.exe says too, its errors among it
	Stderr   io.Writer      // what it never says: that the emulator is not set up, or has failed
	Terminal *Terminal      // nil when Stdout is none
	Location *time.Location // of the times that are shown; nil for that of this machine
	// Open is where the jobs are, nil for [Open].
	Open func(Config) Place
}

func (e *Env) location() *time.Location {
	return cmp.Or(e.Location, time.Local)
}

// command is one of the switches.
type command struct {
	name     string // "GETSTATE", or "UTIL /VERSION" in a family
	args     string // as the help has it
	help     string
	min, max int // arguments; max is -1 for any number
	kind     kind
	run      func(*call) error
	missing  string // why it is not emulated
}

// kind is how a command goes about the work of the jobs. A service that lives only as
// long as commands run must do it before they look, or after they have changed something.
type kind uint8

const (
	changes kind = iota // settle behind it
	looks               // settle before it
	ends                // both: /COMPLETE looks at how far the job has come
	alone               // it sees to all that by itself
)

// call is a command under way.
type call struct {
	ctx     context.Context
	env     *Env
	conf    Config
	place   Place
	session Session // nil for a command that is alone, and has not begun one
	print   *printer
	args    []string
	screen  string // that /TRANSFER has drawn last
	width   int    // of the terminal then
}

func (c *call) manager() bits.Manager { return c.session.Manager() }

// begin opens the place of the jobs, end closes it.
func (c *call) begin() (err error) {
	c.session, err = c.place.Begin(c.ctx, c.conf.As)
	if err != nil {
		c.session = nil
		return &setup{err}
	}
	return nil
}

func (c *call) end() error {
	if c.session == nil {
		return nil
	}
	err := c.session.Close()
	c.session = nil
	return err
}

// setup is a failure that is none of bitsadmin.exe's.
type setup struct{ err error }

func (s *setup) Error() string { return s.err.Error() }

func (s *setup) Unwrap() error { return s.err }

// Run does what a command line says, without the name of the program, and returns the
// exit code that Windows would have; see [ExitCode].
func Run(ctx context.Context, args []string, env Env) int32 {
	conf, args, err := configure(env.Getenv, args)
	if err != nil {
		_, _ = fmt.Fprintln(env.Stderr, "bitsadmin:", err)
		return Status(err)
	}
	open := env.Open
	if open == nil {
		open = Open
	}
	line := parse(args)
	c := &call{ctx: ctx, env: &env, conf: conf, place: open(conf), args: line.args}
	c.print = &printer{w: env.Stdout, terminal: env.Terminal, raw: line.raw, cut: line.nowrap}
	if !line.raw {
		banner(c.print, c.place.Build(ctx))
	}
	err = c.do(line)
	var s *setup
	switch {
	case errors.As(err, &s):
		_, _ = fmt.Fprintln(env.Stderr, "bitsadmin:", err)
	case err != nil:
		c.show(err)
	}
	if failed := c.end(); failed != nil {
		_, _ = fmt.Fprintln(env.Stderr, "bitsadmin:", failed)
		err = cmp.Or(err, failed)
	}
	if c.print.err != nil {
		_, _ = fmt.Fprintln(env.Stderr, "bitsadmin:", c.print.err)
		err = cmp.Or(err, c.print.err)
	}
	return Status(err)
}

// do runs a command.
func (c *call) do(line commandLine) error {
	switch line.command {
	case "":
		usage(c.print)
		return nil
	case "HELP", "?":
		usage(c.print)
		return nil
	}
	if family, ok := strings.CutSuffix(line.command, " /?"); ok {
		return familyHelp(c.print, family)
	}
	cmd := find(line.command)
	if cmd == nil {
		c.print.line("Invalid command")
		usage(c.print)
		return told{refusal("Invalid command")}
	}
	if len(c.args) < cmd.min || cmd.max >= 0 && len(c.args) > cmd.max {
		return badCount
	}
	if cmd.missing != "" {
		return &missing{"/" + cmd.name, cmd.missing}
	}
	if cmd.kind == alone {
		return cmd.run(c)
	}
	if err := c.begin(); err != nil {
		return err
	}
	if cmd.kind != changes {
		if err := c.session.Settle(c.ctx); err != nil {
			return &setup{err}
		}
	}
	err := cmd.run(c)
	if cmd.kind != looks {
		if unsettled := c.session.Settle(c.ctx); unsettled != nil && err == nil {
			return &setup{unsettled}
		}
	}
	return err
}

// find is the command with a name, nil for none.
func find(name string) *command {
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &commands[i]
}
