package timeline_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/timeline"
)

var start = time.Date(2024, time.May, 17, 9, 0, 0, 0, time.UTC)

// minute is the time so many minutes after the start.
func minute(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }

// drain takes all events that are due.
func drain[K comparable](l *timeline.Line[K], now time.Time) (keys []K) {
	for key, ok := l.Due(now); ok; key, ok = l.Due(now) {
		keys = append(keys, key)
	}
	return keys
}

func TestNew(t *testing.T) {
	t.Parallel()
	l := timeline.New[string](start)
	require.Equal(t, start, l.Now())
	require.Zero(t, l.Len())
	_, ok := l.Next()
	require.False(t, ok)
	key, ok := l.Due(minute(1000))
	require.False(t, ok)
	require.Empty(t, key)
}

func TestSetNeverMovesBack(t *testing.T) {
	t.Parallel()
	l := timeline.New[string](start)
	l.Set(minute(5))
	require.Equal(t, minute(5), l.Now())
	l.Set(minute(4))
	require.Equal(t, minute(5), l.Now())
	l.Set(minute(5).In(time.FixedZone("elsewhere", 3600)))
	require.Equal(t, minute(5), l.Now(), "the same instant")
}

func TestMonotonicReadingsAreDropped(t *testing.T) {
	t.Parallel()
	now := time.Now()
	require.NotEqual(t, now.Round(0), now, "the clock of this system has no monotonic reading")

	l := timeline.New[string](now)
	require.Equal(t, now.Round(0), l.Now())
	now = now.Add(time.Minute)
	l.Set(now)
	require.Equal(t, now.Round(0), l.Now())
	l.At("k", now)
	l.At("k", now.Add(time.Minute))
	when, _ := l.Next()
	require.Equal(t, now.Add(time.Minute).Round(0), when)
}

func TestAt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		set  func(l *timeline.Line[string])
		want []string // up to minute 10
		left int
	}{
		{name: "by time", want: []string{"a", "b", "c"}, set: func(l *timeline.Line[string]) {
			l.At("c", minute(3))
			l.At("a", minute(1))
			l.At("b", minute(2))
		}},
		{name: "one time by order of setting", want: []string{"c", "a", "b"}, set: func(l *timeline.Line[string]) {
			l.At("c", minute(1))
			l.At("a", minute(1))
			l.At("b", minute(1))
		}},
		{name: "one time in two zones", want: []string{"b", "a"}, set: func(l *timeline.Line[string]) {
			l.At("b", minute(1).In(time.FixedZone("elsewhere", 3600)))
			l.At("a", minute(1))
		}},
		{name: "set later", want: []string{"b", "a"}, set: func(l *timeline.Line[string]) {
			l.At("a", minute(1))
			l.At("b", minute(2))
			l.At("a", minute(3))
		}},
		{name: "set earlier", want: []string{"b", "a"}, set: func(l *timeline.Line[string]) {
			l.At("a", minute(2))
			l.At("b", minute(3))
			l.At("b", minute(1))
		}},
		{name: "set to the same time goes behind", want: []string{"b", "a"}, set: func(l *timeline.Line[string]) {
			l.At("a", minute(1))
			l.At("b", minute(1))
			l.At("a", minute(1))
		}},
		{name: "removed", want: []string{"b"}, set: func(l *timeline.Line[string]) {
			l.At("a", minute(1))
			l.At("b", minute(2))
			l.At("a", time.Time{})
			l.At("never", time.Time{})
		}},
		{name: "removed and set", want: []string{"b", "a"}, set: func(l *timeline.Line[string]) {
			l.At("a", minute(1))
			l.At("b", minute(1))
			l.At("a", time.Time{})
			l.At("a", minute(1))
		}},
		{name: "removed below later ones", want: []string{"a", "c", "f", "g", "b", "e"}, set: func(l *timeline.Line[string]) {
			for i, n := range []int{0, 7, 1, 8, 9, 2, 3} { // as they lie in the heap, too
				l.At(string(rune('a'+i)), minute(n))
			}
			l.At("d", time.Time{})
		}},
		{name: "passed already", want: []string{"a", "b"}, set: func(l *timeline.Line[string]) {
			l.Set(minute(5))
			l.At("b", minute(5))
			l.At("a", minute(1))
		}},
		{name: "due at the instant, not after", want: []string{"a"}, left: 1, set: func(l *timeline.Line[string]) {
			l.At("b", minute(10).Add(1))
			l.At("a", minute(10))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := timeline.New[string](start)
			test.set(l)
			now := l.Now()
			require.Equal(t, len(test.want)+test.left, l.Len())
			require.Equal(t, test.want, drain(l, minute(10)))
			require.Equal(t, test.left, l.Len())
			require.Equal(t, now, l.Now(), "Due moves no time")
		})
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	l := timeline.New[int](start)
	_, ok := l.When(1)
	require.False(t, ok)
	l.At(1, minute(7))
	when, ok := l.When(1)
	require.True(t, ok)
	require.Equal(t, minute(7), when)
	l.At(1, time.Time{})
	_, ok = l.When(1)
	require.False(t, ok)
}

// An event may set itself again, or others, while events are taken.
func TestSetWhileTaking(t *testing.T) {
	t.Parallel()
	l := timeline.New[string](start)
	l.At("tick", minute(1))
	var got []string
	for when, ok := l.Next(); ok && !when.After(minute(3)); when, ok = l.Next() {
		l.Set(when)
		key, ok := l.Due(when)
		require.True(t, ok)
		got = append(got, key+l.Now().Format(" 15:04"))
		if key == "tick" {
			l.At("tick", when.Add(time.Minute))
			l.At("tock", when.Add(30*time.Second))
		}
	}
	require.Equal(t, []string{"tick 09:01", "tock 09:01", "tick 09:02", "tock 09:02", "tick 09:03"}, got)
}

// warm returns a line of n events at times without order, with the times by key.
func warm(n int) (*timeline.Line[int], []time.Time) {
	random := rand.New(rand.NewPCG(1, 2))
	l, times := timeline.New[int](start), make([]time.Time, n)
	for key := range times {
		times[key] = start.Add(time.Duration(random.Int64N(int64(time.Hour))))
		l.At(key, times[key])
	}
	return l, times
}

//nolint:paralleltest // testing.AllocsPerRun counts the allocations of the whole process
func TestAllocations(t *testing.T) {
	l, times := warm(1000)
	i := 0
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		i++
		l.At(i%1000, times[i*7%1000])
	}), "set again")
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		i++
		key, _ := l.Due(minute(1000))
		l.At(key, times[i*7%1000])
	}), "taken and set again")
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		i++
		l.At(i%1000, time.Time{})
		l.At(i%1000, times[i*7%1000])
	}), "removed and set again")
}
