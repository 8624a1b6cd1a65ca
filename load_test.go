package bitsemu_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// perJob bounds the memory of the process that a running job of ten files may take: its
// record in the store's file, which lies in the page cache or in a mapping, does not
// count; what is read of it, the request under way, the timers and the item do. What was
// done for whom (100,000 entries of the audit) and the records of the last jobs that are
// over are of all jobs together.
const (
	perJob = 32 << 10
	shared = 64 << 20
)

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A thousand jobs of ten files, ten thousand with BITSEMU_TEST_LOAD set, that all run at
// once and wait for their servers cost memory within bounds and no goroutine, and all
// are done in the end.
func TestManyJobsAtOnce(t *testing.T) {
	many := 1000
	if os.Getenv("BITSEMU_TEST_LOAD") != "" {
		many = 10_000
	}
	for _, c := range []struct {
		name string
		jobs int
		opts []bitsemu.Option
	}{
		{"manual", many, nil},
		{"follow", many / 10, []bitsemu.Option{bitsemu.FollowTime()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			emu := bitsemu.RunT(t, append(c.opts, bitsemu.Policies(bitsemu.Policy{}))...)
			script := transfer.NewScript(transfer.Size(1000), transfer.HoldAt(500))
			require.NoError(t, emu.Script("http://server/a", script))
			ctx := t.Context()
			before, goroutines := heap(), runtime.NumGoroutine()
			jobs := make([]bits.Job, c.jobs)
			for i := range jobs {
				var err error
				_, jobs[i], err = emu.Manager().CreateJob(ctx, "many", bits.BG_JOB_TYPE_DOWNLOAD)
				require.NoError(t, err)
				// Of a directory all names are looked at when a file is added to it, for their case.
				dir := fmt.Sprintf(`C:\Downloads\%d`, i/20)
				require.NoError(t, os.MkdirAll(filepath.Join(emu.Path(`C:\Downloads`), fmt.Sprint(i/20)), 0o700))
				files := make([]bits.FileInfo, 10)
				for f := range files {
					files[f] = bits.FileInfo{RemoteName: "http://server/a", LocalName: fmt.Sprintf(`%s\%d-%d`, dir, i, f)}
				}
				require.NoError(t, jobs[i].AddFileSet(ctx, files))
				require.NoError(t, jobs[i].SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
				require.NoError(t, jobs[i].Resume(ctx))
			}
			states := func(want bits.JobState) {
				for _, job := range jobs {
					s, err := job.GetState(ctx)
					require.NoError(t, err)
					require.Equal(t, want, s)
				}
			}
			endsWithin(t, 5*time.Minute, "the first halves", emu.Settle)
			states(bits.BG_JOB_STATE_TRANSFERRING)
			require.Less(t, heap()-before, int64(c.jobs)*perJob+shared)
			require.Less(t, runtime.NumGoroutine()-goroutines, 100)
			t.Logf("%d bytes for each of %d running jobs", (heap()-before)/int64(c.jobs), c.jobs)

			script.Release()
			endsWithin(t, 5*time.Minute, "the rest", emu.Settle)
			states(bits.BG_JOB_STATE_TRANSFERRED)
			for _, job := range jobs {
				result, err := job.Complete(ctx)
				require.NoError(t, err)
				require.Equal(t, hresult.S_OK, result)
			}
			require.Less(t, heap()-before, int64(c.jobs)*perJob+shared)
			require.Len(t, filesBelow(t, emu, `C:\Downloads`), c.jobs*10)
		})
	}
}
