package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// tempFiles are where the demo keeps its stores when nobody says where.
var tempFiles = regexp.MustCompile(`\S*bitsemu-demo\d*[/\\]`)

// ports are where its server is, which the system chooses.
var ports = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run([]string{"demo"}, &out, io.Discard, screen{}))
	got := ports.ReplaceAllString(tempFiles.ReplaceAllString(out.String(), "DIR/"), "127.0.0.1:PORT")
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
	require.NoError(t, run([]string{"demo"}, &plain, io.Discard, screen{}))
	require.NoError(t, run([]string{"demo"}, &colour, io.Discard, screen{colour: true}))
	stripped := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colour.String(), "")
	require.Contains(t, colour.String(), "\x1b[32mS_OK")
	same := func(s string) string { return ports.ReplaceAllString(tempFiles.ReplaceAllString(s, ""), "") }
	require.Equal(t, same(plain.String()), same(stripped))
}

func TestDemoOnATerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run([]string{"demo"}, &out, io.Discard, screen{terminal: true}))
	require.Contains(t, out.String(), "\r\x1b[K  app 2.0 [################........]  70 %  14.0 of 20.0 MiB TRANSFERRING\n  * alice logs off\n")
}

// counter counts what is written.
type counter struct{ writes int }

func (c *counter) Write(p []byte) (int, error) {
	c.writes++
	return len(p), nil
}

func TestDemoLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	empty := func() {
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	}
	var all counter
	require.NoError(t, run([]string{"demo"}, &all, io.Discard, screen{}))
	empty()
	gone := errors.New("gone")
	for _, before := range []int{1, 8, 40} { // in its last lines, in those about requests, in the download
		require.ErrorIs(t, run([]string{"demo"}, &failingWriter{left: all.writes - before, err: gone}, io.Discard, screen{}), gone)
		empty()
	}
}

func TestDemoKeepsItsStores(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kept")
	var out bytes.Buffer
	require.NoError(t, run([]string{"demo", "-store", path}, &out, io.Discard, screen{}))
	for _, build := range []string{"9600", "26100"} {
		s, err := jobstore.OpenReadOnly(path + "-" + build + ".db")
		require.NoError(t, err)
		require.Equal(t, 3, s.Len())
		require.NoError(t, s.Check())
		require.NoError(t, s.Close())
	}
	err := run([]string{"demo", "-store", path}, &out, io.Discard, screen{})
	require.ErrorContains(t, err, "exists already", "it writes into nobody's file")
}

func TestDemoEndsAtTheFirstError(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	for after := range 12 {
		w := &failingWriter{left: after, err: gone}
		require.ErrorIs(t, run([]string{"demo"}, w, io.Discard, screen{}), gone)
	}
	err := run([]string{"demo", "-store", filepath.Join(t.TempDir(), "no", "such", "folder", "x")}, io.Discard, io.Discard, screen{})
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

func TestOutputEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	var b bytes.Buffer
	_, err := output{ctx, &b}.Write([]byte("x"))
	require.NoError(t, err)
	interrupt()
	_, err = output{ctx, &b}.Write([]byte("y"))
	require.ErrorContains(t, err, "interrupted")
	require.Equal(t, "x", b.String())
}
