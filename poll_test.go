package bitsemu_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// pollLoop asks as most programs do, and returns what it was told: each state with the
// bytes beside it, and the error where there is one.
func pollLoop(t *testing.T, job bits.Job) (states []bits.JobState, errs []hresult.HRESULT) {
	t.Helper()
	var last bits.JobState = 99
	for range 100 {
		state, err := job.GetState(t.Context())
		require.NoError(t, err)
		p, err := job.GetProgress(t.Context())
		require.NoError(t, err)
		if state == bits.BG_JOB_STATE_TRANSFERRED {
			require.Equal(t, p.BytesTotal, p.BytesTransferred)
			return append(states, state), errs
		}
		require.Less(t, p.BytesTransferred, p.BytesTotal, "the progress is that of the state")
		if state == bits.BG_JOB_STATE_TRANSIENT_ERROR {
			e, err := job.GetError(t.Context())
			require.NoError(t, err, "it is there to be asked for")
			_, code, err := e.GetError(t.Context())
			require.NoError(t, err)
			errs = append(errs, code)
		}
		if state != last {
			states = append(states, state)
		}
		last = state
	}
	t.Fatalf("it does not end: %v", states)
	return nil, nil
}

func TestStepOnPollMissesNoState(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.StepOnPoll())
	script := transfer.NewScript(transfer.Size(10<<20), transfer.CutAfter(5<<20, 1), transfer.Status(http.StatusServiceUnavailable, 1))
	require.NoError(t, emu.Script("http://server/a", script))
	create := func() bits.Job {
		_, job, err := emu.Manager().CreateJob(t.Context(), "a", bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		require.NoError(t, job.AddFile(t.Context(), "http://server/a", `C:\Downloads\a`))
		require.NoError(t, job.SetMinimumRetryDelay(t.Context(), 60))
		require.NoError(t, job.Resume(t.Context()))
		return job
	}
	before := emu.Now()
	states, errs := pollLoop(t, create())
	const (
		transferring = bits.BG_JOB_STATE_TRANSFERRING
		transient    = bits.BG_JOB_STATE_TRANSIENT_ERROR
	)
	require.Equal(t, []bits.JobState{transient, transferring, transient, transferring, bits.BG_JOB_STATE_TRANSFERRED}, states)
	require.Equal(t, []hresult.HRESULT{hresult.BG_E_HTTP_ERROR_503, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR}, errs)
	require.Equal(t, 2*time.Minute, emu.Now().Sub(before))
}

func TestStepOnPollByProgressAlone(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.StepOnPoll())
	require.NoError(t, emu.Script("http://server/a", transfer.NewScript(transfer.Size(10<<20), transfer.CutAfter(5<<20, 1))))
	_, job, err := emu.Manager().CreateJob(t.Context(), "a", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(t.Context(), "http://server/a", `C:\Downloads\a`))
	require.NoError(t, job.Resume(t.Context()))
	for range 100 {
		p, err := job.GetProgress(t.Context())
		require.NoError(t, err)
		if p.FilesTransferred == p.FilesTotal {
			return
		}
	}
	t.Fatal("it does not end")
}

// What one job's client does moves the other job on, whose client is told all the same.
func TestStepOnPollOfTwoJobs(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.StepOnPoll())
	var jobs []bits.Job
	for _, name := range []string{"a", "b"} {
		require.NoError(t, emu.Script("http://server/"+name, transfer.NewScript(transfer.Size(10<<20), transfer.Status(503, 1))))
		_, job, err := emu.Manager().CreateJob(t.Context(), name, bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		require.NoError(t, job.AddFile(t.Context(), "http://server/"+name, `C:\Downloads\`+name))
		require.NoError(t, job.Resume(t.Context()))
		jobs = append(jobs, job)
	}
	failed := map[int]bool{}
	for range 100 {
		over := 0
		for i, job := range jobs {
			state, err := job.GetState(t.Context())
			require.NoError(t, err)
			switch state {
			case bits.BG_JOB_STATE_TRANSIENT_ERROR:
				failed[i] = true
			case bits.BG_JOB_STATE_TRANSFERRED:
				over++
			}
		}
		if over == len(jobs) {
			break
		}
	}
	require.Equal(t, map[int]bool{0: true, 1: true}, failed)
}
