package bitsemu_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

var (
	accessAlice = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")
	accessBob   = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1002")
)

// Of several rules the deepest counts, by user or by group, whatever the case.
func TestRestrict(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.Share(`\\server\share`, t.TempDir()))
	require.NoError(t, emu.RestrictTo(`C:\Downloads`, accessBob))
	require.NoError(t, emu.RestrictTo(`c:\downloads\FREE.txt`, sid.BuiltinUsers, accessAlice))
	require.NoError(t, emu.RestrictTo(`C:\Windows\Temp`))
	require.NoError(t, emu.Restrict(bitsemu.AccessRule{Path: `\\server\share`, Write: []sid.SID{accessBob}}))
	require.Error(t, emu.RestrictTo(`nowhere`))
	_, job, err := emu.As(token.User(accessAlice)).CreateJob(t.Context(), "a", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	for local, allowed := range map[string]bool{
		`C:\Downloads\a`:        false,
		`C:\Downloads\free.txt`: true,
		`C:\Windows\Temp\a`:     false,
		`C:\Users\a`:            true,
		`\\SERVER\share\a`:      false,
	} {
		err := job.AddFile(t.Context(), "http://host/a", local)
		if allowed {
			require.NoError(t, err, local)
			continue
		}
		require.ErrorIs(t, err, hresult.E_ACCESSDENIED, local)
		var refused *bitsemu.AccessError
		require.ErrorAs(t, err, &refused, local)
		require.Equal(t, accessAlice, refused.Token.User())
		require.Contains(t, err.Error(), "E_ACCESSDENIED (0x80070005)")
		require.Contains(t, err.Error(), `"a"`, "the job by its name")
		require.Contains(t, err.Error(), "IBackgroundCopyJob::AddFile")
	}
}

// A right that is taken away while the job waits is missed when the file is opened, and
// the error tells where.
func TestRestrictLater(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t, bitsemu.Share(`\\server\share`, t.TempDir()))
	require.NoError(t, emu.Script("http://host/a", transfer.NewScript(transfer.Size(1000))))
	id, job, err := emu.Manager().CreateJob(ctx, "late", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(ctx, "http://host/a", `C:\Downloads\a`))
	require.NoError(t, emu.RestrictTo(`C:\Downloads`, accessBob))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_ERROR)
	emu.CheckError(t, id, hresult.E_ACCESSDENIED, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
	emu.CheckAudit(t, id, "a refusal", func(a bitsemu.AuditEntry) bool {
		return !a.Allowed && a.HRESULT == hresult.E_ACCESSDENIED && a.Token.User() == accessAlice
	})

	// A remote file that the owner may not read is a remote error.
	require.NoError(t, emu.Restrict(bitsemu.AccessRule{Path: `\\server\share`, Read: []sid.SID{accessBob}}))
	id, job, err = emu.Manager().CreateJob(ctx, "share", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(ctx, `\\server\share\a`, `C:\Users\a`))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_ERROR)
	emu.CheckError(t, id, hresult.E_ACCESSDENIED, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
}
