package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// names are the things that a command in a document may name.
type names struct {
	root     string
	module   string          // import path of the module
	targets  map[string]bool // of the Makefile
	literals map[string]bool // string literals in the source of cmd/bitsemu; nil when there is none
}

var (
	moduleLine = regexp.MustCompile(`(?m)^module\s+(\S+)`)
	targetLine = regexp.MustCompile(`(?m)^([A-Za-z0-9_-]+):(?:[^=]|$)`)
)

// readNames reads go.mod, the Makefile and cmd/bitsemu of the repository.
func readNames(root string) (*names, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	m := moduleLine.FindSubmatch(mod)
	if m == nil {
		return nil, errors.New("go.mod has no module line")
	}
	n := &names{root: root, module: string(m[1]), targets: map[string]bool{}}
	rules, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		return nil, err
	}
	for _, m := range targetLine.FindAllSubmatch(rules, -1) {
		n.targets[string(m[1])] = true
	}
	n.literals, err = readLiterals(filepath.Join(root, "cmd", "bitsemu"))
	return n, err
}

// readLiterals gives all string literals of the program in dir. A subcommand
// is surely among them, so that a name which is not there is none.
func readLiterals(dir string) (map[string]bool, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	found := map[string]bool{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if lit, ok := node.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					found[s] = true
				}
			}
			return true
		})
		return nil
	})
	return found, err
}

// check looks at the commands of a document and counts them.
func (n *names) check(d *document) (count int, problems []problem) {
	see := func(line int, command string) {
		known, err := n.command(strings.Fields(command))
		if known {
			count++
		}
		if err != nil {
			problems = append(problems, problem{d.name, line, fmt.Sprintf("%s: %v", command, err)})
		}
	}
	for _, s := range d.spans {
		see(s.line, s.text)
	}
	for _, b := range d.blocks {
		for line, s := range scripts(b) {
			for _, command := range separators.Split(s, -1) {
				see(b.line+line, strings.TrimSpace(command))
			}
		}
	}
	return count, problems
}

var separators = regexp.MustCompile(`&&|\|\|?|;`)

// scripts gives the lines of a block that a shell would see, by their number.
func scripts(b block) map[int]string {
	found := map[int]string{}
	for i, line := range slices.Collect(strings.Lines(b.code)) {
		switch b.language {
		case "sh", "bash", "shell":
		case "console":
			var prompt bool
			if line, prompt = strings.CutPrefix(line, "$ "); !prompt {
				continue
			}
		default:
			return nil
		}
		line, _, _ = strings.Cut(line, " #")
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			found[i] = line
		}
	}
	return found
}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// command judges one command. It is known when its program is make, go or
// bitsemu.
func (n *names) command(words []string) (known bool, err error) {
	for len(words) > 0 && assignment.MatchString(words[0]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return false, nil
	}
	switch program, args := words[0], words[1:]; program {
	case "make":
		return true, n.makeTargets(args)
	case "go":
		return true, n.goPackages(args)
	case "bitsemu":
		return true, n.subcommand(args)
	}
	return false, nil
}

func (n *names) makeTargets(args []string) error {
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") && !assignment.MatchString(arg) && !n.targets[arg] {
			return fmt.Errorf("the Makefile has no target %s", arg)
		}
	}
	return nil
}

// goPackages wants the module's packages in args to exist. What follows a
// program to run is for the program.
func (n *names) goPackages(args []string) error {
	for i, arg := range args {
		arg, _, _ = strings.Cut(arg, "@")
		dir, inModule := strings.CutPrefix(arg+"/", n.module+"/")
		if !inModule && !strings.HasPrefix(arg, "./") {
			continue
		}
		dir = strings.TrimSuffix(strings.TrimSuffix(dir, "/"), "/...")
		if fi, err := os.Stat(filepath.Join(n.root, filepath.FromSlash(dir))); err != nil || !fi.IsDir() {
			return fmt.Errorf("there is no package %s", arg)
		}
		if args[0] == "run" {
			if strings.HasSuffix(dir, "cmd/bitsemu") {
				return n.subcommand(args[i+1:])
			}
			return nil
		}
	}
	return nil
}

func (n *names) subcommand(args []string) error {
	if n.literals == nil {
		return errors.New("there is no cmd/bitsemu")
	}
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") && !n.literals[args[0]] {
		return fmt.Errorf("bitsemu has no subcommand %s", args[0])
	}
	return nil
}
