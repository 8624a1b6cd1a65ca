package bitsemu_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// A snapshot that went through JSON brings back jobs, people and the world, and a
// transfer goes on where it was.
func TestSnapshotRestore(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	script := transfer.NewScript(transfer.Size(1<<20), transfer.HoldAt(1<<19))
	require.NoError(t, emu.Script("http://server/a", script))
	id, job, err := emu.Manager().CreateJob(ctx, "half", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(ctx, "http://server/a", `C:\Downloads\a`))
	require.NoError(t, job.Resume(ctx))
	bob := sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1002")
	session := emu.LogOn(bob)
	other, second, err := emu.As(token.User(bob, token.WithSession(session))).CreateJob(ctx, "bob's", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	job2, err := bits.Query[bits.Job2](ctx, second)
	require.NoError(t, err)
	require.NoError(t, job2.SetCredentials(ctx, bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "uuuu", Password: "pppp",
	}))
	require.NoError(t, job2.SetCredentials(ctx, bits.ImplicitCredentials(bits.BG_AUTH_TARGET_PROXY, bits.BG_AUTH_SCHEME_NTLM)))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRING)

	taken, err := emu.Snapshot()
	require.NoError(t, err)
	text, err := json.MarshalIndent(taken, "", "  ")
	require.NoError(t, err)
	require.NotContains(t, string(text), "uuuu")
	require.NotContains(t, string(text), "pppp")
	require.Contains(t, string(text), `"BG_JOB_STATE_TRANSFERRING"`)
	var back bitsemu.Snapshot
	require.NoError(t, json.Unmarshal(text, &back))
	again, err := json.MarshalIndent(back, "", "  ")
	require.NoError(t, err)
	require.Equal(t, string(text), string(again), "nothing is lost on the way")

	_, err = job.Cancel(ctx)
	require.NoError(t, err)
	emu.NetworkDown()
	require.NoError(t, emu.LogOff(bob))
	emu.Advance(time.Hour)

	require.NoError(t, emu.Restore(back))
	require.Equal(t, taken.Time, emu.Now())
	_, err = job.GetState(ctx)
	require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE)
	restored, err := emu.Job(other)
	require.NoError(t, err)
	require.Len(t, restored.Credentials, 1, "the explicit ones are gone")
	require.True(t, restored.Credentials[0].Implicit)
	script.Release()
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)
	same, err := emu.Manager().GetJob(ctx, id)
	require.NoError(t, err)
	_, err = same.Complete(ctx)
	require.NoError(t, err)
	emu.CheckFile(t, `C:\Downloads\a`, script.Bytes())
}

func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	id, _, err := emu.Manager().CreateJob(t.Context(), "stays", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	s, err := emu.Snapshot()
	require.NoError(t, err)
	for name, spoil := range map[string]func(*bitsemu.Snapshot){
		"a later version": func(s *bitsemu.Snapshot) { s.Version++ },
		"no version":      func(s *bitsemu.Snapshot) { s.Version = 0 },
		"a service":       func(s *bitsemu.Snapshot) { s.Service = "asleep" },
		"a job over":      func(s *bitsemu.Snapshot) { s.Jobs[0].State = bits.BG_JOB_STATE_CANCELLED },
		"a job of nobody": func(s *bitsemu.Snapshot) { s.Jobs[0].Owner = token.Token{} },
	} {
		bad := s
		bad.Jobs = append(bad.Jobs[:0:0], s.Jobs...)
		spoil(&bad)
		require.ErrorIs(t, emu.Restore(bad), hresult.E_INVALIDARG, name)
		emu.CheckState(t, id, bits.BG_JOB_STATE_SUSPENDED)
	}
	var b strings.Builder
	require.NoError(t, emu.Dump(&b))
	require.Contains(t, b.String(), "stays")
}
