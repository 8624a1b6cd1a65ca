package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is in the repository is what the generator writes.
func TestGeneratedFilesAreUpToDate(t *testing.T) {
	t.Parallel()
	c, err := read(filepath.Join("..", "..", contract))
	require.NoError(t, err)
	for name, write := range outputs {
		want, err := write(c)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join("..", "..", name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), name)
	}
}
