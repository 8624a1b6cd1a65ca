package bench

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/alicebob/miniredis/v2"
	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

func dMap(testing.TB) cycle {
	return func() error {
		s := &mapStore{m: map[GUID]entry{}}
		s.m[GUID{}] = entry{}
		return nil
	}
}

// dMemOnly is the index of section A alone, with one job put: a mode in memory
// that starts no bbolt.
func dMemOnly(testing.TB) cycle {
	return func() error {
		t := newRCUTable()
		t.put(&rcuEntry{})
		return nil
	}
}

// withTemp does what t.TempDir does for a test: a fresh directory, removed. f
// gets the path of a file in it.
func withTemp(base string, f func(path string) error) error {
	d, err := os.MkdirTemp(base, "t")
	if err != nil {
		return err
	}
	return errors.Join(f(filepath.Join(d, "jobs.db")), os.RemoveAll(d))
}

func dTempDir(dir dirFunc) func(testing.TB) cycle {
	return func(tb testing.TB) cycle {
		base := dir(tb)
		return func() error { return withTemp(base, func(string) error { return nil }) }
	}
}

// dAll are all of bbolt's options that promise a faster start.
var dAll = bolt.Options{
	NoSync: true, NoGrowSync: true, NoFreelistSync: true,
	FreelistType: bolt.FreelistMapType, InitialMmapSize: 64 << 10, NoStatistics: true,
}

// boltCycle opens and closes, and makes the buckets if schema says so.
func boltCycle(path string, o *bolt.Options, schema bool) error {
	db, err := bolt.Open(path, 0o600, o)
	if err != nil {
		return err
	}
	if schema {
		if err := db.Update(boltSchema); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return db.Close()
}

// dBolt are rows of bbolt by its options, in a temporary directory.
func dBolt() (rows []startup) {
	row := func(name string, dir dirFunc, fs string, o *bolt.Options) {
		open := func(schema bool) func(testing.TB) cycle {
			return func(tb testing.TB) cycle {
				base := dir(tb)
				return func() error {
					return withTemp(base, func(path string) error { return boltCycle(path, o, schema) })
				}
			}
		}
		rows = append(rows,
			startup{"bbolt-open-" + name + "/fs=" + fs, open(false)},
			startup{"bbolt-schema-" + name + "/fs=" + fs, open(true)})
	}
	row("default", diskDir, "disk", nil)
	row("nosync", diskDir, "disk", &bolt.Options{NoSync: true})
	row("nosync-nogrowsync", diskDir, "disk", &bolt.Options{NoSync: true, NoGrowSync: true})
	row("nofreelistsync", diskDir, "disk", &bolt.Options{NoFreelistSync: true})
	row("maptype", diskDir, "disk", &bolt.Options{FreelistType: bolt.FreelistMapType})
	row("mmap64k", diskDir, "disk", &bolt.Options{InitialMmapSize: 64 << 10})
	row("mmap64m", diskDir, "disk", &bolt.Options{InitialMmapSize: 64 << 20})
	row("all", diskDir, "disk", &dAll)
	row("default", tmpfsDir, "tmpfs", nil)
	row("all", tmpfsDir, "tmpfs", &dAll)
	return rows
}

// boltTemplate gives the bytes of a fresh file with the buckets in it. Written
// where a store is to be, they spare Open its syncs and the first transaction.
func boltTemplate(tb testing.TB) []byte {
	tb.Helper()
	return fixture(tb, "template", func() ([]byte, error) {
		path := inScratch("template")
		if err := boltCycle(path, &boltNoSync, true); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	})
}

func dTemplate(dir dirFunc) func(testing.TB) cycle {
	return func(tb testing.TB) cycle {
		base, image := dir(tb), boltTemplate(tb)
		return func() error {
			return withTemp(base, func(path string) error {
				if err := os.WriteFile(path, image, 0o600); err != nil {
					return err
				}
				return boltCycle(path, &dAll, false)
			})
		}
	}
}

// requireMemfd skips where the system has no files without a directory.
func requireMemfd(tb testing.TB) {
	tb.Helper()
	f, err := openMemfd("probe", 0, 0)
	if err != nil {
		tb.Skip("no memfd: ", err)
	}
	require.NoError(tb, f.Close())
}

func dMemfdSchema(tb testing.TB) cycle {
	requireMemfd(tb)
	o := dAll
	o.OpenFile = openMemfd
	return func() error { return boltCycle("jobs.db", &o, true) }
}

func dMemfdTemplate(tb testing.TB) cycle {
	requireMemfd(tb)
	image := boltTemplate(tb)
	o := dAll
	o.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := openMemfd(name, flag, mode)
		if err == nil {
			_, err = f.WriteAt(image, 0)
		}
		return f, err
	}
	return func() error { return boltCycle("jobs.db", &o, false) }
}

// fakeT keeps clean-ups so that RunT can run many times in one benchmark.
type fakeT struct {
	testing.TB
	cleanups []func()
}

func (f *fakeT) Logf(string, ...any) {}
func (f *fakeT) Cleanup(fn func())   { f.cleanups = append(f.cleanups, fn) }

// cleanup runs them, the last first, as testing does.
func (f *fakeT) cleanup() {
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}

func dMiniredis(tb testing.TB) cycle {
	return func() error {
		t := fakeT{TB: tb}
		miniredis.RunT(&t)
		t.cleanup()
		return nil
	}
}

func dHTTPTest(testing.TB) cycle {
	h := http.NotFoundHandler()
	return func() error {
		httptest.NewServer(h).Close()
		return nil
	}
}

func dSQLite(testing.TB) cycle {
	return func() error {
		db, err := sqlOpen(":memory:", 1)
		if err != nil {
			return err
		}
		return db.Close()
	}
}

func dBadger(testing.TB) cycle {
	return func() error {
		db, err := badger.Open(badgerOptions("").WithInMemory(true))
		if err != nil {
			return err
		}
		return db.Close()
	}
}
