package bitsemu_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// An administrator looks at another user's job, and takes it over.
func TestS05AdministratorTakesJob(t *testing.T) {
	t.Parallel()
	play(t, "S05", "main", s05)
	play(t, "S05", "a", s05NoFileAccess)
	play(t, "S05", "b", s05OfSystem)
}

// job is GetJob by a program of somebody's.
func (s *scene) job(who token.Token, id uuid.UUID) bits.Job {
	s.t.Helper()
	return got(s.emu.As(who).GetJob(s.t.Context(), id)).ok(s)
}

func s05(s *scene) {
	ctx := s.t.Context()
	basic := transfer.Policy{Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_BASIC}, Users: map[string]string{"u": "p"}}
	script, remote := s.private("R1", basic, transfer.Size(10*kib))

	s.step("1", "D")
	id, hers := s.download(actors.alice, "report", remote, local1)
	job2 := query[bits.Job2](s, actors.alice, hers)
	s.ok(job2.SetNotifyCmdLine(ctx, bits.String(`C:\prog.exe`), bits.String("prog x")))
	headers := "X-Key: 1\r\n"
	s.ok(query[bits.JobHttpOptions](s, actors.alice, hers).SetCustomHeaders(ctx, &headers))
	s.ok(job2.SetCredentials(ctx, bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: "p",
	}))
	w := s.listen(hers, flagT|flagE)
	s.state(hers, bits.BG_JOB_STATE_SUSPENDED)

	s.step("2", "D")
	s.is([]uuid.UUID{}, s.listed(actors.bob, 0))
	got(s.emu.As(actors.bob).EnumJobs(ctx, bits.BG_JOB_ENUM_ALL_USERS)).fails(s, hresult.E_ACCESSDENIED)
	got(s.emu.As(actors.bob).GetJob(ctx, id)).fails(s, hresult.E_ACCESSDENIED)

	s.step("3", "D")
	s.is([]uuid.UUID{id}, s.listed(actors.bobElevated, bits.BG_JOB_ENUM_ALL_USERS))
	job := s.job(actors.bobElevated, id)
	got(job.GetOwner(ctx)).is(s, actors.alice.User())
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN, FilesTotal: 1})
	got(job.GetDisplayName(ctx)).is(s, "report")

	s.step("4", "D")
	_, _, err := query[bits.JobHttpOptions](s, actors.bobElevated, job).GetCustomHeaders(ctx)
	s.fails(err, hresult.E_ACCESSDENIED)

	s.step("5", "D")
	s.ok(job.TakeOwnership(ctx))
	got(job.GetOwner(ctx)).is(s, actors.bob.User())
	job4 := query[bits.Job4](s, actors.bobElevated, job)
	got(job4.GetOwnerElevationState(ctx)).is(s, true)
	got(job4.GetOwnerIntegrityLevel(ctx)).is(s, 0x3000)

	s.step("6", "D")
	program, parameters, err := job4.GetNotifyCmdLine(ctx)
	s.ok(err)
	s.is([2]string{"", ""}, [2]string{program, parameters})
	custom, ok, err := query[bits.JobHttpOptions](s, actors.bobElevated, job).GetCustomHeaders(ctx)
	s.ok(err)
	s.holds(!ok && custom == "", "S_FALSE, not %q", custom)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_401, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	s.is(0, len(script.Requests()))

	s.step("7", "D")
	s.heard(w, 0, 1)
	s.is(map[sid.SID]bool{actors.alice.User(): true}, w.as())

	s.step("8", "D")
	got(s.emu.As(actors.alice).GetJob(ctx, id)).fails(s, hresult.E_ACCESSDENIED)
	s.is([]uuid.UUID{}, s.listed(actors.alice, 0))

	s.step("9", "D")
	s.fails(s.job(actors.bobFiltered, id).SetPriority(ctx, bits.BG_JOB_PRIORITY_HIGH), hresult.E_ACCESSDENIED)

	s.step("10", "D")
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.fails(job.TakeOwnership(ctx), hresult.BG_E_INVALID_STATE)

	s.step("11", "D")
	_, own := s.create(actors.alice, "own", bits.BG_JOB_TYPE_DOWNLOAD)
	s.fails(own.TakeOwnership(ctx), hresult.E_ACCESSDENIED)
}

func s05NoFileAccess(s *scene) {
	ctx := s.t.Context()
	s.directory(`C:\Alice`, actors.alice)
	_, remote := s.remote("R1", transfer.Size(10*kib), transfer.HoldAt(4*kib))
	id, hers := s.download(actors.alice, "report", remote, `C:\Alice\L1`)
	s.ok(hers.Resume(ctx))
	s.settles(hers, bits.BG_JOB_STATE_TRANSFERRING)

	s.step("a", "D")
	job := s.job(actors.bobElevated, id)
	s.fails(job.TakeOwnership(ctx), hresult.BG_E_NEW_OWNER_NO_FILE_ACCESS)
	got(job.GetOwner(ctx)).is(s, actors.alice.User())
}

func s05OfSystem(s *scene) {
	ctx := s.t.Context()
	id, _ := s.create(actors.system, "machine", bits.BG_JOB_TYPE_DOWNLOAD)

	s.step("b", "D")
	s.is([]uuid.UUID{id}, s.listed(actors.bobElevated, bits.BG_JOB_ENUM_ALL_USERS))
	job := s.job(actors.bobElevated, id)
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)
	got(job.Cancel(ctx)).fails(s, hresult.E_ACCESSDENIED)
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)
}
