package tokenopts_test

import (
	"errors"
	"io/fs"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

func TestQueryWithoutJob(t *testing.T) {
	t.Parallel()
	service := tokenopts.New(newStore(t), winver.WindowsVista)
	_, err := service.Query(t.Context(), uuid.New())
	require.ErrorIs(t, err, hresult.BG_E_NOT_FOUND, "and not E_NOINTERFACE: there is nothing to query")
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = service.Explain(t.Context(), uuid.New(), tokenopts.QueryInterface, 0)
	require.ErrorIs(t, err, hresult.BG_E_NOT_FOUND)
}

func TestQueryOfAJobThatIsOver(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice, inState(bits.BG_JOB_STATE_ACKNOWLEDGED), withHelper(token.Token{}, bits.BG_TOKEN_NETWORK))
	options := query(t, store, winver.Windows10_1607, entry, alice)
	flags, err := options.GetHelperTokenFlags(t.Context())
	require.NoError(t, err)
	require.Equal(t, bits.BG_TOKEN_NETWORK, flags)
}

func TestDefaultCaller(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, system)
	own := newJob(t, store, alice)

	service := tokenopts.New(store, winver.Windows10_1607)
	_, err := service.Query(t.Context(), entry.ID())
	requireRefused(t, err, hresult.E_ACCESSDENIED, "query-owner-or-admin")
	d, err := service.Explain(t.Context(), entry.ID(), tokenopts.QueryInterface, 0)
	require.NoError(t, err)
	require.Contains(t, d.Facts[0].Value, "(user, Medium)", "an ordinary user, and no administrator")

	service = tokenopts.New(store, winver.Windows10_1607, tokenopts.DefaultCaller(alice))
	options, err := service.Query(t.Context(), own.ID())
	require.NoError(t, err)
	require.NoError(t, options.SetHelperToken(t.Context()))
	require.True(t, alice.Equal(get(t, own).HelperToken))

	service = tokenopts.New(store, winver.Windows10_1607, tokenopts.DefaultCaller(token.Token{}))
	_, err = service.Query(t.Context(), own.ID())
	requireRefused(t, err, hresult.E_ACCESSDENIED, "caller-level")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice, withHelper(bobElevated, bits.BG_TOKEN_NETWORK))
	service := tokenopts.New(store, winver.Windows10_1607)

	for name, row := range map[string]struct {
		caller  token.Token
		method  tokenopts.Method
		flags   bits.HelperTokenFlags
		allowed bool
		rule    string
	}{
		"query":               {alice, tokenopts.QueryInterface, 0, true, "query-owner-or-admin"},
		"query by a stranger": {bob, tokenopts.QueryInterface, 0, false, "query-owner-or-admin"},
		"read by a stranger":  {bob, tokenopts.GetHelperTokenFlags, 0, false, "query-owner-or-admin"},
		"read":                {alice, tokenopts.GetHelperTokenSid, 0, true, "owner-or-admin-from-1607"},
		"flags":               {alice, tokenopts.SetHelperTokenFlags, 0, false, "flags-of-admin-helper"},
		"flags by an admin":   {bobElevated, tokenopts.SetHelperTokenFlags, 3, true, "owner-or-admin-from-1607"},
		"wrong flags":         {bobElevated, tokenopts.SetHelperTokenFlags, 4, false, "flags-known"},
		"lend":                {alice, tokenopts.SetHelperToken, 0, true, "owner-or-admin-from-1607"},
		"take":                {bobElevated, tokenopts.TakeOwnership, 0, true, "take-elevated"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := service.Explain(as(t, row.caller), entry.ID(), row.method, row.flags)
			require.NoError(t, err)
			require.Equal(t, row.allowed, d.Allowed, d)
			require.Equal(t, row.rule, d.Rule.ID, d)
			require.Equal(t, entry.ID(), d.Job)
			require.Equal(t, winver.Windows10_1607, d.Build)
		})
	}
	require.True(t, alice.Equal(get(t, entry).Owner), "nothing was called")
}

// What is explained is what happens.
func TestExplainTellsTheRefusal(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	entry := newJob(t, store, alice)
	service := tokenopts.New(store, winver.Windows10_1607)
	for m, err := range map[tokenopts.Method]error{
		tokenopts.QueryInterface: errors.Join(func() error { _, err := service.Query(as(t, bob), entry.ID()); return err }()),
		tokenopts.TakeOwnership:  service.TakeOwnership(as(t, bob), entry.ID()),
	} {
		d, explainErr := service.Explain(as(t, bob), entry.ID(), m, 0)
		require.NoError(t, explainErr)
		var refused *tokenopts.AccessError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, d, refused.Decision)
	}
}
