package eventlog_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/internal/eventlog"
)

func records(entries []eventlog.Entry) []uint64 {
	numbers := make([]uint64, len(entries))
	for i, e := range entries {
		numbers[i] = e.Record
	}
	return numbers
}

func TestLog(t *testing.T) {
	t.Parallel()
	l := eventlog.NewLog(3)
	require.Empty(t, l.All())
	require.Zero(t, l.Len())
	for n, want := range [][]uint64{{1}, {1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {4, 5, 6}, {5, 6, 7}} {
		e := eventlog.JobCreated(at, job)
		e.Record = 99
		e = l.Append(e)
		require.Equal(t, uint64(n+1), e.Record)
		require.Equal(t, want, records(l.All()))
		require.Equal(t, len(want), l.Len())
		require.Equal(t, e, l.All()[len(want)-1])
	}
}

func TestLogModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 20).Draw(t, "limit")
		l := eventlog.NewLog(limit)
		var model []eventlog.Entry
		for _, files := range rapid.SliceOfN(rapid.IntRange(0, 1000), 0, 60).Draw(t, "files") {
			model = append(model, l.Append(eventlog.JobCompleted(at, job, alice, files)))
			require.Equal(t, files, model[len(model)-1].Files)
			require.Equal(t, model[max(0, len(model)-limit):], l.All())
		}
	})
}

func TestAllIsACopy(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{2, 3} { // full, and not
		l := eventlog.NewLog(limit)
		l.Append(eventlog.JobCreated(at, job))
		l.Append(eventlog.JobCreated(at, job))
		l.All()[0].JobTitle = "changed"
		require.Equal(t, "update", l.All()[0].JobTitle)
	}
}

func TestDefaultLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, -1} {
		l := eventlog.NewLog(limit)
		for range eventlog.DefaultLimit + 1 {
			l.Append(eventlog.Entry{})
		}
		require.Equal(t, 10_000, l.Len())
		require.Equal(t, uint64(2), l.All()[0].Record)
	}
}

func TestLogAtOnce(t *testing.T) {
	t.Parallel()
	l := eventlog.NewLog(50)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				l.Append(eventlog.JobCreated(at, job))
				kept := records(l.All())
				for i := range kept[1:] {
					if kept[i]+1 != kept[i+1] {
						t.Errorf("record %d before %d", kept[i], kept[i+1])
					}
				}
				_ = l.Len()
			}
		})
	}
	all.Wait()
	require.Equal(t, uint64(800), l.All()[49].Record)
}

func BenchmarkAppend(b *testing.B) {
	l, e := eventlog.NewLog(0), eventlog.JobCreated(at, job)
	b.ReportAllocs()
	for b.Loop() {
		l.Append(e)
	}
}
