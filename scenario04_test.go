package bitsemu_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// A helper token is lost with the service or with the session that it is from, its
// flags are not: what a service that uses tokens sees of that, and its way back.
func TestS04TokenLost(t *testing.T) {
	t.Parallel()
	play(t, "S04", "main", s04)
	t.Run("main/store", func(t *testing.T) {
		t.Parallel()
		s04(newScene(t, "S04", bitsemu.Store(filepath.Join(t.TempDir(), "jobs"))))
	})
	play(t, "S04", "a", s04FlagsInstead)
	play(t, "S04", "b", s04HelperLogsOff)
	play(t, "S04", "c", s04OwnerLogsOff)
	play(t, "S04", "d", s04Transferred)
}

// s04Job is a job at step 1.
type s04Job struct {
	id     uuid.UUID
	job    bits.Job
	w      *witness
	script *transfer.Script
}

const s04Held = 4 * mib

// s04Begin is step 1, for an owner and a helper.
func s04Begin(s *scene, owner, helper token.Token) (j s04Job) {
	ctx := s.t.Context()
	s.step("1", "")
	var remote string
	j.script, remote = s.remote("R1", transfer.Size(10*mib), transfer.HoldAt(s04Held))
	j.id, j.job = s.download(owner, "service", remote, local1)
	p := query[bits.TokenOptions](s, owner, j.job)
	s.ok(p.SetHelperToken(s.as(helper)))
	s.ok(p.SetHelperTokenFlags(ctx, bits.BG_TOKEN_LOCAL_FILE|bits.BG_TOKEN_NETWORK))
	j.w = s.listen(j.job, flagT|flagE)
	s.ok(j.job.Resume(ctx))
	s.settles(j.job, bits.BG_JOB_STATE_TRANSFERRING)
	s.is(uint64(s04Held), got(j.job.GetProgress(ctx)).ok(s).BytesTransferred)
	return j
}

// s04Restart is steps 2 to 6.
func s04Restart(s *scene) (j s04Job, w2 *witness) {
	ctx := s.t.Context()
	j = s04Begin(s, actors.system, actors.alice)

	s.step("2", "C")
	s.ok(s.emu.Restart())
	s.fails(j.job.Resume(ctx), hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
	got(j.job.GetState(ctx)).fails(s, 0x800706BA)

	s.step("3", "D, I")
	j.job = got(s.emu.As(actors.system).GetJob(ctx, j.id)).ok(s)
	s.settles(j.job, bits.BG_JOB_STATE_ERROR)
	s.failed(j.job, hresult.BG_E_TOKEN_REQUIRED, anyContext)

	s.step("4", "D")
	p := query[bits.TokenOptions](s, actors.system, j.job)
	got(p.GetHelperTokenFlags(ctx)).is(s, bits.BG_TOKEN_LOCAL_FILE|bits.BG_TOKEN_NETWORK)
	got(p.GetHelperTokenSid(ctx)).is(s, sid.SID{})

	s.step("5", "D")
	w2 = &witness{}
	s.ok(j.job.SetNotifyInterface(ctx, w2))
	s.emu.Settle()
	s.heard(w2, 0, 1)
	s.heard(j.w, 0, 0)

	s.step("6", "I")
	s.ok(j.job.Resume(ctx))
	s.settles(j.job, bits.BG_JOB_STATE_ERROR)
	s.failed(j.job, hresult.BG_E_TOKEN_REQUIRED, anyContext)
	return j, w2
}

func s04(s *scene) {
	ctx := s.t.Context()
	j, w2 := s04Restart(s)

	s.step("7", "D, I")
	p := query[bits.TokenOptions](s, actors.system, j.job)
	s.ok(p.SetHelperToken(s.as(actors.alice)))
	s.ok(j.job.Resume(ctx))
	j.script.Release()
	s.settles(j.job, bits.BG_JOB_STATE_TRANSFERRED)
	asked := ranges(j.script)
	s.is(2, len(asked))
	s.holds(strings.HasPrefix(asked[1], "4194304-"), "the second request is for %s, not for what is missing", asked[1])

	s.step("8", "D")
	s.flawless(j.job)
	got(j.job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, j.script.Bytes())
	s.step("5", "D")
	s.heard(j.w, 0, 0)
	s.heard(w2, 1, 2) // JobError once more for step 6
}

func s04FlagsInstead(s *scene) {
	ctx := s.t.Context()
	j, _ := s04Restart(s)
	before := len(s.did(j.id))

	s.step("a", "D")
	p := query[bits.TokenOptions](s, actors.system, j.job)
	s.ok(p.SetHelperTokenFlags(ctx, 0))
	s.ok(j.job.Resume(ctx))
	j.script.Release()
	s.settles(j.job, bits.BG_JOB_STATE_TRANSFERRED)
	got(j.job.Complete(ctx)).is(s, hresult.S_OK)
	did := s.did(j.id)[before:]
	for _, line := range did {
		s.holds(line == "request nobody" || strings.HasSuffix(line, " S-1-5-18"), "only the owner's identity is used: %q", did)
	}
	s.is([]string{"rename S-1-5-18"}, only(did, "rename"))
}

func s04HelperLogsOff(s *scene) {
	j := s04Begin(s, actors.system, actors.alice)
	s.step("b", "D")
	s.ok(s.emu.EndSession(aliceSession))
	s.state(j.job, bits.BG_JOB_STATE_ERROR)
	s.failed(j.job, hresult.BG_E_TOKEN_REQUIRED, anyContext)
	s.emu.Settle()
	s.heard(j.w, 0, 1)
	s.state(j.job, bits.BG_JOB_STATE_ERROR)
}

func s04OwnerLogsOff(s *scene) {
	j := s04Begin(s, actors.alice, actors.bob)
	s.step("c", "D")
	s.ok(s.emu.LogOff(actors.alice.User()))
	s.settles(j.job, bits.BG_JOB_STATE_ERROR)
	s.failed(j.job, hresult.BG_E_TOKEN_REQUIRED, anyContext)
	p := query[bits.TokenOptions](s, actors.alice, j.job)
	got(p.GetHelperTokenSid(s.t.Context())).is(s, sid.SID{})
}

func s04Transferred(s *scene) {
	j := s04Begin(s, actors.system, actors.alice)
	j.script.Release()
	s.settles(j.job, bits.BG_JOB_STATE_TRANSFERRED)
	s.step("d", "")
	s.ok(s.emu.LogOff(actors.alice.User()))
	s.settles(j.job, bits.BG_JOB_STATE_TRANSFERRED)
}
