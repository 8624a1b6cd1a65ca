package jobstore_test

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// cut truncates an open file, where the system allows that.
func cut(t *testing.T, s *jobstore.Store, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Cleanup(func() { require.NoError(t, s.Close()) }) // else it could not be removed either
		t.Skip("an open file cannot be truncated here: ", err)
	}
}

// TestTruncatedWhileOpen cuts an open store's file short (pitfall corrupt):
// what is no longer there gives errors, and nothing crashes or hangs.
func TestTruncatedWhileOpen(t *testing.T) {
	t.Parallel()
	pages := len(latest().image) / pageSize
	for _, left := range []int{0, 1, 2, 3, pages / 2, pages - 3} {
		for _, rest := range []time.Duration{0, 5 * time.Millisecond} {
			t.Run(fmt.Sprint(left, " pages left, after ", rest), func(t *testing.T) {
				t.Parallel()
				path := newPath(t)
				require.NoError(t, os.WriteFile(path, latest().image, 0o600))
				s := open(t, path, jobstore.NoSync())
				var ids []uuid.UUID
				for e := range s.All().All() {
					ids = append(ids, e.ID())
				}
				_, err := s.Get(ids[0])
				require.NoError(t, err)
				cut(t, s, path, int64(left*pageSize))
				time.Sleep(rest)
				within(t, 20*time.Second, "a truncated store", func() {
					for _, id := range ids {
						if j, err := s.Get(id); err != nil {
							require.ErrorIs(t, err, jobstore.ErrCorrupt)
						} else {
							require.Equal(t, id, j.ID)
						}
						_, err := s.Lookup(id)
						require.NoError(t, err, "memory is not concerned")
					}
					_, err := s.Create(jobstore.Job{Owner: alice})
					require.ErrorIs(t, err, jobstore.ErrCorrupt)
					require.ErrorIs(t, s.Delete(ids[1]), jobstore.ErrCorrupt)
					require.ErrorIs(t, s.Check(), jobstore.ErrCorrupt)
					require.Error(t, s.Backup(discard{}))
					_ = s.Close() // which may say so, too
				})
				if rest > 0 { // seen in time, so nothing is left locked
					require.NoError(t, os.WriteFile(path, latest().image, 0o600))
					s := open(t, path)
					require.NoError(t, s.Check())
					require.NoError(t, s.Close())
				}
			})
		}
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// TestTruncatedWhileBusy does it while others read and write.
func TestTruncatedWhileBusy(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	require.NoError(t, os.WriteFile(path, latest().image, 0o600))
	s := open(t, path, jobstore.NoSync())
	var ids []uuid.UUID
	for e := range s.All().All() {
		ids = append(ids, e.ID())
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for k := range 3000 {
				if _, err := s.Get(ids[(i+k)%len(ids)]); err != nil && !isDamage(err) {
					t.Error(err)
				}
				if i == 0 && k%100 == 0 {
					if _, err := s.Create(jobstore.Job{Owner: alice}); err != nil && !isDamage(err) {
						t.Error(err)
					}
				}
			}
		})
	}
	time.Sleep(time.Millisecond)
	defer wg.Wait() // also if nothing can be cut
	cut(t, s, path, int64(4*pageSize))
	within(t, 30*time.Second, "a truncated store", func() {
		wg.Wait()
		require.ErrorIs(t, s.Check(), jobstore.ErrCorrupt)
		_ = s.Close()
	})
}
