package sid_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

func TestErrorFields(t *testing.T) {
	t.Parallel()
	_, err := sid.Parse("S-1-5-21-x")
	var refused *sid.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, &sid.Error{Input: "S-1-5-21-x", Field: "sub authority 2", Offset: 9, Reason: "not a number"}, refused)
}

// Whoever asks an error for its HRESULT looks for this method in the chain.
func TestErrorHRESULT(t *testing.T) {
	t.Parallel()
	_, parse := sid.Parse("S-1")
	_, alias := sid.Parse("DA")
	_, binary := sid.FromBinary(nil)
	_, built := sid.New(1 << 48)
	for _, err := range []error{parse, alias, binary, built} {
		var h interface{ HRESULT() uint32 }
		require.ErrorAs(t, fmt.Errorf("owner: %w", err), &h)
		require.Equal(t, uint32(0x80070539), h.HRESULT())
	}
}
