package bitsemu_test

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/transfer"
)

// A job that is cancelled in the middle of a step is not given another turn between the
// end of that step and its own.
func TestCancelInTheMiddleOfAStep(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.FollowTime())
	require.NoError(t, emu.Script("http://server/a", transfer.NewScript(transfer.Size(64<<20))))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 50 {
				_, job, err := emu.Manager().CreateJob(t.Context(), "a", bits.BG_JOB_TYPE_DOWNLOAD)
				if err == nil {
					err = job.AddFile(t.Context(), "http://server/a", `C:\Downloads\a`)
				}
				if err == nil {
					err = job.SetPriority(t.Context(), bits.BG_JOB_PRIORITY_FOREGROUND)
				}
				if err == nil {
					err = job.Resume(t.Context())
				}
				time.Sleep(time.Duration(i) * 20 * time.Microsecond)
				if err == nil {
					_, err = job.Cancel(t.Context())
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	require.NoError(t, emu.Check())
	require.Zero(t, emu.Len())
	left, err := os.ReadDir(emu.Path(`C:\Downloads`))
	require.NoError(t, err)
	require.Empty(t, left)
}
