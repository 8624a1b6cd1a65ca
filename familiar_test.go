package bitsemu_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// A caller who has been noticed is noticed again when a snapshot has made the machine
// forget him, and is not when a test has logged him off.
func TestNoticedAgain(t *testing.T) {
	t.Parallel()
	user := token.User(sid.MustParse("S-1-5-21-1-2-3-1001"))
	emu := bitsemu.RunT(t, bitsemu.DefaultCaller(user))
	_, job := downloadOf(t, emu, "http://server/a", `C:\Downloads\a`)
	snap, err := emu.Snapshot()
	require.NoError(t, err)
	snap.LoggedOn, snap.Jobs = nil, nil
	require.NoError(t, emu.Restore(snap))
	snap, err = emu.Snapshot()
	require.NoError(t, err)
	require.Empty(t, snap.LoggedOn)

	require.ErrorIs(t, job.Resume(t.Context()), hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
	_, job = downloadOf(t, emu, "http://server/b", `C:\Downloads\b`) // AddFile wants him logged on
	snap, err = emu.Snapshot()
	require.NoError(t, err)
	require.Equal(t, []bitsemu.SnapshotSession{{User: user.User(), Session: user.Session()}}, snap.LoggedOn)

	require.NoError(t, emu.LogOff(user.User()))
	err = job.AddFile(t.Context(), "http://server/c", `C:\Downloads\c`)
	require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON)
}
