package jobstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// TestEntriesAreOfOneMoment has a list stay as it was, and its views show how
// their jobs are now.
func TestEntriesAreOfOneMoment(t *testing.T) {
	t.Parallel()
	forEachKind(t, func(t *testing.T, s *jobstore.Store) {
		for range 3 {
			_, err := s.Create(jobstore.Job{Owner: alice})
			require.NoError(t, err)
		}
		all, hers := s.All(), s.ByOwner(user(1))
		require.NoError(t, s.Delete(all.At(0).ID()))
		require.NoError(t, all.At(1).Update(func(j *jobstore.Job) error { j.Owner, j.State = bob, 5; return nil }))
		_, err := s.Create(jobstore.Job{Owner: alice})
		require.NoError(t, err)

		for _, l := range []jobstore.Entries{all, hers} {
			require.Equal(t, 3, l.Len())
			require.True(t, l.At(0).Deleted())
			require.Equal(t, user(2), l.At(1).OwnerSID())
			require.EqualValues(t, 5, l.At(1).State())
			n := 0
			for e := range l.All() {
				require.Equal(t, l.At(n), e)
				n++
			}
			require.Equal(t, 3, n)
		}
		require.Equal(t, 3, s.All().Len())
		require.Equal(t, 2, s.ByOwner(user(1)).Len())
		require.Equal(t, 1, s.ByOwner(user(2)).Len())
	})
}
