// Command bitsemu is the emulator's command line: the demo, and tools that look at the
// stores of jobs and at the rules.
//
//	bitsemu help          say what there is
//	bitsemu help demo     say all about one of the commands
//
// docs/bitsemu.md has it all; it is made from the same table, commands.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/bitsemu/bitsemu/internal/cli"
)

func main() {
	// Who closes the pipe, or interrupts, ends the output; what is on disk is still
	// removed then.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	s := screenOf(os.Stdout)
	root := commands()
	status := cli.Main(ctx, &root, os.Args[1:], cli.Env{
		Stdin: os.Stdin, Stdout: output{ctx, os.Stdout}, Stderr: os.Stderr, Getenv: os.Getenv,
		Terminal: s.terminal, Colour: s.colour,
	})
	stop()
	os.Exit(status)
}

// output writes to w until ctx ends.
type output struct {
	ctx context.Context
	w   io.Writer
}

func (o output) Write(p []byte) (int, error) {
	if o.ctx.Err() != nil {
		return 0, errors.New("interrupted")
	}
	return o.w.Write(p)
}

// screen is what the output can show.
type screen struct {
	terminal bool // lines can be written anew
	colour   bool
}

// screenOf looks whether f is a terminal, and whether its user has something against
// colours.
func screenOf(f *os.File) screen {
	fi, err := f.Stat()
	terminal := err == nil && fi.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	return screen{terminal: terminal, colour: terminal && os.Getenv("NO_COLOR") == ""}
}
