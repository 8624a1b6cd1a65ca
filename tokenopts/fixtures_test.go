package tokenopts_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// The people of the tests. Each user has one session.
var (
	aliceSID = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")
	bobSID   = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1002")

	alice         = token.User(aliceSID, token.WithSession(0x1a))
	aliceElevated = token.ElevatedAdmin(aliceSID, token.WithSession(0x1a))
	bob           = token.User(bobSID, token.WithSession(0x1b))
	bobFiltered   = token.FilteredAdmin(bobSID, token.WithSession(0x1b))
	bobElevated   = token.ElevatedAdmin(bobSID, token.WithSession(0x1b))
	system        = token.LocalSystem()
	network       = token.NetworkService()
	local         = token.LocalService()
)

// as is a context in which t is the caller.
func as(t testing.TB, caller token.Token) context.Context {
	return token.NewContext(t.Context(), caller)
}

// newStore is a store in memory that is checked and closed at the end.
func newStore(t testing.TB) *jobstore.Store {
	t.Helper()
	store := jobstore.NewMemory()
	t.Cleanup(func() {
		require.NoError(t, store.Check())
		require.NoError(t, store.Close())
	})
	return store
}

// newJob stores a job of owner, suspended as new jobs are.
func newJob(t testing.TB, store *jobstore.Store, owner token.Token, changes ...func(*jobstore.Job)) jobstore.Entry {
	t.Helper()
	j := jobstore.Job{Owner: owner, State: bits.BG_JOB_STATE_SUSPENDED, DisplayName: "update"}
	for _, change := range changes {
		change(&j)
	}
	entry, err := store.Create(j)
	require.NoError(t, err)
	return entry
}

func withHelper(t token.Token, flags bits.HelperTokenFlags) func(*jobstore.Job) {
	return func(j *jobstore.Job) { j.HelperToken, j.HelperTokenFlags = t, flags }
}

func inState(s bits.JobState) func(*jobstore.Job) {
	return func(j *jobstore.Job) { j.State = s }
}

// query is a service on a build, and the capability that it gives a caller.
func query(t testing.TB, store *jobstore.Store, build winver.Build, entry jobstore.Entry, caller token.Token) *tokenopts.Options {
	t.Helper()
	options, err := tokenopts.New(store, build).Query(as(t, caller), entry.ID())
	require.NoError(t, err)
	return options
}

// get is the job's record.
func get(t testing.TB, entry jobstore.Entry) jobstore.Job {
	t.Helper()
	j, err := entry.Job()
	require.NoError(t, err)
	return j
}

// requireRefused wants err to be a refusal with that code, by that rule.
func requireRefused(t testing.TB, err error, code hresult.HRESULT, rule string) {
	t.Helper()
	var refused *tokenopts.AccessError
	require.ErrorAs(t, err, &refused)
	require.ErrorIs(t, err, code)
	require.False(t, refused.Decision.Allowed)
	require.Equal(t, code, refused.Decision.HRESULT)
	require.Equal(t, rule, refused.Decision.Rule.ID, "%v", err)
}
