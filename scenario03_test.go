package bitsemu_test

import (
	"testing"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

// The same updater before Windows 10 1607: only administrators may use helper tokens,
// and the refusal is what the updater's fallback looks for.
func TestS03UpdaterOnWindows8_1(t *testing.T) {
	t.Parallel()
	play(t, "S03", "main", s03, bitsemu.Windows(winver.Windows8_1))
	play(t, "S03", "vista", s03Vista, bitsemu.Windows(winver.WindowsVistaSP2))
	play(t, "S03", "7", s03Windows7, bitsemu.Windows(winver.Windows7SP1))
}

func s03(s *scene) {
	ctx := s.t.Context()
	const own = `C:\Service\L2`
	s.directory(`C:\Service`, actors.networkService)
	script, remote := s.remote("R1", transfer.Size(10*kib))

	s.step("1", "D")
	_, job := s.create(actors.networkService, "Updater", bits.BG_JOB_TYPE_DOWNLOAD)
	p := query[bits.TokenOptions](s, actors.networkService, job)

	s.step("2", "D")
	got(p.GetHelperTokenFlags(ctx)).fails(s, hresult.E_ACCESSDENIED)
	got(p.GetHelperTokenSid(ctx)).fails(s, hresult.E_ACCESSDENIED)
	s.fails(p.ClearHelperToken(ctx), hresult.E_ACCESSDENIED)
	s.fails(p.SetHelperTokenFlags(ctx, bits.BG_TOKEN_LOCAL_FILE), hresult.E_ACCESSDENIED)

	s.step("3", "D")
	s.fails(p.SetHelperToken(s.as(actors.alice)), hresult.E_ACCESSDENIED)

	s.step("4", "I")
	s.ok(job.AddFile(ctx, remote, own))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, own, script.Bytes())

	s.step("5", "D")
	_, job = s.create(actors.system, "Updater", bits.BG_JOB_TYPE_DOWNLOAD)
	p = query[bits.TokenOptions](s, actors.system, job)
	s.ok(p.SetHelperToken(s.as(actors.alice)))
	s.ok(p.SetHelperTokenFlags(s.as(actors.alice), bits.BG_TOKEN_LOCAL_FILE|bits.BG_TOKEN_NETWORK))

	s.step("6", "D")
	id, _ := s.create(actors.alice, "hers", bits.BG_JOB_TYPE_DOWNLOAD)
	job = got(s.emu.As(actors.bobElevated).GetJob(ctx, id)).ok(s)
	p = query[bits.TokenOptions](s, actors.bobElevated, job)
	s.fails(p.SetHelperToken(ctx), hresult.E_ACCESSDENIED)
	s.fails(p.SetHelperToken(s.as(actors.alice)), hresult.E_ACCESSDENIED)

	s.step("7", "D, I")
	s.ok(job.TakeOwnership(ctx))
	p = query[bits.TokenOptions](s, actors.bobElevated, job)
	s.ok(p.SetHelperToken(s.as(actors.alice)))
}

func s03Vista(s *scene) {
	_, job := s.create(actors.system, "Updater", bits.BG_JOB_TYPE_DOWNLOAD)
	s.step("8", "D")
	got(bits.Query[bits.TokenOptions](s.as(actors.system), job)).fails(s, hresult.E_NOINTERFACE)
}

func s03Windows7(s *scene) {
	_, job := s.create(actors.system, "Updater", bits.BG_JOB_TYPE_DOWNLOAD)
	s.step("8", "D")
	got(bits.Query[bits.Job5](s.as(actors.system), job)).fails(s, hresult.E_NOINTERFACE)
	query[bits.TokenOptions](s, actors.system, job)
}
