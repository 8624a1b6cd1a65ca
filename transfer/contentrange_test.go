package transfer

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseContentRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]int64{
		"bytes 0-9/10":                   {0, 9, 10},
		"bytes 5-5/*":                    {5, 5, unknown},
		" BYTES  1-2/9 ":                 {1, 2, 9},
		"bytes 0-9223372036854775805/*":  {0, 1<<63 - 3, unknown},
		"bytes 00-09/0010":               {0, 9, 10},
		"bytes 3-4/9223372036854775806":  {3, 4, 1<<63 - 2},
		"bytes 0-18446744073709551615/*": {},
		"bytes */10":                     {},
		"bytes 0-9/9":                    {},
		"bytes 0-+9/10":                  {},
		"bytes 0-9/0x10":                 {},
		"bytes=0-9/10":                   {},
		"bytes":                          {},
		"":                               {},
		"bytes 0/10":                     {},
		"bytes 0-9":                      {},
		"bytes -/-":                      {},
		"bytes 0-9/":                     {},
	} {
		part, total, err := parseContentRange(text)
		if want == [3]int64{} {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, [3]int64{part.first, part.last, total}, text)
	}
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 0-9/10")
	f.Add("bytes 5-5/*")
	f.Add("bytes 0-9223372036854775806/9223372036854775807")
	f.Fuzz(func(t *testing.T, text string) {
		part, total, err := parseContentRange(text)
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, part.first, int64(0))
		require.GreaterOrEqual(t, part.last, part.first)
		require.Positive(t, part.len())
		again := fmt.Sprintf("bytes %d-%d/*", part.first, part.last)
		if total != unknown {
			require.Less(t, part.last, total)
			again = fmt.Sprintf("bytes %d-%d/%d", part.first, part.last, total)
		}
		part2, total2, err := parseContentRange(again)
		require.NoError(t, err)
		require.Equal(t, part, part2)
		require.Equal(t, total, total2)
	})
}
