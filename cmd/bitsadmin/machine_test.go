package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for what must come.
const patience = 2 * time.Minute

// machine is a machine of a test: a store, a drive, a server, and this program as the
// bitsadmin of a directory for PATH.
type machine struct {
	dir, drive, server string
	path               string
	env                []string // what is set besides
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	return machineAt(t, "store")
}

func machineAt(t *testing.T, place string) *machine {
	t.Helper()
	m := &machine{dir: t.TempDir(), server: updates(t), path: install(t)}
	m.drive = filepath.Join(m.dir, "c")
	require.NoError(t, os.MkdirAll(filepath.Join(m.drive, "Updates"), 0o700))
	var err error
	m.env, err = places[place](t, m.dir, m.drive)
	require.NoError(t, err)
	return m
}

// environ is the environment of a program on the machine.
func (m *machine) environ() []string {
	return append(append(os.Environ(), "PATH="+m.path+string(os.PathListSeparator)+os.Getenv("PATH"), "SERVER="+m.server, "TERM=xterm", "NO_COLOR="), m.env...)
}

// command is a bitsadmin that has not begun.
func (m *machine) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(m.path, programName()), args...)
	cmd.Dir, cmd.Env = m.dir, m.environ()
	return cmd
}

// must is a command that succeeds, with what it says behind the banner.
func (m *machine) must(t *testing.T, args ...string) string {
	t.Helper()
	cmd := m.command(t, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%q: %s%s", args, out, stderr.String())
	require.Empty(t, stderr.String())
	text := strings.ReplaceAll(string(out), "\r\n", "\n")
	if lines := strings.SplitAfterN(text, "\n", 6); len(lines) == 6 && strings.HasPrefix(lines[1], "BITSADMIN version") {
		return lines[5]
	}
	return text
}

// content is that of /update.bin, which is all that a machine's server has.
const content = "what is new"

func updates(t *testing.T) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != "/update.bin" {
			http.NotFound(w, req)
			return
		}
		http.ServeContent(w, req, "", time.Time{}, strings.NewReader(content))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func programName() string {
	if runtime.GOOS == "windows" {
		return "bitsadmin.exe"
	}
	return "bitsadmin"
}

// install puts this program into a directory as bitsadmin.
func install(t *testing.T) (dir string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	dir = t.TempDir()
	at := filepath.Join(dir, programName())
	if os.Symlink(self, at) != nil && os.Link(self, at) != nil {
		program, err := os.ReadFile(self)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(at, program, 0o700))
	}
	return dir
}
