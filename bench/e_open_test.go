package bench

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
)

// Section E opens a file with a million jobs. Every sample is taken in a fresh
// process, so that its memory means something: this test binary again, which
// TestMain sends to eChild.

const eJobs = 1_000_000

// openCase is a file and a way to use it.
type openCase struct {
	name string
	kind string                               // one of eKinds
	cold bool                                 // also with the file's pages dropped from the cache
	file func(path string, n int) (err error) // writes the file
	data string                               // cases with the same data share the file
}

// eCases are the peers; lib_test.go has the library.
var eCases = []openCase{
	{"bbolt", "bbolt", true, eRandom, "random"},
	{"bbolt-readonly", "bbolt-readonly", false, eRandom, "random"},
	{"bbolt-populate", "bbolt-populate", true, eRandom, "random"},
	{"bbolt-prefetch", "bbolt-prefetch", true, eRandom, "random"},
	{"bbolt-nofreelistsync", "bbolt-nofreelist", true, eNoFreelist, "nofreelist"},
	{"bbolt-sortedload", "bbolt", false, eSorted, "sorted"},
	{"bbolt-recordonly", "bbolt", false, eRecord, "record"},
	{"bbolt-recordonly-sortedload", "bbolt", true, eRecordSorted, "record-sorted"},
	{"sqlite", "sqlite", true, makeSQL, "sqlite"},
	{"limit-readfile", "readfile", true, eRandom, "random"},
}

func BenchmarkEOpen1M(b *testing.B) {
	for _, c := range eCases {
		b.Run("impl="+c.name+"/cache=warm", func(b *testing.B) { eRun(b, c, eJobs, false) })
		if c.cold {
			b.Run("impl="+c.name+"/cache=cold", func(b *testing.B) { eRun(b, c, eJobs, true) })
		}
	}
}

func eFile(tb testing.TB, c openCase, n int) string {
	tb.Helper()
	name := "open-" + c.data + "-" + sizeName(n)
	return fixture(tb, name, func() (string, error) {
		path := inScratch(name)
		if err := c.file(path, n); err != nil {
			return "", err
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return "", err
		}
		// Clean pages only can be dropped from the cache.
		return path, errors.Join(f.Sync(), f.Close())
	})
}

// eMeasure runs one child.
func eMeasure(tb testing.TB, c openCase, path string, n int) eReport {
	tb.Helper()
	exe, err := os.Executable()
	require.NoError(tb, err)
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "BENCH_E_KIND="+c.kind, "BENCH_E_FILE="+path, "BENCH_E_JOBS="+strconv.Itoa(n))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(tb, err)
	var r eReport
	require.NoError(tb, json.Unmarshal(out, &r))
	return r
}

func eRun(b *testing.B, c openCase, n int, cold bool) {
	b.Helper()
	path := eFile(b, c, n)
	fi, err := os.Stat(path)
	require.NoError(b, err)
	var sum eReport
	runs := 0.0
	for b.Loop() {
		if cold {
			b.StopTimer()
			if err := dropCache(path); err != nil {
				b.Skip("cannot drop the file from the cache: ", err)
			}
			b.StartTimer()
		}
		sum.add(eMeasure(b, c, path, n))
		runs++
	}
	report := func(total float64, unit string) {
		if total != 0 { // else this kind does not measure it
			b.ReportMetric(total/runs, unit)
		}
	}
	jobs := float64(n)
	b.ReportMetric(float64(fi.Size())/jobs, "file-B/job")
	report(sum.OpenUS, "open-µs")
	report(sum.OpenRSS, "open-RSS-MiB")
	report(sum.OpenAnon, "open-anon-MiB")
	report(sum.FirstGetUS, "firstget-µs")
	report(sum.OpenUS+sum.FirstGetUS, "answer-µs")
	report(sum.IterMS*1e6/jobs, "iter-ns/job")
	report(sum.IterRSS, "iter-RSS-MiB")
	report(sum.IndexMS*1e6/jobs, "index-ns/job")
	report(sum.IndexAnon*(1<<20)/jobs, "index-B/job")
	report(sum.FlatMS*1e6/jobs, "flatindex-ns/job")
	report(sum.FlatAnon*(1<<20)/jobs, "flatindex-B/job")
}

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, c := range eCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const n = 1000
			r := eMeasure(t, c, eFile(t, c, n), n)
			require.Positive(t, r.OpenUS)
		})
	}
}

// Ways to load raw bbolt: in the order the jobs come, or sorted by GUID with
// full pages; with the indexes or without.

const eStep = 20_000

func eRandom(path string, n int) error { return makeBolt(path, boltNoSync, upTo(n), eStep, boltPut) }

func eNoFreelist(path string, n int) error {
	o := boltNoSync
	o.NoFreelistSync = true
	return makeBolt(path, o, upTo(n), eStep, boltPut)
}

func eSorted(path string, n int) error {
	return makeBolt(path, boltNoSync, eSortedOrder(n), eStep, packed(boltPut))
}

func eRecord(path string, n int) error { return makeBolt(path, boltNoSync, upTo(n), eStep, putRecord) }

func eRecordSorted(path string, n int) error {
	return makeBolt(path, boltNoSync, eSortedOrder(n), eStep, packed(putRecord))
}

func eSortedOrder(n int) []int {
	order := upTo(n)
	ids := make([]GUID, n)
	for i := range ids {
		ids[i] = GUIDOf(i)
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(ids[a][:], ids[b][:]) })
	return order
}

func packed(put putJob) putJob {
	return func(tx *bolt.Tx, j *Job) error {
		tx.Bucket(bktJobs).FillPercent = 0.95
		return put(tx, j)
	}
}
