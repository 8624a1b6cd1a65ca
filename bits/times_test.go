package bits_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func TestTimesOfWindows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		filetime uint64
		time     time.Time
	}{
		"none":             {0, time.Time{}},
		"the first tick":   {1, time.Date(1601, 1, 1, 0, 0, 0, 100, time.UTC)},
		"1970":             {116444736000000000, time.Unix(0, 0).UTC()},
		"before 1970":      {116444735999999999, time.Date(1969, 12, 31, 23, 59, 59, 999999900, time.UTC)},
		"a day in 2009":    {128930364000000001, time.Date(2009, 7, 25, 23, 0, 0, 100, time.UTC)},
		"largest of int64": {math.MaxInt64, time.Date(30828, 9, 14, 2, 48, 5, 477580700, time.UTC)},
		"largest":          {math.MaxUint64, time.Date(60056, 5, 28, 5, 36, 10, 955161500, time.UTC)},
	}
	for name, row := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := bits.TimeFromWindows(row.filetime)
			require.Equal(t, row.time, got)
			require.Equal(t, row.filetime == 0, got.IsZero())
			require.Equal(t, row.filetime, bits.TimeToWindows(row.time))
			require.Equal(t, row.filetime, bits.TimeToWindows(row.time.In(time.FixedZone("", 3600))))
		})
	}
}

func TestTimesThatWindowsCannotHold(t *testing.T) {
	t.Parallel()
	first := time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC)
	require.Zero(t, bits.TimeToWindows(first), "which a FILETIME cannot tell from none")
	require.Zero(t, bits.TimeToWindows(first.Add(99)), "less than a tick")
	require.Equal(t, uint64(1), bits.TimeToWindows(first.Add(199)))
	require.Zero(t, bits.TimeToWindows(first.Add(-1)))
	require.Zero(t, bits.TimeToWindows(time.Unix(math.MinInt64, 0)))

	last := bits.TimeFromWindows(math.MaxUint64)
	for _, later := range []time.Duration{1, 100, time.Second, time.Hour} {
		require.Equal(t, uint64(math.MaxUint64), bits.TimeToWindows(last.Add(later)))
	}
	require.Equal(t, uint64(math.MaxUint64), bits.TimeToWindows(time.Date(70000, 1, 1, 0, 0, 0, 0, time.UTC)))
	require.Equal(t, uint64(math.MaxUint64-1), bits.TimeToWindows(last.Add(-1)))
}

func FuzzTimeOfWindows(f *testing.F) {
	for _, filetime := range []uint64{0, 1, 9_999_999, 10_000_000, 116444736000000000, math.MaxInt64, math.MaxUint64} {
		f.Add(filetime)
	}
	f.Fuzz(func(t *testing.T, filetime uint64) {
		require.Equal(t, filetime, bits.TimeToWindows(bits.TimeFromWindows(filetime)))
	})
}
