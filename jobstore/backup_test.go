package jobstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// fromBackup opens what a backup has written.
func fromBackup(t *testing.T, image []byte) *jobstore.Store {
	t.Helper()
	path := newPath(t)
	require.NoError(t, os.WriteFile(path, image, 0o600))
	for _, opening := range []func(string, ...jobstore.Option) (*jobstore.Store, error){jobstore.OpenReadOnly, jobstore.Open} {
		s, err := opening(path)
		require.NoError(t, err)
		require.NoError(t, s.Check())
		require.NoError(t, s.Close())
	}
	return open(t, path, jobstore.NoSync())
}

func TestBackup(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		var empty bytes.Buffer
		require.NoError(t, s.Backup(&empty))
		copied := fromBackup(t, empty.Bytes())
		require.Zero(t, copied.Len())
		require.NoError(t, copied.Close())

		full := fullJob()
		_, err := s.Create(full)
		require.NoError(t, err)
		for i := range 100 {
			e, err := s.Create(jobstore.Job{Owner: alice, Description: strings.Repeat("x", i*50)})
			require.NoError(t, err)
			if i%3 == 0 {
				require.NoError(t, s.Delete(e.ID()))
			}
		}
		want, err := digest(s)
		require.NoError(t, err)

		var b bytes.Buffer
		require.NoError(t, s.Backup(&b))
		compact := newPath(t)
		require.NoError(t, s.Compact(compact))
		image, err := os.ReadFile(compact)
		require.NoError(t, err)
		for _, image := range [][]byte{b.Bytes(), image} {
			copied := fromBackup(t, image)
			got, err := digest(copied)
			require.NoError(t, err)
			require.Equal(t, want, got)
			j, err := copied.Get(full.ID)
			require.NoError(t, err)
			requireJob(t, full, j)
			_, err = copied.Create(jobstore.Job{Owner: bob})
			require.NoError(t, err)
			require.NoError(t, copied.Check())
			require.NoError(t, copied.Close())
		}

		require.ErrorIs(t, s.Backup(brokenWriter{}), errBroken)
		require.ErrorIs(t, s.Backup(brokenWriter{}), jobstore.ErrFailed)
	})
}

// slowWriter takes what it is given when it is told to.
type slowWriter struct {
	buf         bytes.Buffer
	begun, goOn chan struct{}
	once        sync.Once
}

func (w *slowWriter) Write(p []byte) (int, error) {
	w.once.Do(func() {
		close(w.begun)
		<-w.goOn
	})
	return w.buf.Write(p)
}

// TestBackupToSlowWriter is pitfall mmapgrow, second half: pages that a long
// read transaction may still want are not used again, and the file would grow
// from 1 to hundreds of MiB here. The copy is of one commit.
func TestBackupToSlowWriter(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path, jobstore.NoSync())
	var entries []jobstore.Entry
	for range 500 {
		e, err := s.Create(jobstore.Job{Owner: alice, Description: strings.Repeat("d", 300)})
		require.NoError(t, err)
		entries = append(entries, e)
	}
	size := func() int64 {
		fi, err := os.Stat(path)
		require.NoError(t, err)
		return fi.Size()
	}
	rewrite := func(times int) {
		for range times {
			for _, e := range entries {
				require.NoError(t, e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil }))
			}
		}
	}
	rewrite(1)
	want, err := digest(s)
	require.NoError(t, err)
	before := size()

	w := &slowWriter{begun: make(chan struct{}), goOn: make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- s.Backup(w) }()
	<-w.begun
	rewrite(2)
	require.LessOrEqual(t, size(), 2*before+1<<20)
	close(w.goOn)
	require.NoError(t, <-done)
	require.NoError(t, s.Check())
	require.NoError(t, s.Close())

	copied := fromBackup(t, w.buf.Bytes())
	got, err := digest(copied)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NoError(t, copied.Close())
}

// TestBackupIsOfOneCommit makes copies while pairs of jobs are changed, each in
// one commit after the other: the second of a pair is never ahead.
func TestBackupIsOfOneCommit(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		first, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		var others []jobstore.Entry
		for range 200 { // so that a copy takes a while
			e, err := s.Create(jobstore.Job{Owner: alice})
			require.NoError(t, err)
			others = append(others, e)
		}
		last := others[len(others)-1]
		var stop atomic.Bool
		var wg sync.WaitGroup
		wg.Go(func() {
			for n := uint32(1); !stop.Load(); n++ {
				for _, e := range []jobstore.Entry{first, last} {
					if err := e.Update(func(j *jobstore.Job) error { j.ErrorCount = n; return nil }); err != nil {
						t.Error(err)
					}
				}
			}
		})
		for range 5 {
			var b bytes.Buffer
			require.NoError(t, s.Backup(&b))
			copied := fromBackup(t, b.Bytes())
			j1, err1 := copied.Get(first.ID())
			j2, err2 := copied.Get(last.ID())
			require.NoError(t, errors.Join(err1, err2))
			require.LessOrEqual(t, j2.ErrorCount, j1.ErrorCount)
			require.LessOrEqual(t, j1.ErrorCount, j2.ErrorCount+1)
			require.NoError(t, copied.Close())
		}
		stop.Store(true)
		wg.Wait()
	})
}

// TestCompact is pitfall shrink: the file of a store never gets smaller, a
// compact copy does.
func TestCompact(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path, jobstore.NoSync())
	for i := range 2000 {
		_, err := s.Create(jobstore.Job{Owner: alice, DisplayName: fmt.Sprint(i), Description: strings.Repeat("d", 500)})
		require.NoError(t, err)
	}
	for i, e := range slices.Collect(s.All().All()) {
		if i%100 != 0 {
			require.NoError(t, s.Delete(e.ID()))
		}
	}
	want, err := digest(s)
	require.NoError(t, err)
	before, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, before.Size(), int64(1<<20), "deleting alone leaves the file as large as it was")

	dir := t.TempDir()
	slim := filepath.Join(dir, "slim.db")
	require.NoError(t, s.Compact(slim))
	after, err := os.Stat(slim)
	require.NoError(t, err)
	require.Less(t, after.Size(), before.Size()/10)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing else is left")
	c := open(t, slim)
	got, err := digest(c)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NoError(t, c.Check())
	require.NoError(t, c.Close())

	image, err := os.ReadFile(slim)
	require.NoError(t, err)
	for _, taken := range []string{slim, path, dir} {
		err := s.Compact(taken)
		require.ErrorIs(t, err, jobstore.ErrFailed)
		require.ErrorIs(t, err, fs.ErrExist)
		require.ErrorContains(t, err, taken)
	}
	now, err := os.ReadFile(slim)
	require.NoError(t, err)
	require.Equal(t, image, now)
	require.ErrorIs(t, s.Compact(filepath.Join(dir, "none", "x")), fs.ErrNotExist)
	require.NoError(t, s.Close())
	require.ErrorIs(t, s.Compact(filepath.Join(dir, "y")), jobstore.ErrClosed)
}

// TestBackupWithoutRoom has no place for its temporary file.
func TestBackupWithoutRoom(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("TMPDIR is not what names the place here")
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	s := jobstore.NewMemory()
	err := s.Backup(discard{})
	require.ErrorIs(t, err, jobstore.ErrFailed)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, s.Close())
}
