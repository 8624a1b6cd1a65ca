package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The yardstick itself must be right before it measures anything.
func TestSID(t *testing.T) {
	t.Parallel()
	s, err := ParseSID(fSID)
	require.NoError(t, err)
	require.Equal(t, fSID, s.String())
	packet := s.AppendBinary(nil)
	require.Len(t, packet, 28)
	back, err := DecodeSID(packet)
	require.NoError(t, err)
	require.Equal(t, s, back)
}

func TestBadSID(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "S-1-", "S-1-5", "S-1-5-", "S-2-5-1", "S-1-5-4294967296", "S-1-5-01", "S-1-281474976710656-1",
		"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", "S-1-5-1x", "S-1-5-1234567890123456",
	} {
		_, err := ParseSID(bad)
		require.ErrorIs(t, err, errSID, bad)
	}
	for _, bad := range [][]byte{nil, make([]byte, 12), append([]byte{1, 1}, make([]byte, 9)...)} {
		_, err := DecodeSID(bad)
		require.ErrorIs(t, err, errSID, bad)
	}
}
