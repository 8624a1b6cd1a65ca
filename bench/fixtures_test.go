package bench

import (
	"database/sql"
	"errors"
	"sync"
	"testing"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

var (
	fixtures   sync.Map // name -> func() (any, error)
	closersMu  sync.Mutex
	closers    []func()
	boltNoSync = bolt.Options{NoSync: true, NoGrowSync: true, FreelistType: bolt.FreelistMapType}
)

// fixture builds the thing called name once per process, whatever -count says.
func fixture[T any](tb testing.TB, name string, build func() (T, error)) T {
	tb.Helper()
	once, _ := fixtures.LoadOrStore(name, sync.OnceValues(func() (any, error) { return build() }))
	v, err := once.(func() (any, error))()
	require.NoError(tb, err)
	return v.(T)
}

// atExit has f called when the run ends.
func atExit(f func()) {
	closersMu.Lock()
	defer closersMu.Unlock()
	closers = append(closers, f)
}

func closeFixtures() {
	for _, f := range closers {
		f()
	}
}

// boltFixture gives the path of a file with n jobs.
func boltFixture(tb testing.TB, n int) string {
	tb.Helper()
	return boltFile(tb, "bolt-"+sizeName(n), n, boltPut)
}

func boltFile(tb testing.TB, name string, n int, put func(*bolt.Tx, *Job) error) string {
	tb.Helper()
	return fixture(tb, name, func() (string, error) {
		path := inScratch(name)
		return path, makeBolt(path, boltNoSync, upTo(n), 5000, put)
	})
}

// makeBolt writes a file of jobs.
func makeBolt(path string, o bolt.Options, order []int, step int, put func(*bolt.Tx, *Job) error) error {
	db, err := bolt.Open(path, 0o600, &o)
	if err != nil {
		return err
	}
	return errors.Join(boltFill(db, order, step, put), db.Close())
}

func openBolt(tb testing.TB, path string, o *bolt.Options) *bolt.DB {
	tb.Helper()
	db, err := bolt.Open(path, 0o600, o)
	require.NoError(tb, err)
	tb.Cleanup(func() { db.Close() })
	return db
}

// openSQL opens a file with n jobs, tuned: a page cache of 64 MiB, and mapped.
func openSQL(tb testing.TB, n, conns int) *sql.DB {
	tb.Helper()
	name := "sqlite-" + sizeName(n)
	path := fixture(tb, name, func() (string, error) { return inScratch(name), makeSQL(inScratch(name), n) })
	db, err := sqlOpen("file:"+path, conns, "journal_mode(WAL)", "cache_size(-65536)", "mmap_size(268435456)")
	require.NoError(tb, err)
	tb.Cleanup(func() { db.Close() })
	return db
}

// makeSQL writes a file of n jobs.
func makeSQL(path string, n int) error {
	db, err := sqlOpen("file:"+path, 1, "journal_mode(WAL)", "synchronous(OFF)", "cache_size(-262144)")
	if err != nil {
		return err
	}
	return errors.Join(sqlFill(db, n), db.Close())
}

func prepareSQL(tb testing.TB, db *sql.DB, query string) *sql.Stmt {
	tb.Helper()
	st, err := db.Prepare(query)
	require.NoError(tb, err)
	tb.Cleanup(func() { st.Close() })
	return st
}

// badgerFixture gives a store in memory with n jobs. It stays open until the
// run ends, since it cannot be opened again.
func badgerFixture(tb testing.TB, n int) *badger.DB {
	tb.Helper()
	return fixture(tb, "badger-"+sizeName(n), func() (*badger.DB, error) {
		db, err := badger.Open(badgerOptions("").WithInMemory(true))
		if err != nil {
			return nil, err
		}
		atExit(func() { _ = db.Close() })
		return db, badgerFill(db, n)
	})
}
