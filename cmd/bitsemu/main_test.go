package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tempFiles are where the demo keeps its stores when nobody says where.
var tempFiles = regexp.MustCompile(`\S*bitsemu-demo\d*[/\\]`)

func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run([]string{"demo"}, &out, io.Discard, false))
	got := tempFiles.ReplaceAllString(out.String(), "DIR/")
	const golden = "testdata/demo.golden"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test ./cmd/bitsemu -update writes the file anew")
	require.NotContains(t, got, "\x1b")
	require.NotContains(t, got, "panic")
}

func TestDemoInColour(t *testing.T) {
	t.Parallel()
	var plain, colour bytes.Buffer
	require.NoError(t, run([]string{"demo"}, &plain, io.Discard, false))
	require.NoError(t, run([]string{"demo"}, &colour, io.Discard, true))
	stripped := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colour.String(), "")
	require.Contains(t, colour.String(), "\x1b[32mS_OK")
	require.Equal(t, tempFiles.ReplaceAllString(plain.String(), ""), tempFiles.ReplaceAllString(stripped, ""))
}

func TestDemoKeepsItsStores(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kept")
	var out bytes.Buffer
	require.NoError(t, run([]string{"demo", "-store", path}, &out, io.Discard, false))
	for _, build := range []string{"9600", "26100"} {
		s, err := jobstore.OpenReadOnly(path + "-" + build + ".db")
		require.NoError(t, err)
		require.Equal(t, 3, s.Len())
		require.NoError(t, s.Check())
		require.NoError(t, s.Close())
	}
	err := run([]string{"demo", "-store", path}, &out, io.Discard, false)
	require.ErrorContains(t, err, "exists already", "it writes into nobody's file")
}

func TestDemoEndsAtTheFirstError(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	for after := range 12 {
		w := &failingWriter{left: after, err: gone}
		require.ErrorIs(t, run([]string{"demo"}, w, io.Discard, false), gone)
	}
	err := run([]string{"demo", "-store", filepath.Join(t.TempDir(), "no", "such", "folder", "x")}, io.Discard, io.Discard, false)
	require.ErrorIs(t, err, os.ErrNotExist)
}

type failingWriter struct {
	left int
	err  error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, w.err
	}
	return len(p), nil
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"help"}, {"-h"}, {"--help"}} {
		var out bytes.Buffer
		require.NoError(t, run(args, &out, io.Discard, false))
		require.Equal(t, usage, out.String())
	}
	var errOut bytes.Buffer
	require.ErrorIs(t, run([]string{"demo", "-h"}, io.Discard, &errOut, false), flag.ErrHelp)
	require.Equal(t, usage, errOut.String())
}

func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, run([]string{"serve"}, io.Discard, io.Discard, false), `no command "serve"`)
	require.ErrorContains(t, run([]string{"demo", "x"}, io.Discard, io.Discard, false), `"x"`)
	require.ErrorContains(t, run([]string{"demo", "-nope"}, io.Discard, io.Discard, false), "-nope")
}

func TestColours(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "demo.golden"))
	require.NoError(t, err)
	defer f.Close()
	require.False(t, colours(f), "a file is no terminal")
	t.Setenv("NO_COLOR", "1")
	null, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer null.Close()
	require.False(t, colours(null))
	require.NotContains(t, usage, "\t")
}
