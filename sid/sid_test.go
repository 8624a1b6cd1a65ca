package sid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

func TestValue(t *testing.T) {
	t.Parallel()
	s := sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1013")
	require.Equal(t, "S-1-5-21-3623811015-3361044348-30300820-1013", s.String())
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	back, err := sid.FromBinary(b)
	require.NoError(t, err)
	require.True(t, s == back)
	domain, ok := s.Domain()
	require.True(t, ok)
	require.Equal(t, "S-1-5-21-3623811015-3361044348-30300820", domain.String())
	account, err := domain.WithRID(1013)
	require.NoError(t, err)
	require.Equal(t, s, account)
}
