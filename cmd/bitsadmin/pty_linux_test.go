package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// console is a terminal with a bitsadmin on it, and somebody at its keyboard.
type console struct {
	t      *testing.T
	cmd    *exec.Cmd
	master *os.File
	stderr bytes.Buffer // which is not on the terminal

	mu      sync.Mutex
	out     []byte        // all that has been written to the terminal
	more    chan struct{} // of size one: there is more
	nothing chan struct{} // closed when there is no more
}

// open runs bitsadmin on a terminal of so many columns.
func open(t *testing.T, m *machine, columns uint16, args ...string) *console {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		t.Skip("NOT TESTED: there are no pseudo-terminals here")
	}
	require.NoError(t, err)
	c := &console{t: t, master: master, more: make(chan struct{}, 1), nothing: make(chan struct{})}
	t.Cleanup(func() { _ = master.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	c.resize(columns)
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)

	c.cmd = m.command(t, args...)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = slave, slave, &c.stderr
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	require.NoError(t, c.cmd.Start())
	require.NoError(t, slave.Close())
	go c.read()
	return c
}

// read goes on until nobody has the terminal open any more.
func (c *console) read() {
	defer close(c.nothing)
	buf := make([]byte, 4096)
	for {
		n, err := c.master.Read(buf)
		c.mu.Lock()
		c.out = append(c.out, buf[:n]...)
		c.mu.Unlock()
		select {
		case c.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (c *console) resize(columns uint16) {
	require.NoError(c.t, unix.IoctlSetWinsize(int(c.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}))
}

// interrupt is Ctrl-C.
func (c *console) interrupt() {
	_, err := c.master.Write([]byte{3})
	require.NoError(c.t, err)
}

func (c *console) all() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.ReplaceAll(string(c.out), "\r\n", "\n")
}

// home is where a screen begins.
const home = "\x1b[H\x1b[2J"

// screen is what is on the terminal, without what makes labels bright.
func (c *console) screen() string {
	out := c.all()
	if i := strings.LastIndex(out, home); i >= 0 {
		out = out[i+len(home):]
	}
	return strings.NewReplacer("\x1b[1m", "", "\x1b[0m", "").Replace(out)
}

// until waits for what is on the screen.
func (c *console) until(what string, ok func(screen string) bool) {
	c.t.Helper()
	for late := time.After(patience); !ok(c.screen()); {
		select {
		case <-c.more:
		case <-c.nothing:
			require.True(c.t, ok(c.screen()), "%s is on the screen: %q %s", what, c.all(), c.stderr.String())
			return
		case <-late:
			require.Fail(c.t, "too late", "%s is on the screen: %q", what, c.all())
		}
	}
}

func (c *console) shows(text string) {
	c.t.Helper()
	c.until(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// wait returns the exit code, when all has been read.
func (c *console) wait() int {
	c.t.Helper()
	err := c.cmd.Wait()
	if err != nil {
		require.ErrorAs(c.t, err, new(*exec.ExitError))
	}
	<-c.nothing
	return c.cmd.ProcessState.ExitCode()
}

// widest is how many letters the longest line has.
func widest(screen string) (n int) {
	for line := range strings.SplitSeq(screen, "\n") {
		n = max(n, len([]rune(line)))
	}
	return n
}

// slow is a server whose file begins, and does not end before it may.
func slow(t *testing.T) (url string, finish func()) {
	t.Helper()
	const file, first = "0123456789abcdefghij", 10
	held := make(chan struct{})
	finish = sync.OnceFunc(func() { close(held) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		from, status := 0, http.StatusOK
		if r, ok := strings.CutPrefix(req.Header.Get("Range"), "bytes="); ok {
			start, _, _ := strings.Cut(r, "-")
			from, _ = strconv.Atoi(start)
			status = http.StatusPartialContent
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(file)-1, len(file)))
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(file)-from))
		w.WriteHeader(status)
		if req.Method == http.MethodHead {
			return
		}
		_, _ = io.WriteString(w, file[from:max(from, first)])
		_ = http.NewResponseController(w).Flush()
		select {
		case <-held:
			_, _ = io.WriteString(w, file[max(from, first):])
		case <-req.Context().Done():
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(finish)
	return server.URL + "/file", finish
}

func TestTransferOnATerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	c := open(t, m, 120, "/transfer", "update", m.server+"/update.bin", `C:\update.bin`)
	require.Zero(t, c.wait(), c.all())
	require.Equal(t, `DISPLAY: 'update' TYPE: DOWNLOAD STATE: TRANSFERRED
PRIORITY: NORMAL FILES: 1 / 1 BYTES: 11 / 11 (100%)
Transfer complete.
`, c.screen())
	require.Contains(t, c.all(), "\x1b[1mSTATE:\x1b[0m TRANSFERRED", "labels are bright")
	require.Empty(t, c.stderr.String())
}

func TestTransferOnANarrowTerminal(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		columns uint16
		want    string
	}{
		{20, "DISPLAY: 'update' T\nPRIORITY: NORMAL FI\nTransfer complete.\n"},
		{10, "DISPLAY: \nPRIORITY:\nTransfer \ncomplete.\n"}, // broken: it is no part of the drawing
		{2, "D\nP\n" + strings.Join(strings.Split("Transfer", ""), "\n") + "\n \n" + strings.Join(strings.Split("complete.", ""), "\n") + "\n"},
	} {
		t.Run(strconv.Itoa(int(row.columns)), func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			c := open(t, m, row.columns, "/transfer", "update", m.server+"/update.bin", `C:\update.bin`)
			require.Zero(t, c.wait(), c.all())
			require.Equal(t, row.want, c.screen())
		})
	}
	t.Run("of a width that is not known", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t)
		c := open(t, m, 0, "/transfer", "update", m.server+"/update.bin", `C:\update.bin`)
		require.Zero(t, c.wait(), c.all())
		require.Contains(t, c.screen(), "BYTES: 11 / 11 (100%)\nTransfer complete.\n")
	})
}

// A terminal that is dragged narrower while a file is on its way is drawn anew.
func TestTransferOnATerminalThatIsResized(t *testing.T) {
	t.Parallel()
	url, finish := slow(t)
	c := open(t, newMachine(t), 100, "/transfer", "update", url, `C:\update.bin`)
	c.shows("STATE: TRANSFERRING\nPRIORITY: NORMAL FILES: 0 / 1 BYTES: 10 / 20 (50%)\n")
	c.resize(30)
	c.until("nothing wider than 29 letters", func(screen string) bool { return widest(screen) == 29 })
	c.resize(60)
	c.until("all of it again", func(screen string) bool { return strings.Contains(screen, "(50%)\n") })
	finish()
	require.Zero(t, c.wait(), c.all())
	require.Contains(t, c.screen(), "(100%)\nTransfer complete.\n")
}

// Ctrl-C ends the command. The job stays in the queue, and is done by the next that
// looks.
func TestTransferInterrupted(t *testing.T) {
	t.Parallel()
	url, finish := slow(t)
	m := newMachine(t)
	c := open(t, m, 100, "/transfer", "update", url, `C:\update.bin`)
	c.shows("BYTES: 10 / 20 (50%)\n")
	c.interrupt()
	require.Equal(t, 1, c.wait())
	require.Regexp(t, `^bitsadmin: interrupted; job \{[0-9A-F-]{36}\} stays in the queue: `, c.stderr.String())
	require.NotContains(t, c.screen(), "complete")
	finish()
	require.Equal(t, "TRANSFERRED", m.must(t, "/rawreturn", "/getstate", "update"))
}

// A command that waits for nothing but its own work is interrupted too.
func TestResumeInterrupted(t *testing.T) {
	t.Parallel()
	url, finish := slow(t)
	m := newMachine(t)
	m.must(t, "/create", "update")
	m.must(t, "/addfile", "update", url, `C:\update.bin`)
	c := open(t, m, 100, "/resume", "update")
	c.shows("Job resumed.\n")
	c.interrupt()
	require.Equal(t, 1, c.wait())
	require.Regexp(t, `^bitsadmin: .*interrupt`, c.stderr.String())
	finish()
	require.Equal(t, "TRANSFERRED", m.must(t, "/rawreturn", "/getstate", "update"), "the next that looks does the work")
}

// What is killed loses nothing: the job, and what it has fetched, are there.
func TestTransferKilled(t *testing.T) {
	t.Parallel()
	for name := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, finish := slow(t)
			m := machineAt(t, name)
			c := open(t, m, 100, "/transfer", "update", url, `C:\update.bin`)
			c.shows("BYTES: 10 / 20 (50%)\n")
			require.NoError(t, c.cmd.Process.Kill())
			c.wait()
			finish()
			require.Eventually(t, func() bool { return m.must(t, "/rawreturn", "/getstate", "update") == "TRANSFERRED" }, patience, 20*time.Millisecond)
			m.must(t, "/complete", "update")
			got, err := os.ReadFile(filepath.Join(m.drive, "update.bin"))
			require.NoError(t, err)
			require.Equal(t, "0123456789abcdefghij", string(got))
		})
	}
}

func TestTransferThatFailsOnATerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	c := open(t, m, 60, "/transfer", "update", m.server+"/nothing", `C:\nothing`)
	require.Equal(t, 148, c.wait(), "0x80190194: a shell sees eight bits")
	screen := c.screen()
	require.True(t, strings.HasPrefix(screen, "DISPLAY: 'update' TYPE: DOWNLOAD STATE: ERROR\n"), screen)
	require.Contains(t, screen, "\nUnable to complete transfer.\nERROR FILE:    "+m.server+"/nothing ->")
	require.Contains(t, screen, "\nERROR CODE:    0x80190194 - ")
	require.LessOrEqual(t, widest(screen), 59, "what does not fit is broken")
	require.Equal(t, "Listed 0 job(s).\n", m.must(t, "/list"), "it is cancelled")
}

// While a job waits for its next try the screen tells what it has run into.
func TestTransferThatWaitsOnATerminal(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close()) // nobody is there
	m := newMachine(t)
	c := open(t, m, 60, "/transfer", "update", "http://"+l.Addr().String()+"/x", `C:\update.bin`)
	c.shows("STATE: TRANSIENT_ERROR\nPRIORITY: NORMAL FILES: 0 / 1 BYTES: 0 / UNKNOWN\nERROR FILE:    http://")
	c.shows("\nERROR CONTEXT: 0x00000005 - ")
	require.LessOrEqual(t, widest(c.screen()), 59, "what does not fit is cut off")
	c.interrupt()
	require.Equal(t, 1, c.wait())
	require.Equal(t, "TRANSIENT_ERROR", m.must(t, "/rawreturn", "/getstate", "update"))
}

// /MONITOR draws the list in one place, and drops what has left it.
func TestMonitorOnATerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.must(t, "/create", "first")
	m.must(t, "/create", "second, with a name that is longer")
	c := open(t, m, 70, "/monitor", "/refresh", "0")
	c.until("both", func(screen string) bool {
		return strings.Contains(screen, "'first'") && strings.Contains(screen, "'second")
	})
	require.True(t, strings.HasPrefix(c.screen(), "MONITORING BACKGROUND COPY MANAGER(0 second refresh)\n"), c.screen())
	m.must(t, "/cancel", "first")
	second := regexp.MustCompile(`^MONITORING [^\n]*\n\{[^\n]* 'second, with a name that is l\n$`)
	c.until("the second alone, cut off", second.MatchString)
	require.Equal(t, 69, widest(c.screen()))
	c.resize(120)
	c.shows("'second, with a name that is longer' SUSPENDED 0 / 0 0 / 0\n")
	c.interrupt()
	require.Zero(t, c.wait())
	require.Empty(t, c.stderr.String())
}

// Lists are as wide as the terminal, and no terminal is drawn on that cannot be.
func TestLinesOnATerminal(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.must(t, "/create", "update")
	id := strings.TrimSuffix(m.must(t, "/rawreturn", "/list"), " 'update' SUSPENDED 0 / 0 0 / 0\n")

	c := open(t, m, 50, "/rawreturn", "/list")
	require.Zero(t, c.wait())
	require.Equal(t, id+" 'update' \nSUSPENDED 0 / 0 0 / 0\n", c.screen())
	c = open(t, m, 50, "/rawreturn", "/nowrap", "/list")
	require.Zero(t, c.wait())
	require.Equal(t, id+" 'update' S\n", c.screen())
	m.env = append(m.env, "TERM=dumb")
	c = open(t, m, 50, "/transfer", "x", m.server+"/update.bin", `C:\update.bin`)
	require.Zero(t, c.wait())
	require.NotContains(t, c.all(), "\x1b")
	require.True(t, strings.HasSuffix(c.all(), "\n\nTransfer complete.\n"), c.all())
}
