package bitsemu_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// stubborn registers another callback in its place and fails.
type stubborn struct {
	callback
	next bits.Callback
}

func (f *stubborn) JobTransferred(ctx context.Context, job bits.Job) error {
	f.told = append(f.told, "failing")
	if f.next != nil {
		if err := job.SetNotifyInterface(ctx, f.next); err != nil {
			return err
		}
	}
	return hresult.E_FAIL
}

// A callback that fails is called again after the retry delay; one that takes its place
// is called at once.
func TestCallbackThatFails(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10))))
	_, job, err := emu.Manager().CreateJob(ctx, "told", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(ctx, "http://host/a", `C:\Downloads\a`))
	first := &stubborn{}
	require.NoError(t, job.SetNotifyInterface(ctx, first))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	require.Len(t, first.told, 1)
	emu.Advance(10*time.Minute - 1)
	require.Len(t, first.told, 1)
	second := &callback{}
	first.next = second
	emu.Advance(1)
	require.Len(t, first.told, 2)
	require.Equal(t, []string{"transferred told"}, second.told)
	emu.Advance(time.Hour)
	require.Len(t, first.told, 2)
	require.Len(t, second.told, 1)
}
