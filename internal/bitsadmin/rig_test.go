package bitsadmin_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/bitsadmin"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/token"
)

// rig is a machine of a test: a store, a drive and a server.
type rig struct {
	t        *testing.T
	store    string
	drive    string
	server   string // "http://127.0.0.1:1234"
	env      map[string]string
	terminal *bitsadmin.Terminal
	open     func(bitsadmin.Config) bitsadmin.Place
	stderr   string // of the last run
}

func newRig(t *testing.T) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{t: t, store: filepath.Join(dir, "jobs.db"), drive: filepath.Join(dir, "c")}
	require.NoError(t, os.MkdirAll(filepath.Join(r.drive, "temp"), 0o700))
	r.env = map[string]string{"BITSEMU_STORE": r.store, "BITSEMU_DRIVES": "C:=" + r.drive}
	server := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(server.Close)
	r.server = server.URL
	return r
}

// answer answers /<size> with so many bytes, and all else with 404.
func answer(w http.ResponseWriter, req *http.Request) {
	size, err := strconv.Atoi(strings.TrimPrefix(req.URL.Path, "/"))
	if err != nil {
		http.NotFound(w, req)
		return
	}
	http.ServeContent(w, req, "", time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), bytes.NewReader(make([]byte, size)))
}

// run is one command.
func (r *rig) run(args ...string) (out string, status int32) {
	r.t.Helper()
	return r.runIn(r.t.Context(), args...)
}

func (r *rig) runIn(ctx context.Context, args ...string) (out string, status int32) {
	r.t.Helper()
	var stdout bytes.Buffer
	status = r.runTo(ctx, &stdout, args...)
	return stdout.String(), status
}

func (r *rig) runTo(ctx context.Context, stdout io.Writer, args ...string) (status int32) {
	r.t.Helper()
	var stderr bytes.Buffer
	status = bitsadmin.Run(ctx, args, bitsadmin.Env{
		Getenv: func(name string) string { return r.env[name] }, Stdout: stdout, Stderr: &stderr,
		Terminal: r.terminal, Location: time.UTC, Open: r.open,
	})
	r.stderr = stderr.String()
	return status
}

// patience is how long a test waits for what must come.
const patience = 2 * time.Minute

// watch runs a command that goes on until it is interrupted, which happens as soon as
// its output has a text.
func (r *rig) watch(until string, args ...string) (out string, status int32) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	w := &watcher{until: until, seen: cancel}
	status = r.runTo(ctx, w, args...)
	require.Contains(r.t, w.out.String(), until, r.stderr)
	return w.out.String(), status
}

// watcher is an output that tells when a text has come.
type watcher struct {
	out   strings.Builder
	until string
	seen  func()
}

func (w *watcher) Write(p []byte) (int, error) {
	n, err := w.out.Write(p)
	if strings.Contains(w.out.String(), w.until) {
		w.seen()
	}
	return n, err
}

// must is a command that succeeds, with what it prints and the banner is not.
func (r *rig) must(args ...string) string {
	r.t.Helper()
	out, status := r.run(args...)
	require.Zero(r.t, status, "%q: %s%s", args, out, r.stderr)
	require.Empty(r.t, r.stderr)
	return body(out)
}

// body is what follows the banner.
func body(out string) string {
	lines := strings.SplitAfterN(out, "\n", 6)
	if len(lines) == 6 && strings.HasPrefix(lines[1], "BITSADMIN version") {
		return lines[5]
	}
	return out
}

// places are where the jobs of a test can be: in the store, or at a service that has it
// open.
var places = map[string]func(*rig){
	"store":   func(*rig) {},
	"service": func(r *rig) { r.serve() },
}

// serve starts a service that has the store and the drive, and from then on is what
// commands go to.
func (r *rig) serve(opts ...bitsemu.Option) *bitsemu.Emulator {
	r.t.Helper()
	emu, err := bitsemu.New(append([]bitsemu.Option{bitsemu.Store(r.store), bitsemu.Drive("C:", r.drive)}, opts...)...)
	require.NoError(r.t, err)
	r.t.Cleanup(func() { require.NoError(r.t, emu.Close()) })
	r.env["BITSEMU_TOKEN"] = "a token of a test that is long enough" // where there are no unix sockets
	r.env["BITSEMU_SERVICE"] = serve.RunT(r.t, emu, serve.BearerToken(r.env["BITSEMU_TOKEN"]), serve.LogOnOwners())
	return emu
}

// seed puts jobs into the store.
func (r *rig) seed(jobs ...jobstore.Job) {
	r.t.Helper()
	s, err := jobstore.Open(r.store)
	require.NoError(r.t, err)
	for _, j := range jobs {
		_, err := s.Create(j)
		require.NoError(r.t, err)
	}
	require.NoError(r.t, s.Close())
}

func caller(t *testing.T, name string) token.Token {
	t.Helper()
	c, _, err := bitsadmin.Configure(func(string) string { return "" }, []string{"--as", name})
	require.NoError(t, err)
	return c.As
}
