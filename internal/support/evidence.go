package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// docs are the doc comments of package bits: of methods by "Job.Resume", of constants
// by their name.
type docs map[string]string

// readDocs reads the source of package bits, in the directory root of the module.
func readDocs(root string) (docs, error) {
	paths, err := filepath.Glob(filepath.Join(root, "bits", "*.go"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no source of package bits below %q: %w", root, err)
	}
	d := docs{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			d.note(n)
			return true
		})
	}
	return d, nil
}

// note keeps the docs that a node of the syntax tree has.
func (d docs) note(n ast.Node) {
	switch n := n.(type) {
	case *ast.TypeSpec:
		if t, ok := n.Type.(*ast.InterfaceType); ok {
			for _, m := range t.Methods.List {
				for _, name := range m.Names {
					d[n.Name.Name+"."+name.Name] = m.Doc.Text()
				}
			}
		}
	case *ast.ValueSpec:
		for _, name := range n.Names {
			d[name.Name] = n.Doc.Text()
		}
	}
}

// method is the doc of a method that an interface adds.
func (d docs) method(i iface, name string) string {
	if doc, ok := d[i.typ.Name()+"."+name]; ok {
		return doc
	}
	return d["Enumerator."+name]
}

var (
	pageName = regexp.MustCompile(`\b[a-z0-9_-]+\.md\b`)
	letter   = regexp.MustCompile(`(?:\(|[,;] )([DWOIC])\b`)
)

// evidence are the letters in a doc. What bears no letter there rests on the page.
func evidence(doc string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	found := map[string]bool{"D": true}
	for _, m := range letter.FindAllStringSubmatch(doc, -1) {
		found[m[1]] = true
	}
	var letters []string
	for _, l := range []string{"D", "W", "O", "I", "C"} {
		if found[l] {
			letters = append(letters, l)
		}
	}
	return strings.Join(letters, ", ")
}

// pages are the pages that a doc names, for an enumerator its own.
func pages(doc, com string) string {
	var names []string
	for _, name := range pageName.FindAllString(doc, -1) {
		foreign := strings.HasPrefix(com, "IEnum") && !strings.Contains(name, "-"+strings.ToLower(com)+"-")
		if name = strings.TrimSuffix(name, ".md"); !foreign && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
