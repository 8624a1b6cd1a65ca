package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/tabwriter"
)

// summary is the coverage of one package.
type summary struct {
	dir        string // below the root; "." is the root
	statements int    // those that count
	covered    int
	excused    int     // those whose block has an "uncovered:" comment
	missing    []block // not run and not excused
}

// percent is the covered share, rounded down to tenths so that it says 100
// only when nothing is missing.
func (s *summary) percent() float64 {
	if s.statements == 0 {
		return 100
	}
	return float64(s.covered*1000/s.statements) / 10
}

// summarise adds up blocks by package. root holds the module's source.
func summarise(root fs.FS, blocks []block) ([]*summary, error) {
	module, err := modulePath(root)
	if err != nil {
		return nil, err
	}
	packages := map[string]*summary{}
	excuses := map[string][]position{}
	for _, b := range blocks {
		rel, ok := strings.CutPrefix(b.file, module+"/")
		if !ok {
			return nil, fmt.Errorf("%s is not in module %s", b.file, module)
		}
		dir := path.Dir(rel)
		s := packages[dir]
		if s == nil {
			s = &summary{dir: dir}
			packages[dir] = s
		}
		if b.count > 0 {
			s.statements += b.statements
			s.covered += b.statements
			continue
		}
		if _, ok := excuses[rel]; !ok {
			if excuses[rel], err = findExcuses(root, rel); err != nil {
				return nil, err
			}
		}
		if slices.ContainsFunc(excuses[rel], func(p position) bool {
			return b.start.compare(p) <= 0 && p.compare(b.end) < 0
		}) {
			s.excused += b.statements
			continue
		}
		s.statements += b.statements
		s.missing = append(s.missing, b)
	}
	return slices.SortedFunc(maps.Values(packages), func(a, b *summary) int {
		return strings.Compare(a.dir, b.dir)
	}), nil
}

// modulePath reads the module line of go.mod.
func modulePath(root fs.FS) (string, error) {
	mod, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(mod)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "module" {
			return f[1], nil
		}
	}
	return "", fmt.Errorf("go.mod has no module line")
}

// findExcuses gives the places of a file's "uncovered:" comments.
func findExcuses(root fs.FS, name string) ([]position, error) {
	src, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []position
	for _, group := range file.Comments {
		for _, c := range group.List {
			if isExcuse(c) {
				p := files.PositionFor(c.Pos(), false)
				found = append(found, position{p.Line, p.Column})
			}
		}
	}
	return found, nil
}

// isExcuse wants a reason after the word.
func isExcuse(c *ast.Comment) bool {
	reason, ok := strings.CutPrefix(c.Text, "// uncovered:")
	return ok && strings.TrimSpace(reason) != ""
}

// maxListed is how many missing blocks of one package are printed.
const maxListed = 20

// report prints a table, then the blocks that are missing where a floor is
// not reached, and then gives an error.
func report(w io.Writer, packages []*summary, floors map[string]float64) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "statements\texcused\tcovered\tfloor\t  package")
	var low []*summary
	for _, s := range packages {
		floor, judged := floors[s.dir]
		limit := "-"
		if judged {
			limit = fmt.Sprintf("%.0f %%", floor)
			if s.percent() < floor {
				low = append(low, s)
				limit += " MISSED"
			}
		}
		fmt.Fprintf(tw, "%d\t%d\t%.1f %%\t%s\t  %s\n", s.statements, s.excused, s.percent(), limit, s.dir)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	for _, s := range low {
		for i, b := range s.missing {
			if i == maxListed {
				fmt.Fprintf(w, "%s: and %d places more\n", s.dir, len(s.missing)-i)
				break
			}
			fmt.Fprintf(w, "%s:%d: no test runs lines %d to %d\n",
				path.Join(s.dir, path.Base(b.file)), b.start.line, b.start.line, b.end.line)
		}
	}
	if len(low) > 0 {
		return fmt.Errorf("%d packages below their floor", len(low))
	}
	return nil
}
