package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/serve"
)

// monitor is a /MONITOR that is running, in a pipe.
type monitor struct {
	t    *testing.T
	cmd  *exec.Cmd
	pipe io.Reader
	out  strings.Builder
}

func (m *machine) monitor(t *testing.T, args ...string) *monitor {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: a process cannot interrupt another there")
	}
	w := &monitor{t: t, cmd: m.command(t, append([]string{"/monitor", "/refresh", "0"}, args...)...)}
	var err error
	w.pipe, err = w.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, w.cmd.Start())
	return w
}

// until reads on until a text has come.
func (w *monitor) until(text string) {
	w.t.Helper()
	for buf := make([]byte, 1); !strings.Contains(w.out.String(), text); {
		_, err := io.ReadFull(w.pipe, buf)
		require.NoError(w.t, err, w.out.String())
		w.out.Write(buf)
	}
}

// interrupt ends it, and returns what it has said since it was looked at last.
func (w *monitor) interrupt() (rest string) {
	w.t.Helper()
	require.NoError(w.t, w.cmd.Process.Signal(os.Interrupt))
	text, err := io.ReadAll(w.pipe)
	require.NoError(w.t, err)
	require.NoError(w.t, w.cmd.Wait())
	return string(text)
}

// In a pipe there are plain lines: one for each job that has changed.
func TestMonitorInAPipe(t *testing.T) {
	t.Parallel()
	for name := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := machineAt(t, name)
			m.must(t, "/create", "first")
			w := m.monitor(t)
			w.until("'first' SUSPENDED 0 / 0 0 / 0\n")
			m.must(t, "/setdisplayname", "first", "renamed")
			w.until("'renamed' SUSPENDED 0 / 0 0 / 0\n")
			require.Empty(t, w.interrupt())
			require.NotContains(t, w.out.String(), "\x1b")
			require.Equal(t, 1, strings.Count(w.out.String(), "'first'"), "it is not said twice")
		})
	}
}

// Two programs that run bitsadmin, and somebody who looks on, share a place.
func TestTogether(t *testing.T) {
	t.Parallel()
	for name := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := machineAt(t, name)
			w := m.monitor(t)
			const jobs = 5
			errs := make(chan error)
			for _, who := range []string{"one", "two"} {
				go func() {
					for i := range jobs {
						job := fmt.Sprintf("%s-%d", who, i)
						for _, args := range [][]string{
							{"/create", job}, {"/addfile", job, m.server + "/update.bin", `C:\Updates\` + job}, {"/resume", job}, {"/info", job, "/verbose"},
						} {
							if out, err := m.command(t, args...).CombinedOutput(); err != nil {
								errs <- fmt.Errorf("%q: %w: %s", args, err, out)
								return
							}
						}
					}
					errs <- nil
				}()
			}
			for range 2 {
				require.NoError(t, <-errs)
			}
			for _, who := range []string{"one", "two"} {
				for i := range jobs {
					w.until(fmt.Sprintf("'%s-%d' TRANSFERRED 1 / 1 11 / 11\n", who, i))
				}
			}
			w.interrupt()
			require.Equal(t, 2*jobs, strings.Count(m.must(t, "/rawreturn", "/list"), "\n"))
			require.Contains(t, m.must(t, "/reset"), fmt.Sprintf("%[1]d out of %[1]d jobs canceled.\n", 2*jobs))
		})
	}
}

// A service on a port asks for its token.
func TestServiceOnAPort(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	emu, err := bitsemu.New(bitsemu.Drive("C:", m.drive))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emu.Close()) })
	tokens := filepath.Join(m.dir, "token")
	bearer, err := serve.TokenFile(tokens)
	require.NoError(t, err)
	server, err := serve.New(emu, serve.BearerToken(bearer))
	require.NoError(t, err)
	l, err := serve.Listen("127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()

	m.env = []string{"BITSEMU_SERVICE=" + serve.Address(l), "BITSEMU_TOKEN_FILE=" + tokens}
	m.must(t, "/create", "j")
	require.Equal(t, 1, emu.Len())
	m.env = []string{"BITSEMU_SERVICE=" + serve.Address(l)}
	out, err := m.command(t, "/rawreturn", "/list").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "bitsadmin: the service of BITSEMU_SERVICE or --service: ")
	require.Contains(t, string(out), "token")

	m.env = []string{"BITSEMU_TOKEN_FILE=" + tokens}
	require.Equal(t, "Listed 1 job(s).\n", lastLine(m.must(t, "--service", serve.Address(l), "/list")), "a flag says it too")
	require.NoError(t, server.Close())
	require.NoError(t, <-served)
	out, err = m.command(t, "--service", serve.Address(l), "/rawreturn", "/list").CombinedOutput()
	require.Error(t, err, "it is gone")
	require.Contains(t, string(out), "bitsadmin: the service of BITSEMU_SERVICE or --service: ")
}

func lastLine(out string) string {
	lines := strings.SplitAfter(out, "\n")
	return lines[len(lines)-2]
}
