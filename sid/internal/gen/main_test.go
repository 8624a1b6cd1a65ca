package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesAreUpToDate(t *testing.T) {
	t.Parallel()
	const packageDir = "../.."
	table, err := os.ReadFile(filepath.Join(packageDir, "wellknown.tsv"))
	require.NoError(t, err)

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "wellknown.tsv"), table, 0o600))
	require.NoError(t, run(dir))

	for _, name := range []string{"wellknown_gen.go", "table_gen.go", "wellknown_gen_test.go"} {
		want, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(packageDir, name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s is stale, run go generate in the directory sid", name)
	}
}

func TestRunFailures(t *testing.T) {
	t.Parallel()
	const header = "name\tsid\talias\taccount\twell_known_sid_type\tevidence\n"
	const good = header + "Null\tS-1-0-0\t-\tNULL SID\tWinNullSid\tD\n"
	tests := []struct{ name, table, want string }{
		{"too few cells", header + "Null\tS-1-0-0\n", "line 2: 2 cells, want 6"},
		{"no SID", good + "Null\tSY\t-\t-\t-\tD\n", `line 3: SID "SY"`},
		{"unknown domain", header + "X\t<forest>-500\t-\t-\t-\tD\n", `line 2: SID "<forest>-500"`},
		{"no number", header + "X\tS-1-5-x\t-\t-\t-\tD\n", `line 2: SID "S-1-5-x": strconv.ParseUint`},
		{"authority over 32 bits", header + "X\tS-1-4294967296-1\t-\t-\t-\tD\n", "value out of range"},
		{"name that is no identifier", header + "a b\tS-1-5-1\t-\t-\t-\tD\n", "_gen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "wellknown.tsv"), []byte(tt.table), 0o600))
			require.ErrorContains(t, run(dir), tt.want)
		})
	}

	t.Run("no table", func(t *testing.T) {
		t.Parallel()
		require.ErrorIs(t, run(t.TempDir()), os.ErrNotExist)
	})

	t.Run("file cannot be written", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "wellknown.tsv"), []byte(good), 0o600))
		require.NoError(t, os.Mkdir(filepath.Join(dir, "table_gen.go"), 0o700))
		require.Error(t, run(dir))
	})
}
