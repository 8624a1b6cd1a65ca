package jobstore_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/jobstore"
)

// TestDiskFull fills a real, small disk.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		opts []jobstore.Option
	}{{"durable", nil}, {"nosync", []jobstore.Option{jobstore.NoSync()}}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=768k"); err != nil {
				t.Skip("no disk can be mounted: ", err)
			}
			t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
			ballast := filepath.Join(dir, "ballast")
			require.NoError(t, os.WriteFile(ballast, make([]byte, 256<<10), 0o600))

			path := filepath.Join(dir, "jobs.db")
			s := open(t, path, row.opts...)
			fillUp(t, s, syscall.ENOSPC)
			require.NoError(t, os.Remove(ballast))
			goOn(t, s)
			require.NoError(t, s.Close())
			s = open(t, path, row.opts...)
			require.NoError(t, s.Check())
			require.NoError(t, s.Close())
		})
	}
}

// TestDiskFullFromTheStart cannot even make a store, and leaves nothing that
// would be in the way later.
func TestDiskFullFromTheStart(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 4 << 10, 8 << 10, 12 << 10} {
		dir := t.TempDir()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
			t.Skip("no disk can be mounted: ", err)
		}
		t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
		ballast := filepath.Join(dir, "ballast")
		require.NoError(t, os.WriteFile(ballast, make([]byte, 64<<10-left), 0o600))
		path := filepath.Join(dir, "jobs.db")
		for range 2 {
			_, err := jobstore.Open(path)
			require.ErrorIs(t, err, jobstore.ErrFailed)
			require.ErrorIs(t, err, syscall.ENOSPC)
			require.ErrorContains(t, err, path)
		}
		require.NoError(t, os.Remove(ballast))
		s := open(t, path)
		require.NoError(t, s.Check())
		require.NoError(t, s.Close())
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, files, 1)
	}
}
