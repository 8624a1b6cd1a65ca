package bitsupload_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// directory is a storage in a directory of its own, with a subdirectory up.
func directory(t testing.TB) (*bitsupload.Dir, string) {
	t.Helper()
	path := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(path, "up"), 0o700))
	root, err := os.OpenRoot(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	return &bitsupload.Dir{Root: root}, path
}

// storages are all there are.
var storages = map[string]func(t testing.TB) bitsupload.Storage{
	"memory":    func(testing.TB) bitsupload.Storage { return &bitsupload.Memory{} },
	"directory": func(t testing.TB) bitsupload.Storage { d, _ := directory(t); return d },
	"durable": func(t testing.TB) bitsupload.Storage {
		d, _ := directory(t)
		d.Sync = true
		return d
	},
}

func eachStorage(t *testing.T, test func(t *testing.T, s bitsupload.Storage)) {
	t.Helper()
	for name, open := range storages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func content(t testing.TB, s bitsupload.Storage, name string) string {
	t.Helper()
	f, err := s.Open(name)
	require.NoError(t, err)
	defer f.Close()
	info, err := f.Stat()
	require.NoError(t, err)
	b, err := io.ReadAll(io.NewSectionReader(f, 0, info.Size()))
	require.NoError(t, err)
	return string(b)
}

const temporary = "up/BITS-Sessions/{1}/request"

func create(t testing.TB, s bitsupload.Storage, name, content string) {
	t.Helper()
	f, err := s.Create(name)
	require.NoError(t, err)
	n, err := f.WriteAt([]byte(content), 0)
	require.NoError(t, err)
	require.Equal(t, len(content), n)
	require.NoError(t, f.Close())
}

func TestStorageLifeOfAFile(t *testing.T) {
	t.Parallel()
	eachStorage(t, func(t *testing.T, s bitsupload.Storage) {
		_, err := s.Stat("up/a.txt")
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.NotErrorIs(t, err, bitsupload.ErrNoDirectory)
		create(t, s, temporary, "content")
		_, err = s.Create(temporary)
		require.ErrorIs(t, err, fs.ErrExist)
		_, err = s.Open("up/BITS-Sessions/{1}/other")
		require.ErrorIs(t, err, fs.ErrNotExist)

		require.NoError(t, s.Commit(temporary, "up/a.txt", false))
		require.Equal(t, "content", content(t, s, "up/a.txt"))
		info, err := s.Stat("up/a.txt")
		require.NoError(t, err)
		require.Equal(t, int64(7), info.Size())
		require.Equal(t, "a.txt", info.Name())
		require.True(t, info.Mode().IsRegular())
		require.False(t, info.IsDir())
		require.False(t, info.ModTime().IsZero())
		_, err = s.Stat(temporary)
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorIs(t, s.Commit(temporary, "up/b.txt", false), fs.ErrNotExist)
		require.ErrorIs(t, s.Commit(temporary, "up/b.txt", true), fs.ErrNotExist)

		require.NoError(t, s.Remove("up/BITS-Sessions/{1}"))
		require.NoError(t, s.Remove("up/BITS-Sessions/{1}"))
		require.Equal(t, "content", content(t, s, "up/a.txt"))
	})
}

func TestStorageOverwrite(t *testing.T) {
	t.Parallel()
	eachStorage(t, func(t *testing.T, s bitsupload.Storage) {
		create(t, s, temporary, "old")
		require.NoError(t, s.Commit(temporary, "up/a.txt", true))
		create(t, s, temporary, "new")
		require.ErrorIs(t, s.Commit(temporary, "up/a.txt", false), fs.ErrExist)
		require.Equal(t, "old", content(t, s, "up/a.txt"))
		require.NoError(t, s.Commit(temporary, "up/a.txt", true))
		require.Equal(t, "new", content(t, s, "up/a.txt"))
	})
}

func TestStorageRemovesOneFile(t *testing.T) {
	t.Parallel()
	eachStorage(t, func(t *testing.T, s bitsupload.Storage) {
		create(t, s, "BITS-Sessions/{1}/request", "a")
		create(t, s, "BITS-Sessions/{1}/response", "b")
		create(t, s, "BITS-Sessions/{12}/request", "c")
		require.NoError(t, s.Remove("BITS-Sessions/{1}/request"))
		require.Equal(t, "b", content(t, s, "BITS-Sessions/{1}/response"))
		require.NoError(t, s.Remove("BITS-Sessions/{1}"))
		require.Equal(t, "c", content(t, s, "BITS-Sessions/{12}/request"))
	})
}

func TestDirLeavesNothing(t *testing.T) {
	t.Parallel()
	d, path := directory(t)
	create(t, d, temporary, "x")
	require.FileExists(t, d.Path(temporary))
	require.Equal(t, filepath.Join(path, "up", "BITS-Sessions", "{1}", "request"), d.Path(temporary))
	require.NoError(t, d.Remove("up/BITS-Sessions/{1}"))
	left, err := os.ReadDir(filepath.Join(path, "up"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestDirMissing(t *testing.T) {
	t.Parallel()
	d, path := directory(t)
	_, err := d.Stat("down/a.txt")
	require.ErrorIs(t, err, bitsupload.ErrNoDirectory)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NotErrorIs(t, err, fs.ErrExist)
	require.NoError(t, os.WriteFile(filepath.Join(path, "file"), nil, 0o600))
	_, err = d.Stat("file/a.txt")
	require.Error(t, err)
}

func TestDirDoesNotLeaveItself(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs the right to make symbolic links")
	}
	outside := t.TempDir()
	d, path := directory(t)
	require.NoError(t, os.Symlink(outside, filepath.Join(path, "link")))
	_, err := d.Stat("link/a.txt")
	require.Error(t, err)
	_, err = d.Create("link/a.txt")
	require.Error(t, err)
	create(t, d, temporary, "x")
	require.Error(t, d.Commit(temporary, "link/a.txt", false))
	require.Error(t, d.Commit(temporary, "link/a.txt", true))
	require.NoError(t, os.Symlink(filepath.Join(outside, "x"), filepath.Join(path, "up", "a.txt")))
	require.ErrorIs(t, d.Commit(temporary, "up/a.txt", false), fs.ErrExist)
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestMemoryFiles(t *testing.T) {
	t.Parallel()
	var m bitsupload.Memory
	require.NoError(t, m.WriteFile("b", []byte("2")))
	require.NoError(t, m.WriteFile("a", nil))
	require.NoError(t, m.WriteFile(m.Path("a"), []byte("1")))
	require.Equal(t, []string{"a", "b"}, m.Names())
	got, err := m.ReadFile("a")
	require.NoError(t, err)
	require.Equal(t, "1", string(got))
	_, err = m.ReadFile("c")
	require.ErrorIs(t, err, fs.ErrNotExist)
	info, err := m.Stat("b")
	require.NoError(t, err)
	require.Nil(t, info.Sys())
}

func TestMemoryIsLikeAByteSlice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var m bitsupload.Memory
		f, err := m.Create("x")
		require.NoError(t, err)
		var want []byte
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				at := rapid.IntRange(0, len(want)).Draw(t, "at")
				p := bytes.Repeat([]byte{rapid.Byte().Draw(t, "byte")}, rapid.IntRange(0, 50_000).Draw(t, "n"))
				n, err := f.WriteAt(p, int64(at))
				require.NoError(t, err)
				require.Equal(t, len(p), n)
				want = append(want[:at], append(p, want[min(at+len(p), len(want)):]...)...)
			},
			"read": func(t *rapid.T) {
				at := rapid.IntRange(0, len(want)+1).Draw(t, "at")
				p := make([]byte, rapid.IntRange(0, 50_000).Draw(t, "n"))
				n, err := f.ReadAt(p, int64(at))
				wantN := copy(make([]byte, len(p)), want[min(at, len(want)):])
				require.Equal(t, wantN, n)
				require.True(t, bytes.Equal(want[min(at, len(want)):][:n], p[:n]))
				require.Equal(t, n < len(p), errors.Is(err, io.EOF))
			},
			"": func(t *rapid.T) {
				got, err := m.ReadFile("x")
				require.NoError(t, err)
				require.True(t, bytes.Equal(want, got))
			},
		})
	})
}
