package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// repository is a small one that keeps its promises.
var repository = map[string]string{
	"go.mod":   "module example.com/m\n\ngo 1.25.0\n",
	"go.sum":   "",
	"Makefile": "GO := go\nall: test\n\t@true\ntest: ## run the tests\n\t@true\n",
	"p/p.go":   "// Package p adds.\npackage p\n\n// Add adds.\nfunc Add(a, b int) int { return a + b }\n",
	"cmd/bitsemu/main.go": "package main\n\nimport \"os\"\n\n" +
		"func main() {\n\tif os.Args[1] == \"demo\" {\n\t\treturn\n\t}\n}\n",
	"docs/rules.md": "# The rules\n\n## Who `may` read?\n\n## Twice\n\n## Twice\n\n[up](../README.md#m)\n",
	"README.md":     "# M\n\n",
	// Not looked at.
	"p/testdata/bad.md": "[nowhere](nowhere.md)\n",
	".hidden/bad.md":    "[nowhere](nowhere.md)\n",
}

// check runs the command on the repository with readme appended to README.md.
func check(t *testing.T, readme string) (string, error) {
	t.Helper()
	root := t.TempDir()
	for name, text := range repository {
		if name == "README.md" {
			text += readme
		}
		name = filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	var out strings.Builder
	err := run(&out, root)
	return out.String(), err
}

// lines joins lines, in which a quote mark stands for a back quote.
func lines(s ...string) string {
	return strings.ReplaceAll(strings.Join(s, "\n")+"\n", "'", "`")
}

func TestGoodDocuments(t *testing.T) {
	t.Parallel()
	out, err := check(t, lines(
		"[rules](docs/rules.md#who-may-read), [twice](/docs/rules.md#twice-1), [web](https://example.com/x) 'make test'",
		"",
		"[ref]: docs",
		"",
		"'''go",
		"package p_test",
		"",
		"import (",
		`	"testing"`,
		"",
		`	"example.com/m/p"`,
		")",
		"",
		"func TestAdd(t *testing.T) {",
		"	if p.Add(1, 2) != 3 {",
		"		t.Fatal()",
		"	}",
		"}",
		"'''",
		"* In a list:",
		"  ~~~go",
		"  package main",
		"",
		"  func main() {}",
		"  ~~~",
		"",
		"'''go-fragment",
		"x := ...",
		"'''",
		"'''sh",
		"# not a command: make nothing",
		"make -s test all BENCH=x # make nothing",
		"A=b make test && go run ./cmd/bitsemu demo",
		"go get example.com/m; go run example.com/m/cmd/bitsemu@latest demo",
		"go test ./... | tee out",
		"bitsemu demo nothing",
		"bitsemu -h",
		"'''",
		"'''console",
		"$ make test",
		"make nothing: this is output",
		"'''",
		"'''",
		"make nothing: no language",
	))
	require.NoError(t, err, out)
	require.Equal(t, "2 documents: 2 Go blocks compiled, 1 of them run, 10 commands and 4 links checked\n", out)
}

func TestBadDocuments(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		readme string
		want   string
	}{
		"does not compile": {
			lines("'''go", "package x", "", "var x int = \"one\"", "'''"), "README.md:6: ",
		},
		"other API": {
			lines("'''go", "package x", "", "import \"example.com/m/p\"", "", "var _ = p.Sub", "'''"), "undefined: p.Sub",
		},
		"unknown import": {
			lines("'''go", "package x", "", "import \"example.com/other\"", "", "var _ = other.X", "'''"), "example.com/other",
		},
		"test fails": {
			lines("'''go", "package x", "", "import \"testing\"", "", "func TestX(t *testing.T) {",
				"	t.Error(\"not so\")", "}", "'''"), "README.md:9: not so",
		},
		"example fails": {
			lines("'''go", "package x_test", "", "import \"fmt\"", "", "func Example() {",
				"	fmt.Println(1)", "	// Output: 2", "}", "'''"), "want:",
		},
		"vet complains": {
			lines("'''go", "package x", "", "import \"fmt\"", "", "func f() { fmt.Printf(\"%d\", \"x\") }", "'''"),
			"README.md:8:",
		},
		"no package": {lines("'''go", "x := 1", "'''"), "README.md:4: Go block without a package clause"},
		"no syntax":  {lines("'''go", "package x", "", "func f() { return 1 + }", "'''"), "README.md:6: expected operand"},
		"not formatted": {
			lines("'''go", "package x", "", "func f( ) {}", "'''"), "README.md:4: gofmt would change this Go block",
		},
		"block without an end": {lines("'''go", "package x", "", "var y = z"), "undefined: z"},
		"no such target":       {lines("'''sh", "make test", "make dem", "'''"), "README.md:5: make dem: the Makefile has no target dem"},
		"target in the text":   {lines("Say 'make dem'."), "README.md:3: make dem: the Makefile has no target dem"},
		"variable, not target": {lines("'make GO'"), "no target GO"},
		"no such package":      {lines("'go test ./q/...'"), "there is no package ./q"},
		"no such path":         {lines("'go get example.com/m/q'"), "there is no package example.com/m/q"},
		"no such subcommand":   {lines("'bitsemu dem'"), "bitsemu has no subcommand dem"},
		"nor with go run":      {lines("'go run ./cmd/bitsemu dem'"), "bitsemu has no subcommand dem"},
		"no such file":         {lines("see [it](docs/nowhere.md)"), "README.md:3: link docs/nowhere.md: docs/nowhere.md does not exist"},
		"no such picture":      {lines("![it](docs/nowhere.png \"title\")"), "docs/nowhere.png does not exist"},
		"no such reference":    {lines("[it]: nowhere"), "nowhere does not exist"},
		"no such heading":      {lines("[it](docs/rules.md#nowhere)"), "docs/rules.md has no heading #nowhere"},
		"not here":             {lines("[it](#nowhere)"), "README.md has no heading #nowhere"},
		"outside":              {lines("[it](../x)"), "../x is outside the repository"},
		"not a link":           {lines("[it](%zz)"), "link %zz: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := check(t, row.readme)
			require.EqualError(t, err, "1 problems")
			require.Contains(t, out, row.want)
		})
	}
}

func TestIncompleteRepository(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no README":   {map[string]string{}, "README.md: file does not exist"},
		"no go.mod":   {map[string]string{"README.md": ""}, "go.mod"},
		"no module":   {map[string]string{"README.md": "", "go.mod": ""}, "go.mod has no module line"},
		"no Makefile": {map[string]string{"README.md": "", "go.mod": "module m\n"}, "Makefile"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for name, text := range row.files {
				require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o600))
			}
			require.ErrorContains(t, run(os.Stderr, root), row.want)
		})
	}
}

func TestNoProgramYet(t *testing.T) {
	t.Parallel()
	n := &names{root: t.TempDir()}
	known, err := n.command([]string{"bitsemu", "demo"})
	require.True(t, known)
	require.EqualError(t, err, "there is no cmd/bitsemu")
}

func FuzzParseDocument(f *testing.F) {
	f.Add("# A [b](c) `d`\n\n[x]: y\n```go\ncode\n```\n")
	f.Add("  ~~~sh\n  make\n ```\n~~~~\n# A\n# A\n")
	f.Fuzz(func(t *testing.T, content string) {
		d := parseDocument("x.md", content)
		lines := strings.Count(content, "\n") + 1
		for _, b := range d.blocks {
			require.LessOrEqual(t, b.line, lines+1)
			require.LessOrEqual(t, len(b.code), len(content)+1)
		}
		for _, l := range append(d.links, d.spans...) {
			require.LessOrEqual(t, l.line, lines)
			require.Contains(t, content, l.text)
		}
	})
}
