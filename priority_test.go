package bitsemu_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// Dynamic content cannot be throttled, and so does not come in the background (D
// ne-bits5_0-bits_job_property_id.md).
func TestDynamicContentWaitsForTheForeground(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(10), transfer.NoLength())))
	require.NoError(t, emu.Script("http://host/b", transfer.NewScript(transfer.Size(10))))
	id, dynamic, err := emu.Manager().CreateJob(ctx, "dynamic", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	job5, err := bits.Query[bits.Job5](ctx, dynamic)
	require.NoError(t, err)
	require.NoError(t, job5.SetProperty(ctx, bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true)))
	require.NoError(t, dynamic.AddFile(ctx, "http://host/a", `C:\Downloads\a`))
	require.NoError(t, dynamic.Resume(ctx))
	other, job, err := emu.Manager().CreateJob(ctx, "other", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(ctx, "http://host/b", `C:\Downloads\b`))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_QUEUED)
	emu.CheckState(t, other, bits.BG_JOB_STATE_TRANSFERRED)
	require.NoError(t, dynamic.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
}

// A pointer to a job that is over still leads to its token options, which can be read and
// not changed any more.
func TestTokenOptionsOfAJobThatIsOver(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	_, job, err := emu.Manager().CreateJob(ctx, "over", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	options, err := bits.Query[bits.TokenOptions](ctx, job)
	require.NoError(t, err)
	require.NoError(t, options.SetHelperTokenFlags(ctx, bits.BG_TOKEN_NETWORK))
	_, err = job.Cancel(ctx)
	require.NoError(t, err)
	options, err = bits.Query[bits.TokenOptions](ctx, job)
	require.NoError(t, err)
	flags, err := options.GetHelperTokenFlags(ctx)
	require.NoError(t, err)
	require.Equal(t, bits.BG_TOKEN_NETWORK, flags)
	require.ErrorIs(t, options.SetHelperTokenFlags(ctx, 0), hresult.BG_E_INVALID_STATE)
}
