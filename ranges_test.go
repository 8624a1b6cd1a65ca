package bitsemu

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/jobstore"
)

// Ranges behave as the sets of bytes that they are.
func TestRangesAgainstSets(t *testing.T) {
	t.Parallel()
	some := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) jobstore.Range {
		return jobstore.Range{InitialOffset: rapid.Uint64Range(0, 40).Draw(t, "offset"), Length: rapid.Uint64Range(0, 12).Draw(t, "length")}
	}), 0, 6)
	set := func(ranges []jobstore.Range) map[uint64]bool {
		s := map[uint64]bool{}
		for _, r := range ranges {
			for i := range r.Length {
				s[r.InitialOffset+i] = true
			}
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := some.Draw(t, "a"), some.Draw(t, "b")
		merged := merge(a)
		require.Equal(t, set(a), set(merged))
		require.EqualValues(t, len(set(a)), length(merged))
		for i := 1; i < len(merged); i++ {
			require.Less(t, end(merged[i-1]), merged[i].InitialOffset, "sorted, and not to be merged any more")
		}
		want := set(a)
		for i := range set(b) {
			delete(want, i)
		}
		require.Equal(t, want, set(without(a, b)))
	})
}

func TestRangeToTheEnd(t *testing.T) {
	t.Parallel()
	all := jobstore.Range{InitialOffset: 5, Length: 1<<64 - 1}
	require.Equal(t, uint64(1<<64-1), end(all))
	// What is left goes on to the end, too: a transfer would take a number for a size.
	require.Equal(t, []jobstore.Range{{InitialOffset: 5, Length: 5}, {InitialOffset: 20, Length: 1<<64 - 1}},
		without([]jobstore.Range{all}, []jobstore.Range{{InitialOffset: 10, Length: 10}}))
}
