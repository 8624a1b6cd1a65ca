// Command gen writes the enumerations, flags and GUIDs of package bits from the
// tables beside it. It is run by go generate in the directory of that package.
package main

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed *.tsv *.tmpl
var sources embed.FS

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes the generated files into dir.
func run(dir string) error {
	files, err := generate(sources)
	for name, source := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), source, 0o644))
	}
	return err
}
