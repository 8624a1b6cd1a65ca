package jobstore_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
)

// TestReadersDoNotWait holds a commit in its middle: whoever reads goes on, and
// sees what was before (pitfall mmapgrow: with bbolt alone, it depends).
func TestReadersDoNotWait(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		if k.name == "memory" {
			continue // it commits without waiting for anything
		}
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := k.open(t)
			e, err := s.Create(jobstore.Job{Owner: alice, DisplayName: "before"})
			require.NoError(t, err)
			inside, goOn := make(chan struct{}), make(chan struct{})
			var once sync.Once
			jobstore.HookCommits(s, func() error {
				once.Do(func() {
					close(inside)
					<-goOn
				})
				return nil
			}, nil)
			written := make(chan error, 2)
			go func() {
				written <- e.Update(func(j *jobstore.Job) error { j.DisplayName, j.Owner = "after", bob; return nil })
			}()
			<-inside
			go func() { written <- s.Delete(uuid.New()) }() // another writer queues up behind, or finds nothing

			within(t, 20*time.Second, "a reader", func() {
				for range 1000 {
					got, err := s.Lookup(e.ID())
					require.NoError(t, err)
					require.Equal(t, user(1), got.OwnerSID())
					require.Equal(t, 1, s.ByOwner(user(1)).Len())
					require.Zero(t, s.CountByOwner(user(2)))
					j, err := s.Get(e.ID())
					require.NoError(t, err)
					require.Equal(t, "before", j.DisplayName)
				}
				require.NoError(t, s.Dump(io.Discard))
				require.NoError(t, s.Backup(io.Discard))
			})
			select {
			case err := <-written:
				require.ErrorIs(t, err, jobstore.ErrNotFound, "only the second")
				written <- err
			default:
			}
			close(goOn)
			err1, err2 := <-written, <-written
			require.ErrorIs(t, errors.Join(err1, err2), jobstore.ErrNotFound)
			require.Equal(t, user(2), e.OwnerSID())
			require.NoError(t, s.Close())
		})
	}
}

// TestReadersSeeWholeCommits changes several fields at once, which a reader
// never sees apart.
func TestReadersSeeWholeCommits(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		var stop atomic.Bool
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for !stop.Load() {
					sum := e.Summary()
					if uint32(sum.State) != uint32(sum.HelperTokenFlags) || (sum.Owner.User() == user(2)) != (sum.State%2 == 1) {
						t.Errorf("half of a commit: %+v", sum)
					}
					n1, n2 := s.CountByOwner(user(1)), s.CountByOwner(user(2))
					if n1 > 1 || n2 > 1 || n1 < 0 || n2 < 0 {
						t.Errorf("counted %d and %d", n1, n2)
					}
					j, err := s.Get(e.ID())
					if err != nil || uint32(j.State) != uint32(j.HelperTokenFlags) || j.ErrorCount != uint32(j.State) {
						t.Errorf("half of a record: %v, %v", j, err)
					}
					runtime.Gosched()
				}
			})
		}
		for i := range 100 {
			require.NoError(t, e.Update(func(j *jobstore.Job) error {
				j.State, j.HelperTokenFlags, j.ErrorCount, j.Owner = bits.JobState(i), bits.HelperTokenFlags(i), uint32(i), alice
				if i%2 == 1 {
					j.Owner = bob
				}
				return nil
			}))
		}
		stop.Store(true)
		wg.Wait()
	})
}

// TestOneCreatorWins has many create a job with the same id.
func TestOneCreatorWins(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		for round := range 10 {
			id := uuid.New()
			var won atomic.Int64
			var wg sync.WaitGroup
			for i := range 50 {
				wg.Go(func() {
					_, err := s.Create(jobstore.Job{ID: id, Owner: alice, DisplayName: fmt.Sprint(i)})
					switch {
					case err == nil:
						won.Add(1)
					case !errors.Is(err, jobstore.ErrExists):
						t.Error(err)
					}
				})
			}
			wg.Wait()
			require.Equal(t, int64(1), won.Load())
			require.Equal(t, round+1, s.Len())
		}
		var gone atomic.Int64
		var wg sync.WaitGroup
		for e := range s.All().All() {
			for range 20 {
				wg.Go(func() {
					switch err := s.Delete(e.ID()); {
					case err == nil:
						gone.Add(1)
					case !errors.Is(err, jobstore.ErrNotFound):
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		require.Equal(t, int64(10), gone.Load(), "and one of many deletes it")
		require.Zero(t, s.Len())
	})
}

// TestChangeWhileListing creates and deletes jobs while all are walked through,
// and the file grows: with bbolt, writing from within a read transaction hangs
// as soon as the map must grow (pitfall mmapgrow), and deleting under a cursor
// is not for the careless (pitfall cursordelete).
func TestChangeWhileListing(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		for range 60 {
			_, err := s.Create(jobstore.Job{Owner: alice})
			require.NoError(t, err)
		}
		within(t, 60*time.Second, "a change while listing", func() {
			n := 0
			for j, err := range s.Jobs() {
				require.NoError(t, err)
				n++
				_, err = s.Create(jobstore.Job{Owner: bob, Sealed: make([]byte, 100<<10)})
				require.NoError(t, err)
				require.NoError(t, s.Delete(j.ID))
			}
			require.Equal(t, 60, n)
			for e := range s.All().All() {
				require.NoError(t, s.Delete(e.ID()))
			}
		})
		require.Zero(t, s.Len())
	})
}

// TestCrowd has 500 goroutines change one job.
func TestCrowd(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		const crowd = 500
		e, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() {
				if err := e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		j, err := e.Job()
		require.NoError(t, err)
		require.Equal(t, uint32(crowd), j.ErrorCount)
	})
}

// TestGroupCommit counts transactions, each of which is two syncs (pitfalls
// batch and synccount): one for a caller alone, who does not wait for others,
// and few for many.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	s := open(t, newPath(t))
	transactions := func() int {
		n, err := jobstore.Transactions(s)
		require.NoError(t, err)
		return n
	}
	for range 10 {
		before := transactions()
		e, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)
		require.Equal(t, before+1, transactions())
		require.NoError(t, e.Update(func(j *jobstore.Job) error { return nil }))
		require.ErrorIs(t, s.Delete(uuid.New()), jobstore.ErrNotFound)
		_, err = s.Create(jobstore.Job{ID: e.ID(), Owner: alice})
		require.ErrorIs(t, err, jobstore.ErrExists)
		require.Equal(t, before+1, transactions(), "nothing to write, nothing written")
	}

	// The first commit waits until the others have queued up behind it.
	const callers = 200
	var waiting atomic.Int64
	var once sync.Once
	unhook := jobstore.HookCommits(s, func() error {
		once.Do(func() {
			for waiting.Load() < callers {
				runtime.Gosched()
			}
			time.Sleep(50 * time.Millisecond) // from being counted into the queue
		})
		return nil
	}, nil)
	before := transactions()
	same := uuid.New()
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			waiting.Add(1)
			j := jobstore.Job{Owner: alice}
			if i%20 == 7 {
				j.ID = same
			}
			if _, err := s.Create(j); err != nil && (j.ID != same || !errors.Is(err, jobstore.ErrExists)) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	unhook()
	require.LessOrEqual(t, transactions()-before, callers/4)
	require.Equal(t, 10+callers-callers/20+1, s.Len(), "those that fail take no others with them")
	require.NoError(t, s.Check())
	require.NoError(t, s.Close())
}

// TestWhatIsReturnedIsTheCallers is pitfall slice: bbolt's values change under
// whoever keeps them, and fault once the file is closed.
func TestWhatIsReturnedIsTheCallers(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		e, err := s.Create(fullJob())
		require.NoError(t, err)
		j, err := s.Get(e.ID())
		require.NoError(t, err)
		var given *jobstore.Job
		require.NoError(t, e.Update(func(j *jobstore.Job) error { given = j; j.ErrorCount++; return nil }))
		for i := range 300 { // so that pages are used again
			require.NoError(t, e.Update(func(j *jobstore.Job) error {
				j.Sealed = fmt.Appendf(nil, "secret %d", i)
				j.DisplayName = fmt.Sprint("name ", i)
				return nil
			}))
		}
		j.Sealed[0], j.Files[1].Ranges[0].Length = 'X', 77 // it is ours
		given.Sealed[0] = 'Y'
		now, err := s.Get(e.ID())
		require.NoError(t, err)
		require.Equal(t, "secret 299", string(now.Sealed))
		require.Equal(t, fullJob().Files, now.Files)
		require.NoError(t, s.Close())
		want := fullJob()
		want.Sealed[0], want.Files[1].Ranges[0].Length = 'X', 77
		requireJob(t, want, j)
	})
}
