package bitsemu_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// Complete renames the files of a user, who must be there: as bitsadmin.exe was seen to
// fail in a program of a user who was not logged on.
func TestCompleteNotLoggedOn(t *testing.T) {
	t.Parallel()
	user := token.User(sid.MustParse("S-1-5-21-1-2-3-1001"))
	emu := bitsemu.RunT(t, bitsemu.DefaultCaller(user))
	require.NoError(t, emu.Script("http://server/a", transfer.NewScript(transfer.Size(10))))
	id, job := downloadOf(t, emu, "http://server/a", `C:\Downloads\a`)
	require.NoError(t, job.Resume(t.Context()))
	emu.Settle()
	require.NoError(t, emu.LogOff(user.User()))
	_, err := job.Complete(t.Context())
	require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON)
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
	emu.CheckNoFile(t, `C:\Downloads\a`)
	emu.LogOn(user.User())
	_, err = job.Complete(t.Context())
	require.NoError(t, err)
	emu.CheckGone(t, id)
}
