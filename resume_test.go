package bitsemu_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/transfer"
)

// An emulator with a store that is kept knows, when it is opened again, how far its
// transfers were when it was closed, however early that was.
func TestTransferGoesOnInAStoreThatIsOpenedAgain(t *testing.T) {
	t.Parallel()
	dir, store := t.TempDir(), filepath.Join(t.TempDir(), "queue.db")
	script := transfer.NewScript(transfer.Size(8<<20), transfer.HoldAt(3<<20))
	open := func() *bitsemu.Emulator {
		emu, err := bitsemu.New(bitsemu.Store(store), bitsemu.Drive("C:", dir), bitsemu.ManualTime())
		require.NoError(t, err)
		require.NoError(t, emu.Script("http://server/a", script))
		return emu
	}
	emu := open()
	_, job, err := emu.Manager().CreateJob(t.Context(), "a", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(t.Context(), "http://server/a", `C:\a`))
	require.NoError(t, job.Resume(t.Context()))
	emu.Settle()
	p, err := job.GetProgress(t.Context())
	require.NoError(t, err)
	require.Equal(t, bits.JobProgress{BytesTotal: 8 << 20, BytesTransferred: 3 << 20, FilesTotal: 1}, p)
	require.NoError(t, emu.Close())

	script.Release()
	emu = open()
	emu.Settle()
	jobs, err := emu.Jobs()
	require.NoError(t, err)
	emu.CheckState(t, jobs[0].ID, bits.BG_JOB_STATE_TRANSFERRED)
	requests := script.Requests()
	require.Equal(t, "bytes=3145728-8388607", requests[len(requests)-1].Range)
	require.NoError(t, emu.Close())
}
