package hresult_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

// specRow is a line of testdata/spec.tsv, the table that names and values were collected in.
type specRow struct {
	name     string // E_FAIL or HRESULT_FROM_WIN32(ERROR_X)
	bare     string // the name without HRESULT_FROM_WIN32
	ident    string // the Go constant
	hex      string
	value    hresult.HRESULT
	severity uint8
	facility hresult.Facility
	code     uint16
}

func specRows(tb testing.TB) []specRow {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "spec.tsv"))
	require.NoError(tb, err)
	number := func(s string) uint32 {
		n, err := strconv.ParseUint(s, 0, 32)
		require.NoError(tb, err)
		return uint32(n)
	}
	var rows []specRow
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		require.Len(tb, cells, 7, line)
		if cells[0] == "name" {
			continue
		}
		row := specRow{
			name: cells[0], bare: cells[0], ident: cells[0],
			hex:      cells[1],
			value:    hresult.HRESULT(number(cells[1])),
			severity: uint8(number(cells[2])),
			facility: hresult.Facility(number(cells[3])),
			code:     uint16(number(cells[4])),
		}
		if win32, ok := strings.CutPrefix(row.name, "HRESULT_FROM_WIN32("); ok {
			row.bare = strings.TrimSuffix(win32, ")")
			row.ident = "HRESULT_FROM_WIN32_" + row.bare
		}
		rows = append(rows, row)
	}
	require.Len(tb, rows, 510)
	return rows
}

// secondNames are the names of the table that their value does not print under.
var secondNames = map[string]string{
	"HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED)":     "E_ACCESSDENIED",
	"HRESULT_FROM_WIN32(ERROR_INVALID_HANDLE)":    "E_HANDLE",
	"HRESULT_FROM_WIN32(ERROR_OUTOFMEMORY)":       "E_OUTOFMEMORY",
	"HRESULT_FROM_WIN32(ERROR_INVALID_PARAMETER)": "E_INVALIDARG",
}

func TestSpec(t *testing.T) {
	t.Parallel()
	sentence := regexp.MustCompile(`^[A-Z][^\t\n]+[^. ]\.$`)
	for _, row := range specRows(t) {
		t.Run(row.bare, func(t *testing.T) {
			t.Parallel()
			h := row.value
			for _, s := range []string{
				row.name, row.bare, row.ident, strings.ToLower(row.name), strings.ToLower(row.ident),
				row.hex, strings.ToLower(row.hex), row.hex[2:],
				strconv.FormatInt(int64(int32(h)), 10), strconv.FormatUint(uint64(h), 10),
			} {
				got, err := hresult.Parse(s)
				require.NoError(t, err)
				require.Equal(t, h, got, s)
			}
			name := row.name
			if first, ok := secondNames[name]; ok {
				name = first
			}
			require.Equal(t, name, h.String())
			require.Equal(t, row.hex, h.Hex())
			require.Regexp(t, sentence, h.Text())
			require.Equal(t, name+" ("+row.hex+"): "+h.Text(), h.Error())
			require.Equal(t, row.severity, h.Severity())
			require.Equal(t, row.severity == 1, h.Failed())
			require.Equal(t, row.severity == 0, h.Succeeded())
			require.Equal(t, row.facility, h.Facility())
			require.Equal(t, row.code, h.Code())
		})
	}
}

// TestTextsDiffer makes sure that a text tells which code it belongs to.
func TestTextsDiffer(t *testing.T) {
	t.Parallel()
	owner := map[string]hresult.HRESULT{}
	for _, row := range specRows(t) {
		text := row.value.Text()
		if other, ok := owner[text]; ok {
			require.Equal(t, other, row.value, text)
		}
		owner[text] = row.value
	}
}

// TestConstants compares the constants in the source with the table, both ways.
func TestConstants(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	files, err := filepath.Glob("const_*_gen.go")
	require.NoError(t, err)
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				require.Equal(t, "HRESULT", spec.Type.(*ast.Ident).Name, spec.Names[0].Name)
				got[spec.Names[0].Name] = spec.Values[0].(*ast.BasicLit).Value
			}
			return true
		})
	}
	want := map[string]string{}
	for _, row := range specRows(t) {
		want[row.ident] = row.hex
	}
	require.Equal(t, want, got)
}
