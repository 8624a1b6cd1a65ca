package jobstore_test

import (
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"

	"github.com/bitsemu/bitsemu/jobstore"
)

// within fails the test when fn does not return in time.
func within(t *testing.T, limit time.Duration, what string, fn func()) {
	t.Helper()
	watch := time.AfterFunc(limit, func() { panic(what + " hangs") })
	defer watch.Stop()
	fn()
}

// boltFile makes a bbolt database of somebody else.
func boltFile(t *testing.T, path string, fill func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoSync: true})
	require.NoError(t, err)
	require.NoError(t, db.Update(fill))
	require.NoError(t, db.Close())
}

func bucket(name string, keys ...string) func(*bolt.Tx) error {
	return func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket([]byte(name))
		for _, k := range keys {
			if err == nil {
				err = b.Put([]byte(k), []byte(strings.Repeat("value ", 100)))
			}
		}
		return err
	}
}

// TestOpenOtherFiles opens files that never were a store: it says so, in time,
// and leaves them as they are.
func TestOpenOtherFiles(t *testing.T) {
	t.Parallel()
	exe, err := os.Executable()
	require.NoError(t, err)
	many := make([]string, 2000)
	for i := range many {
		many[i] = strings.Repeat("k", 1+i%40) + string(rune('a'+i%26)) + strings.Repeat("z", i/1040)
	}
	for name, put := range map[string]func(path string) error{
		"text": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("hello, job\n", 5000)), 0o600)
		},
		"one byte": func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) },
		"zeros":    func(path string) error { return os.WriteFile(path, make([]byte, 1<<16), 0o600) },
		"sqlite": func(path string) error {
			return os.WriteFile(path, append([]byte("SQLite format 3\x00\x10\x00"), make([]byte, 8192)...), 0o600)
		},
		"executable": func(path string) error {
			b, err := os.ReadFile(exe)
			return firstOf(err, os.WriteFile(path, b[:min(len(b), 1<<20)], 0o600))
		},
		"other database":                        func(path string) error { boltFile(t, path, bucket("config", many...)); return nil },
		"other database without anything in it": func(path string) error { boltFile(t, path, func(*bolt.Tx) error { return nil }); return nil },
		"other database with a meta bucket":     func(path string) error { boltFile(t, path, bucket("meta", many...)); return nil },
		"other database with buckets in its meta bucket": func(path string) error {
			boltFile(t, path, func(tx *bolt.Tx) error {
				b, err := tx.CreateBucket([]byte("meta"))
				if err == nil {
					_, err = b.CreateBucket([]byte("schema"))
				}
				return err
			})
			return nil
		},
		"other database with a schema": func(path string) error { boltFile(t, path, bucket("meta", "schema")); return nil },
		"directory":                    func(path string) error { return os.Mkdir(path, 0o700) },
		"named pipe":                   func(path string) error { return exec.Command("mkfifo", path).Run() },
		"socket": func(path string) error {
			l, err := net.Listen("unix", path)
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		},
		"device": func(path string) error { return firstOf(exists("/dev/zero"), os.Symlink("/dev/zero", path)) },
		"null":   func(path string) error { return firstOf(exists("/dev/null"), os.Symlink("/dev/null", path)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "x")
			if err := put(path); err != nil {
				t.Skip("there is no such thing here: ", err)
			}
			before, _ := readIfRegular(path)
			within(t, 20*time.Second, name, func() {
				for range 2 {
					for _, opening := range []func(string, ...jobstore.Option) (*jobstore.Store, error){jobstore.Open, jobstore.OpenReadOnly} {
						_, err := opening(path)
						require.ErrorIs(t, err, jobstore.ErrNotStore)
						require.ErrorContains(t, err, path)
					}
				}
			})
			after, _ := readIfRegular(path)
			require.Equal(t, before, after, "the file is as it was")
		})
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func exists(path string) error { _, err := os.Stat(path); return err }

func readIfRegular(path string) ([]byte, error) {
	if fi, err := os.Stat(path); err != nil || !fi.Mode().IsRegular() {
		return nil, err
	}
	return os.ReadFile(path)
}

// TestOpenEmptyFile has pitfalls corrupt and readonly: an empty file is a new
// store, except for who may not write to it.
func TestOpenEmptyFile(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err := jobstore.OpenReadOnly(path)
	require.ErrorIs(t, err, jobstore.ErrNotStore)
	require.ErrorContains(t, err, "empty")
	image, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, image)

	s := open(t, path)
	require.NoError(t, s.Close())
	s, err = jobstore.OpenReadOnly(path)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	fi, err := os.Stat(path)
	require.NoError(t, err)
	if fi.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Fatalf("mode %v", fi.Mode())
	}

	// bbolt has made its file, and the program died before there were buckets.
	bare := newPath(t)
	db, err := bolt.Open(bare, 0o600, nil)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = jobstore.OpenReadOnly(bare)
	require.ErrorIs(t, err, jobstore.ErrNotStore)
	s = open(t, bare)
	require.NoError(t, s.Check())
	require.NoError(t, s.Close())
}

func TestOpenMissing(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	_, err := jobstore.OpenReadOnly(path)
	require.ErrorIs(t, err, jobstore.ErrFailed)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, path)
	require.NoFileExists(t, path)

	path = filepath.Join(path, "below", "x")
	for range 2 {
		_, err = jobstore.Open(path)
		require.ErrorIs(t, err, jobstore.ErrFailed)
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
}

// TestOpenWithoutFreelist is pitfall readonly, second half: bbolt would write to
// such a file at once, and walk through it in a goroutine that may panic. No
// store has such a file.
func TestOpenWithoutFreelist(t *testing.T) {
	t.Parallel()
	path := newStore(t)
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoFreelistSync: true})
	require.NoError(t, err)
	require.NoError(t, db.Update(func(*bolt.Tx) error { return nil }))
	require.NoError(t, db.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = jobstore.Open(path)
	require.ErrorIs(t, err, jobstore.ErrCorrupt)
	require.ErrorContains(t, err, "no list of free pages")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// TestOpenReadOnlyDoesNotWrite has pitfall readonly: nothing can be changed,
// and the file is not touched.
func TestOpenReadOnlyDoesNotWrite(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	e, err := s.Create(jobstore.Job{Owner: alice})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.NoError(t, os.Chmod(path, 0o400))
	before, err := os.Stat(path)
	require.NoError(t, err)
	image, err := os.ReadFile(path)
	require.NoError(t, err)

	s, err = jobstore.OpenReadOnly(path)
	require.NoError(t, err)
	_, create := s.Create(jobstore.Job{Owner: alice})
	called := func(j *jobstore.Job) error { t.Error("called"); return nil }
	got, err := s.Lookup(e.ID())
	require.NoError(t, err)
	for _, err := range []error{create, s.Update(e.ID(), called), got.Update(called), s.Delete(e.ID())} {
		require.ErrorIs(t, err, jobstore.ErrReadOnly)
	}
	require.NoError(t, s.Check())
	require.NoError(t, s.Backup(&strings.Builder{}))
	require.NoError(t, s.Close())

	after, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, before.ModTime(), after.ModTime())
	now, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, image, now)
	require.NoError(t, os.Chmod(path, 0o600)) // for TempDir to remove it on Windows
}
