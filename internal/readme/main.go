// Command readme keeps what the documents promise. In every Markdown file of
// the repository
//
//   - each block marked "go" must compile as printed, with the module's own
//     dependencies and nothing else, and pass go vet; one that declares tests or
//     examples is run. A block that is a fragment is marked "go-fragment".
//   - each command of a block marked "sh" (or "console", whose commands follow a
//     dollar sign) and of the inline code must exist: make targets, package
//     paths given to the go command, subcommands of bitsemu.
//   - each link to a file, and to a heading of a file, must lead there.
//
// It is run from the root: go run ./internal/readme
package main

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Stdout, "."); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// problem is a promise that is not kept.
type problem struct {
	file string
	line int
	text string
}

func (p problem) String() string { return fmt.Sprintf("%s:%d: %s", p.file, p.line, p.text) }

// run checks the repository at root and prints what it found.
func run(w io.Writer, root string) error {
	docs, err := readDocuments(os.DirFS(root))
	if err != nil {
		return err
	}
	names, err := readNames(root)
	if err != nil {
		return err
	}
	var problems []problem
	commands, links := 0, 0
	for _, d := range docs {
		n, found := names.check(d)
		commands, problems = commands+n, append(problems, found...)
		n, found = checkLinks(root, d, docs)
		links, problems = links+n, append(problems, found...)
	}
	compiled, ran, found, err := checkSnippets(root, names.module, docs)
	if err != nil {
		return err
	}
	problems = append(problems, found...)
	slices.SortStableFunc(problems, func(a, b problem) int {
		return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	for _, p := range problems {
		fmt.Fprintln(w, p)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d problems", len(problems))
	}
	fmt.Fprintf(w, "%d documents: %d Go blocks compiled, %d of them run, %d commands and %d links checked\n",
		len(docs), compiled, ran, commands, links)
	return nil
}

// readDocuments reads every Markdown file below root. There must be a README.md.
func readDocuments(root fs.FS) (map[string]*document, error) {
	docs := map[string]*document{}
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata"):
			return fs.SkipDir
		case e.IsDir() || path.Ext(name) != ".md":
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		docs[name] = parseDocument(name, string(text))
		return nil
	})
	if err == nil && docs["README.md"] == nil {
		err = fmt.Errorf("README.md: %w", fs.ErrNotExist)
	}
	return docs, err
}
