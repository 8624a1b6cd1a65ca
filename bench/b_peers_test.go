package bench

import (
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

// bMap is a fake with an owner index.
func bMap(testing.TB) create {
	s := &mapStore{m: fillMap(bPrefill)}
	byOwner := map[SID]map[GUID]struct{}{}
	return func(j *Job) error {
		c := *j
		e := entryOf(&c)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.m[c.ID] = e
		o := byOwner[c.Owner]
		if o == nil {
			o = map[GUID]struct{}{}
			byOwner[c.Owner] = o
		}
		o[c.ID] = struct{}{}
		return nil
	}
}

// putJob is a way to write a job in a transaction: boltPut, putRecord, putSeq.
type putJob func(*bolt.Tx, *Job) error

// bOpen fills a new file in dir without syncs, then opens it as asked.
func bOpen(tb testing.TB, dir string, put putJob, o *bolt.Options) *bolt.DB {
	tb.Helper()
	path := dir + "/jobs.db"
	require.NoError(tb, makeBolt(path, boltNoSync, upTo(bPrefill), 5000, put))
	return openBolt(tb, path, o)
}

func bUpdate(tb testing.TB, dir string, put putJob, o *bolt.Options) create {
	tb.Helper()
	db := bOpen(tb, dir, put, o)
	return func(j *Job) error { return db.Update(func(tx *bolt.Tx) error { return put(tx, j) }) }
}

func bBatch(tb testing.TB, size int, delay time.Duration) create {
	tb.Helper()
	db := bOpen(tb, diskDir(tb), boltPut, nil)
	if size > 0 {
		db.MaxBatchSize = size
	}
	if delay > 0 {
		db.MaxBatchDelay = delay
	}
	return func(j *Job) error { return db.Batch(func(tx *bolt.Tx) error { return boltPut(tx, j) }) }
}

func bBoltUpdate(tb testing.TB) create { return bUpdate(tb, diskDir(tb), boltPut, nil) }

func bBoltUpdateNoFreelist(tb testing.TB) create {
	return bUpdate(tb, diskDir(tb), boltPut, &bolt.Options{NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
}

func bBoltBatch(tb testing.TB) create    { return bBatch(tb, 0, 0) }
func bBoltBatch1ms(tb testing.TB) create { return bBatch(tb, 0, time.Millisecond) }
func bBoltBatch64(tb testing.TB) create  { return bBatch(tb, 64, 0) }

// dirFunc chooses the file system.
type dirFunc func(testing.TB) string

func bBoltSync(dir dirFunc) func(testing.TB) create {
	return func(tb testing.TB) create { return bUpdate(tb, dir(tb), boltPut, nil) }
}

func bBoltNoSync(dir dirFunc) func(testing.TB) create {
	return func(tb testing.TB) create {
		return bUpdate(tb, dir(tb), boltPut, &bolt.Options{NoSync: true, NoGrowSync: true})
	}
}

func bBoltNoSyncNoFreelist(dir dirFunc) func(testing.TB) create {
	return func(tb testing.TB) create {
		return bUpdate(tb, dir(tb), boltPut,
			&bolt.Options{NoSync: true, NoGrowSync: true, NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
	}
}

func bSQLite(tb testing.TB, name string, pragmas ...string) create {
	tb.Helper()
	db, err := sqlOpen(name, 1, pragmas...)
	require.NoError(tb, err)
	tb.Cleanup(func() { db.Close() })
	require.NoError(tb, sqlFill(db, bPrefill))
	st := prepareSQL(tb, db, sqlInsert)
	return func(j *Job) error { _, err := st.Exec(sqlArgs(j)...); return err }
}

func bSQLiteFull(tb testing.TB) create {
	return bSQLite(tb, "file:"+diskDir(tb)+"/jobs.sqlite", "journal_mode(WAL)", "synchronous(FULL)")
}

func bSQLiteMem(tb testing.TB) create { return bSQLite(tb, ":memory:") }

func bBadger(tb testing.TB, o badger.Options) create {
	tb.Helper()
	db, err := badger.Open(o)
	require.NoError(tb, err)
	tb.Cleanup(func() { db.Close() })
	require.NoError(tb, badgerFill(db, bPrefill))
	return func(j *Job) error { return db.Update(func(txn *badger.Txn) error { return badgerPut(txn, j) }) }
}

func bBadgerSync(tb testing.TB) create {
	return bBadger(tb, badgerOptions(diskDir(tb)).WithSyncWrites(true))
}

func bBadgerMem(tb testing.TB) create { return bBadger(tb, badgerOptions("").WithInMemory(true)) }
