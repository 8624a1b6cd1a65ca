package jobstore_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

// fillUp creates jobs until that fails, as it should, and sees that what is
// there stays as it was.
func fillUp(t *testing.T, s *jobstore.Store, cause error) {
	t.Helper()
	var id uuid.UUID
	var err error
	for n := 0; err == nil; n++ {
		require.Less(t, n, 100_000)
		var e jobstore.Entry
		e, err = s.Create(jobstore.Job{Owner: alice, DisplayName: fmt.Sprint(n), Description: strings.Repeat("d", 3000)})
		if err == nil {
			id = e.ID()
		}
	}
	requireFailed := func(err error) {
		require.ErrorIs(t, err, jobstore.ErrFailed)
		require.ErrorIs(t, err, hresult.E_FAIL)
		require.ErrorIs(t, err, cause)
		require.ErrorContains(t, err, s.Path())
		require.ErrorContains(t, err, "nothing was changed")
	}
	requireFailed(err)
	want, err := digest(s)
	require.NoError(t, err)
	for range 3 {
		_, err = s.Create(jobstore.Job{Owner: bob, Description: strings.Repeat("e", 100_000)})
		requireFailed(err)
		requireFailed(s.Update(id, func(j *jobstore.Job) error { j.Description = strings.Repeat("f", 100_000); return nil }))
		got, err := digest(s)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Zero(t, s.CountByOwner(user(2)))
		require.NoError(t, s.Check())
	}
}

// goOn sees that a store works again once there is room.
func goOn(t *testing.T, s *jobstore.Store) {
	t.Helper()
	n := s.Len()
	e, err := s.Create(jobstore.Job{Owner: bob, Description: strings.Repeat("g", 20_000)})
	require.NoError(t, err)
	require.NoError(t, e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil }))
	require.Equal(t, n+1, s.Len())
	require.Equal(t, 1, s.CountByOwner(user(2)))
	require.NoError(t, s.Check())
}

// TestMaxSize is pitfall shrink, second half: at its bound a store goes on.
func TestMaxSize(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]jobstore.Option{"durable": nil, "nosync": {jobstore.NoSync()}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := newPath(t)
			s := open(t, path, append(opts, jobstore.MaxSize(1<<20))...)
			fillUp(t, s, berrors.ErrMaxSizeReached)
			for e := range s.All().All() {
				if s.Len() > 50 {
					require.NoError(t, s.Delete(e.ID()))
				}
			}
			goOn(t, s)
			require.NoError(t, s.Close())
			s = open(t, path)
			require.Equal(t, 51, s.Len())
			require.NoError(t, s.Close())
		})
	}
	t.Run("scratch", func(t *testing.T) {
		t.Parallel()
		s, err := jobstore.NewScratch(jobstore.MaxSize(1 << 20))
		require.NoError(t, err)
		fillUp(t, s, berrors.ErrMaxSizeReached)
		require.NoError(t, s.Close())
	})
}

// TestFailedCommit has a group of calls fail as one: none of them is half done.
func TestFailedCommit(t *testing.T) {
	t.Parallel()
	s := open(t, newPath(t), jobstore.NoSync())
	kept, err := s.Create(jobstore.Job{Owner: alice, DisplayName: "kept"})
	require.NoError(t, err)
	doomed, err := s.Create(jobstore.Job{Owner: alice, DisplayName: "kept too"})
	require.NoError(t, err)
	want, err := digest(s)
	require.NoError(t, err)

	full := true
	unhook := jobstore.HookCommits(s, func() error {
		if full {
			return fmt.Errorf("write: %w", syscall.ENOSPC)
		}
		return nil
	}, nil)
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			_, err := s.Create(jobstore.Job{Owner: bob}) // a token that the file has not seen
			update := kept.Update(func(j *jobstore.Job) error { j.Owner = bob; return nil })
			for _, err := range []error{err, update, s.Delete(doomed.ID())} {
				if !errors.Is(err, jobstore.ErrFailed) || !errors.Is(err, syscall.ENOSPC) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got, err := digest(s)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Zero(t, s.CountByOwner(user(2)))
	full = false
	goOn(t, s)
	unhook()
	require.NoError(t, s.Check())
	path := s.Path()
	require.NoError(t, s.Close())
	s = open(t, path)
	require.NoError(t, s.Check())
	require.Equal(t, 3, s.Len())
	require.NoError(t, s.Close())
}

// TestFailedSync has the last step of a commit fail, after the change has
// become visible in the file: nobody knows what is on the disk, so the store
// takes no more changes.
func TestFailedSync(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path, jobstore.NoSync())
	e, err := s.Create(jobstore.Job{Owner: alice})
	require.NoError(t, err)
	unhook := jobstore.HookCommits(s, nil, func(err error) error { return errors.Join(err, syscall.EIO) })
	err = e.Update(func(j *jobstore.Job) error { j.ErrorCount = 7; return nil })
	require.ErrorIs(t, err, jobstore.ErrFailed)
	require.ErrorIs(t, err, syscall.EIO)
	require.ErrorContains(t, err, "open it again")
	unhook()
	_, err = s.Create(jobstore.Job{Owner: alice})
	require.ErrorIs(t, err, jobstore.ErrFailed, "also when the disk has recovered")
	require.ErrorContains(t, err, "open it again")
	_, err = s.Lookup(e.ID())
	require.NoError(t, err)
	require.NoError(t, s.Close())

	s = open(t, path)
	j, err := s.Get(e.ID())
	require.NoError(t, err)
	require.Equal(t, uint32(7), j.ErrorCount, "this time it was on the disk")
	require.NoError(t, s.Check())
	require.NoError(t, s.Close())
}
