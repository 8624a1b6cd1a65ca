// Command gen writes the method table and the proxies of package wire from the
// source of package bits. It is run by go generate in the directory of that
// package.
package main

import (
	"fmt"
	"os"
)

const contract = "../../bits"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	c, err := read(contract)
	if err != nil {
		return err
	}
	for name, write := range outputs {
		source, err := write(c)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(name, source, 0o644); err != nil {
			return err
		}
	}
	return nil
}
