package jobstore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// TestScratchLeavesNothing makes many scratch stores at once, in memory where
// that is possible, and in files: none is left behind.
func TestScratchLeavesNothing(t *testing.T) {
	for _, place := range []string{"memory", "files"} {
		t.Run(place, func(t *testing.T) {
			temp, other := t.TempDir(), t.TempDir()
			t.Setenv("TMPDIR", temp)
			t.Setenv("TMP", temp)
			var opts []jobstore.Option
			if place == "files" {
				opts = append(opts, jobstore.ScratchDir(other))
			}
			var wg sync.WaitGroup
			for range 100 {
				wg.Go(func() {
					s, err := jobstore.NewScratch(opts...)
					if err != nil {
						t.Error(err)
						return
					}
					e, err := s.Create(jobstore.Job{Owner: alice})
					err = errors.Join(err, e.Update(func(j *jobstore.Job) error { j.ErrorCount++; return nil }), s.Check())
					if s.Len() != 1 {
						err = errors.Join(err, errors.New("it is not on its own"))
					}
					if place == "files" {
						if files, _ := os.ReadDir(other); len(files) == 0 {
							err = errors.Join(err, errors.New("where is it?"))
						}
					}
					if err := errors.Join(err, s.Close()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			for _, dir := range []string{temp, other} {
				files, err := os.ReadDir(dir)
				require.NoError(t, err)
				require.Empty(t, files)
			}
		})
	}
}

func TestScratchWithoutAPlace(t *testing.T) {
	t.Parallel()
	for range 2 {
		_, err := jobstore.NewScratch(jobstore.ScratchDir(filepath.Join(t.TempDir(), "none")))
		require.ErrorIs(t, err, jobstore.ErrFailed)
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, "(scratch)")
	}
}
