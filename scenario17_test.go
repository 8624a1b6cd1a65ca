package bitsemu_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// A program starts a job and exits; when it is run again it finds the job by its GUID.
func TestS17FindTheJobAgain(t *testing.T) {
	t.Parallel()
	play(t, "S17", "main", func(s *scene) { s17(s, false) })
	play(t, "S17", "restart", func(s *scene) { s17(s, true) })
	play(t, "S17", "transferred", s17Transferred)
	play(t, "S17", "refused", s17Refused)
	play(t, "S17", "gone", s17Gone)
	play(t, "S17", "by-remote-name", s17ByRemoteName)
}

// s17Program1 is step 1; what comes of the callback of a program that has exited is
// for the witness to tell.
func s17Program1(s *scene, remote string) (uuid.UUID, *witness) {
	ctx := s.t.Context()
	s.step("1", "")
	id, job := s.create(actors.alice, "update", bits.BG_JOB_TYPE_DOWNLOAD)
	w := s.listen(job, flagT|flagE)
	s.ok(job.SetPriority(ctx, bits.BG_JOB_PRIORITY_HIGH))
	s.ok(job.SetDescription(ctx, "d"))
	s.ok(job.AddFile(ctx, remote, local1))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	return id, w
}

func s17(s *scene, restart bool) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(mib), transfer.HoldAt(256*kib))
	id, w1 := s17Program1(s, remote)
	script.Set(transfer.HoldAt(512 * kib))
	step := "2"
	if restart {
		step = "8"
		s.step(step, "D")
		s.emu.Settle()
		s.ok(s.emu.Restart())
	}

	s.step(step, "D")
	s.emu.Settle()
	job := got(s.emu.As(actors.alice).GetJob(ctx, id)).ok(s)
	got(job.GetNotifyFlags(ctx)).is(s, flagT|flagE)
	got(job.GetPriority(ctx)).is(s, bits.BG_JOB_PRIORITY_HIGH)
	got(job.GetDescription(ctx)).is(s, "d")
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{BytesTotal: mib, BytesTransferred: 512 * kib, FilesTotal: 1})

	s.step("3", "D")
	w2 := &witness{}
	s.ok(job.SetNotifyInterface(ctx, w2))
	script.Release()
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.heard(w2, 1, 0)
	s.heard(w1, 0, 0)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, script.Bytes())
}

func s17Transferred(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(kib))
	id, job := s.download(actors.alice, "update", remote, local1)
	s.ok(job.SetNotifyInterface(ctx, dead{}))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)

	s.step("4", "D, O")
	job = got(s.emu.As(actors.alice).GetJob(ctx, id)).ok(s)
	w := &witness{}
	s.ok(job.SetNotifyInterface(ctx, w))
	s.emu.Settle()
	s.heard(w, 1, 0)
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED) // what RssBandit looks at instead
	got(job.Complete(ctx)).is(s, hresult.S_OK)
}

func s17Refused(s *scene) {
	_, remote := s.remote("R1", transfer.Size(mib), transfer.HoldAt(0))
	id, _ := s17Program1(s, remote)

	s.step("5", "D, O")
	got(s.emu.As(actors.bob).GetJob(s.t.Context(), id)).fails(s, hresult.E_ACCESSDENIED)
}

func s17Gone(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(kib))
	manager := s.emu.As(actors.alice)

	s.step("6", "O")
	s.missing(manager.GetJob(ctx, uuid.MustParse("5f9b1d4c-1d8e-4a53-9c55-0c8a3b7c2d11")))
	id, job := s.download(actors.alice, "completed", remote, local1)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.missing(manager.GetJob(ctx, id))
	id, job = s.download(actors.alice, "cancelled", remote, local2)
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.missing(manager.GetJob(ctx, id))
}

func s17ByRemoteName(s *scene) {
	ctx := s.t.Context()
	script, suspended := s.remote("R1", transfer.Size(kib))
	_, failed := s.remote("R2", transfer.Size(kib), transfer.Status(http.StatusNotFound, 1))
	held, running := s.remote("R3", transfer.Size(mib), transfer.HoldAt(kib))
	find := func(remote string) bits.Job {
		enum := got(s.emu.As(actors.alice).EnumJobs(ctx, 0)).ok(s)
		for job, err := range bits.All(ctx, enum) {
			s.ok(err)
			for _, file := range s.jobFiles(job) {
				if got(file.GetRemoteName(ctx)).ok(s) == remote {
					return job
				}
			}
		}
		s.holds(false, "no job has %s", remote)
		return nil
	}
	for i, remote := range []string{suspended, failed, running} {
		_, job := s.download(actors.alice, "chromium", remote, []string{local1, local2, local3}[i])
		s.ok(job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
		if remote != suspended {
			s.ok(job.Resume(ctx))
		}
	}
	s.emu.Settle()

	s.step("7", "D, O")
	job := find(suspended)
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, script.Bytes())

	job = find(failed)
	s.state(job, bits.BG_JOB_STATE_ERROR)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)

	job = find(running)
	s.state(job, bits.BG_JOB_STATE_TRANSFERRING)
	before, requests := got(job.GetProgress(ctx)).ok(s), len(held.Requests())
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	got(job.GetProgress(ctx)).is(s, before)
	s.is(requests, len(held.Requests()))
}
