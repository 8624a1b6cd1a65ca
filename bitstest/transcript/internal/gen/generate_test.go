package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGenerate(t *testing.T) {
	t.Parallel()
	text, err := generate()
	require.NoError(t, err)
	written, err := os.ReadFile("../../objects_gen.go")
	require.NoError(t, err)
	require.Equal(t, string(text), string(written), "run go generate ./bitstest/transcript")
}
