package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

func TestTheDocumentIsUpToDate(t *testing.T) {
	t.Parallel()
	want, err := document(root)
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(root, target))
	require.NoError(t, err)
	require.Equal(t, want, string(got), "run go generate ./internal/support")
}

func TestItIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.ErrorContains(t, run(dir), "no source of package bits")
	for _, name := range []string{"bits", "docs"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	source := filepath.Join(dir, "bits", "a.go")
	require.NoError(t, os.WriteFile(source, []byte("package"), 0o600))
	require.Error(t, run(dir))
	require.NoError(t, os.WriteFile(source, []byte("package bits\n"), 0o600))
	require.ErrorContains(t, run(dir), "has no doc")
	require.NoError(t, os.CopyFS(filepath.Join(dir, "copy", "bits"), os.DirFS(filepath.Join(root, "bits"))))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "copy", "docs"), 0o700))
	require.NoError(t, run(filepath.Join(dir, "copy")))
	want, err := document(root)
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(dir, "copy", target))
	require.NoError(t, err)
	require.Equal(t, want, string(got))
}

// Every method and every property has a row, and every row a method or property.
func TestEveryMethodHasARow(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, i := range interfaces {
		table := methods[i.com()]
		require.NotEmpty(t, i.com())
		names := i.own()
		require.Len(t, table, len(names), i.com())
		for _, name := range names {
			require.Contains(t, table, name, i.com())
		}
		judge(t, i.com(), table)
		seen++
	}
	require.Len(t, methods, seen)
	names := propertyNames()
	require.Len(t, properties, len(names))
	for _, name := range names {
		require.Contains(t, properties, name)
	}
	judge(t, "properties", properties)
}

// judge asks each row for what it has to say.
func judge(t *testing.T, where string, table states) {
	t.Helper()
	for name, s := range table {
		require.Contains(t, []level{full, partial, none}, s.level, "%s %s", where, name)
		require.Equal(t, s.level == full, s.note == "", "%s %s: what is missing is said, and only that", where, name)
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"": "D",
		"BITS 1.0 (D nf-a.md); E_FAIL (I), and S_OK (C: ours).":  "D, I, C",
		"E_FAIL (I that it is\nthis), S_FALSE (D by a page, C).": "D, I, C",
		"It is asserted (W, O).":                                 "D, W, O",
		"A Device (D: or not) I do not know (C: who does).":      "D, C",
	} {
		require.Equal(t, want, evidence(doc), doc)
	}
	require.Equal(t, "nf-a, b_c", pages("See nf-a.md and b_c.md, nf-a.md.", "IBackgroundCopyJob"))
	require.Equal(t, "nf-bits-ienumbitspeers-next", pages("nf-bits-ienumbitspeers-next.md, nf-bits-ienumbackgroundcopyjobs-next.md", "IEnumBitsPeers"))
}
