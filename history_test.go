package bitsemu_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// checkHistory fails the test when the history does not hold together: each change must
// begin where the one before has ended, and the last end where the job is.
func checkHistory(t testing.TB, emu *bitsemu.Emulator) {
	t.Helper()
	last := map[uuid.UUID]bits.JobState{}
	for _, c := range emu.History() {
		before, known := last[c.Job]
		switch {
		case c.New:
		case known && before != c.From, c.From == c.To:
			t.Errorf("job %s was in %s: %s", c.Job, before, c)
		}
		if c.Why == "" || c.Error.Code.Failed() != (c.To == bits.BG_JOB_STATE_ERROR || c.To == bits.BG_JOB_STATE_TRANSIENT_ERROR) {
			t.Errorf("job %s: %s", c.Job, c)
		}
		last[c.Job] = c.To
	}
	for id, state := range last {
		j, err := emu.Job(id)
		if err == nil && j.State != state {
			t.Errorf("job %s is in %s, and by its history in %s", id, j.State, state)
		}
	}
}

// story is the history of a job in lines.
func story(emu *bitsemu.Emulator, id uuid.UUID) []string {
	var lines []string
	for _, c := range emu.HistoryOf(id) {
		by := ""
		if !c.By.IsZero() {
			by = " by somebody"
		}
		from := "new"
		if !c.New {
			from = fmt.Sprint(c.From)
		}
		lines = append(lines, fmt.Sprintf("%s %s>%s %s%s", c.Time.Format("15:04:05"), from[len(from)-min(len(from), 5):], fmt.Sprint(c.To)[13:], c.Why, by))
	}
	return lines
}

func TestHistory(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	script := r.serve("a", transfer.Status(http.StatusServiceUnavailable, 1), transfer.HoldAt(10))
	job := r.download("a")
	r.ok(job.SetMinimumRetryDelay(r.ctx, 60))
	id, err := job.GetId(r.ctx)
	r.ok(err)
	r.ok(job.Resume(r.ctx))
	r.emu.Settle()
	r.is(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	r.emu.Advance(time.Minute)
	r.is(job, bits.BG_JOB_STATE_TRANSFERRING)
	r.ok(job.Suspend(r.carol()))
	r.ok(job.Resume(r.ctx))
	script.Release()
	r.emu.Settle()
	r.is(job, bits.BG_JOB_STATE_TRANSFERRED)
	_, err = job.Complete(r.ctx)
	r.ok(err)
	require.Equal(t, []string{
		"03:04:05 new>SUSPENDED CreateJob by somebody",
		"03:04:05 ENDED>QUEUED Resume by somebody",
		"03:04:05 UEUED>CONNECTING its turn",
		"03:04:05 CTING>TRANSIENT_ERROR the transfer has failed",
		"03:05:05 ERROR>QUEUED tried again",
		"03:05:05 UEUED>CONNECTING its turn",
		"03:05:05 CTING>TRANSFERRING the server has answered",
		"03:05:05 RRING>SUSPENDED Suspend by somebody",
		"03:05:05 ENDED>QUEUED Resume by somebody",
		"03:05:05 UEUED>CONNECTING its turn",
		"03:05:05 CTING>TRANSFERRING the server has answered",
		"03:05:05 RRING>TRANSFERRED all files are there",
		"03:05:05 ERRED>ACKNOWLEDGED Complete by somebody",
	}, story(r.emu, id))
	failed := r.emu.HistoryOf(id)[3]
	require.Equal(t, hresult.BG_E_HTTP_ERROR_503, failed.Error.Code)
	require.Contains(t, failed.String(), "BG_JOB_STATE_CONNECTING -> BG_JOB_STATE_TRANSIENT_ERROR: the transfer has failed, BG_E_HTTP_ERROR_503 (0x801901F7)")
	suspended := r.emu.HistoryOf(id)[7]
	require.Equal(t, rigCarol, suspended.By.User())
	require.Contains(t, suspended.String(), ": Suspend by "+rigCarol.String())
	require.Contains(t, r.emu.HistoryOf(id)[0].String(), "new -> BG_JOB_STATE_SUSPENDED: CreateJob by ")
	require.Empty(t, r.emu.HistoryOf(uuid.New()))
	require.Len(t, r.emu.History(), 13)
}

// What the service, the network and a snapshot do to jobs is in the history too.
func TestHistoryOfEvents(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.serve("a", transfer.HoldAt(10))
	job := r.download("a")
	id, err := job.GetId(r.ctx)
	r.ok(err)
	r.ok(job.Resume(r.ctx))
	r.emu.Settle()
	snapshot, err := r.emu.Snapshot()
	r.ok(err)
	r.emu.NetworkDown()
	r.emu.NetworkUp()
	r.emu.Settle()
	r.ok(r.emu.Restart())
	r.emu.Settle()
	r.ok(r.emu.Restore(snapshot))
	var why []string
	for _, c := range r.emu.HistoryOf(id)[3:] {
		why = append(why, c.Why)
	}
	require.Equal(t, []string{
		"the server has answered", "blocked until an event", "nothing blocks it any more", "its turn", "the server has answered",
		"the service has stopped", "its turn", "the server has answered", "the service has stopped", "restored from a snapshot",
		"the service has started",
	}, why)
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := r.download("a")
	id, err := first.GetId(r.ctx)
	r.ok(err)
	r.serve("b", transfer.HoldAt(1))
	job := r.download("b")
	for range 50_001 {
		r.ok(job.Resume(r.ctx))
		r.ok(job.Suspend(r.ctx))
	}
	require.LessOrEqual(t, len(r.emu.History()), 100_000)
	require.GreaterOrEqual(t, len(r.emu.History()), 50_000)
	require.Empty(t, r.emu.HistoryOf(id), "forgotten")
	r.ok(first.Resume(r.ctx))
	require.Equal(t, bits.BG_JOB_STATE_SUSPENDED, r.emu.HistoryOf(id)[0].From, "known all the same")
}
