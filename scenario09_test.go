package bitsemu_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// The network goes away for an hour, and comes back.
func TestS09NetworkDrop(t *testing.T) {
	t.Parallel()
	play(t, "S09", "main", func(s *scene) { s09(s, time.Hour) })
	play(t, "S09", "short", func(s *scene) { s09(s, 10*time.Second) }) // C's delay is not over
	play(t, "S09", "others", s09Others)
	play(t, "S09", "pymanager", s09Cancel)
}

func s09(s *scene, outage time.Duration) {
	ctx := s.t.Context()
	s.step("1", "")
	scriptC, remoteC := s.remote("C", transfer.Size(10*kib), transfer.Status(503, transfer.Always))
	scriptA, remoteA := s.remote("A", transfer.Size(5*mib), transfer.HoldAt(2*mib))
	scriptB, remoteB := s.remote("B", transfer.Size(10*kib))
	_, c := s.download(actors.alice, "C", remoteC, local3)
	s.ok(c.SetMinimumRetryDelay(ctx, 600))
	s.ok(c.Resume(ctx))
	s.settles(c, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.failed(c, 0x801901F7, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	_, a := s.download(actors.alice, "A", remoteA, local1)
	s.ok(a.Resume(ctx))
	s.settles(a, bits.BG_JOB_STATE_TRANSFERRING)
	_, b := s.download(actors.alice, "B", remoteB, local2)
	s.ok(b.Resume(ctx))
	s.settles(b, bits.BG_JOB_STATE_QUEUED)
	s.is(uint64(2*mib), got(a.GetProgress(ctx)).ok(s).BytesTransferred)
	wa, wb, wc := s.listen(a, flagT|flagE), s.listen(b, flagT|flagE), s.listen(c, flagT|flagE)

	s.step("2", "D")
	s.emu.NetworkDown()
	for _, job := range []bits.Job{a, b} {
		s.state(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
		s.failed(job, 0x80200010, anyContext)
	}
	s.emu.Settle()
	s.heard(wa, 0, 0)
	s.heard(wb, 0, 0)

	s.step("3", "D")
	counts := func() (all [3]uint32) {
		for i, job := range []bits.Job{a, b, c} {
			all[i] = got(job.GetErrorCount(ctx)).ok(s)
		}
		return all
	}
	requests := func() [3]int {
		return [3]int{len(scriptA.Requests()), len(scriptB.Requests()), len(scriptC.Requests())}
	}
	errors, asked := counts(), requests()
	s.emu.Advance(outage)
	for _, job := range []bits.Job{a, b, c} {
		s.state(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	}
	s.is(errors, counts())
	s.is(asked, requests())

	s.step("4", "D")
	scriptC.Set(transfer.Status(0, 0))
	s.emu.NetworkUp()
	for _, job := range []bits.Job{a, b, c} {
		if !s.follows {
			s.state(job, bits.BG_JOB_STATE_QUEUED)
			continue
		}
		// The service may have gone on from there.
		state := got(job.GetState(ctx)).ok(s)
		s.holds(state != bits.BG_JOB_STATE_TRANSIENT_ERROR, "it is in %s", state)
	}

	s.step("5", "D, I")
	scriptA.Release()
	before := s.emu.Now()
	for _, job := range []bits.Job{a, b, c} {
		s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	}
	s.is(before, s.emu.Now())
	gets := ranges(scriptA)
	s.is(2, len(gets))
	s.holds(strings.HasPrefix(gets[1], "2097152-"), "the second request is for %s", gets[1])
	var sent int64
	for _, r := range scriptA.Requests() {
		sent += r.Sent
	}
	s.is(int64(5*mib), sent)
	s.heard(wa, 1, 0)
	s.heard(wb, 1, 0)
	s.heard(wc, 1, 0)
	got(a.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, scriptA.Bytes())
}

// s09Others are jobs that the network is nothing to.
func s09Others(s *scene) {
	ctx := s.t.Context()
	_, fine := s.remote("fine", transfer.Size(10*kib))
	_, missing := s.remote("missing", transfer.Status(404, transfer.Always))
	_, suspended := s.download(actors.alice, "suspended", fine, local1)
	_, transferred := s.download(actors.alice, "transferred", fine, local2)
	s.ok(transferred.Resume(ctx))
	_, failed := s.download(actors.alice, "failed", missing, local3)
	s.ok(failed.Resume(ctx))
	s.emu.Settle()

	s.step("6", "D")
	as := func() {
		s.state(suspended, bits.BG_JOB_STATE_SUSPENDED)
		s.flawless(suspended)
		s.state(transferred, bits.BG_JOB_STATE_TRANSFERRED)
		s.flawless(transferred)
		s.state(failed, bits.BG_JOB_STATE_ERROR)
		s.failed(failed, hresult.BG_E_HTTP_ERROR_404, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	}
	as()
	s.emu.NetworkDown()
	as()
	s.emu.Advance(time.Hour)
	as()
	s.emu.NetworkUp()
	s.emu.Settle()
	as()
}

func s09Cancel(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(10*kib), transfer.HoldAt(4*kib))
	_, job := s.download(actors.alice, "pymanager", remote, local1)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	s.emu.NetworkDown()
	s.emu.Settle()

	s.step("7", "O")
	s.state(job, 5)
	s.failed(job, 0x80200010, anyContext)
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.state(job, bits.BG_JOB_STATE_CANCELLED)
	s.is([]string{}, s.files(`C:\Downloads`))
}
