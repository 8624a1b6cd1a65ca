package tokenopts_test

import (
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

func TestHelperLendsItsToken(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, network)
	options := query(t, store, winver.Windows10_1607, entry, network)

	user, err := options.GetHelperTokenSid(t.Context())
	require.NoError(t, err)
	require.Equal(t, sid.SID{}, user)

	require.NoError(t, options.SetHelperToken(as(t, alice)))
	require.NoError(t, options.SetHelperTokenFlags(as(t, alice), bits.BG_TOKEN_LOCAL_FILE))
	require.True(t, alice.Equal(get(t, entry).HelperToken))
	user, err = options.GetHelperTokenSid(as(t, bob)) // the thread does not matter
	require.NoError(t, err)
	require.Equal(t, aliceSID, user)
	flags, err := options.GetHelperTokenFlags(as(t, bob))
	require.NoError(t, err)
	require.Equal(t, bits.BG_TOKEN_LOCAL_FILE, flags)

	require.NoError(t, options.ClearHelperToken(as(t, network)))
	j := get(t, entry)
	require.True(t, j.HelperToken.IsZero())
	require.Equal(t, bits.BG_TOKEN_LOCAL_FILE, j.HelperTokenFlags, "flags stay")
	require.NoError(t, options.ClearHelperToken(as(t, network)), "there is nothing to clear, and that is no error")
}

// Whoever holds a capability has the rights of the caller it was given to, and
// nobody gets rights by being the helper.
func TestHelperHasNoAccess(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, system, withHelper(alice, bits.BG_TOKEN_NETWORK))
	_, err := tokenopts.New(store, winver.Windows11_24H2).Query(as(t, alice), entry.ID())
	requireRefused(t, err, hresult.E_ACCESSDENIED, "query-owner-or-admin")
}

func TestOldCapabilityKeepsWhatItCaptured(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice)
	service := tokenopts.New(store, winver.Windows10_1607)
	old := query(t, store, winver.Windows10_1607, entry, alice)
	require.NoError(t, service.TakeOwnership(as(t, bobElevated), entry.ID()))

	require.NoError(t, old.SetHelperToken(as(t, alice)), "by the owner of then, as against the owner of then")
	require.NoError(t, old.SetHelperTokenFlags(as(t, alice), bits.BG_TOKEN_NETWORK))
	_, err := service.Query(as(t, alice), entry.ID())
	requireRefused(t, err, hresult.E_ACCESSDENIED, "query-owner-or-admin")

	renewed, err := service.Query(as(t, bobFiltered), entry.ID())
	require.NoError(t, err, "the owner's own user")
	flags, err := renewed.GetHelperTokenFlags(t.Context())
	require.NoError(t, err)
	require.Equal(t, bits.BG_TOKEN_NETWORK, flags)
	requireRefused(t, renewed.ClearHelperToken(t.Context()), hresult.E_ACCESSDENIED, "modify-integrity")
}

// A refusal on the record as it is in that moment, which is not the one of Query.
func TestRulesLookAtTheJobOfNow(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice)
	owner := query(t, store, winver.Windows10_1607, entry, alice)
	admin := query(t, store, winver.Windows10_1607, entry, bobElevated)

	require.NoError(t, owner.SetHelperTokenFlags(as(t, alice), bits.BG_TOKEN_NETWORK))
	require.NoError(t, admin.SetHelperToken(as(t, bobElevated)))
	requireRefused(t, owner.SetHelperTokenFlags(as(t, alice), 0), hresult.E_ACCESSDENIED, "flags-of-admin-helper")
	require.NoError(t, owner.ClearHelperToken(as(t, alice)))
	require.NoError(t, owner.SetHelperTokenFlags(as(t, alice), 0))

	require.NoError(t, store.Update(entry.ID(), func(j *jobstore.Job) error {
		j.State = bits.BG_JOB_STATE_ACKNOWLEDGED
		return nil
	}))
	requireRefused(t, owner.SetHelperTokenFlags(as(t, alice), 1), hresult.BG_E_INVALID_STATE, "state-not-final")
	requireRefused(t, owner.SetHelperTokenFlags(as(t, alice), 8), hresult.E_INVALIDARG, "flags-known")
	requireRefused(t, owner.SetHelperToken(as(t, bob)), hresult.BG_E_INVALID_STATE, "state-not-final")
	requireRefused(t, owner.ClearHelperToken(as(t, alice)), hresult.BG_E_INVALID_STATE, "state-not-final")
	flags, err := owner.GetHelperTokenFlags(as(t, alice))
	require.NoError(t, err)
	require.Zero(t, flags)
}

// A call that finds the job changed under it is judged again.
func TestJobChangesDuringTheCall(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice)
	cancel := sync.OnceFunc(func() {
		require.NoError(t, entry.Update(func(j *jobstore.Job) error {
			j.State = bits.BG_JOB_STATE_CANCELLED
			return nil
		}))
	})
	service := tokenopts.New(store, winver.Windows10_1607, tokenopts.Clock(func() time.Time {
		cancel()
		return time.Time{}
	}))
	options, err := service.Query(as(t, alice), entry.ID())
	require.NoError(t, err)
	requireRefused(t, options.SetHelperTokenFlags(t.Context(), 1), hresult.BG_E_INVALID_STATE, "state-not-final")
	require.Zero(t, entry.HelperTokenFlags())
}

func TestReadsOfARefusedCapability(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, network, withHelper(alice, bits.BG_TOKEN_NETWORK))
	options := query(t, store, winver.Windows8_1, entry, network)
	flags, err := options.GetHelperTokenFlags(as(t, system))
	requireRefused(t, err, hresult.E_ACCESSDENIED, "admin-before-1607")
	require.Zero(t, flags)
	user, err := options.GetHelperTokenSid(as(t, system))
	requireRefused(t, err, hresult.E_ACCESSDENIED, "admin-before-1607")
	require.Equal(t, sid.SID{}, user)
}

func TestJobThatHasLeft(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		state bits.JobState
		want  hresult.HRESULT
	}{
		"over":     {bits.BG_JOB_STATE_CANCELLED, hresult.BG_E_INVALID_STATE},
		"not over": {bits.BG_JOB_STATE_QUEUED, hresult.BG_E_NOT_FOUND},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t)
			entry := newJob(t, store, alice, withHelper(bobElevated, bits.BG_TOKEN_NETWORK), inState(row.state))
			options := query(t, store, winver.Windows10_1607, entry, alice)
			reader := query(t, store, winver.Windows10_1607, entry, token.Restricted(alice))
			require.NoError(t, store.Delete(entry.ID()))

			flags, err := options.GetHelperTokenFlags(t.Context())
			require.NoError(t, err)
			require.Equal(t, bits.BG_TOKEN_NETWORK, flags)
			user, err := options.GetHelperTokenSid(t.Context())
			require.NoError(t, err)
			require.Equal(t, sid.SID{}, user)

			require.ErrorIs(t, options.SetHelperTokenFlags(as(t, alice), 1), row.want)
			require.ErrorIs(t, options.SetHelperToken(as(t, bob)), row.want)
			require.ErrorIs(t, options.ClearHelperToken(as(t, alice)), row.want)
			requireRefused(t, reader.ClearHelperToken(as(t, alice)), hresult.E_ACCESSDENIED, "modify-unrestricted")
			requireRefused(t, options.SetHelperToken(as(t, bobElevated)), hresult.E_ACCESSDENIED, "lend-admin-token")

			_, err = options.Explain(t.Context(), tokenopts.ClearHelperToken, 0)
			require.ErrorIs(t, err, hresult.BG_E_NOT_FOUND)
			_, err = tokenopts.New(store, winver.Windows10_1607).Query(as(t, alice), entry.ID())
			require.ErrorIs(t, err, hresult.BG_E_NOT_FOUND)
		})
	}
}

// A new job under an old id is another job.
func TestJobThatHasCome(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice)
	options := query(t, store, winver.Windows10_1607, entry, alice)
	require.NoError(t, store.Delete(entry.ID()))
	newJob(t, store, bob, withHelper(bob, bits.BG_TOKEN_NETWORK), func(j *jobstore.Job) { j.ID = entry.ID() })

	flags, err := options.GetHelperTokenFlags(t.Context())
	require.NoError(t, err)
	require.Zero(t, flags)
	require.ErrorIs(t, options.ClearHelperToken(t.Context()), hresult.BG_E_NOT_FOUND)
}

func TestStoreThatIsClosed(t *testing.T) {
	t.Parallel()
	store := jobstore.NewMemory()
	entry := newJob(t, store, alice, withHelper(bob, bits.BG_TOKEN_NETWORK))
	service := tokenopts.New(store, winver.Windows10_1607)
	options := query(t, store, winver.Windows10_1607, entry, alice)
	require.NoError(t, store.Close())

	flags, err := options.GetHelperTokenFlags(t.Context())
	require.NoError(t, err, "the last that was seen")
	require.Equal(t, bits.BG_TOKEN_NETWORK, flags)
	_, err = options.GetHelperTokenSid(t.Context())
	require.ErrorIs(t, err, jobstore.ErrClosed)
	require.ErrorIs(t, options.ClearHelperToken(t.Context()), jobstore.ErrClosed)
	_, err = service.Query(as(t, alice), entry.ID())
	require.ErrorIs(t, err, jobstore.ErrClosed)
	_, err = service.Explain(as(t, alice), entry.ID(), tokenopts.QueryInterface, 0)
	require.ErrorIs(t, err, jobstore.ErrClosed)
	require.ErrorIs(t, service.TakeOwnership(as(t, bobElevated), entry.ID()), jobstore.ErrClosed)
}

func TestModificationTime(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	entry := newJob(t, store, alice, func(j *jobstore.Job) { j.ModificationTime = noon })

	options := query(t, store, winver.Windows10_1607, entry, alice)
	require.NoError(t, options.SetHelperToken(as(t, alice)))
	require.Equal(t, noon, get(t, entry).ModificationTime, "no clock")

	now := noon
	service := tokenopts.New(store, winver.Windows10_1607, tokenopts.Clock(func() time.Time { return now }))
	options, err := service.Query(as(t, alice), entry.ID())
	require.NoError(t, err)
	for name, call := range map[string]func() error{
		"SetHelperToken":      func() error { return options.SetHelperToken(as(t, bob)) },
		"SetHelperTokenFlags": func() error { return options.SetHelperTokenFlags(as(t, bob), bits.BG_TOKEN_NETWORK) },
		"ClearHelperToken":    func() error { return options.ClearHelperToken(as(t, bob)) },
	} {
		now = now.Add(time.Minute)
		require.NoError(t, call())
		require.Equal(t, now, get(t, entry).ModificationTime, name)
	}
	now = now.Add(time.Minute)
	require.Error(t, options.SetHelperTokenFlags(as(t, alice), 99))
	require.Equal(t, now.Add(-time.Minute), get(t, entry).ModificationTime, "refused")
	require.NoError(t, service.TakeOwnership(as(t, bobElevated), entry.ID()))
	require.Equal(t, now, get(t, entry).ModificationTime)

	require.NoError(t, store.Update(entry.ID(), func(j *jobstore.Job) error {
		j.HelperToken, j.HelperTokenFlags = alice, bits.BG_TOKEN_NETWORK
		return nil
	}))
	now = now.Add(time.Minute)
	lost, err := service.LogOff(aliceSID)
	require.NoError(t, err)
	require.Len(t, lost, 1)
	require.Equal(t, now, get(t, entry).ModificationTime, "its state has changed")
}

func TestExplainThroughOptions(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, network)
	options := query(t, store, winver.Windows10_1607, entry, network)
	explain := func(thread token.Token, m tokenopts.Method, flags bits.HelperTokenFlags) tokenopts.Decision {
		d, err := options.Explain(as(t, thread), m, flags)
		require.NoError(t, err)
		return d
	}
	require.True(t, explain(alice, tokenopts.SetHelperToken, 0).Allowed)
	require.Equal(t, "lend-admin-token", explain(bobElevated, tokenopts.SetHelperToken, 0).Rule.ID)
	require.Equal(t, "flags-known", explain(alice, tokenopts.SetHelperTokenFlags, 4).Rule.ID)
	require.Equal(t, "take-admin", explain(bobElevated, tokenopts.TakeOwnership, 0).Rule.ID, "the caller of Query is asked about")
	require.Equal(t, entry.ID(), explain(alice, tokenopts.QueryInterface, 0).Job)
	require.True(t, get(t, entry).HelperToken.IsZero(), "nothing was called")
}

// Reading the flags is what programs do most, so it costs next to nothing.
//
//nolint:paralleltest // testing.AllocsPerRun counts the allocations of the whole process
func TestReadingFlagsAllocatesNothing(t *testing.T) {
	store := newStore(t)
	entry := newJob(t, store, alice, withHelper(bob, bits.BG_TOKEN_NETWORK))
	options := query(t, store, winver.Windows10_1607, entry, alice)
	var viaInterface bits.TokenOptions = options
	ctx := as(t, alice)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_, _ = options.GetHelperTokenFlags(ctx)
		_, _ = viaInterface.GetHelperTokenFlags(ctx)
	}))
	service := tokenopts.New(store, winver.Windows10_1607)
	id := entry.ID()
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = service.Query(ctx, id) }), 1.0, "the capability itself")
	require.LessOrEqual(t, unsafe.Sizeof(*options), uintptr(64), "one cache line")
}

func TestOptionsQueryInterface(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry, err := store.Create(jobstore.Job{Owner: alice})
	require.NoError(t, err)
	options, err := tokenopts.New(store, winver.Windows10_1809).Query(as(t, alice), entry.ID())
	require.NoError(t, err)
	same, err := bits.Query[bits.TokenOptions](t.Context(), options)
	require.NoError(t, err)
	require.Same(t, options, same)
	_, err = bits.Query[bits.Job](t.Context(), options)
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
}
