// Command bitsemu is the emulator's command line. Today it has the demo: the
// story of BITS helper tokens, told by the packages themselves, and a program that
// downloads a file through the emulated service.
//
//	bitsemu demo          play it
//	bitsemu demo -store F keep the job store in F
//	bitsemu help          say what there is
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// Who closes the pipe, or interrupts, ends the output; what is on disk is still
	// removed then.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := run(os.Args[1:], output{ctx, os.Stdout}, os.Stderr, screenOf(os.Stdout))
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return
	case !errors.Is(err, syscall.EPIPE):
		fmt.Fprintln(os.Stderr, "bitsemu:", err)
	}
	os.Exit(1)
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

const usage = `usage: bitsemu demo [-store file]
       bitsemu help

demo    plays who may lend a BITS job a helper token and who may read its
        flags, on Windows 8.1 and on Windows 11, on a real store file: each call
        with its caller, its HRESULT and the rule behind it. Then a program
        downloads a file from a real server on this machine, through whatever
        goes wrong, and the audit tells who BITS was on its behalf

  -store file   keep the stores in file-9600.db and file-26100.db, which must
                not exist yet (without it: a temporary directory, removed after)

Colours are used on a terminal, unless NO_COLOR is set. What is downloaded is
removed after, and the demo takes a few seconds.
`

func run(args []string, out, errOut io.Writer, s screen) error {
	if len(args) == 0 {
		args = []string{"help"}
	}
	switch args[0] {
	case "demo":
		return demo(args[1:], out, errOut, s)
	case "help", "-h", "-help", "--help":
		_, err := io.WriteString(out, usage)
		return err
	}
	return fmt.Errorf("there is no command %q; see bitsemu help", args[0])
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
