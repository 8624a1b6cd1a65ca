package bitsemu_test

import (
	"context"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// A background download needs a server with ranges: where there are none, programs
// promote the job to the foreground as soon as they are told of the error.
func TestS10PromotionToForeground(t *testing.T) {
	t.Parallel()
	play(t, "S10", "main", s10)
	play(t, "S10", "cut", s10Cut)
	play(t, "S10", "no-length", s10NoLength)
	play(t, "S10", "priority", s10Priority)
}

func s10(s *scene) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(mib), transfer.NoRanges())

	s.step("1", "")
	_, job := s.download(actors.alice, "dfir", remote, local1)
	w := s.listen(job, flagT|flagE)
	got(job.GetPriority(ctx)).is(s, bits.BG_JOB_PRIORITY_NORMAL)

	var seen calls
	var state bits.JobState
	var code hresult.HRESULT
	var where bits.ErrorContext
	var progress bits.FileProgress
	w.onError = func(ctx context.Context, job bits.Job, object bits.Error) (err error) {
		state, err = job.GetState(ctx)
		seen.note(err)
		where, code, err = object.GetError(ctx)
		seen.note(err)
		file, err := object.GetFile(ctx)
		seen.note(err)
		if err == nil {
			progress, err = file.GetProgress(ctx)
			seen.note(err)
		}
		seen.note(job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND), job.Resume(ctx))
		return nil
	}
	s.step("2", "D")
	s.ok(job.Resume(ctx))
	s.emu.Settle()
	s.is(bits.BG_JOB_STATE_ERROR, state)
	s.is(hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, code)
	s.is(bits.BG_ERROR_CONTEXT_REMOTE_FILE, where)
	_, errors := w.heard()
	s.is(1, errors)

	s.step("3", "D")
	s.is(bits.FileProgress{BytesTotal: mib}, progress)

	s.step("4", "O")
	seen.ok(s, 6)

	s.step("5", "D")
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.heard(w, 1, 1)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, script.Bytes())
}

func s10Cut(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(mib), transfer.NoRanges(), transfer.CutAfter(mib/2, 1))
	_, job := s.download(actors.alice, "cut", remote, local1)
	w := s.listen(job, flagT|flagE)

	s.step("6", "D")
	s.ok(job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
	s.ok(job.Resume(ctx))
	s.emu.Settle()
	if got(job.GetState(ctx)).ok(s) == bits.BG_JOB_STATE_TRANSIENT_ERROR {
		s.emu.Advance(retryDelay) // that it cannot go on is found out when it tries to
	}
	s.state(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	s.heard(w, 0, 1)
}

func s10NoLength(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(mib), transfer.NoLength())
	_, job := s.download(actors.alice, "no length", remote, local1)
	w := s.listen(job, flagT|flagE)

	s.step("7", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_MISSING_FILE_SIZE, anyContext)
	s.heard(w, 0, 1)
}

func s10Priority(s *scene) {
	ctx := s.t.Context()
	_, job := s.create(actors.alice, "priority", bits.BG_JOB_TYPE_DOWNLOAD)

	s.step("8", "D")
	s.fails(job.SetPriority(ctx, 17), hresult.E_NOTIMPL)
	got(job.GetPriority(ctx)).is(s, bits.BG_JOB_PRIORITY_NORMAL)
}
