package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const packageDir = "../.."

func TestFilesAreUpToDate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, run(dir))
	got, err := filepath.Glob(filepath.Join(dir, "*_gen.go"))
	require.NoError(t, err)
	want, err := filepath.Glob(filepath.Join(packageDir, "*_gen.go"))
	require.NoError(t, err)
	require.Len(t, got, len(want), "a generated file is left over or missing")
	for _, file := range got {
		name := filepath.Base(file)
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		want, err := os.ReadFile(filepath.Join(packageDir, name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s is stale, run go generate in the directory bits", name)
	}
}

func TestRunReportsWhatItCannotWrite(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, run(filepath.Join(t.TempDir(), "missing")), fs.ErrNotExist)
}

// The versions and pages are those of the documentation.
func TestValuesAgreeWithTheDocumentation(t *testing.T) {
	t.Parallel()
	rows, err := readTable(sources, "values.tsv")
	require.NoError(t, err)
	documented, err := readTable(os.DirFS(filepath.Join(packageDir, "testdata")), "enums.tsv")
	require.NoError(t, err)
	byName := map[string]map[string]string{}
	for _, row := range documented {
		byName[row["name"]] = row
	}
	require.Len(t, rows, len(byName)-2, "all but BG_SIZE_UNKNOWN and BG_LENGTH_TO_EOF")
	for _, row := range rows {
		name := row["name"]
		want, ok := byName[name]
		require.True(t, ok, name)
		require.Equal(t, strings.Fields(want["bits_version"])[0], row["bits"], name)
		if name != "BG_DISABLE_BRANCH_CACHE" { // named on another page, says the meaning
			page, _, _ := strings.Cut(row["source"], ",")
			require.Contains(t, want["source"], page, name)
		}
	}
}

func tables(change map[string]string) fstest.MapFS {
	files := map[string]string{
		"types.tsv":      "file\ttype\tbase\tkind\twindows\tprefix\tdoc\nx\tX\tuint8\tenum\tX\tX_\tx.\n",
		"values.tsv":     "type\tname\tvalue\tbits\tmeaning\tsource\nX\tX_ONE\t1\t1.0\tone\tx.md\n",
		"guids.tsv":      "name\tguid\tbits\tsource\nIID_X\t9a2584c3-f7d2-457a-9a5e-22b67bffc7d2\t4.0\tx.h\n",
		"values.go.tmpl": "package x // {{len .}}\n",
		"guids.go.tmpl":  "package x // {{len .}}\n",
	}
	maps.Copy(files, change)
	fsys := fstest.MapFS{}
	for name, text := range files {
		if text != "" {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return fsys
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	files, err := generate(tables(nil))
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"x_gen.go", "guid_gen.go"}, slices.Collect(maps.Keys(files)))
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text, reason string }{
		{"no types", "types.tsv", "", "types.tsv: file does not exist"},
		{"no values", "values.tsv", "", "values.tsv: file does not exist"},
		{"no GUIDs", "guids.tsv", "", "guids.tsv: file does not exist"},
		{"too few cells", "guids.tsv", "name\tguid\tbits\tsource\nIID_X\n", "guids.tsv: line 2: 1 cells, want 4"},
		{"no GUID", "guids.tsv", "name\tguid\tbits\tsource\nIID_X\tx\t4.0\tx.h\n", "guids.tsv: IID_X: invalid UUID length"},
		{"type without values", "values.tsv", "type\tname\tvalue\tbits\tmeaning\tsource\n", `types.tsv: "X" has no values`},
		{"values without type", "values.tsv", "type\tname\tvalue\tbits\tmeaning\tsource\nX\tX_ONE\t1\t1.0\tone\tx.md\nY\tY_ONE\t1\t1.0\tone\tx.md\n", `values.tsv: "Y" is not in types.tsv`},
		{"no template", "values.go.tmpl", "", "matches no files"},
		{"template broken", "values.go.tmpl", "{{", "unclosed action"},
		{"template asks for more", "values.go.tmpl", "{{.Unknown}}", "can't evaluate field Unknown"},
		{"no Go", "guids.go.tmpl", "}", "guids.go.tmpl: 3:1: expected"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := generate(tables(map[string]string{tt.file: tt.text}))
			require.ErrorContains(t, err, tt.reason)
		})
	}
}

func TestComment(t *testing.T) {
	t.Parallel()
	require.Equal(t, "\t// one two", comment("\t", "one two"))
	require.Empty(t, comment("\t", ""))
	long := "a word of a sentence that does not fit into one line and so goes on in the next one"
	require.Equal(t, "// a word of a sentence that does not fit into one line and so goes on in the\n// next one", comment("", long))
}
