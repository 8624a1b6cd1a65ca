package bitsemu_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// crowd is many goroutines that share the jobs of an emulator.
type crowd struct {
	*testing.T
	emu  *bitsemu.Emulator
	urls []string

	mu   sync.Mutex
	jobs []bits.Job
}

func (c *crowd) pick(random *rand.Rand) bits.Job {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jobs[random.IntN(len(c.jobs))]
}

var crowdFiles atomic.Int64

// renew puts a new job in the place of one, or of one that cannot be used any more.
func (c *crowd) renew(random *rand.Rand) {
	ctx := context.Background()
	_, job, err := c.emu.Manager().CreateJob(ctx, "crowd", bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		return
	}
	for range 1 + random.IntN(3) {
		_ = job.AddFile(ctx, c.urls[random.IntN(len(c.urls))], fmt.Sprintf(`C:\Downloads\%d`, crowdFiles.Add(1)))
	}
	_ = job.SetMinimumRetryDelay(ctx, 5)
	_ = job.SetPriority(ctx, bits.JobPriority(random.IntN(4)))
	_ = job.SetNotifyFlags(ctx, flagT|flagE|flagM|bits.BG_NOTIFY_FILE_TRANSFERRED)
	_ = job.SetNotifyInterface(ctx, &callbackOf{
		transferred: func(ctx context.Context, job bits.Job) error { _, err := job.Complete(ctx); return err },
		failed:      func(ctx context.Context, job bits.Job) error { return job.Resume(ctx) },
		modified: func(ctx context.Context, job bits.Job) error {
			_, err := job.GetProgress(ctx)
			c.emu.Settle()
			return err
		},
		file: func(ctx context.Context, job bits.Job) error { _, err := job.GetState(ctx); return err },
	})
	_ = job.Resume(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.jobs) < 16 {
		c.jobs = append(c.jobs, job)
	} else {
		c.jobs[random.IntN(len(c.jobs))] = job
	}
}

// act does something to some job. Whether it succeeds is a matter of who was there first.
func (c *crowd) act(ctx context.Context, random *rand.Rand) {
	job := c.pick(random)
	var err error
	switch random.IntN(16) {
	case 0:
		c.renew(random)
	case 1:
		_, err = job.Cancel(ctx)
	case 2, 3:
		_, err = job.Complete(ctx)
	case 4, 5:
		err = job.Suspend(ctx)
	case 6, 7, 8:
		err = job.Resume(ctx)
	case 9:
		err = job.SetPriority(ctx, bits.JobPriority(random.IntN(4)))
	case 10:
		_, err = job.GetProgress(ctx)
	case 11:
		var files bits.EnumFiles
		if files, err = job.EnumFiles(ctx); err == nil {
			var some []bits.File
			if some, _, err = files.Next(ctx, 1); err == nil && len(some) > 0 {
				_, err = some[0].GetProgress(ctx)
			}
		}
	case 12:
		err = job.AddFile(ctx, c.urls[random.IntN(len(c.urls))], fmt.Sprintf(`C:\Downloads\%d`, crowdFiles.Add(1)))
	case 13:
		var all bits.EnumJobs
		if all, err = c.emu.Manager().EnumJobs(ctx, 0); err == nil {
			_, _, err = all.Next(ctx, 5)
		}
	case 14:
		var i any
		// Not for local files: those of a job that has lost its token stay.
		if i, err = job.QueryInterface(ctx, bits.IID_IBitsTokenOptions); err == nil {
			if err = i.(bits.TokenOptions).SetHelperTokenFlags(ctx, bits.BG_TOKEN_NETWORK*bits.HelperTokenFlags(random.IntN(2))); err == nil {
				err = i.(bits.TokenOptions).SetHelperToken(ctx)
			}
		}
	case 15:
		err = job.TakeOwnership(ctx) // who calls is no administrator
	}
	if _, known := hresult.Of(err); !known && !errors.Is(err, context.Canceled) {
		c.Errorf("an error without a code: %v", err)
	}
}

// Everybody calls everything at once while transfers run: nothing locks up, no file is
// left of a job that is over, and the store holds together.
func TestCrowd(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct {
		name string
		opts []bitsemu.Option
	}{
		{"follow", []bitsemu.Option{bitsemu.FollowTime(), bitsemu.Workers(4)}},
		{"manual", nil},
		{"poll", []bitsemu.Option{bitsemu.StepOnPoll()}},
	} {
		for _, ending := range []string{"settle", "close"} {
			t.Run(mode.name+"/"+ending, func(t *testing.T) {
				t.Parallel()
				crowdOf(t, mode.opts, ending)
			})
		}
	}
}

func crowdOf(t *testing.T, opts []bitsemu.Option, ending string) {
	content := strings.Repeat("0123456789", 20_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serveText(w, r, content) }))
	defer server.Close()
	emu := bitsemu.RunT(t, append(opts, bitsemu.Policies(bitsemu.Policy{}))...)
	c := &crowd{T: t, emu: emu, urls: []string{server.URL + "/a", "http://memory/a", "http://acts/a", "http://script/a"}}
	script := transfer.NewScript(transfer.Content([]byte(content)), transfer.CutAfter(1000, 20), transfer.Status(503, 5))
	require.NoError(t, emu.Script("http://script/a", script))
	require.NoError(t, emu.Handle("http://memory", server.Config.Handler))
	var seed atomic.Uint64
	require.NoError(t, emu.Handle("http://acts", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.act(r.Context(), rand.New(rand.NewPCG(seed.Add(1), 7)))
		serveText(w, r, content)
	})))
	// A fault by name asks for the name of each job.
	require.NoError(t, emu.Fail(bitsemu.Fault{Op: "SetDescription", Name: "crowd", Code: hresult.E_FAIL}))
	first := rand.New(rand.NewPCG(0, 7))
	c.renew(first)
	require.ErrorIs(t, c.jobs[0].SetDescription(t.Context(), ""), hresult.E_FAIL)

	var group sync.WaitGroup
	stop := make(chan struct{})
	for g := range uint64(8) {
		group.Go(func() {
			random := rand.New(rand.NewPCG(g, 8))
			for i := 0; i < 300; i++ {
				select {
				case <-stop:
					return
				default:
				}
				c.act(context.Background(), random)
			}
		})
	}
	group.Go(func() { // the world goes on
		random := rand.New(rand.NewPCG(9, 9))
		for i := 0; i < 60; i++ {
			switch random.IntN(8) {
			case 0:
				emu.NetworkDown()
				emu.NetworkUp()
			case 1:
				emu.BlockBandwidth(i%2 == 0)
			case 2:
				_ = emu.Restart()
			case 3:
				_ = emu.Stop()
				emu.Advance(time.Millisecond)
				_ = emu.StartService()
			case 4:
				_ = emu.Dump(io.Discard)
			default:
				emu.Advance(time.Millisecond)
			}
		}
	})
	if ending == "close" {
		endsWithin(t, time.Minute, "Close", func() {
			time.Sleep(50 * time.Millisecond)
			require.NoError(t, emu.Close())
			close(stop)
			group.Wait()
		})
		return
	}
	endsWithin(t, 2*time.Minute, "the crowd", group.Wait)
	emu.BlockBandwidth(false)
	endsWithin(t, time.Minute, "Settle", emu.Settle)
	require.NoError(t, emu.Check())
	jobs, err := emu.Jobs()
	require.NoError(t, err)
	for _, j := range jobs {
		job, err := emu.Manager().GetJob(t.Context(), j.ID)
		require.NoError(t, err)
		require.NoError(t, job.SetNotifyInterface(t.Context(), nil))
		_, err = job.Cancel(t.Context())
		if !errors.Is(err, hresult.BG_E_INVALID_STATE) { // the callback may have been first
			require.NoError(t, err)
		}
	}
	endsWithin(t, time.Minute, "Settle", emu.Settle)
	require.Zero(t, emu.Len())
	for _, name := range filesBelow(t, emu, `C:\Downloads`) {
		require.False(t, strings.HasSuffix(name, ".tmp"), name)
		emu.CheckFile(t, `C:\Downloads\`+name, []byte(content))
	}
}
