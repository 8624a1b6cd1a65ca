package transfer

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Against a set of numbers.
func TestCoverage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c coverage
		set := make(map[int64]bool)
		for range rapid.IntRange(0, 30).Draw(t, "n") {
			first := rapid.Int64Range(0, 40).Draw(t, "first")
			s := span{first, first + rapid.Int64Range(0, 5).Draw(t, "len")}
			overlaps := false
			for i := s.first; i <= s.last; i++ {
				overlaps = overlaps || set[i]
			}
			err := c.add(s)
			if overlaps {
				require.Error(t, err)
				continue
			}
			require.NoError(t, err)
			for i := s.first; i <= s.last; i++ {
				set[i] = true
			}
			for i := 1; i < len(c); i++ {
				require.Less(t, c[i-1].last+1, c[i].first, "sorted, and they do not touch")
			}
			total := int64(0)
			for _, s := range c {
				total += s.len()
			}
			require.EqualValues(t, len(set), total)
			end := int64(0)
			for set[end] {
				end++
			}
			require.Equal(t, end, c.upTo(0))
		}
	})
}
