// Command gen writes docs/rules.md from the rules of package tokenopts. It is run
// by go generate in the directory of that package.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/tokenopts"
)

func main() {
	if err := run(filepath.Join("..", "docs")); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes rules.md into dir.
func run(dir string) error {
	text, err := generate()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "rules.md"), []byte(text), 0o644)
}

//go:embed rules.md.tmpl
var page string

// row is a rule as the page prints it.
type row struct{ ID, About, Builds, Says, Else, Evidence string }

// generate returns the page.
func generate() (string, error) {
	tables := map[string][]row{}
	for _, r := range tokenopts.Rules() {
		var methods, resources []string
		for m := range r.Methods() {
			methods = append(methods, m.String())
		}
		for r := range r.Resources() {
			resources = append(resources, r.String())
		}
		row := row{ID: r.ID, Builds: r.Builds.String(), Says: r.Says, Evidence: r.Evidence.String(), Else: "-"}
		if r.Answer != hresult.S_OK {
			row.Else = r.Answer.String() + " " + r.Answer.Hex()
		}
		table := "Events"
		switch {
		case methods != nil:
			table, row.About = "Calls", abbreviate(strings.Join(methods, ", "))
		case resources != nil:
			table, row.About = "Resources", strings.Join(resources, ", ")
		}
		tables[table] = append(tables[table], row)
	}
	t, err := template.New("rules.md").Parse(page)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, tables)
	return b.String(), err
}

// abbreviate prints the names of the whole interface as what they are together.
func abbreviate(methods string) string {
	const methodsOnly = "GetHelperTokenFlags, GetHelperTokenSid, ClearHelperToken, SetHelperTokenFlags, SetHelperToken"
	return strings.Replace(methods, methodsOnly, "all methods of the interface", 1)
}
