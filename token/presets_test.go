package token_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// specified reads the tokens that the rules of IBitsTokenOptions are tabled for.
func specified(t *testing.T) map[string]token.Token {
	t.Helper()
	data, err := os.ReadFile("testdata/tokens.json")
	require.NoError(t, err)
	var tokens map[string]token.Token
	require.NoError(t, json.Unmarshal(data, &tokens))
	return tokens
}

func TestPresetsAreTheSpecifiedTokens(t *testing.T) {
	t.Parallel()
	at := token.WithLevel
	presets := map[string]token.Token{
		"alice":            token.User(alice),
		"alice_filtered":   token.FilteredAdmin(alice),
		"alice_elevated":   token.ElevatedAdmin(alice),
		"alice_restricted": token.Restricted(token.User(alice)),
		"alice_identify":   token.User(alice, at(token.LevelIdentify)),
		"alice_low":        token.LowIntegrity(token.User(alice)),
		"bob":              token.User(bob),
		"bob_filtered":     token.FilteredAdmin(bob),
		"bob_elevated":     token.ElevatedAdmin(bob),
		"bob_identify":     token.User(bob, at(token.LevelIdentify)),
		"bob_anonymous":    token.User(bob, at(token.LevelAnonymous)),
		"bob_delegate":     token.User(bob, at(token.LevelDelegate)),
		"builtin_admin":    token.BuiltinAdministrator(machine),
		"system":           token.LocalSystem(),
		"networkservice":   token.NetworkService(),
		"localservice":     token.LocalService(),
	}
	want := specified(t)
	require.Len(t, presets, len(want))
	for name, got := range presets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, ok := want[name]
			require.True(t, ok)
			require.Equal(t, want.User(), got.User())
			require.Equal(t, want.IsAdmin(), got.IsAdmin())
			require.Equal(t, want.HasEnabledGroup(sid.BuiltinAdministrators), got.HasEnabledGroup(sid.BuiltinAdministrators))
			require.Equal(t, want.Elevated(), got.Elevated())
			require.Equal(t, want.Integrity(), got.Integrity())
			require.Equal(t, slices.Collect(want.Restricting()), slices.Collect(got.Restricting()))
			require.Equal(t, want.Level(), got.Level())
			groups := slices.Collect(got.Groups())
			for g := range want.Groups() {
				require.Contains(t, groups, g)
			}
		})
	}
}

func TestRunAsHasNoInteractiveLogon(t *testing.T) {
	t.Parallel()
	require.Equal(t, token.LogonNone, token.RunAs(alice).Logon())
	require.True(t, token.RunAs(alice, token.WithLogon(token.LogonInteractive)).Equal(token.User(alice)))
}

func TestLogonOfPresets(t *testing.T) {
	t.Parallel()
	require.Equal(t, token.LogonInteractive, token.User(alice).Logon())
	require.Equal(t, token.LogonInteractive, token.FilteredAdmin(alice).Logon())
	require.Equal(t, token.LogonInteractive, token.ElevatedAdmin(alice).Logon())
	require.Equal(t, token.LogonInteractive, token.BuiltinAdministrator(machine).Logon())
	require.Equal(t, token.LogonNone, token.LocalSystem().Logon())
	require.Equal(t, token.LogonService, token.NetworkService().Logon())
	require.Equal(t, token.LogonService, token.LocalService().Logon())
}

func TestServiceAccountsHaveTheirSessions(t *testing.T) {
	t.Parallel()
	require.Equal(t, token.SessionSystem, token.LocalSystem().Session())
	require.Equal(t, token.SessionNetworkService, token.NetworkService().Session())
	require.Equal(t, token.SessionLocalService, token.LocalService().Session())
	require.Zero(t, token.User(alice).Session())
}

func TestOptionsComeAfterThePreset(t *testing.T) {
	t.Parallel()
	for name, preset := range map[string]func(...token.Option) token.Token{
		"User":                 func(o ...token.Option) token.Token { return token.User(alice, o...) },
		"RunAs":                func(o ...token.Option) token.Token { return token.RunAs(alice, o...) },
		"FilteredAdmin":        func(o ...token.Option) token.Token { return token.FilteredAdmin(alice, o...) },
		"ElevatedAdmin":        func(o ...token.Option) token.Token { return token.ElevatedAdmin(alice, o...) },
		"BuiltinAdministrator": func(o ...token.Option) token.Token { return token.BuiltinAdministrator(machine, o...) },
		"LocalSystem":          token.LocalSystem,
		"NetworkService":       token.NetworkService,
		"LocalService":         token.LocalService,
	} {
		opts := []token.Option{
			token.WithElevation(true), token.WithIntegrity(7), token.WithSession(9), token.WithLogon(token.LogonNetwork),
			token.WithGroups(sid.BuiltinAdministrators), token.WithLevel(token.LevelDelegate),
		}
		require.True(t, preset(opts...).Equal(preset().With(opts...)), name)
		require.Equal(t, token.Integrity(7), preset(opts...).Integrity(), name)
	}
}

func TestPresetsOfNobody(t *testing.T) {
	t.Parallel()
	full, err := sid.New(5, make([]uint32, sid.SID_MAX_SUB_AUTHORITIES)...)
	require.NoError(t, err)
	for name, tok := range map[string]token.Token{
		"User":                         token.User(sid.SID{}),
		"RunAs":                        token.RunAs(sid.SID{}),
		"FilteredAdmin":                token.FilteredAdmin(sid.SID{}),
		"ElevatedAdmin":                token.ElevatedAdmin(sid.SID{}),
		"administrator of nothing":     token.BuiltinAdministrator(sid.SID{}),
		"administrator without a RID":  token.BuiltinAdministrator(full),
		"restricted form of no token":  token.Restricted(token.Token{}),
		"low integrity form of no one": token.LowIntegrity(token.Token{}),
	} {
		require.True(t, tok.IsZero(), name)
	}
}

func TestLowIntegrityEndsElevation(t *testing.T) {
	t.Parallel()
	low := token.LowIntegrity(token.ElevatedAdmin(alice))
	require.False(t, low.Elevated())
	require.Equal(t, token.IntegrityLow, low.Integrity())
}
