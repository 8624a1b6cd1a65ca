package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFresh fails when hresults.tsv or the generator changed and nobody ran "go generate" in the package.
func TestFresh(t *testing.T) {
	t.Parallel()
	const dir = "../.."
	tsv, err := os.ReadFile(filepath.Join(dir, "hresults.tsv"))
	require.NoError(t, err)
	want, err := generate(string(tsv))
	require.NoError(t, err)

	got, err := filepath.Glob(filepath.Join(dir, "*_gen.go"))
	require.NoError(t, err)
	require.Len(t, got, len(want), "files that the generator does not write any more")
	for name, content := range want {
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, string(content), strings.ReplaceAll(string(b), "\r\n", "\n"),
			"%s is stale: run go generate ./hresult", name)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.ErrorIs(t, run(dir), os.ErrNotExist)

	tsv := filepath.Join(dir, "hresults.tsv")
	require.NoError(t, os.WriteFile(tsv, []byte("nonsense"), 0o600))
	require.ErrorContains(t, run(dir), "line 1")

	require.NoError(t, os.WriteFile(tsv, []byte(header+"\n"+
		"E_OTHER\t0x80070009\tcom\t-\tA note.\r\n"+
		"HRESULT_FROM_WIN32(ERROR_NINE)\t0x80070009\twin32\tIt is nine.\t-\n"+
		"E_EIGHT\t0x80070008\tcom\tIt is eight.\t-\n"), 0o600))
	require.NoError(t, run(dir))
	for name, parts := range map[string][]string{
		"const_com_gen.go": {
			"\t// A note.\n\tE_OTHER HRESULT = 0x80070009 // The same value as HRESULT_FROM_WIN32_ERROR_NINE.\n",
			"\tE_EIGHT HRESULT = 0x80070008 // It is eight.\n",
		},
		"const_win32_gen.go": {"\tHRESULT_FROM_WIN32_ERROR_NINE HRESULT = 0x80070009 // It is nine.\n"},
		"values_gen.go": {
			"\t{0x80070008, \"E_EIGHT\", \"It is eight.\"},\n" +
				"\t{0x80070009, \"HRESULT_FROM_WIN32(ERROR_NINE)\", \"It is nine.\"},\n}",
		},
		"names_gen.go": {
			"\t{\"E_EIGHT\", 0x80070008},\n\t{\"E_OTHER\", 0x80070009},\n}",
			"\t{\"ERROR_NINE\", 0x80070009},\n}",
		},
	} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		for _, part := range parts {
			require.Contains(t, string(b), part)
		}
	}

	require.NoError(t, os.Remove(filepath.Join(dir, "values_gen.go")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "values_gen.go"), 0o700))
	require.ErrorContains(t, run(dir), "values_gen.go")
}
