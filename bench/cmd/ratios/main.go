// Command ratios prints how the library stands against its goals. It reads what
// go test -bench printed for this module, takes the median of each row's
// samples, and compares the library's rows with those of its peers:
//
//	go test -bench=. -count=6 . >bench.txt
//	go run ./cmd/ratios bench.txt
//
// Without an argument it reads the standard input. A goal whose rows were not
// measured is left out. A goal missed is not an error; a benchmark that failed
// is.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/bitsemu/bitsemu/bench/goals"
)

func main() {
	if err := run(os.Stdin, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ratios:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, args []string) error {
	switch len(args) {
	case 0:
	case 1:
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // it is read only
		in = f
	default:
		return errors.New("want one file, or the standard input")
	}
	m, err := goals.Read(in)
	if err != nil {
		return err
	}
	return goals.Report(out, m, goals.All)
}
