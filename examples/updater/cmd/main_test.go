package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bitsemu/bitsemu/hresult"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a real one with a file, which may stop in the middle of it.
type server struct {
	*httptest.Server
	content []byte

	mu     sync.Mutex
	ranges []string
	half   bool // stop after half of the file, once
}

func newServer(t *testing.T) *server {
	s := &server{content: bytes.Repeat([]byte("0123456789abcdef"), 1<<18)} // 4 MiB
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/app.msi" {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	if r.Method == http.MethodGet {
		s.ranges = append(s.ranges, r.Header.Get("Range"))
	}
	half := s.half && r.Method == http.MethodGet
	s.half = s.half && !half
	s.mu.Unlock()
	if !half {
		http.ServeContent(w, r, "", time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), bytes.NewReader(s.content))
		return
	}
	w.Header().Set("Content-Range", "bytes 0-4194303/4194304")
	w.Header().Set("Content-Length", "4194304")
	w.Header().Set("Last-Modified", "Sun, 01 Jan 2023 00:00:00 GMT")
	w.WriteHeader(http.StatusPartialContent)
	_, _ = w.Write(s.content[:len(s.content)/2])
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func (s *server) sum() string {
	sum := sha256.Sum256(s.content)
	return hex.EncodeToString(sum[:])
}

func TestDownload(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, row := range map[string]struct {
		more []string
		bar  bool
	}{
		"polling":   {nil, false},
		"callbacks": {[]string{"-callbacks"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var out bytes.Buffer
			args := append([]string{"-sha256", s.sum(), "-to", dir, "-mirror", s.URL + "/app.msi"}, row.more...)
			args = append(args, "-name", "new.msi", s.URL+"/gone.msi")
			require.NoError(t, run(t.Context(), args, &out, row.bar, emulate))
			got, err := os.ReadFile(filepath.Join(dir, "new.msi"))
			require.NoError(t, err)
			require.Equal(t, s.content, got)
			require.Contains(t, out.String(), "BG_E_HTTP_ERROR_404")
			require.Contains(t, out.String(), "100 %   4.0 of 4.0 MiB TRANSFERRED")
			found, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, found, 1, "nothing is left behind")

			out.Reset()
			require.NoError(t, run(t.Context(), args, &out, row.bar, emulate))
			require.Empty(t, out.String(), "it is there already")
		})
	}
}

// when is a writer that waits for a text.
type when struct {
	text string
	do   func()
}

func (w when) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(w.text)) {
		w.do()
	}
	return len(p), nil
}

func TestInterruptedAndGoneOnWith(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	dir, state := t.TempDir(), filepath.Join(t.TempDir(), "state")
	args := []string{"-sha256", s.sum(), "-to", dir, "-state", state, s.URL + "/app.msi"}
	ctx, interrupt := context.WithCancel(t.Context())
	s.half = true
	err := run(ctx, args, when{" 50 %", interrupt}, false, emulate)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "the same command goes on")
	require.NoError(t, run(t.Context(), args, io.Discard, false, emulate))
	got, err := os.ReadFile(filepath.Join(dir, "app.msi"))
	require.NoError(t, err)
	require.Equal(t, s.content, got)
	require.Equal(t, []string{"bytes=0-4194303", "bytes=2097152-4194303"}, s.ranges)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	sum := []string{"-sha256", s.sum()}
	for name, row := range map[string]struct {
		args []string
		says string
	}{
		"no URL":             {sum, "one URL is wanted"},
		"no sum":             {[]string{s.URL + "/app.msi"}, "what is not checked is not used"},
		"half a sum":         {[]string{"-sha256", s.sum()[:32], s.URL + "/app.msi"}, "64 hexadecimal digits"},
		"too much of a sum":  {[]string{"-sha256", s.sum() + "00", s.URL + "/app.msi"}, "64 hexadecimal digits"},
		"no name":            {append(sum, s.URL+"/"), "no name for a file"},
		"a name with a path": {append(sum, "-name", `..\x`, s.URL+"/app.msi"), "no name for a file"},
		"no such flag":       {[]string{"-x"}, "not defined: -x"},
		"not a URL":          {append(sum, "http://%zz/app.msi"), "invalid URL escape"},
		"no such protocol":   {append(sum, "gopher://host/app.msi"), "gopher"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := run(t.Context(), append([]string{"-to", t.TempDir()}, row.args...), &out, false, emulate)
			require.ErrorContains(t, err, row.says)
		})
	}
	require.ErrorIs(t, run(t.Context(), []string{"-h"}, &bytes.Buffer{}, false, emulate), flag.ErrHelp)
	require.ErrorIs(t, run(t.Context(), append([]string{"-to", t.TempDir()}, append(sum, s.URL+"/gone.msi")...), &bytes.Buffer{}, false, emulate),
		hresult.BG_E_HTTP_ERROR_404)
	require.ErrorIs(t, run(t.Context(), append([]string{"-to", filepath.Join(t.TempDir(), "none")}, append(sum, s.URL+"/app.msi")...), &bytes.Buffer{}, false, emulate),
		os.ErrNotExist)
}
