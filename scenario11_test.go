package bitsemu_test

import (
	"context"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// A program that shuts down clears its callback, cancels its job and leaves nothing.
func TestS11Shutdown(t *testing.T) {
	t.Parallel()
	play(t, "S11", "main", s11)
	play(t, "S11", "cancel-in-callback", s11CancelInCallback)
	play(t, "S11", "guard", s11Guard)
	play(t, "S11", "suspend-twice", s11SuspendTwice)
	play(t, "S11", "dies", s11Dies)
}

func s11(s *scene) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(mib), transfer.HoldAt(256*kib))

	s.step("1", "")
	id, job := s.download(actors.alice, "setup", remote, local1)
	w := s.listen(job, flagT|flagE|flagM)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	s.holds(w.modifications() > 0, "the callback is there")

	s.step("2", "D")
	s.ok(job.SetNotifyInterface(ctx, nil))
	told := w.modifications()
	script.Set(transfer.HoldAt(512 * kib))
	s.emu.Settle()
	s.emu.Advance(time.Second)
	s.is(uint64(512*kib), got(job.GetProgress(ctx)).ok(s).BytesTransferred)
	s.is(told, w.modifications())
	s.heard(w, 0, 0)

	s.step("3", "D, O")
	temporary := got(query[bits.File3](s, actors.alice, s.jobFiles(job)[0]).GetTemporaryName(ctx)).ok(s)
	s.holds(s.emu.Path(temporary) != "" && len(s.files(`C:\Downloads`)) == 1, "there is a temporary file")
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.state(job, bits.BG_JOB_STATE_CANCELLED)
	s.is([]string{}, s.files(`C:\Downloads`))
	s.emu.CheckNoFile(s.t, local1)
	s.missing(s.emu.As(actors.alice).GetJob(ctx, id))

	s.step("4", "D")
	s.fails(job.SetNotifyInterface(ctx, nil), hresult.BG_E_INVALID_STATE)
}

func s11CancelInCallback(s *scene) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(mib), transfer.HoldAt(256*kib))
	_, job := s.download(actors.alice, "seven", remote, local1)
	w := s.listen(job, flagT|flagE|flagM)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)

	s.step("5", "O, I")
	var cancelled calls
	w.onModified = func(ctx context.Context, job bits.Job) error {
		result, err := job.Cancel(ctx)
		if err == nil && result != hresult.S_OK {
			err = result
		}
		cancelled.note(err)
		return nil
	}
	script.Set(transfer.HoldAt(512 * kib)) // the call is due 500 ms after the one before
	s.emu.Advance(time.Second)
	cancelled.ok(s, 1)
	s.state(job, bits.BG_JOB_STATE_CANCELLED)
	told := w.modifications()
	s.emu.Advance(time.Minute)
	s.is(told, w.modifications())
	s.heard(w, 0, 0)
	s.is([]string{}, s.files(`C:\Downloads`))
}

// s11Guard is the destructor of an updater, on jobs in all states.
func s11Guard(s *scene) {
	ctx := s.t.Context()
	script, fine := s.remote("R1", transfer.Size(kib))
	_, held := s.remote("R2", transfer.Size(mib), transfer.HoldAt(kib))
	_, gone := s.remote("R3", transfer.Status(404, transfer.Always))
	_, busy := s.remote("R4", transfer.Status(503, transfer.Always))
	make := func(remote string, prepare ...func(bits.Job)) bits.Job {
		_, job := s.download(actors.alice, "omaha", remote, local1)
		s.ok(job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
		for _, p := range prepare {
			p(job)
		}
		return job
	}
	run := func(job bits.Job) { s.ok(job.Resume(ctx)); s.emu.Settle() }
	complete := func(job bits.Job) { got(job.Complete(ctx)).is(s, hresult.S_OK) }
	cancel := func(job bits.Job) { got(job.Cancel(ctx)).is(s, hresult.S_OK) }

	s.step("6", "O")
	for want, job := range map[bits.JobState]bits.Job{
		bits.BG_JOB_STATE_SUSPENDED:       make(fine),
		bits.BG_JOB_STATE_TRANSFERRING:    make(held, run),
		bits.BG_JOB_STATE_ERROR:           make(gone, run),
		bits.BG_JOB_STATE_TRANSIENT_ERROR: make(busy, run),
		bits.BG_JOB_STATE_TRANSFERRED:     make(fine, run),
		bits.BG_JOB_STATE_ACKNOWLEDGED:    make(fine, run, complete),
		bits.BG_JOB_STATE_CANCELLED:       make(fine, cancel),
	} {
		state := got(job.GetState(ctx)).ok(s)
		s.is(want, state)
		if state != bits.BG_JOB_STATE_ACKNOWLEDGED && state != bits.BG_JOB_STATE_CANCELLED {
			got(job.Cancel(ctx)).is(s, hresult.S_OK)
		}
	}
	s.is([]string{"L1"}, s.files(`C:\Downloads`))
	s.emu.CheckFile(s.t, local1, script.Bytes())
}

func s11SuspendTwice(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(kib))
	_, job := s.download(actors.alice, "omaha", remote, local1)

	s.step("7", "D, O")
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)
	s.ok(job.Suspend(ctx))
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)
}

func s11Dies(s *scene) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(mib), transfer.HoldAt(256*kib))
	id, job := s.download(actors.alice, "dies", remote, local1)
	s.ok(job.SetNotifyFlags(ctx, flagT|flagE|flagM))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)

	s.step("8", "D")
	s.ok(job.SetNotifyInterface(ctx, dead{})) // the program has died
	script.Release()
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.emu.Advance(90*24*time.Hour - time.Minute)
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.emu.Advance(2 * time.Minute)
	s.state(job, bits.BG_JOB_STATE_CANCELLED)
	s.missing(s.emu.As(actors.alice).GetJob(ctx, id))
	s.is([]string{}, s.files(`C:\Downloads`))
}
