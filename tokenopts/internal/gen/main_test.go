package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/tokenopts"
)

// TestFresh fails when a rule or the page around the rules has changed, and nobody
// ran go generate in tokenopts.
func TestFresh(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile(filepath.FromSlash("../../../docs/rules.md"))
	require.NoError(t, err)
	want, err := generate()
	require.NoError(t, err)
	require.Equal(t, want, strings.ReplaceAll(string(got), "\r\n", "\n"), "docs/rules.md is stale: run go generate in tokenopts")
}

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, run(dir))
	text, err := os.ReadFile(filepath.Join(dir, "rules.md"))
	require.NoError(t, err)
	for _, r := range tokenopts.Rules() {
		require.Equal(t, 1, strings.Count(string(text), "\n| "+r.ID+" | "), r.ID)
		require.Contains(t, string(text), r.Says)
	}
	require.Error(t, run(filepath.Join(dir, "missing")))
}
