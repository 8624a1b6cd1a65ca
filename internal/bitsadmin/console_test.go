package bitsadmin

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConsole(t *testing.T) {
	t.Parallel()
	getenv := func(string) string { return "" }
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	require.Nil(t, Console(f, getenv), "a file is none")
	require.NoError(t, f.Close())
	require.Nil(t, Console(f, getenv), "nor is what is closed")
	f, err = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	require.Nil(t, Console(f, getenv), "nor is what swallows everything")
	require.NoError(t, f.Close())
}
