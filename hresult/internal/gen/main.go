// Gen writes the constants and tables of package hresult from its hresults.tsv. "go generate" runs it in the
// directory of the package.
package main

import (
	"log"
	"os"
	"path/filepath"
)

func main() { // uncovered: all but the exit code is in run
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	if err := run("."); err != nil { // uncovered: as above
		log.Fatal(err)
	}
}

// run writes the generated files of the package in dir.
func run(dir string) error {
	tsv, err := os.ReadFile(filepath.Join(dir, "hresults.tsv"))
	if err != nil {
		return err
	}
	files, err := generate(string(tsv))
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
