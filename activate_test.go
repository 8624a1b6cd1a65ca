package bitsemu_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

// Who has activated the manager calls, as the process does that has made the object.
func TestActivateIsForWhoActivates(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	service := token.NewContext(t.Context(), token.NetworkService())
	m, err := emu.Activate(service)
	require.NoError(t, err)
	id, _, err := m.CreateJob(t.Context(), "of the service", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	emu.CheckOwner(t, id, token.NetworkService().User())
	m, err = emu.Activate(t.Context())
	require.NoError(t, err)
	_, err = m.GetJob(t.Context(), id)
	require.ErrorIs(t, err, hresult.E_ACCESSDENIED)
}
