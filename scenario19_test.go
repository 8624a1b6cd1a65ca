package bitsemu_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// Callers who are not logged on interactively: the most reported failure of BITS.
func TestS19NotLoggedOn(t *testing.T) {
	t.Parallel()
	play(t, "S19", "main", s19)
	play(t, "S19", "leftovers", s19Leftovers)
	play(t, "S19", "services", s19Services)
	play(t, "S19", "disabled", s19Disabled)
	play(t, "S19", "injected", s19Injected)
}

const notLoggedOn = hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON

func s19(s *scene) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(kib))
	s.is(hresult.HRESULT(0x800704DD), notLoggedOn)

	s.step("1", "O")
	id, job := s.create(actors.carolRunAs, "runas", bits.BG_JOB_TYPE_DOWNLOAD)
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)

	s.step("2", "O")
	s.fails(job.AddFile(ctx, remote, local1), notLoggedOn)
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{})

	s.step("3", "O")
	s.fails(job.Resume(ctx), hresult.BG_E_EMPTY)
	s.settles(job, bits.BG_JOB_STATE_SUSPENDED)
	s.is([]uuid.UUID{id}, s.listed(actors.carolRunAs, 0))

	s.step("5", "D")
	s.emu.LogOn(actors.carolRunAs.User())
	s.ok(job.AddFile(ctx, remote, local1))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, script.Bytes())
}

func s19Leftovers(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(kib))
	leave := func(who token.Token) error {
		_, job, err := s.emu.As(who).CreateJob(ctx, "left", bits.BG_JOB_TYPE_DOWNLOAD)
		if err == nil {
			s.fails(job.AddFile(ctx, remote, local1), notLoggedOn)
		}
		return err
	}
	s.step("4", "D, O")
	for range 60 {
		s.ok(leave(actors.carolRunAs))
	}
	s.fails(leave(actors.carolRunAs), hresult.BG_E_TOO_MANY_JOBS_PER_USER)
	s.is(60, len(s.listed(actors.carolRunAs, 0)))

	admin := token.ElevatedAdmin(actors.carolRunAs.User(), token.WithLogon(token.LogonNone))
	for range 61 {
		s.ok(leave(admin))
	}
	s.is(121, len(s.listed(admin, 0)))
}

func s19Services(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(kib))

	s.step("6", "D, I")
	for i, who := range []token.Token{actors.networkService, actors.system} {
		_, job := s.create(who, "service", bits.BG_JOB_TYPE_DOWNLOAD)
		s.ok(job.AddFile(ctx, remote, []string{local1, local2}[i]))
	}
	manager, asCarol := s.emu.As(actors.system), s.as(actors.carolRunAs)
	_, job, err := manager.CreateJob(asCarol, "impersonating", bits.BG_JOB_TYPE_DOWNLOAD)
	s.ok(err)
	s.fails(job.AddFile(asCarol, remote, local3), notLoggedOn)
}

func s19Disabled(s *scene) {
	ctx := s.t.Context()
	s.step("7", "O")
	s.ok(s.emu.Disable())
	const disabled hresult.HRESULT = 0x80070422
	got(s.emu.Activate(s.as(actors.alice))).fails(s, disabled)
	// Without an activation of its own, a program learns it from its first call.
	_, _, err := s.emu.As(actors.alice).CreateJob(ctx, "omaha", bits.BG_JOB_TYPE_DOWNLOAD)
	s.fails(err, disabled)
	s.emu.Enable()
	got(s.emu.Activate(s.as(actors.alice))).ok(s)
}

// s19Injected has each call fail of a program that falls back to HTTP of its own.
func s19Injected(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(kib))
	fetch := func() (with string, err error) {
		manager, err := s.emu.Activate(s.as(actors.alice))
		if err != nil {
			return "HTTP", err
		}
		_, job, err := manager.CreateJob(ctx, "pip", bits.BG_JOB_TYPE_DOWNLOAD)
		if err != nil {
			return "HTTP", err
		}
		err = errors.Join(job.AddFile(ctx, remote, local1), job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
		if err == nil {
			err = job.Resume(ctx)
		}
		if err == nil {
			s.emu.Settle()
			_, err = job.GetState(ctx)
		}
		if err == nil {
			_, err = job.Complete(ctx)
		}
		if err != nil {
			_, _ = job.Cancel(ctx) // as programs do, whatever comes of it
			return "HTTP", err
		}
		return "BITS", nil
	}
	s.step("8", "O")
	for _, op := range []string{"Activate", "CreateJob", "AddFile", "SetPriority", "Resume", "GetState", "Complete"} {
		s.ok(s.emu.Fail(bitsemu.Fault{Op: op, Code: notLoggedOn}))
		with, err := fetch()
		s.is("HTTP", with)
		s.fails(err, notLoggedOn)
	}
	with, err := fetch()
	s.ok(err)
	s.is("BITS", with)
}
