package bitsemu_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

// The sequence of calls of the sample on the page about helper tokens: a service
// downloads into a directory of its client's, with the client's token.
func TestS01HelperToken(t *testing.T) {
	t.Parallel()
	for _, build := range []winver.Build{winver.Windows7SP1, winver.Windows10_1809} {
		t.Run(build.String(), func(t *testing.T) {
			t.Parallel()
			on := bitsemu.Windows(build)
			play(t, "S01", "main", s01, on)
			play(t, "S01", "a", s01NotTheOwner, on)
			play(t, "S01", "b", s01Identify, on)
			play(t, "S01", "c", s01Cancel, on)
			play(t, "S01", "c-refused", s01CancelRefused, on)
		})
	}
}

// s01Local is a file in a directory that bob and the system may write to.
const s01Local = `C:\Bob\L1`

// s01Begin is steps 1 to 3.
func s01Begin(s *scene) (id uuid.UUID, job bits.Job, w *witness, p bits.TokenOptions) {
	s.directory(`C:\Bob`, actors.bob, actors.system)
	s.step("1", "D")
	id, job = s.create(actors.system, "HelperSample", bits.BG_JOB_TYPE_DOWNLOAD)
	s.holds(id != uuid.Nil, "the job has a GUID")
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)
	s.step("2", "D")
	w = s.listen(job, flagT|flagE)
	s.step("3", "D")
	p = query[bits.TokenOptions](s, actors.system, job)
	return id, job, w, p
}

func s01(s *scene) {
	ctx := s.t.Context()
	script, remote := s.remote("R1", transfer.Size(10*kib))
	id, job, w, p := s01Begin(s)

	s.step("5", "D")
	asBob := s.as(actors.bob)
	s.ok(p.SetHelperToken(asBob))
	s.ok(p.SetHelperTokenFlags(asBob, bits.BG_TOKEN_LOCAL_FILE))

	s.step("6", "D")
	got(p.GetHelperTokenSid(ctx)).is(s, actors.bob.User())
	got(p.GetHelperTokenFlags(ctx)).is(s, bits.BG_TOKEN_LOCAL_FILE)

	s.step("7", "D")
	s.ok(job.AddFile(ctx, remote, s01Local))

	s.step("8", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.heard(w, 1, 0)

	s.step("9", "D")
	bob := actors.bob.User().String()
	did := s.did(id)
	requests := len(script.Requests())
	s.holds(requests > 0, "the server was asked")
	s.is([]string{"create " + bob}, only(did, "create"))
	s.is(slices.Repeat([]string{"request nobody"}, requests), only(did, "request"))
	for _, r := range script.Requests() {
		s.is("", r.Header.Get("Authorization"))
	}

	s.step("10", "D, W")
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.is([]string{"rename " + bob}, only(s.did(id), "rename"))
	s.emu.CheckFile(s.t, s01Local, script.Bytes())
	s.state(job, bits.BG_JOB_STATE_ACKNOWLEDGED)

	s.step("11", "O")
	got(s.emu.As(actors.system).GetJob(ctx, id)).fails(s, hresult.BG_E_NOT_FOUND)
}

func s01NotTheOwner(s *scene) {
	_, job, _, _ := s01Begin(s)
	s.step("a", "D")
	got(bits.Query[bits.TokenOptions](s.as(actors.bob), job)).fails(s, hresult.E_ACCESSDENIED)
}

func s01Identify(s *scene) {
	_, _, _, p := s01Begin(s)
	s.step("b", "D")
	identify := actors.bob.With(token.WithLevel(token.LevelIdentify))
	s.fails(p.SetHelperToken(s.as(identify)), hresult.CO_E_FAILEDTOIMPERSONATE)
	got(p.GetHelperTokenSid(s.t.Context())).is(s, sid.SID{})
}

func s01Cancel(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(10*kib))
	_, job, _, p := s01Begin(s)
	s.step("c", "D")
	s.ok(p.SetHelperToken(s.as(actors.bob)))
	s.ok(p.SetHelperTokenFlags(ctx, bits.BG_TOKEN_LOCAL_FILE))
	s.ok(job.AddFile(ctx, remote, s01Local))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.holds(len(s.files(`C:\Bob`)) == 1, "there is a temporary file")
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.state(job, bits.BG_JOB_STATE_CANCELLED)
	s.is([]string{}, s.files(`C:\Bob`))
}

// s01CancelRefused is the sample when it gets no further than AddFile.
func s01CancelRefused(s *scene) {
	ctx := s.t.Context()
	_, remote := s.remote("R1", transfer.Size(10*kib))
	id, job, _, p := s01Begin(s)
	s.directory(`C:\Others`, actors.alice)
	s.ok(p.SetHelperToken(s.as(actors.bob)))
	s.ok(p.SetHelperTokenFlags(ctx, bits.BG_TOKEN_LOCAL_FILE))
	s.step("c", "D")
	s.fails(job.AddFile(ctx, remote, `C:\Others\L1`), hresult.E_ACCESSDENIED)
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.state(job, bits.BG_JOB_STATE_CANCELLED)
	got(s.emu.As(actors.system).GetJob(ctx, id)).fails(s, hresult.BG_E_NOT_FOUND)
	s.is([]string{}, s.files(`C:\Others`))
}
