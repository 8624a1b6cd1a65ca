package token_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

func TestString(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		tok  token.Token
		want string
	}{
		{"none", token.Token{}, "no token"},
		{"user", token.User(alice), alice.String() + " (user, Medium)"},
		{"filtered", token.FilteredAdmin(alice), alice.String() + " (filtered administrator, Medium)"},
		{"elevated", token.ElevatedAdmin(alice), alice.String() + " (administrator, elevated, High)"},
		{"system", token.LocalSystem(), `S-1-5-18 NT AUTHORITY\SYSTEM (administrator, elevated, System)`},
		{"networkservice", token.NetworkService(), `S-1-5-20 NT AUTHORITY\NETWORK SERVICE (user, System)`},
		{"service in another session", token.LocalService(token.WithSession(0x3e7)), `S-1-5-19 NT AUTHORITY\LOCAL SERVICE (user, System, session 0x3e7)`},
		{"everything", token.Restricted(token.FilteredAdmin(alice,
			token.WithElevation(true), token.WithIntegrity(0x2010), token.WithLevel(token.LevelIdentify), token.WithSession(500))),
			alice.String() + " (filtered administrator, elevated, 0x2010, restricted, level Identify, session 0x1f4)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.tok.String())
		})
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	require.Equal(t, "no token", token.Token{}.Describe())
	tok := token.New(alice, token.WithGroups(sid.BuiltinUsers, sid.Interactive),
		token.WithDenyOnlyGroups(sid.BuiltinAdministrators), token.WithRestricting(sid.RestrictedCode))
	require.Equal(t, alice.String()+` (filtered administrator, Medium, restricted)
elevated     false
integrity    Medium (S-1-16-8192)
level        Impersonate
logon        interactive
group        S-1-5-4 NT AUTHORITY\INTERACTIVE
deny-only    S-1-5-32-544 BUILTIN\Administrators
group        S-1-5-32-545 BUILTIN\Users
restricting  S-1-5-12 NT AUTHORITY\RESTRICTED`, tok.Describe())
	require.Contains(t, token.LocalSystem().Describe(), "\nlogon        none\nsession      0x3e7\n")
}
