package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/bitsemu/bitsemu/hresult"
)

// The exit statuses that mean the same in all commands.
const (
	OK     = 0
	Failed = 1 // it went wrong, or the answer is no
	Usage  = 2 // the command line is wrong, or a file that it names cannot be read
)

// UsageError is a command line that cannot be understood.
type UsageError struct {
	Path string // the command as far as there is one
	Err  error
}

func (u *UsageError) Error() string { return u.Err.Error() + "; see " + u.help() }

func (u *UsageError) help() string {
	root, rest, _ := strings.Cut(u.Path, " ")
	return strings.TrimSpace(root + " help " + rest)
}

// Unwrap gives what is wrong with it.
func (u *UsageError) Unwrap() error { return u.Err }

// Wrong is the error of a command whose arguments do not fit together.
func (c *Call) Wrong(format string, args ...any) error {
	return &UsageError{c.Path, fmt.Errorf(format, args...)}
}

// statusError is an error with an exit status.
type statusError struct {
	status int
	err    error
}

func (s *statusError) Error() string {
	if s.err == nil {
		return fmt.Sprintf("status %d", s.status)
	}
	return s.err.Error()
}

func (s *statusError) Unwrap() error { return s.err }

// WithStatus makes the program end with a status. Without an error nothing is said.
func WithStatus(status int, err error) error { return &statusError{status, err} }

// Status is the exit status that an error calls for.
func Status(err error) int {
	var s *statusError
	var u *UsageError
	switch {
	case err == nil:
		return OK
	case errors.As(err, &s):
		return s.status
	case errors.As(err, &u):
		return Usage
	}
	return Failed
}

// Run reads a command line and runs the command.
func Run(ctx context.Context, root *Command, args []string, env Env) error {
	if env.Getenv == nil {
		env.Getenv = func(string) string { return "" }
	}
	c, err := parse(root, args, env)
	switch {
	case errors.Is(err, errHelp) && len(c.at) == 1:
		return c.Printf("%s", usage(root))
	case errors.Is(err, errHelp):
		return c.Printf("%s", c.manual(c.at))
	case err != nil:
		return &UsageError{c.Path, err}
	}
	err = c.at.last().Run(ctx, c)
	if err == nil {
		return nil
	}
	return &callError{c.Path, err}
}

// callError is an error of a command that ran.
type callError struct {
	path string
	err  error
}

func (e *callError) Error() string { return e.err.Error() }

func (e *callError) Unwrap() error { return e.err }

// Main runs the command of a command line, says what went wrong, and returns the
// exit status.
func Main(ctx context.Context, root *Command, args []string, env Env) int {
	err := Run(ctx, root, args, env)
	if text := Message(root.Name, err); text != "" {
		fmt.Fprintln(env.Stderr, text)
	}
	return Status(err)
}

// Message is what a user is told about an error: the command, what went wrong, and the
// HRESULT unless the text has it. It is "" when there is nothing to say.
func Message(name string, err error) string {
	var s *statusError
	var c *callError
	var u *UsageError
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE), errors.As(err, &s) && s.err == nil:
		return ""
	case errors.As(err, &u):
		name = u.Path
	case errors.As(err, &c):
		name = c.path
	}
	text := err.Error()
	if h, ok := hresult.Of(err); ok && h.Failed() && !strings.Contains(text, h.Hex()) {
		text += " (" + strings.TrimSpace(known(h)+h.Hex()) + ")"
	}
	return name + ": " + text
}

// known is the name of an HRESULT and a blank, "" for one that has none.
func known(h hresult.HRESULT) string {
	if h.String() == h.Hex() {
		return ""
	}
	return h.String() + " "
}
