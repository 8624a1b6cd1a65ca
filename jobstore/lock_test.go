package jobstore_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

// hold has another process open the store, and returns what makes it close.
func hold(t *testing.T, path, mode string) (release func()) {
	t.Helper()
	cmd := childCommand(t, "hold", path, mode)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "open\n", line)
	return func() {
		require.NoError(t, in.Close())
		_, err := io.Copy(io.Discard, out)
		require.NoError(t, err)
		require.NoError(t, cmd.Wait())
	}
}

// later calls f in another goroutine, and returns what waits for its end: a test must
// not end before it.
func later(d time.Duration, f func()) (wait func()) {
	var done sync.WaitGroup
	done.Go(func() {
		time.Sleep(d)
		f()
	})
	return done.Wait
}

// try has another process open the store and close it again.
func try(t *testing.T, path, mode string) (locked bool, says string) {
	t.Helper()
	out, err := childCommand(t, "try", path, mode).Output()
	require.NoError(t, err)
	is, says, _ := strings.Cut(string(out), " ")
	return is == "true", says
}

func newStore(t *testing.T) (path string) {
	t.Helper()
	path = newPath(t)
	require.NoError(t, open(t, path).Close())
	return path
}

// TestOpenWhileInUse is pitfall lock: whoever comes second does not wait for
// ever but learns what to do.
func TestOpenWhileInUse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		first, second string
		locked        bool
	}{
		{"write", "write", true},
		{"write", "read", true},
		{"read", "write", true},
		{"read", "read", false},
	} {
		t.Run(row.first+" then "+row.second, func(t *testing.T) {
			t.Parallel()
			path := newStore(t)
			requireLocked := func(locked bool, says string) {
				require.Equal(t, row.locked, locked, says)
				if locked {
					require.Contains(t, says, path)
				} else {
					require.Equal(t, "<nil>", says)
				}
			}

			// The second in another process than the first.
			mine, err := openAs(path, row.first)
			require.NoError(t, err)
			locked, says := try(t, path, row.second)
			requireLocked(locked, says)
			if row.locked {
				require.Contains(t, says, "another process has it open")
			}

			// The second in the same process: no time is lost.
			begin := time.Now()
			again, err := openAs(path, row.second)
			if row.locked {
				require.ErrorIs(t, err, jobstore.ErrLocked)
				require.ErrorIs(t, err, hresult.FromWin32(32))
				require.ErrorContains(t, err, "this process has it open already")
				require.ErrorContains(t, err, map[string]string{"write": "to be written", "read": "to be read"}[row.first])
				require.ErrorContains(t, err, path)
				require.Less(t, time.Since(begin), 150*time.Millisecond)
			} else {
				require.NoError(t, err)
				require.NoError(t, again.Close())
			}
			require.NoError(t, mine.Close())

			// The first in another process.
			release := hold(t, path, row.first)
			second, err := openAs(path, row.second)
			if row.locked {
				require.ErrorIs(t, err, jobstore.ErrLocked)
				require.ErrorContains(t, err, "another process has it open")
				require.ErrorContains(t, err, path)
			} else {
				require.NoError(t, err)
				require.NoError(t, second.Close())
			}
			release()
			for _, mode := range []string{row.second, row.first} {
				s, err := openAs(path, mode)
				require.NoError(t, err, "it is free now")
				require.NoError(t, s.Close())
				locked, says = try(t, path, mode)
				require.False(t, locked, says)
			}
		})
	}
}

func TestReadersShareWithinAProcess(t *testing.T) {
	t.Parallel()
	path := newStore(t)
	var readers []*jobstore.Store
	for range 3 {
		s, err := jobstore.OpenReadOnly(path)
		require.NoError(t, err)
		readers = append(readers, s)
	}
	for _, s := range readers {
		_, err := jobstore.Open(path)
		require.ErrorIs(t, err, jobstore.ErrLocked)
		require.NoError(t, s.Close())
		require.NoError(t, s.Close())
	}
	require.NoError(t, open(t, path).Close())
}

func TestLockTimeout(t *testing.T) {
	t.Parallel()
	path := newStore(t)
	release := hold(t, path, "write")
	for _, timeout := range []time.Duration{-time.Second, 0, time.Nanosecond, 100 * time.Millisecond, 600 * time.Millisecond} {
		begin := time.Now()
		_, err := jobstore.Open(path, jobstore.LockTimeout(timeout))
		took := time.Since(begin)
		require.ErrorIs(t, err, jobstore.ErrLocked)
		require.Less(t, took, max(timeout, 0)+2*time.Second) // much is going on
		require.Greater(t, took, timeout-100*time.Millisecond)
	}

	// Within the time, it gets the store when that is free.
	released := later(200*time.Millisecond, release)
	defer released()
	s, err := jobstore.Open(path, jobstore.LockTimeout(20*time.Second))
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// TestOpenWhileWrittenTo opens a file that another process writes to all the
// time: it is locked, whatever half of a change it looks like.
func TestOpenWhileWrittenTo(t *testing.T) {
	t.Parallel()
	path := newStore(t)
	release := hold(t, path, "busy")
	defer release()
	for i := range 100 {
		opening := jobstore.Open
		if i%2 == 0 {
			opening = jobstore.OpenReadOnly
		}
		_, err := opening(path, jobstore.LockTimeout(time.Nanosecond))
		require.ErrorIs(t, err, jobstore.ErrLocked)
	}
}

// TestOpenHalfWritten is the same with the half of a change made to last.
func TestOpenHalfWritten(t *testing.T) {
	t.Parallel()
	path := newStore(t)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	write := func(image []byte) {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = f.WriteAt(image, 0)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	}
	bad := bytes.Clone(good)
	bad[20]++ // of a meta page
	release := hold(t, path, "write")
	write(bad)
	for _, opening := range []func(string, ...jobstore.Option) (*jobstore.Store, error){jobstore.Open, jobstore.OpenReadOnly} {
		_, err = opening(path, jobstore.LockTimeout(time.Millisecond))
		require.ErrorIs(t, err, jobstore.ErrLocked)
		require.NotErrorIs(t, err, jobstore.ErrCorrupt)
	}
	released := later(200*time.Millisecond, func() {
		write(good)
		release()
	})
	defer released()
	s, err := jobstore.Open(path, jobstore.LockTimeout(20*time.Second))
	require.NoError(t, err, "it looks again when the other process is done")
	require.NoError(t, s.Close())

	write(bad)
	_, err = jobstore.Open(path)
	require.ErrorIs(t, err, jobstore.ErrCorrupt, "nobody writes, so this is what it is")
}

func TestOpenThroughSymlink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Skip("there are no symbolic links here: ", err)
	}
	path := filepath.Join(dir, "real", "jobs.db")
	require.NoError(t, os.Symlink("jobs.db", filepath.Join(dir, "real", "other.db")))
	s := open(t, filepath.Join(dir, "link", "jobs.db")) // a new file
	for _, same := range []string{path, filepath.Join(dir, "link", "jobs.db"), filepath.Join(dir, "link", "other.db"), filepath.Join(dir, "real", "..", "real", "jobs.db")} {
		_, err := jobstore.Open(same)
		require.ErrorIs(t, err, jobstore.ErrLocked)
		require.ErrorContains(t, err, "this process has it open already")
		require.ErrorContains(t, err, same, "it says the path that it was given")
	}
	require.NoError(t, s.Check())
	require.NoError(t, s.Close())
	require.NoError(t, open(t, path).Close())

	// A hard link is seen by the system's lock only.
	hard := filepath.Join(dir, "hard.db")
	if err := os.Link(path, hard); err == nil {
		s := open(t, path)
		_, err := jobstore.Open(hard, jobstore.LockTimeout(time.Millisecond))
		require.ErrorIs(t, err, jobstore.ErrLocked)
		require.NoError(t, s.Close())
	}
}
