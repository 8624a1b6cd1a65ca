package tokenopts_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

func TestTakeOwnership(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	before := jobstore.Job{
		Owner: alice, HelperToken: alice, HelperTokenFlags: bits.BG_TOKEN_LOCAL_FILE | bits.BG_TOKEN_NETWORK,
		State: bits.BG_JOB_STATE_ERROR, DisplayName: "report", Priority: bits.BG_JOB_PRIORITY_HIGH,
		NotifyProgram: "prog", NotifyParameters: "prog x", NotifyToken: alice, NotifyFlags: bits.BG_NOTIFY_JOB_ERROR,
		Credentials:       []jobstore.Credential{{Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC}},
		Sealed:            []byte("secret"),
		ClientCertificate: jobstore.ClientCertificate{StoreName: "MY", Set: true},
		ModificationTime:  time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC),
		Files:             []jobstore.File{{RemoteName: "http://server/file", LocalName: `C:\file`}},
	}
	entry, err := store.Create(before)
	require.NoError(t, err)
	before = get(t, entry)
	require.NoError(t, tokenopts.New(store, winver.Windows10_1809).TakeOwnership(as(t, bobElevated), entry.ID()))

	want := before
	want.Owner, want.HelperToken = bobElevated, token.Token{}
	want.NotifyProgram, want.NotifyParameters, want.NotifyToken = "", "", token.Token{}
	want.Credentials, want.Sealed = nil, nil
	want.ClientCertificate = jobstore.ClientCertificate{}
	require.Equal(t, want, get(t, entry))
	require.True(t, entry.OwnedBy(&bobSID))
}

func TestTakeOwnershipRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		owner, caller token.Token
		state         bits.JobState
		want          hresult.HRESULT
		rule          string
	}{
		"own job of a user":     {alice, alice, 0, hresult.E_ACCESSDENIED, "take-admin"},
		"filtered":              {alice, bobFiltered, 0, hresult.E_ACCESSDENIED, "take-admin"},
		"service":               {alice, network, 0, hresult.E_ACCESSDENIED, "take-admin"},
		"administrator, but":    {alice, bobElevated.With(token.WithElevation(false)), 0, hresult.E_ACCESSDENIED, "take-elevated"},
		"from the system":       {system, bobElevated, 0, hresult.E_ACCESSDENIED, "modify-integrity"},
		"from a service":        {network, bobElevated, 0, hresult.E_ACCESSDENIED, "modify-integrity"},
		"restricted":            {alice, token.Restricted(bobElevated), 0, hresult.E_ACCESSDENIED, "modify-unrestricted"},
		"level":                 {alice, bobElevated.With(token.WithLevel(token.LevelIdentify)), 0, hresult.E_ACCESSDENIED, "caller-level"},
		"acknowledged":          {alice, bobElevated, bits.BG_JOB_STATE_ACKNOWLEDGED, hresult.BG_E_INVALID_STATE, "state-not-final"},
		"cancelled":             {alice, system, bits.BG_JOB_STATE_CANCELLED, hresult.BG_E_INVALID_STATE, "state-not-final"},
		"no right, and is over": {alice, bob, bits.BG_JOB_STATE_CANCELLED, hresult.E_ACCESSDENIED, "take-admin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t)
			entry := newJob(t, store, row.owner, inState(row.state), withHelper(alice, 1))
			before := get(t, entry)
			requireRefused(t, tokenopts.New(store, winver.Windows10_1809).TakeOwnership(as(t, row.caller), entry.ID()), row.want, row.rule)
			require.Equal(t, before, get(t, entry))
		})
	}
	require.ErrorIs(t, tokenopts.New(newStore(t), winver.Windows10_1809).TakeOwnership(as(t, system), uuid.New()), hresult.BG_E_NOT_FOUND)
}

// The owner's own administrator makes the job one of an administrator, which
// before 1607 is what SetHelperToken needs.
func TestTakeOwnershipOfAnOwnJob(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice)
	service := tokenopts.New(store, winver.Windows8_1)
	options := query(t, store, winver.Windows8_1, entry, aliceElevated)
	requireRefused(t, options.SetHelperToken(as(t, bob)), hresult.E_ACCESSDENIED, "admin-job-before-1607")
	require.NoError(t, service.TakeOwnership(as(t, aliceElevated), entry.ID()))
	requireRefused(t, options.SetHelperToken(as(t, bob)), hresult.E_ACCESSDENIED, "admin-job-before-1607")
	require.NoError(t, query(t, store, winver.Windows8_1, entry, aliceElevated).SetHelperToken(as(t, bob)))
}
