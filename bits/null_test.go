package bits_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func TestString(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "proxy:8080"} {
		p := bits.String(s)
		require.Equal(t, s, *p)
		require.NotSame(t, p, bits.String(s))
	}
}
