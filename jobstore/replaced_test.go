package jobstore_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

// TestReplacedFile is pitfall lock, second half: the lock is on the file, not
// on its name, so somebody who removes or replaces the file gets past it.
func TestReplacedFile(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(t *testing.T, path string) error{
		"removed": func(_ *testing.T, path string) error { return os.Remove(path) },
		"renamed": func(_ *testing.T, path string) error { return os.Rename(path, path+".old") },
		"replaced": func(t *testing.T, path string) error {
			other := newStore(t)
			return os.Rename(other, path)
		},
		"replaced by a directory": func(_ *testing.T, path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Mkdir(path, 0o700)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := newPath(t)
			s := open(t, path)
			e, err := s.Create(jobstore.Job{Owner: alice})
			require.NoError(t, err)
			require.NoError(t, s.Check())
			if err := change(t, path); err != nil {
				require.NoError(t, s.Close())
				t.Skip("an open file cannot be replaced here: ", err)
			}
			err = s.Check()
			require.ErrorIs(t, err, jobstore.ErrReplaced)
			require.ErrorIs(t, err, hresult.FromWin32(1006))
			require.ErrorContains(t, err, path)
			require.NotErrorIs(t, err, jobstore.ErrCorrupt, "nothing else is wrong")
			_, err = s.Get(e.ID())
			require.NoError(t, err)
			_, err = s.Create(jobstore.Job{Owner: alice})
			require.NoError(t, err)
			require.NoError(t, s.Close())
		})
	}
}
