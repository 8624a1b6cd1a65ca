package tokenopts_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

const rounds = 200

// Events that happen at once report each token that they take exactly once.
func TestEventsAtOnce(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	service := tokenopts.New(store, winver.Windows10_1809)
	var entries []jobstore.Entry
	for range rounds {
		entries = append(entries, newJob(t, store, bob, withHelper(alice, bothFlags)))
	}
	var all sync.Map
	var count atomic.Int64
	var wg sync.WaitGroup
	for _, event := range []func() ([]tokenopts.Lost, error){
		func() ([]tokenopts.Lost, error) { return service.LogOff(aliceSID) },
		func() ([]tokenopts.Lost, error) { return service.LogOff(bobSID) },
		func() ([]tokenopts.Lost, error) { return service.EndSession(alice.Session()) },
		service.Restart,
	} {
		wg.Go(func() {
			lost, err := event()
			if err != nil {
				t.Error(err)
			}
			for _, l := range lost {
				count.Add(1)
				all.Store(l.Job, l)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, rounds, count.Load())
	for _, entry := range entries {
		l, ok := all.Load(entry.ID())
		require.True(t, ok)
		j := get(t, entry)
		require.True(t, j.HelperToken.IsZero())
		require.Equal(t, l.(tokenopts.Lost).Failed, j.State == bits.BG_JOB_STATE_ERROR)
	}
}

// A rule and the change that it allows are one step: once an administrator's
// token is set, no call of the owner slips through with a look from before.
func TestRuleAndChangeAreOneStep(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice)
	owner := query(t, store, winver.Windows10_1607, entry, alice)
	admin := query(t, store, winver.Windows10_1607, entry, bobElevated)
	lender, reader := as(t, bobElevated), as(t, alice)

	for range rounds {
		require.NoError(t, admin.ClearHelperToken(lender))
		require.NoError(t, admin.SetHelperTokenFlags(lender, 0))
		var seen bits.HelperTokenFlags
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range 100 * rounds { // long enough for the administrator's call to come
				if owner.SetHelperTokenFlags(reader, bits.BG_TOKEN_LOCAL_FILE<<(i%2)) != nil {
					return
				}
			}
			t.Error("the owner is never refused")
		})
		wg.Go(func() {
			if err := admin.SetHelperToken(lender); err != nil {
				t.Error(err)
			}
			seen, _ = owner.GetHelperTokenFlags(reader)
		})
		wg.Wait()
		require.Equal(t, seen, entry.HelperTokenFlags(), "changed after the administrator's token was there")
	}
}

// Everything at once, for the race detector; what is seen on the way is never
// half of a change.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	service := tokenopts.New(store, winver.Windows10_1809)
	entry := newJob(t, store, alice)
	options := query(t, store, winver.Windows10_1809, entry, alice)
	ctx, admin := as(t, alice), as(t, bobElevated)

	var wg sync.WaitGroup
	loop := func(step func(i int) error, expected ...hresult.HRESULT) {
		wg.Go(func() {
			for i := range rounds {
				if err := step(i); err != nil {
					h, _ := hresult.Of(err)
					if len(expected) == 0 || h != expected[0] {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	loop(func(int) error { return options.SetHelperToken(ctx) })
	loop(func(int) error { return options.ClearHelperToken(ctx) })
	loop(func(i int) error { return options.SetHelperTokenFlags(ctx, bits.HelperTokenFlags(i%2*3)) })
	loop(func(int) error { _, err := service.LogOff(aliceSID); return err })
	loop(func(int) error { _, err := service.Restart(); return err })
	loop(func(int) error { return service.TakeOwnership(admin, entry.ID()) })
	loop(func(int) error {
		_, err := service.Query(ctx, entry.ID())
		return err
	}, hresult.E_ACCESSDENIED)
	loop(func(int) error {
		_, err := options.Explain(ctx, tokenopts.SetHelperToken, 0)
		return err
	})
	loop(func(int) error {
		user, err := options.GetHelperTokenSid(ctx)
		if !user.IsZero() && user != aliceSID {
			t.Errorf("helper token of %v", user)
		}
		return err
	})
	loop(func(int) error {
		flags, err := options.GetHelperTokenFlags(ctx)
		if flags != 0 && flags != bothFlags {
			t.Errorf("flags %v", flags)
		}
		return err
	})
	wg.Wait()

	_, err := service.Restart()
	require.NoError(t, err)
	j := get(t, entry)
	require.True(t, j.HelperToken.IsZero())
	require.True(t, bobElevated.Equal(j.Owner))
}
