package bench

import (
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

func openLog(tb testing.TB) *os.File {
	tb.Helper()
	f, err := os.OpenFile(diskDir(tb)+"/log", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	require.NoError(tb, err)
	tb.Cleanup(func() { f.Close() })
	return f
}

// bAppendLog is the limit of a durable store that is not bbolt: append the
// record to a log, sync once.
func bAppendLog(tb testing.TB) create {
	f := openLog(tb)
	var mu sync.Mutex
	var buf []byte
	return func(j *Job) error {
		mu.Lock()
		defer mu.Unlock()
		buf = j.Encode(buf[:0])
		if _, err := f.Write(buf); err != nil {
			return err
		}
		return fdatasync(f)
	}
}

// bAppendLogGrouped is the limit for many callers: one write and one sync for
// all that wait.
func bAppendLogGrouped(tb testing.TB) create {
	f := openLog(tb)
	var buf []byte
	g := newGroupCommit(func(batch []gcRequest) error {
		buf = buf[:0]
		for _, r := range batch {
			buf = r.job.Encode(buf)
		}
		if _, err := f.Write(buf); err != nil {
			return err
		}
		return fdatasync(f)
	})
	tb.Cleanup(g.close)
	return g.create
}

func bGroup(tb testing.TB, put putJob) create {
	tb.Helper()
	db := bOpen(tb, diskDir(tb), put, nil)
	g := newGroupCommit(func(batch []gcRequest) error {
		return db.Update(func(tx *bolt.Tx) error {
			for _, r := range batch {
				if err := put(tx, r.job); err != nil {
					return err
				}
			}
			return nil
		})
	})
	tb.Cleanup(g.close)
	return g.create
}

func bBoltGroup(tb testing.TB) create           { return bGroup(tb, boltPut) }
func bBoltGroupRecordOnly(tb testing.TB) create { return bGroup(tb, putRecord) }
func bBoltGroupSeq(tb testing.TB) create        { return bGroup(tb, putSeq) }

func bBoltRecordOnly(tb testing.TB) create { return bUpdate(tb, diskDir(tb), putRecord, nil) }
func bBoltSeq(tb testing.TB) create        { return bUpdate(tb, diskDir(tb), putSeq, nil) }

func bBoltNoSyncRecordOnly(dir dirFunc) func(testing.TB) create {
	return func(tb testing.TB) create {
		return bUpdate(tb, dir(tb), putRecord, &bolt.Options{NoSync: true, NoGrowSync: true})
	}
}

func bBoltNoSyncSeq(dir dirFunc) func(testing.TB) create {
	return func(tb testing.TB) create {
		return bUpdate(tb, dir(tb), putSeq, &bolt.Options{NoSync: true, NoGrowSync: true})
	}
}

// bWriteBehind returns when an index in memory has the job; bbolt gets it in
// groups, in the background, through a bounded queue. The row is the sustained
// rate, the queue being full most of the time; the last 4096 jobs are written
// after the clock has stopped.
func bWriteBehind(dir dirFunc) func(testing.TB) create {
	return func(tb testing.TB) create {
		db := bOpen(tb, dir(tb), putSeq, &bolt.Options{NoSync: true, NoGrowSync: true})
		index := newRCUTable()
		queue := make(chan *Job, 4096)
		var writer sync.WaitGroup
		writer.Go(func() {
			for j := range queue {
				err := db.Update(func(tx *bolt.Tx) error {
					if err := putSeq(tx, j); err != nil {
						return err
					}
					for range min(len(queue), 1024) {
						if err := putSeq(tx, <-queue); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					panic(err)
				}
			}
		})
		tb.Cleanup(func() { close(queue); writer.Wait() })
		return func(j *Job) error {
			c := *j
			index.put(rcuEntryOf(&c))
			queue <- &c
			return nil
		}
	}
}
