package bitsemu_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// The loop of most scripts: poll until it is transferred, complete, read what has
// become of it.
func TestS07Polling(t *testing.T) {
	t.Parallel()
	play(t, "S07", "main", func(s *scene) {
		s07(s, func() { s.emu.Advance(100 * time.Millisecond) })
	})
	t.Run("main/poll", func(t *testing.T) {
		t.Parallel()
		s07(newScene(t, "S07", bitsemu.StepOnPoll()), func() {})
	})
}

func s07(s *scene, wait func()) {
	ctx := s.t.Context()
	const size = 1_000_000
	script, remote := s.remote("R1", transfer.Size(size), transfer.Delay(time.Second), transfer.Rate(size/2))

	s.step("1", "W")
	_, job := s.create(actors.alice, "poll", bits.BG_JOB_TYPE_DOWNLOAD)
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{})
	s.step("10", "D, O")
	s.flawless(job)

	s.step("2", "D")
	s.ok(job.AddFile(ctx, remote, local1))
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN, FilesTotal: 1})

	s.step("3", "W, O")
	_, empty := s.create(actors.alice, "empty", bits.BG_JOB_TYPE_DOWNLOAD)
	s.fails(empty.Resume(ctx), hresult.BG_E_EMPTY)
	s.state(empty, bits.BG_JOB_STATE_SUSPENDED)

	s.step("4", "")
	s.ok(job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
	s.ok(job.Resume(ctx))

	seen := map[bits.JobState]bool{}
	var before bits.JobProgress
	for polls := 0; !seen[bits.BG_JOB_STATE_TRANSFERRED]; polls++ {
		s.step("5", "D, O")
		s.holds(polls < 1000, "it ends, after states %v with %+v", seen, before)
		state := got(job.GetState(ctx)).ok(s)
		seen[state] = true
		s.holds(slices.Contains([]bits.JobState{0, 1, 2, 6}, state), "state %s", state)
		p := got(job.GetProgress(ctx)).ok(s)
		s.holds(p.BytesTransferred >= before.BytesTransferred, "bytes go from %d to %d", before.BytesTransferred, p.BytesTransferred)
		if asked := answered(script); !asked {
			s.is(uint64(0xffffffffffffffff), p.BytesTotal)
		}
		if state == bits.BG_JOB_STATE_TRANSFERRING || state == bits.BG_JOB_STATE_TRANSFERRED || polls > 0 && before.BytesTotal == size {
			s.is(uint64(size), p.BytesTotal)
		}
		before = p
		s.step("10", "D, O")
		s.flawless(job)
		wait()
	}
	s.step("5", "D, O")
	s.holds(seen[bits.BG_JOB_STATE_CONNECTING] && seen[bits.BG_JOB_STATE_TRANSFERRING], "the loop saw only %v", seen)

	s.step("6", "D")
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{BytesTotal: size, BytesTransferred: size, FilesTotal: 1, FilesTransferred: 1})
	s.emu.CheckNoFile(s.t, local1)
	file := query[bits.File3](s, actors.alice, s.jobFiles(job)[0])
	_, err := os.Stat(s.emu.Path(got(file.GetTemporaryName(ctx)).ok(s)))
	s.ok(err)
	got(file.GetProgress(ctx)).is(s, bits.FileProgress{BytesTotal: size, BytesTransferred: size})

	s.step("7", "W")
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.state(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
	s.emu.CheckFile(s.t, local1, script.Bytes())

	s.step("8", "O")
	files := s.jobFiles(job)
	s.is(1, len(files))
	got(files[0].GetLocalName(ctx)).is(s, local1)
	got(files[0].GetProgress(ctx)).is(s, bits.FileProgress{BytesTotal: size, BytesTransferred: size, Completed: true})

	s.step("9", "D")
	got(job.Complete(ctx)).fails(s, hresult.BG_E_INVALID_STATE)
	s.fails(job.Resume(ctx), hresult.BG_E_INVALID_STATE)
	s.fails(job.Suspend(ctx), hresult.BG_E_INVALID_STATE)
	got(job.Cancel(ctx)).fails(s, hresult.BG_E_INVALID_STATE)
	s.fails(job.SetPriority(ctx, bits.BG_JOB_PRIORITY_NORMAL), hresult.BG_E_INVALID_STATE)

	s.step("10", "D, O")
	s.flawless(job)

	s.step("11", "D, O")
	const english = 0x409
	manager := s.emu.As(actors.alice)
	text := got(manager.GetErrorDescription(ctx, hresult.BG_E_NOT_FOUND, english)).ok(s)
	s.holds(text != "", "there is a text")
	_, err = manager.GetErrorDescription(ctx, 0x8200BEEF, english)
	code, _ := hresult.Of(err)
	s.holds(code == 0x8007013D || code == hresult.HRESULT_FROM_WIN32_ERROR_RESOURCE_LANG_NOT_FOUND, "%v", err)
}

// answered reports whether a remote file was ever asked for and the server has answered.
func answered(script *transfer.Script) bool {
	return slices.ContainsFunc(script.Requests(), func(r transfer.ScriptRequest) bool { return r.Status != 0 })
}
