package bitsemu_test

import (
	"net/http"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/transfer"
)

// A job may be cancelled while a step of its transfer is under way, such as the one
// that makes the temporary file: nothing goes on, and nothing is left.
func TestCancelAtAnyMoment(t *testing.T) {
	t.Parallel()
	t.Run("download", func(t *testing.T) {
		t.Parallel()
		emu := bitsemu.RunT(t, bitsemu.FollowTime())
		require.NoError(t, emu.Script("http://server.test/a", transfer.NewScript(transfer.Size(100))))
		cancelAtAnyMoment(t, emu, bits.BG_JOB_TYPE_DOWNLOAD, "http://server.test/a", `C:\Downloads\a`, 3)
		left, err := os.ReadDir(emu.Path(`C:\Downloads`))
		require.NoError(t, err)
		require.Empty(t, left)
	})
	t.Run("reply", func(t *testing.T) {
		t.Parallel()
		emu := bitsemu.RunT(t, bitsemu.FollowTime())
		server, err := bitsupload.New(&bitsupload.Memory{}, bitsupload.Options{Notify: bitsupload.Notification{
			Type: bitsupload.NotifyByValue, URL: "http://server.test",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("thanks")) }),
		}})
		require.NoError(t, err)
		require.NoError(t, emu.Handle("http://server.test", server))
		require.NoError(t, os.WriteFile(emu.Path(`C:\Downloads\a`), []byte("a file"), 0o600))
		cancelAtAnyMoment(t, emu, bits.BG_JOB_TYPE_UPLOAD_REPLY, "http://server.test/a", `C:\Downloads\a`, 20)
		left, err := os.ReadDir(emu.Path(`C:\Downloads`))
		require.NoError(t, err)
		require.Len(t, left, 1, "the file that was sent")
	})
}

// cancelAtAnyMoment cancels jobs, of which each may have come a little further.
func cancelAtAnyMoment(t *testing.T, emu *bitsemu.Emulator, kind bits.JobType, remote, local string, further int) {
	ctx := t.Context()
	for i := range 300 {
		_, job, err := emu.Manager().CreateJob(ctx, "cancelled", kind)
		require.NoError(t, err)
		require.NoError(t, job.AddFile(ctx, remote, local))
		require.NoError(t, job.Resume(ctx))
		for range i * further {
			runtime.Gosched()
		}
		_, err = job.Cancel(ctx)
		require.NoError(t, err)
	}
	emu.Settle()
}
