package token_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

func TestGroupOptions(t *testing.T) {
	t.Parallel()
	enabled := func(s sid.SID) token.Group { return token.Group{SID: s, Enabled: true} }
	denied := func(s sid.SID) token.Group { return token.Group{SID: s} }
	tests := []struct {
		name string
		opts []token.Option
		want []token.Group
	}{
		{"sorted, each once", []token.Option{
			token.WithGroups(sid.BuiltinUsers, sid.Everyone, sid.BuiltinUsers, sid.BuiltinAdministrators),
		}, []token.Group{enabled(sid.Everyone), enabled(sid.BuiltinAdministrators), enabled(sid.BuiltinUsers)}},
		{"the last option wins for deny-only", []token.Option{
			token.WithGroups(sid.BuiltinUsers, sid.Everyone), token.WithDenyOnlyGroups(sid.BuiltinUsers),
		}, []token.Group{enabled(sid.Everyone), denied(sid.BuiltinUsers)}},
		{"the last option wins for enabled", []token.Option{
			token.WithDenyOnlyGroups(sid.BuiltinUsers), token.WithGroups(sid.BuiltinUsers),
		}, []token.Group{enabled(sid.BuiltinUsers)}},
		{"removed", []token.Option{
			token.WithGroups(sid.Everyone, sid.BuiltinUsers), token.WithDenyOnlyGroups(sid.BuiltinAdministrators),
			token.WithoutGroups(sid.BuiltinAdministrators, sid.Everyone, sid.BuiltinGuests),
		}, []token.Group{enabled(sid.BuiltinUsers)}},
		{"the zero SID is no group", []token.Option{
			token.WithGroups(sid.SID{}), token.WithDenyOnlyGroups(sid.SID{}, sid.Everyone), token.WithoutGroups(sid.SID{}),
		}, []token.Group{denied(sid.Everyone)}},
		{"none", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, slices.Collect(token.New(alice, tt.opts...).Groups()))
		})
	}
}

func TestRestrictingOption(t *testing.T) {
	t.Parallel()
	tok := token.New(alice, token.WithRestricting(sid.BuiltinUsers, sid.SID{}, sid.Everyone, sid.BuiltinUsers))
	require.Equal(t, []sid.SID{sid.Everyone, sid.BuiltinUsers}, slices.Collect(tok.Restricting()))
	require.True(t, tok.IsRestricted())

	replaced := tok.With(token.WithRestricting(sid.RestrictedCode))
	require.Equal(t, []sid.SID{sid.RestrictedCode}, slices.Collect(replaced.Restricting()))
	require.False(t, tok.With(token.WithRestricting()).IsRestricted())
	require.False(t, tok.With(token.WithRestricting(sid.SID{})).IsRestricted())
}

func TestScalarOptions(t *testing.T) {
	t.Parallel()
	tok := token.New(alice, token.WithElevation(true), token.WithIntegrity(token.IntegrityHigh),
		token.WithLevel(token.LevelDelegate), token.WithSession(0x1f4))
	require.True(t, tok.Elevated())
	require.Equal(t, token.IntegrityHigh, tok.Integrity())
	require.Equal(t, token.LevelDelegate, tok.Level())
	require.Equal(t, token.Session(0x1f4), tok.Session())
	require.False(t, tok.With(token.WithElevation(false)).Elevated())
	require.Zero(t, tok.With(token.WithSession(0)).Session())
}

func TestLevelOptionKeepsOutWhatIsNoLevel(t *testing.T) {
	t.Parallel()
	for _, level := range []token.Level{0, 5, 255} {
		require.Equal(t, token.LevelIdentify,
			token.New(alice, token.WithLevel(token.LevelIdentify), token.WithLevel(level)).Level())
	}
}

func TestLogonOption(t *testing.T) {
	t.Parallel()
	groups := map[token.Logon]sid.SID{
		token.LogonInteractive: sid.Interactive,
		token.LogonNetwork:     sid.Network,
		token.LogonBatch:       sid.Batch,
		token.LogonService:     sid.Service,
	}
	for logon, group := range groups {
		tok := token.User(alice, token.WithLogon(logon))
		require.Equal(t, logon, tok.Logon())
		for _, other := range groups {
			require.Equal(t, other == group, tok.HasEnabledGroup(other))
		}
		require.True(t, tok.HasEnabledGroup(sid.BuiltinUsers), "other groups stay")
	}
	for _, logon := range []token.Logon{token.LogonNone, 1, 99} {
		tok := token.User(alice, token.WithLogon(logon))
		require.Equal(t, token.LogonNone, tok.Logon())
		require.Len(t, slices.Collect(tok.Groups()), 3)
	}
}
