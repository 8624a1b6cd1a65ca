package bits_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// method is a method of an interface as the source has it.
type method struct{ name, doc string }

// goInterface is an interface as the source has it.
type goInterface struct {
	file    string
	doc     string
	embeds  []string
	methods []method
}

func (i goInterface) names() []string {
	var names []string
	for _, m := range i.methods {
		names = append(names, m.name)
	}
	return names
}

// parseSource returns the files of the package by name, without its tests.
func parseSource(t *testing.T) map[string]*ast.File {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		require.NoError(t, err)
		files[path] = file
	}
	require.NotEmpty(t, files)
	return files
}

// parseInterfaces returns the exported interfaces of the package by name. Those
// that embed Enumerator have its methods for their own, as in COM.
func parseInterfaces(t *testing.T) map[string]goInterface {
	t.Helper()
	interfaces := map[string]goInterface{}
	for path, file := range parseSource(t) {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				spec, ok := spec.(*ast.TypeSpec)
				if !ok || !spec.Name.IsExported() {
					continue
				}
				if typ, ok := spec.Type.(*ast.InterfaceType); ok {
					interfaces[spec.Name.Name] = newInterface(path, decl.Doc, typ)
				}
			}
		}
	}
	enumerator := interfaces["Enumerator"]
	for name, i := range interfaces {
		if len(i.embeds) == 1 && i.embeds[0] == "Enumerator" {
			i.embeds, i.methods = enumerator.embeds, enumerator.methods
			interfaces[name] = i
		}
	}
	return interfaces
}

func newInterface(path string, doc *ast.CommentGroup, typ *ast.InterfaceType) goInterface {
	i := goInterface{file: path, doc: oneLine(doc)}
	for _, field := range typ.Methods.List {
		if len(field.Names) > 0 {
			i.methods = append(i.methods, method{field.Names[0].Name, oneLine(field.Doc)})
			continue
		}
		embedded := field.Type
		if generic, ok := embedded.(*ast.IndexListExpr); ok {
			embedded = generic.X
		}
		if name, ok := embedded.(*ast.Ident); ok {
			i.embeds = append(i.embeds, name.Name)
		}
	}
	return i
}

// oneLine is the text of a comment without its line breaks.
func oneLine(doc *ast.CommentGroup) string { return strings.Join(strings.Fields(doc.Text()), " ") }
