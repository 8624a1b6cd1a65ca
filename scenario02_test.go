package bitsemu_test

import (
	"slices"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/transfer"
)

// An updater under NetworkService that lends itself the token of a user for his
// directories, as Windows 10 1607 and later allow for jobs of its own.
func TestS02UpdaterUnderNetworkService(t *testing.T) {
	t.Parallel()
	play(t, "S02", "main", s02)
}

func s02(s *scene) {
	ctx := s.t.Context()
	const aliceFile, serviceFile = `C:\Alice\L1`, `C:\Service\L2`
	s.directory(`C:\Alice`, actors.alice)
	s.directory(`C:\Service`, actors.networkService)
	script, remote := s.remote("R1", transfer.Size(10*kib))

	s.step("1", "D")
	id, job := s.create(actors.networkService, "Updater", bits.BG_JOB_TYPE_DOWNLOAD)
	owner := got(job.GetOwner(ctx)).ok(s)
	s.is("S-1-5-20", owner.String())

	s.step("2", "D")
	s.fails(job.AddFile(ctx, remote, aliceFile), hresult.E_ACCESSDENIED)
	s.is(uint32(0), got(job.GetProgress(ctx)).ok(s).FilesTotal)
	s.is(0, len(s.jobFiles(job)))

	s.step("3", "D")
	p := query[bits.TokenOptions](s, actors.networkService, job)
	got(p.GetHelperTokenSid(ctx)).is(s, sid.SID{})
	got(p.GetHelperTokenFlags(ctx)).is(s, 0)

	s.step("4", "D")
	asAlice := s.as(actors.alice)
	s.ok(p.SetHelperToken(asAlice))
	s.ok(p.SetHelperTokenFlags(asAlice, bits.BG_TOKEN_LOCAL_FILE))

	s.step("5", "I")
	s.ok(job.AddFile(ctx, remote, aliceFile))

	s.step("6", "D")
	before := len(s.did(id))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	alice := actors.alice.User().String()
	did := s.did(id)[before:]
	s.is([]string{"create " + alice}, only(did, "check", "create", "open"))
	s.is([]string{"read S-1-5-20"}, slices.Compact(only(did, "read"))) // the proxy settings
	s.is([]string{"request nobody"}, slices.Compact(only(did, "request")))
	s.is([]string{}, only(did, "answer"))

	s.step("7", "D")
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, aliceFile, script.Bytes())
	s.is([]string{"rename " + alice}, only(s.did(id), "rename"))

	s.step("8", "D")
	id2, job2 := s.create(actors.networkService, "Updater", bits.BG_JOB_TYPE_DOWNLOAD)
	p2 := query[bits.TokenOptions](s, actors.networkService, job2)
	s.fails(p2.SetHelperToken(s.as(actors.bobElevated)), hresult.E_ACCESSDENIED)
	got(p2.GetHelperTokenSid(ctx)).is(s, sid.SID{})

	s.step("9", "I")
	s.ok(p2.SetHelperToken(s.as(actors.bobFiltered)))

	s.step("10", "D")
	got(s.emu.As(actors.bobFiltered).GetJob(ctx, id2)).fails(s, hresult.E_ACCESSDENIED)

	s.step("11", "D")
	s.ok(s.emu.LogOff(actors.alice.User()))
	s.ok(s.emu.LogOff(actors.bob.User()))
	s.ok(job2.AddFile(ctx, remote, serviceFile))
	s.ok(job2.Resume(ctx))
	s.settles(job2, bits.BG_JOB_STATE_TRANSFERRED)
	got(job2.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, serviceFile, script.Bytes())
}
