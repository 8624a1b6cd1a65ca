package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// position is a line of a document in a message of the go command.
var position = regexp.MustCompile(`([^\s:]+\.md):(\d+)`)

// snippets is a module in a temporary directory with a package for each Go
// block. It has the requirements of the module that the documents belong to,
// and that module itself.
type snippets struct {
	root   string // absolute
	dir    string
	tests  []string // directories below dir that have tests
	others []string
}

// checkSnippets compiles all Go blocks of docs and runs their tests.
func checkSnippets(root, module string, docs map[string]*document) (compiled, ran int, problems []problem, err error) {
	root, err = filepath.Abs(root)
	if err != nil {
		return 0, 0, nil, err
	}
	dir, err := os.MkdirTemp("", "readme")
	if err != nil {
		return 0, 0, nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s := &snippets{root: root, dir: dir}
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		for _, b := range docs[name].blocks {
			if b.language != "go" {
				continue
			}
			p, err := s.add(name, b)
			if err != nil {
				return 0, 0, nil, err
			}
			problems = append(problems, p...)
		}
	}
	if len(s.tests)+len(s.others) == 0 {
		return 0, 0, problems, nil
	}
	if err := s.writeModule(module); err != nil {
		return 0, 0, nil, err
	}
	if out, err := s.goCommand(slices.Concat([]string{"vet"}, s.others, s.tests)...); err != nil {
		return 0, 0, append(problems, s.problems(out)...), nil
	}
	if len(s.tests) > 0 {
		if out, err := s.goCommand(append([]string{"test", "-count=1"}, s.tests...)...); err != nil {
			return 0, 0, append(problems, s.problems(out)...), nil
		}
	}
	return len(s.tests) + len(s.others), len(s.tests), problems, nil
}

// add writes a block as a package of its own. Its lines keep the document's
// name and numbers in all messages.
func (s *snippets) add(name string, b block) ([]problem, error) {
	if _, err := parser.ParseFile(token.NewFileSet(), "", b.code, parser.PackageClauseOnly); err != nil {
		return []problem{{name, b.line, "Go block without a package clause; mark it go-fragment"}}, nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", b.code, parser.SkipObjectResolution)
	if err != nil {
		return []problem{syntaxProblem(name, b, err)}, nil
	}
	if pretty, err := format.Source([]byte(b.code)); err == nil && string(pretty) != b.code {
		return []problem{{name, b.line, "gofmt would change this Go block"}}, nil
	}
	sub := fmt.Sprintf("%s-L%d", strings.NewReplacer("/", "-", ".md", "").Replace(name), b.line)
	goFile := "snippet.go"
	if isTest(file) {
		goFile = "snippet_test.go"
		s.tests = append(s.tests, "./"+sub)
	} else {
		s.others = append(s.others, "./"+sub)
	}
	if err := os.Mkdir(filepath.Join(s.dir, sub), 0o700); err != nil {
		return nil, err
	}
	code := fmt.Sprintf("//line %s:%d\n%s", filepath.Join(s.root, filepath.FromSlash(name)), b.line, b.code)
	return nil, os.WriteFile(filepath.Join(s.dir, sub, goFile), []byte(code), 0o600)
}

// syntaxProblem gives the place of a parser's error in the document.
func syntaxProblem(name string, b block, err error) problem {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return problem{name, b.line + list[0].Pos.Line - 1, list[0].Msg}
	}
	return problem{name, b.line, err.Error()}
}

// isTest tells whether a file is one for go test.
func isTest(file *ast.File) bool {
	return strings.HasSuffix(file.Name.Name, "_test") || slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv == nil && slices.ContainsFunc([]string{"Test", "Example", "Benchmark", "Fuzz"},
			func(prefix string) bool { return strings.HasPrefix(f.Name.Name, prefix) })
	})
}

// writeModule copies go.mod and go.sum, and adds the module itself.
func (s *snippets) writeModule(module string) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(s.root, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(s.dir, name), data, 0o600); err != nil {
			return err
		}
	}
	out, err := s.goCommand("mod", "edit", "-module=snippets.test",
		"-require="+module+"@v0.0.0", "-replace="+module+"="+s.root)
	if err != nil {
		return fmt.Errorf("go mod edit: %w\n%s", err, out)
	}
	return nil
}

// goCommand runs the go command in the module. With -mod=readonly an unknown
// import is an error at once, and nothing is looked up.
func (s *snippets) goCommand(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// problems makes one problem of what the go command said, at the first line
// of a document that it names.
func (s *snippets) problems(out string) []problem {
	for _, root := range []string{s.root, s.relativeRoot()} { // the go command prints the shorter one
		out = strings.ReplaceAll(out, root+string(filepath.Separator), "")
	}
	p := problem{file: "README.md", line: 1}
	if m := position.FindStringSubmatch(out); m != nil {
		p.file = filepath.ToSlash(m[1])
		_, _ = fmt.Sscan(m[2], &p.line)
	}
	p.text = "the Go code does not hold:\n\t" + strings.ReplaceAll(strings.TrimSpace(out), "\n", "\n\t")
	return []problem{p}
}

func (s *snippets) relativeRoot() string {
	rel, err := filepath.Rel(s.dir, s.root)
	if err != nil { // another drive
		return s.root
	}
	return rel
}
