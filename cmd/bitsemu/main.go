// Command bitsemu is the emulator's command line. Today it has the demo: the
// story of BITS helper tokens, told by the packages themselves.
//
//	bitsemu demo          play it
//	bitsemu demo -store F keep the job store in F
//	bitsemu help          say what there is
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr, colours(os.Stdout)); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bitsemu:", err)
			os.Exit(1)
		}
	}
}

const usage = `usage: bitsemu demo [-store file]
       bitsemu help

demo    plays who may lend a BITS job a helper token and who may read its
        flags, on Windows 8.1 and on Windows 11, on a real store file: each call
        with its caller, its HRESULT and the rule behind it

  -store file   keep the stores in file-9600.db and file-26100.db, which must
                not exist yet (without it: a temporary directory, removed after)

Colours are used on a terminal, unless NO_COLOR is set.
`

func run(args []string, out, errOut io.Writer, colour bool) error {
	if len(args) == 0 {
		args = []string{"help"}
	}
	switch args[0] {
	case "demo":
		return demo(args[1:], out, errOut, colour)
	case "help", "-h", "-help", "--help":
		_, err := io.WriteString(out, usage)
		return err
	}
	return fmt.Errorf("there is no command %q; see bitsemu help", args[0])
}

// colours tells whether f is a terminal whose user has nothing against them.
func colours(f *os.File) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	fi, err := f.Stat()
	return err == nil && fi.Mode()&os.ModeCharDevice != 0
}
