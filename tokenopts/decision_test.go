package tokenopts_test

import (
	"fmt"
	"io/fs"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

func TestDecisionString(t *testing.T) {
	t.Parallel()
	read := tokenopts.Call{
		Build: winver.Windows8_1, Method: tokenopts.GetHelperTokenFlags, Owner: network, Query: network,
	}
	d := tokenopts.Judge(read)
	require.Equal(t, "refused: E_ACCESSDENIED (0x80070005): GetHelperTokenFlags needs an administrator before Windows 10 1607 "+
		"[D helper-tokens-for-bits-transfer-jobs.md]: caller S-1-5-20 NT AUTHORITY\\NETWORK SERVICE (user, System), "+
		"on Windows 8.1 (build 9600)", d.String())
	require.Equal(t, d.String(), fmt.Sprint(d))
	require.Equal(t, `GetHelperTokenFlags refused: E_ACCESSDENIED (0x80070005)
  rule           admin-before-1607: needs an administrator before Windows 10 1607
  evidence       D helper-tokens-for-bits-transfer-jobs.md
  build          Windows 8.1 (build 9600)
  caller         S-1-5-20 NT AUTHORITY\NETWORK SERVICE (user, System)`, d.Detail())

	read.Query = system
	read.Job = uuid.MustParse("0011aabb-0000-0000-0000-000000000000")
	d = tokenopts.Judge(read)
	require.Equal(t, "allowed: GetHelperTokenFlags needs an administrator before Windows 10 1607 "+
		"[D helper-tokens-for-bits-transfer-jobs.md]: caller S-1-5-18 NT AUTHORITY\\SYSTEM (administrator, elevated, System), "+
		"on Windows 8.1 (build 9600)", d.String())
	require.Equal(t, `GetHelperTokenFlags allowed
  rule           admin-before-1607: needs an administrator before Windows 10 1607
  evidence       D helper-tokens-for-bits-transfer-jobs.md
  job            {0011AABB-0000-0000-0000-000000000000}
  build          Windows 8.1 (build 9600)
  caller         S-1-5-18 NT AUTHORITY\SYSTEM (administrator, elevated, System)`, d.Detail())
	require.Equal(t, hresult.S_OK, d.HRESULT)
}

// Every fact that a rule compares is told.
func TestDecisionFacts(t *testing.T) {
	t.Parallel()
	d := tokenopts.Judge(tokenopts.Call{
		Build: winver.Windows10_1607, Method: tokenopts.SetHelperTokenFlags, Owner: alice, Query: alice, Helper: bobElevated,
	})
	require.Equal(t, []tokenopts.Fact{
		{Name: "caller", Value: alice.String()},
		{Name: "owner", Value: alice.String()},
		{Name: "helper token", Value: bobElevated.String()},
	}, d.Facts)
	d = tokenopts.Judge(tokenopts.Call{
		Build: winver.Windows10_1607, Method: tokenopts.SetHelperTokenFlags, Owner: alice, Query: alice, Flags: 9,
	})
	require.Equal(t, []tokenopts.Fact{
		{Name: "caller", Value: alice.String()},
		{Name: "flags", Value: "BG_TOKEN_LOCAL_FILE|0x8"},
	}, d.Facts)
	d = tokenopts.Judge(tokenopts.Call{
		Build: winver.Windows10_1607, Method: tokenopts.ClearHelperToken, Owner: alice, Query: alice,
		State: bits.BG_JOB_STATE_CANCELLED,
	})
	require.Equal(t, []tokenopts.Fact{
		{Name: "caller", Value: alice.String()},
		{Name: "state", Value: "BG_JOB_STATE_CANCELLED"},
	}, d.Facts)
	d = tokenopts.Judge(tokenopts.Call{
		Build: winver.Windows10_1607, Method: tokenopts.SetHelperToken, Owner: alice, Query: alice, Thread: bobElevated,
	})
	require.Equal(t, tokenopts.Fact{Name: "calling thread", Value: bobElevated.String()}, d.Facts[2])
}

func TestAccessError(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	id := uuid.MustParse("0011aabb-0000-0000-0000-000000000000")
	entry := newJob(t, store, alice, func(j *jobstore.Job) { j.ID = id })
	_, err := tokenopts.New(store, winver.Windows10_1607).Query(as(t, bob), entry.ID())
	require.EqualError(t, err, "tokenopts: job {0011AABB-0000-0000-0000-000000000000}: refused: E_ACCESSDENIED (0x80070005): "+
		"QueryInterface is for the job's owner and for administrators "+
		"[D user-account-control-and-bits.md]: caller "+bob.String()+", owner "+alice.String()+", on Windows 10 1607 (build 14393)")
	require.ErrorIs(t, err, hresult.E_ACCESSDENIED)
	require.ErrorIs(t, err, fs.ErrPermission)
	require.NotErrorIs(t, err, hresult.E_NOINTERFACE)
	h, ok := hresult.Of(err)
	require.True(t, ok)
	require.Equal(t, hresult.E_ACCESSDENIED, h)

	err = query(t, store, winver.Windows10_1607, entry, alice).SetHelperTokenFlags(t.Context(), 4)
	require.ErrorIs(t, err, fs.ErrInvalid)
	require.NotErrorIs(t, err, fs.ErrPermission)
}
