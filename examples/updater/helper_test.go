package updater_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// serviceFor makes the updater a service that downloads to alice's directory, and
// returns her token as it is now: that of nobody while she is away.
func (w *world) serviceFor() *token.Token {
	w.t.Helper()
	alice := token.User(aliceSID, token.WithSession(w.emu.LogOn(aliceSID)))
	require.NoError(w.t, w.emu.RestrictTo(`C:\Downloads`, aliceSID))
	w.manager = w.emu.As(token.NetworkService())
	w.options.Activate = func(ctx context.Context) (bits.Manager, error) {
		return w.emu.Activate(token.NewContext(ctx, token.NetworkService()))
	}
	w.options.Impersonate = w.impersonate(&alice)
	return &alice
}

// asHelper checks that all that was done with files was done as alice, and that the
// network has seen nobody.
func (w *world) asHelper() {
	w.t.Helper()
	touched := 0
	for _, a := range w.emu.Audit() {
		switch {
		case a.Resource == tokenopts.HTTPRequest:
			require.Equal(w.t, tokenopts.Nobody, a.As, a)
		case a.Resource != tokenopts.TemporaryFile: // the network is the service's
			require.Equal(w.t, tokenopts.Owner, a.As, a)
		case a.Allowed:
			require.Equal(w.t, tokenopts.Helper, a.As, a)
			require.Equal(w.t, aliceSID, a.Token.User(), a)
			touched++
		default:
			require.Equal(w.t, hresult.BG_E_TOKEN_REQUIRED, a.HRESULT, a)
		}
	}
	require.GreaterOrEqual(w.t, touched, 3, "checked, created, renamed")
}

func TestServiceForAUser(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.serviceFor()
		w.fetched(w.fetch(w.t.Context(), w.update()))
		w.asHelper()
	})
}

func TestServiceForAUserBefore1607(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.serviceFor()
		err := w.fetch(w.t.Context(), w.update())
		require.ErrorIs(w.t, err, hresult.E_ACCESSDENIED)
		require.ErrorContains(w.t, err, "the job does not take the user's token")
		w.clean()
	}, bitsemu.Windows(winver.Windows8_1))
}

func TestServiceForAUserWithoutTheInterface(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.serviceFor()
		require.ErrorIs(w.t, w.fetch(w.t.Context(), w.update()), hresult.E_NOINTERFACE)
		w.clean()
	}, bitsemu.Windows(winver.WindowsVista))
}

func TestUserLogsOff(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		alice := w.serviceFor()
		w.at(3*unit, func() {
			w.mu.Lock()
			*alice = token.Token{}
			w.mu.Unlock()
			require.NoError(w.t, w.emu.LogOff(aliceSID))
		})
		w.when(func(w *world) bool { return w.seen.State == bits.BG_JOB_STATE_ERROR }, func() {
			session := w.emu.LogOn(aliceSID)
			w.mu.Lock()
			*alice = token.User(aliceSID, token.WithSession(session))
			w.mu.Unlock()
		})
		w.fetched(w.fetch(w.t.Context(), w.update()))
		w.asHelper()
		require.Contains(w.t, w.told(), "BG_E_TOKEN_REQUIRED")
		w.nothingTwice()
	})
}

func TestRestartOfTheServiceForAUser(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		w.serviceFor()
		w.at(3*unit, func() { require.NoError(w.t, w.emu.Restart()) })
		w.fetched(w.fetch(w.t.Context(), w.update()))
		w.asHelper()
		require.Contains(w.t, w.told(), "lending it one again")
		w.nothingTwice()
	})
}

func TestUserWhoIsNotThere(t *testing.T) {
	t.Parallel()
	inEachMode(t, func(w *world) {
		*w.serviceFor() = token.Token{}
		require.Error(w.t, w.fetch(w.t.Context(), w.update()))
		w.clean()
	})
}
