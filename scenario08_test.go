package bitsemu_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// A server that fails for a while: retries by the clock, and their end.
func TestS08TransientServerErrors(t *testing.T) {
	t.Parallel()
	play(t, "S08", "main", s08)
	play(t, "S08", "resume", s08Resume)
	for _, c := range []struct {
		name   string
		status int
		state  bits.JobState
		code   hresult.HRESULT
	}{
		{"500", 500, bits.BG_JOB_STATE_TRANSIENT_ERROR, 0x801901F4},
		{"501", 501, bits.BG_JOB_STATE_ERROR, 0x801901F5},
		{"404", 404, bits.BG_JOB_STATE_ERROR, 0x80190194},
	} {
		play(t, "S08", c.name, func(s *scene) { s08Status(s, c.status, c.state, c.code) })
	}
	play(t, "S08", "name", s08Name)
	play(t, "S08", "least-delay", s08LeastDelay)
}

// s08Begin is step 1, with a server that gives a status.
func s08Begin(s *scene, remote string) (uuid.UUID, bits.Job, *witness) {
	ctx := s.t.Context()
	s.step("1", "")
	id, job := s.download(actors.alice, "retry", remote, local1)
	s.ok(job.SetMinimumRetryDelay(ctx, 60))
	s.ok(job.SetNoProgressTimeout(ctx, 300))
	w := s.listen(job, flagT|flagE|flagM)
	s.ok(job.Resume(ctx))
	return id, job, w
}

func s08(s *scene) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(10*kib), transfer.Status(503, transfer.Always))
	_, job, w := s08Begin(s, remote)

	s.step("2", "O, D")
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.failed(job, 0x801901F7, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	s.heard(w, 0, 0)
	s.holds(w.modifications() > 0, "JobModification was called")
	s.is(1, len(script.Requests()))

	s.step("3", "") // the count after the very first failure is not asserted
	n := got(job.GetErrorCount(ctx)).ok(s)

	s.step("4", "D")
	s.emu.Advance(59 * time.Second)
	s.is(1, len(script.Requests()))
	s.state(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.emu.Advance(time.Second)
	s.is(2, len(script.Requests()))
	s.state(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	got(job.GetErrorCount(ctx)).is(s, n+1)

	s.step("5", "D")
	for i := range 3 { // 120, 180 and 240 s after the first failure
		s.emu.Advance(60 * time.Second)
		s.is(3+i, len(script.Requests()))
		s.state(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
		s.heard(w, 0, 0)
	}
	s.emu.Advance(60 * time.Second)
	s.state(job, bits.BG_JOB_STATE_ERROR)
	s.heard(w, 0, 1)
	s.failed(job, 0x801901F7, anyContext)
	s.emu.Advance(time.Hour)
	s.state(job, bits.BG_JOB_STATE_ERROR)
	s.heard(w, 0, 1)

	s.step("7", "D")
	n = got(job.GetErrorCount(ctx)).ok(s)
	script.Set(transfer.Status(0, 0))
	s.ok(job.Resume(ctx))
	state := got(job.GetState(ctx)).ok(s)
	s.holds(state != bits.BG_JOB_STATE_ERROR, "it is in %s", state)
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.GetErrorCount(ctx)).is(s, n)
	s.flawless(job)
	s.heard(w, 1, 1)
}

func s08Resume(s *scene) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(10*kib), transfer.Status(503, transfer.Always))
	_, job, _ := s08Begin(s, remote)
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.emu.Advance(10 * time.Second)
	s.is(1, len(script.Requests()))

	s.step("6", "D, O")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.is(2, len(script.Requests()))

	s.step("7", "D")
	n := got(job.GetErrorCount(ctx)).ok(s)
	script.Set(transfer.Status(0, 0))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.GetErrorCount(ctx)).is(s, n)
	s.flawless(job)
}

func s08Status(s *scene, status int, state bits.JobState, code hresult.HRESULT) {
	script, remote := s.remote("R1", transfer.Size(10*kib), transfer.Status(status, transfer.Always))
	_, job, w := s08Begin(s, remote)
	s.step("8", "D, O")
	s.settles(job, state)
	s.failed(job, code, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	if state == bits.BG_JOB_STATE_TRANSIENT_ERROR {
		s.heard(w, 0, 0)
		return
	}
	s.heard(w, 0, 1)
	s.emu.Advance(time.Hour)
	s.state(job, state)
	s.heard(w, 0, 1)
	s.is(1, len(script.Requests()))
}

func s08Name(s *scene) {
	_, job, w := s08Begin(s, "http://nobody.test/R1")
	s.step("9", "D, O")
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.failed(job, 0x80072EE7, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	s.is(uint64(0xffffffffffffffff), got(job.GetProgress(s.t.Context())).ok(s).BytesTotal)
	s.heard(w, 0, 0)
}

func s08LeastDelay(s *scene) {
	ctx := s.t.Context()
	_, job := s.create(actors.alice, "rss", bits.BG_JOB_TYPE_DOWNLOAD)
	s.step("10", "D")
	for _, seconds := range []uint32{0, 3} {
		s.ok(job.SetMinimumRetryDelay(ctx, seconds))
		got(job.GetMinimumRetryDelay(ctx)).is(s, 5)
	}
}
