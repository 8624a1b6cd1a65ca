package bitsemu_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

func TestSmoke(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	content := strings.Repeat("0123456789", 100_000)
	require.NoError(t, emu.Handle("http://server", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a", time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), strings.NewReader(content))
	})))
	ctx := t.Context()
	id, job, err := emu.Manager().CreateJob(ctx, "update", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.ErrorIs(t, job.Resume(ctx), hresult.BG_E_EMPTY)
	require.NoError(t, job.AddFile(ctx, "http://server/app.msi", `C:\Downloads\app.msi`))
	require.NoError(t, job.Resume(ctx))
	emu.CheckState(t, id, bits.BG_JOB_STATE_QUEUED)
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
	p, err := job.GetProgress(ctx)
	require.NoError(t, err)
	require.Equal(t, bits.JobProgress{BytesTotal: 1000000, BytesTransferred: 1000000, FilesTotal: 1, FilesTransferred: 1}, p)
	emu.CheckNoFile(t, `C:\Downloads\app.msi`)
	result, err := job.Complete(ctx)
	require.NoError(t, err)
	require.Equal(t, hresult.S_OK, result)
	emu.CheckFile(t, `C:\Downloads\app.msi`, []byte(content))
	emu.CheckState(t, id, bits.BG_JOB_STATE_ACKNOWLEDGED)
	emu.CheckGone(t, id)
	for _, a := range emu.Audit() {
		t.Log(a)
	}
	require.NoError(t, emu.Dump(io.Discard))
}
