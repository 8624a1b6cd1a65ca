package bitsemu_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// Complete on a job that is not done keeps what is there.
func TestS12PartialComplete(t *testing.T) {
	t.Parallel()
	play(t, "S12", "main", s12)
	play(t, "S12", "transferring", s12Transferring)
	play(t, "S12", "upload", s12Upload)
}

func s12(s *scene) {
	ctx := s.t.Context()
	script1, remote1 := s.remote("R1", transfer.Size(1000))
	_, remote2 := s.remote("R2", transfer.Status(http.StatusNotFound, transfer.Always))
	script3, remote3 := s.remote("R3", transfer.Size(3000))

	s.step("1", "D, O")
	_, job := s.download(actors.alice, "partial", remote1, local1, remote2, local2, remote3, local3)
	files := s.jobFiles(job)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	object := s.failed(job, hresult.BG_E_HTTP_ERROR_404, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	got(got(object.GetFile(ctx)).ok(s).GetRemoteName(ctx)).is(s, remote2)

	s.step("2", "D, I")
	progress := got(job.GetProgress(ctx)).ok(s)
	s.is(uint32(3), progress.FilesTotal)
	s.is(uint32(1), progress.FilesTransferred)
	s.is(0, len(script3.Requests()))

	s.step("3", "D")
	got(job.Complete(ctx)).is(s, hresult.BG_S_PARTIAL_COMPLETE)
	s.state(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
	s.emu.CheckFile(s.t, local1, script1.Bytes())
	s.is([]string{"L1"}, s.files(`C:\Downloads`))

	s.step("4", "D")
	for i, want := range []bool{true, false, false} {
		s.is(want, got(files[i].GetProgress(ctx)).ok(s).Completed)
	}
}

func s12Transferring(s *scene) {
	ctx := s.t.Context()
	script1, remote1 := s.remote("R1", transfer.Size(1000))
	script2, remote2 := s.remote("R2", transfer.Size(2000))
	_, remote3 := s.remote("R3", transfer.Size(3000), transfer.HoldAt(1500))
	_, job := s.download(actors.alice, "partial", remote1, local1, remote2, local2, remote3, local3)
	files := s.jobFiles(job)

	s.step("5", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	s.is(uint32(2), got(job.GetProgress(ctx)).ok(s).FilesTransferred)
	got(job.Complete(ctx)).is(s, hresult.BG_S_PARTIAL_COMPLETE)
	s.state(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
	s.emu.CheckFile(s.t, local1, script1.Bytes())
	s.emu.CheckFile(s.t, local2, script2.Bytes())
	s.is([]string{"L1", "L2"}, s.files(`C:\Downloads`))
	for i, want := range []bool{true, true, false} {
		s.is(want, got(files[i].GetProgress(ctx)).ok(s).Completed)
	}
}

// s12Upload has Complete called in all states that an upload comes to before the last.
func s12Upload(s *scene) {
	ctx := s.t.Context()
	const local, remote = `C:\Users\F`, "http://uploads.test/F"
	s.write(local, []byte("content"))
	for _, kind := range []bits.JobType{bits.BG_JOB_TYPE_UPLOAD, bits.BG_JOB_TYPE_UPLOAD_REPLY} {
		s.step("6", "D")
		server, _ := s.uploads((&application{reply: []byte("reply")}).behind)
		job := s.upload(actors.alice, kind, remote, local)
		s.ok(job.SetMinimumRetryDelay(ctx, 60))
		var refused calls
		var states []bits.JobState
		complete := func() {
			before, err := job.GetState(ctx)
			refused.note(err)
			states = append(states, before)
			if _, err = job.Complete(ctx); !errors.Is(err, hresult.BG_E_INVALID_STATE) {
				refused.note(errors.Join(errors.New("Complete does not fail with BG_E_INVALID_STATE"), err))
			}
			after, err := job.GetState(ctx)
			refused.note(err)
			if after != before {
				refused.note(errors.New("the state has become " + after.String()))
			}
		}
		within := func(*http.Request) { complete() }
		server.Inject(bitsupload.Fault{Packet: bitsupload.CreateSession, Do: within, Status: 503})
		server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Do: within, Status: 403})

		complete() // BG_JOB_STATE_SUSPENDED
		s.ok(job.Resume(ctx))
		s.emu.Settle() // Create-Session is refused for now
		complete()
		s.emu.Advance(60e9) // the fragment for ever
		complete()
		refused.ok(s, 2*5)
		s.is([]bits.JobState{
			bits.BG_JOB_STATE_SUSPENDED, bits.BG_JOB_STATE_CONNECTING, bits.BG_JOB_STATE_TRANSIENT_ERROR,
			bits.BG_JOB_STATE_TRANSFERRING, bits.BG_JOB_STATE_ERROR,
		}, slices.Clone(states))

		s.ok(job.Resume(ctx))
		s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
		got(job.Complete(ctx)).is(s, hresult.S_OK)
	}
}
