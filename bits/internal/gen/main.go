// Command gen writes the enumerations, flags and GUIDs of package bits from the
// tables beside it. It is run by go generate in the directory of that package.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes the generated files into dir.
func run(dir string) error {
	files, err := generate()
	for name, source := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), source, 0o644))
	}
	return err
}
