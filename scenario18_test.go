package bitsemu_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// The user logs off in the middle of a download.
func TestS18LogOff(t *testing.T) {
	t.Parallel()
	play(t, "S18", "main", s18)
	play(t, "S18", "never-transferred", s18NeverTransferred)
	play(t, "S18", "services", s18Services)
	play(t, "S18", "two-sessions", s18TwoSessions)
}

// s18Begin is step 1, for whoever owns the job.
func s18Begin(s *scene, who token.Token) (*transfer.Script, uuid.UUID, bits.Job, *witness) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(9*mib), transfer.HoldAt(3*mib))
	s.step("1", "")
	id, job := s.download(who, "omaha", remote, local1)
	w := s.listen(job, flagT|flagE|flagM)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	s.is(uint64(3*mib), got(job.GetProgress(ctx)).ok(s).BytesTransferred)
	return script, id, job, w
}

func s18(s *scene) {
	ctx := s.t.Context()
	script, id, job, w := s18Begin(s, actors.alice)
	kept := got(s.emu.As(actors.system).GetJob(ctx, id)).ok(s)

	s.step("2", "D")
	s.ok(s.emu.LogOff(actors.alice.User()))
	s.settles(job, bits.BG_JOB_STATE_QUEUED)
	s.flawless(job)
	s.heard(w, 0, 0)

	s.step("3", "D")
	s.state(kept, bits.BG_JOB_STATE_QUEUED)
	s.is(uint64(3*mib), got(kept.GetProgress(ctx)).ok(s).BytesTransferred)
	requests := len(script.Requests())
	s.emu.Advance(24 * time.Hour)
	s.state(kept, bits.BG_JOB_STATE_QUEUED)
	s.is(requests, len(script.Requests()))

	s.step("4", "D")
	s.emu.LogOnSession(actors.alice.User(), aliceSession)
	s.settles(kept, bits.BG_JOB_STATE_TRANSFERRING)
	script.Release()
	s.settles(kept, bits.BG_JOB_STATE_TRANSFERRED)
	s.is([]string{"0-9437183", "3145728-9437183"}, ranges(script))
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, script.Bytes())
}

// s18NeverTransferred has one job that was interrupted, and one that has not begun.
func s18NeverTransferred(s *scene) {
	ctx := s.t.Context()
	_, _, job, _ := s18Begin(s, actors.alice)
	_, remote := s.remote("R2", transfer.Size(kib))
	_, waiting := s.download(actors.alice, "waiting", remote, local2)
	s.ok(waiting.Resume(ctx))
	s.emu.Settle()

	s.step("5", "O")
	poll := func(job bits.Job) (bits.JobState, bits.JobProgress) {
		return got(job.GetState(ctx)).ok(s), got(job.GetProgress(ctx)).ok(s)
	}
	before, _ := poll(job)
	beforeWaiting, _ := poll(waiting)
	s.ok(s.emu.LogOff(actors.alice.User()))
	s.emu.Settle()
	after, moved := poll(job)
	afterWaiting, none := poll(waiting)
	s.is([]bits.JobState{bits.BG_JOB_STATE_TRANSFERRING, bits.BG_JOB_STATE_QUEUED}, []bits.JobState{before, after})
	s.is([]bits.JobState{bits.BG_JOB_STATE_QUEUED, bits.BG_JOB_STATE_QUEUED}, []bits.JobState{beforeWaiting, afterWaiting})
	s.is(bits.JobProgress{BytesTotal: 9 * mib, BytesTransferred: 3 * mib, FilesTotal: 1}, moved)
	s.is(bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN, FilesTotal: 1}, none)
}

func s18Services(s *scene) {
	for _, who := range []token.Token{actors.system, actors.networkService} {
		script, _, job, w := s18Begin(s, who)

		s.step("6", "D")
		s.ok(s.emu.LogOff(actors.alice.User()))
		s.ok(s.emu.LogOff(actors.bob.User()))
		s.fails(s.emu.LogOff(who.User()), hresult.E_INVALIDARG)
		s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
		script.Release()
		s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
		s.heard(w, 1, 0)
		s.is([]string{"0-9437183"}, ranges(script))
		got(job.Cancel(s.t.Context())).is(s, hresult.S_OK)
	}
}

func s18TwoSessions(s *scene) {
	second := s.emu.LogOn(actors.alice.User())
	script, _, job, w := s18Begin(s, actors.alice)

	s.step("7", "I")
	s.ok(s.emu.EndSession(aliceSession))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	s.is([]string{"0-9437183"}, ranges(script))

	s.step("2", "D") // and now the other one too
	s.ok(s.emu.EndSession(second))
	s.settles(job, bits.BG_JOB_STATE_QUEUED)
	s.heard(w, 0, 0)
}
