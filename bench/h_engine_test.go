package bench

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/transfer"
)

// engineRow is section H: the emulated service as a whole. once does it once; per is
// how many things that was, for a figure of one of them.
type engineRow struct {
	name string
	open func(tb testing.TB) (once func() error, per int)
}

var hImpls = []engineRow{
	{"op=job/impl=bitsemu", hJob},
	{"op=job/impl=map-fake", hJobFake},
	{"op=download/impl=bitsemu-follow", hDownload(bitsemu.FollowTime())},
	{"op=download/impl=bitsemu-manual", hDownload(bitsemu.ManualTime())},
	{"op=download/impl=io-copy", hCopy},
	{"op=month/jobs=1k/impl=bitsemu", hMonth(1000)},
	{"op=month/jobs=3k/impl=bitsemu", hMonth(3000)},
	{"op=month/jobs=10k/impl=bitsemu", hMonth(10_000)},
	{"op=enum/jobs=100k/impl=bitsemu", hEnum(100_000)},
	{"op=cycle/impl=bitsemu", hCycle},
	{"op=cycle/impl=miniredis", hRedis},
}

func BenchmarkHEngine(b *testing.B) {
	for _, im := range hImpls {
		b.Run(im.name, func(b *testing.B) {
			once, per := im.open(b)
			if !strings.HasPrefix(im.name, "op=month/") {
				// Whoever is first pays for memory and disk that the others then have.
				require.NoError(b, once())
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := once(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(per), "each-ns/op")
		})
	}
}

const hName = "http://server/a"

// hEmulator is an emulator without limits for its user.
func hEmulator(tb testing.TB, opts ...bitsemu.Option) *bitsemu.Emulator {
	tb.Helper()
	return bitsemu.RunT(tb, append(opts, bitsemu.Policies(bitsemu.Policy{}))...)
}

func hQueue(tb testing.TB, emu *bitsemu.Emulator, remote, local string) (bits.Job, error) {
	ctx := tb.Context()
	_, job, err := emu.Manager().CreateJob(ctx, "bench", bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		return nil, err
	}
	if err := job.AddFile(ctx, remote, local); err != nil {
		return nil, err
	}
	return job, job.Resume(ctx)
}

// hJob is a job from CreateJob to Complete, with 1 KiB from memory.
func hJob(tb testing.TB) (func() error, int) {
	emu := hEmulator(tb)
	require.NoError(tb, emu.Script(hName, transfer.NewScript(transfer.Size(1024))))
	return func() error {
		job, err := hQueue(tb, emu, hName, `C:\Downloads\a`)
		if err != nil {
			return err
		}
		emu.Settle()
		_, err = job.Complete(tb.Context())
		return err
	}, 1
}

// hJobFake is what people write instead: a map, and a file that is written and renamed.
func hJobFake(tb testing.TB) (func() error, int) {
	type job struct {
		remote, local, state string
	}
	dir := diskDir(tb)
	jobs, content := map[int]*job{}, make([]byte, 1024)
	id := 0
	return func() error {
		id++
		j := &job{remote: hName, local: filepath.Join(dir, "a"), state: "queued"}
		jobs[id] = j
		if err := os.WriteFile(j.local+".tmp", content, 0o600); err != nil {
			return err
		}
		j.state = "transferred"
		if err := os.Rename(j.local+".tmp", j.local); err != nil {
			return err
		}
		delete(jobs, id)
		return nil
	}, 1
}

// hSize is how much a download of section H moves: 1 GiB, or what BENCH_SIZE says.
func hSize(tb testing.TB) int64 {
	if text := os.Getenv("BENCH_SIZE"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		require.NoError(tb, err)
		return n
	}
	if testing.Short() || !hBenchmark(tb) {
		return 8 << 20
	}
	return 1 << 30
}

func hBenchmark(tb testing.TB) bool { _, ok := tb.(*testing.B); return ok }

// hServer is a real server whose file has hSize bytes.
func hServer(tb testing.TB) (*httptest.Server, int64) {
	size := hSize(tb)
	file, err := os.Create(filepath.Join(diskDir(tb), "source"))
	require.NoError(tb, err)
	require.NoError(tb, file.Truncate(size))
	require.NoError(tb, file.Close())
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file.Name()) }))
	tb.Cleanup(s.Close)
	return s, size
}

func hDownload(clock bitsemu.Option) func(tb testing.TB) (func() error, int) {
	return func(tb testing.TB) (func() error, int) {
		server, size := hServer(tb)
		emu := hEmulator(tb, clock, bitsemu.Drive("C:", diskDir(tb)))
		return func() error {
			job, err := hQueue(tb, emu, server.URL+"/a", `C:\a`)
			if err != nil {
				return err
			}
			emu.Settle()
			_, err = job.Complete(tb.Context())
			return err
		}, int(size >> 20)
	}
}

func hCopy(tb testing.TB) (func() error, int) {
	server, size := hServer(tb)
	local := filepath.Join(diskDir(tb), "a")
	return func() error {
		resp, err := http.Get(server.URL + "/a") //nolint:noctx // as plain as can be
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		file, err := os.Create(local + ".tmp")
		if err != nil {
			return err
		}
		if _, err := io.Copy(file, resp.Body); err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
		return os.Rename(local+".tmp", local)
	}, int(size >> 20)
}

// hMonth lets thirty days go by with jobs that wait for them to be over.
func hMonth(jobs int) func(tb testing.TB) (func() error, int) {
	return func(tb testing.TB) (func() error, int) {
		emu := hEmulator(tb)
		require.NoError(tb, emu.Script(hName, transfer.NewScript(transfer.Status(503, transfer.Always))))
		for i := range jobs {
			job, err := hQueue(tb, emu, hName, fmt.Sprintf(`C:\Downloads\%d`, i))
			require.NoError(tb, err)
			require.NoError(tb, job.SetNoProgressTimeout(tb.Context(), 4_000_000_000))
			require.NoError(tb, job.SetMinimumRetryDelay(tb.Context(), 29*24*3600))
			require.NoError(tb, job.SetPriority(tb.Context(), bits.BG_JOB_PRIORITY_FOREGROUND))
		}
		emu.Settle()
		return func() error {
			emu.Advance(30 * 24 * time.Hour)
			return nil
		}, jobs
	}
}

// hEnum enumerates the jobs of a user, and asks each for its state.
func hEnum(jobs int) func(tb testing.TB) (func() error, int) {
	return func(tb testing.TB) (func() error, int) {
		if !hBenchmark(tb) {
			jobs = 100
		}
		emu := hEmulator(tb)
		ctx := tb.Context()
		for range jobs {
			_, _, err := emu.Manager().CreateJob(ctx, "bench", bits.BG_JOB_TYPE_DOWNLOAD)
			require.NoError(tb, err)
		}
		return func() error {
			all, err := emu.Manager().EnumJobs(ctx, 0)
			if err != nil {
				return err
			}
			some, _, err := all.Next(ctx, uint32(jobs))
			if err != nil {
				return err
			}
			for _, job := range some {
				if _, err := job.GetState(ctx); err != nil {
					return err
				}
			}
			return nil
		}, jobs
	}
}

// hCycle is what a test pays that has an emulator and one job.
func hCycle(tb testing.TB) (func() error, int) {
	script := transfer.NewScript(transfer.Size(1024))
	return func() error {
		t := fakeT{TB: tb}
		defer t.cleanup()
		emu := hEmulator(&t)
		if err := emu.Script(hName, script); err != nil {
			return err
		}
		job, err := hQueue(tb, emu, hName, `C:\Downloads\a`)
		if err != nil {
			return err
		}
		emu.Settle()
		_, err = job.Complete(tb.Context())
		return err
	}, 1
}

func hRedis(tb testing.TB) (func() error, int) {
	return func() error {
		t := fakeT{TB: tb}
		defer t.cleanup()
		return miniredis.RunT(&t).Set("key", "value")
	}, 1
}

func TestEngine(t *testing.T) {
	t.Parallel()
	for _, im := range hImpls {
		t.Run(im.name, func(t *testing.T) {
			t.Parallel()
			once, per := im.open(t)
			require.Positive(t, per)
			for range 2 {
				require.NoError(t, once())
			}
		})
	}
}
