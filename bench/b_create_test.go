package bench

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// create is section B: store one new job. A durable store returns after the job
// was synced.
type create func(j *Job) error

// bPrefill is how many jobs each store starts with, jobs 0 to bPrefill-1.
const bPrefill = 1000

// createImpl is one way to do it; open prefills.
type createImpl struct {
	name string
	open func(tb testing.TB) create
}

// The peers are in b_peers_test.go, prototypes in b_protos_test.go, the library
// in lib_test.go.
var (
	// bDurable1 are called by one goroutine.
	bDurable1 = []createImpl{
		{"limit-appendlog", bAppendLog},
		{"bbolt-update", bBoltUpdate},
		{"bbolt-update-nofreelist", bBoltUpdateNoFreelist},
		{"bbolt-batch", bBoltBatch},
		{"bbolt-recordonly", bBoltRecordOnly},
		{"bbolt-recordonly-seq", bBoltSeq},
		{"bbolt-groupcommit", bBoltGroup},
		{"sqlite-wal-full", bSQLiteFull},
		{"badger-sync", bBadgerSync},
	}

	// bDurable64 are called by 64 goroutines.
	bDurable64 = []createImpl{
		{"limit-appendlog", bAppendLog}, // one sync each
		{"limit-appendlog-grouped", bAppendLogGrouped},
		{"bbolt-update", bBoltUpdate},
		{"bbolt-batch", bBoltBatch},
		{"bbolt-batch-1ms", bBoltBatch1ms},
		{"bbolt-batch-size64", bBoltBatch64},
		{"bbolt-groupcommit", bBoltGroup},
		{"bbolt-groupcommit-recordonly", bBoltGroupRecordOnly},
		{"bbolt-groupcommit-recordonly-seq", bBoltGroupSeq},
		{"sqlite-wal-full", bSQLiteFull},
		{"badger-sync", bBadgerSync},
	}

	// bVolatile do not sync, and are called by one goroutine.
	bVolatile = []createImpl{
		{"map", bMap},
		{"bbolt-nosync/fs=disk", bBoltNoSync(diskDir)},
		{"bbolt-nosync/fs=tmpfs", bBoltNoSync(tmpfsDir)},
		{"bbolt-nosync-nofreelist/fs=disk", bBoltNoSyncNoFreelist(diskDir)},
		{"bbolt-nosync-nofreelist/fs=tmpfs", bBoltNoSyncNoFreelist(tmpfsDir)},
		{"bbolt-nosync-recordonly/fs=tmpfs", bBoltNoSyncRecordOnly(tmpfsDir)},
		{"bbolt-nosync-recordonly-seq/fs=tmpfs", bBoltNoSyncSeq(tmpfsDir)},
		{"proto-writebehind/fs=disk", bWriteBehind(diskDir)},
		{"proto-writebehind/fs=tmpfs", bWriteBehind(tmpfsDir)},
		{"bbolt-sync/fs=tmpfs", bBoltSync(tmpfsDir)},
		{"sqlite-mem", bSQLiteMem},
		{"badger-mem", bBadgerMem},
	}
)

var (
	bNext atomic.Int64
	bPool = func() (p [1024]Job) {
		for i := range p {
			p[i] = MakeJob(i)
			p[i].Pool = i
		}
		return p
	}()
)

// freshJob is cheap, about 20 ns: only the GUID is new.
func freshJob() Job {
	i := 10_000_000 + int(bNext.Add(1))
	j := bPool[i%len(bPool)]
	j.ID = GUIDOf(i)
	return j
}

func BenchmarkBDurable(b *testing.B) {
	for _, im := range bDurable1 {
		b.Run("mode=1/impl="+im.name, func(b *testing.B) { createAlone(b, im.open(b)) })
	}
	for _, im := range bDurable64 {
		b.Run("mode=64/impl="+im.name, func(b *testing.B) { create64(b, im.open(b)) })
	}
}

func BenchmarkBVolatile(b *testing.B) {
	for _, im := range bVolatile {
		b.Run("impl="+im.name, func(b *testing.B) { createAlone(b, im.open(b)) })
	}
}

func createAlone(b *testing.B, c create) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		j := freshJob()
		if err := c(&j); err != nil {
			b.Fatal(err)
		}
	}
}

// create64 reports the wall time per job as ns/op and what one caller waits as
// lat-µs/op.
func create64(b *testing.B, c create) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(max(1, 64/runtime.GOMAXPROCS(0)))
	var latency, n atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			j := freshJob()
			t := time.Now()
			if err := c(&j); err != nil {
				b.Error(err)
				return
			}
			latency.Add(int64(time.Since(t)))
			n.Add(1)
		}
	})
	b.ReportMetric(float64(latency.Load())/float64(n.Load())/1e3, "lat-µs/op")
}

func TestCreate(t *testing.T) {
	t.Parallel()
	for mode, impls := range map[string][]createImpl{"1": bDurable1, "64": bDurable64, "volatile": bVolatile} {
		for _, im := range impls {
			t.Run(mode+"/"+im.name, func(t *testing.T) {
				t.Parallel()
				c := im.open(t)
				for range 3 {
					j := freshJob()
					require.NoError(t, c(&j))
				}
			})
		}
	}
}
