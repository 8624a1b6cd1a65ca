// Command support writes docs/support.md: which methods and properties are emulated,
// how far, and on what evidence. The levels are those of the tables in this package,
// the methods those of package bits by reflection, evidence and pages those of its doc
// comments. It is run by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run .

func main() {
	if err := run(filepath.Join("..", "..")); err != nil {
		fmt.Fprintln(os.Stderr, "support:", err)
		os.Exit(1)
	}
}

// target is the document, below the root of the module.
var target = filepath.Join("docs", "support.md")

// run writes the document of the module in the directory root.
func run(root string) error {
	page, err := document(root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, target), []byte(page), 0o644) //nolint:gosec // it is for everybody to read
}
