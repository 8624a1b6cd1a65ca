// Command gen writes the call stubs of package winbits from the table of the
// interfaces' slots in its testdata. It is run by go generate in the directory
// of that package.
package main

import (
	"fmt"
	"os"
)

const (
	table = "testdata/vtables.tsv"
	stubs = "stubs_gen_windows.go"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	text, err := os.ReadFile(table)
	if err != nil {
		return err
	}
	source, err := generate(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(stubs, source, 0o644)
}
