package seal_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/seal"
)

// requireOnly sees that a directory has one file and nothing else.
func requireOnly(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, filepath.Base(path), entries[0].Name())
}

// requireSame sees that two keys are the same.
func requireSame(t *testing.T, a, b *seal.Key) {
	t.Helper()
	plain, err := b.Open(a.Seal([]byte("secret"), nil), nil)
	require.NoError(t, err)
	require.Equal(t, "secret", string(plain))
}

func TestOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.db.key")
	_, err := seal.Open(path, false)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "put "+path+" back")

	made, err := seal.Open(path, true)
	require.NoError(t, err)
	requireOnly(t, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, int64(seal.KeySize), info.Size())
	if runtime.GOOS != "windows" {
		require.Equal(t, fs.FileMode(0o600), info.Mode())
	}

	for _, create := range []bool{false, true} {
		again, err := seal.Open(path, create)
		require.NoError(t, err)
		requireSame(t, made, again)
	}

	other, err := seal.Open(filepath.Join(t.TempDir(), "jobs.db.key"), true)
	require.NoError(t, err)
	_, err = other.Open(made.Seal([]byte("secret"), nil), nil)
	require.ErrorIs(t, err, seal.ErrSealed, "each file has its own key")
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		make func(t *testing.T, path string)
		want string
		unix bool
	}{
		{name: "empty file", want: "has 0 bytes, a key has 32: put the right file back", make: func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, nil, 0o600))
		}},
		{name: "too long", want: "has 33 bytes", make: func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, make([]byte, 33), 0o600))
		}},
		{name: "directory", want: "is no regular file", make: func(t *testing.T, path string) {
			require.NoError(t, os.Mkdir(path, 0o700))
		}},
		{name: "group may read", unix: true, want: "has mode 0640, so others than its owner may use it: run chmod 600", make: func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, make([]byte, 32), 0o600))
			require.NoError(t, os.Chmod(path, 0o640))
		}},
		{name: "others may write", unix: true, want: "has mode 0602", make: func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, make([]byte, 32), 0o600))
			require.NoError(t, os.Chmod(path, 0o602))
		}},
		{name: "link that leads nowhere", unix: true, want: "there is no key file", make: func(t *testing.T, path string) {
			require.NoError(t, os.Symlink("nowhere", path))
		}},
		{name: "link that leads to itself", unix: true, want: "key file: ", make: func(t *testing.T, path string) {
			require.NoError(t, os.Symlink(filepath.Base(path), path))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.unix && runtime.GOOS == "windows" {
				t.Skip("Windows has no such modes and links")
			}
			path := filepath.Join(t.TempDir(), "jobs.db.key")
			test.make(t, path)
			before, err := os.Lstat(path)
			require.NoError(t, err)
			for _, create := range []bool{false, true} {
				_, err := seal.Open(path, create)
				require.ErrorContains(t, err, test.want)
				require.ErrorContains(t, err, path)
			}
			requireOnly(t, path)
			after, err := os.Lstat(path)
			require.NoError(t, err)
			require.True(t, os.SameFile(before, after), "it stays as it was")
			require.Equal(t, before.Mode(), after.Mode())
			require.Equal(t, before.Size(), after.Size())
			require.Equal(t, before.ModTime(), after.ModTime())
		})
	}
}

func TestOpenWithoutDirectory(t *testing.T) {
	t.Parallel()
	_, err := seal.Open(filepath.Join(t.TempDir(), "missing", "jobs.db.key"), true)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "missing")
}

func TestModesOfWindowsAreNotLookedAt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.db.key")
	require.NoError(t, os.WriteFile(path, make([]byte, 32), 0o600))
	require.NoError(t, os.Chmod(path, 0o666))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, seal.Judge(path, info, "windows"))
	require.Error(t, seal.Judge(path, info, "linux"))
	require.Error(t, seal.Judge(path, info, "darwin"))
}

func TestFileThatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	_, err := seal.FromFile("jobs.db.key", make([]byte, 31))
	require.ErrorContains(t, err, "key file jobs.db.key has 31 bytes")
}

// Many at once end up with one key.
func TestRace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.db.key")
	keys := make([]*seal.Key, 16)
	errs := make([]error, len(keys))
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() { keys[i], errs[i] = seal.Open(path, true) })
	}
	all.Wait()
	for i := range keys {
		require.NoError(t, errs[i])
		requireSame(t, keys[0], keys[i])
	}
	requireOnly(t, path)
}

func TestWithoutLinks(t *testing.T) {
	t.Parallel()
	noLinks := func(string, string) error { return errors.ErrUnsupported }
	path := filepath.Join(t.TempDir(), "jobs.db.key")
	require.NoError(t, seal.MakeFile(path, noLinks))
	requireOnly(t, path)
	made, err := seal.Open(path, false)
	require.NoError(t, err)

	require.NoError(t, seal.MakeFile(path, noLinks), "there is one by now")
	requireOnly(t, path)
	again, err := seal.Open(path, false)
	require.NoError(t, err)
	requireSame(t, made, again)
}

// Neither a link nor another name can be had, for the directory is gone.
func TestNameCannotBeGiven(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "dir")
	require.NoError(t, os.Mkdir(dir, 0o700))
	err := seal.MakeFile(filepath.Join(dir, "jobs.db.key"), func(temp, _ string) error {
		require.NoError(t, os.Remove(temp))
		return errors.ErrUnsupported
	})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestPatiently(t *testing.T) {
	t.Parallel()
	busy := &fs.PathError{Op: "open", Err: syscall.Errno(32)}
	for _, row := range []struct {
		goos  string
		err   error
		calls int
	}{
		{"windows", busy, 3}, {"linux", busy, 1}, {"windows", fs.ErrNotExist, 1}, {"windows", nil, 1},
	} {
		calls := 0
		err := seal.Patiently(row.goos, func() error {
			if calls++; calls == 3 {
				return nil
			}
			return row.err
		})
		require.Equal(t, row.calls, calls, "%s: %v", row.goos, row.err)
		if calls < 3 {
			require.Equal(t, row.err, err)
		} else {
			require.NoError(t, err)
		}
	}
}
