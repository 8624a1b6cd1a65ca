package token_test

import (
	"slices"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

var (
	machine = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820")
	alice   = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")
	bob     = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1002")
)

// samples are tokens of every shape, no two equal.
func samples() map[string]token.Token {
	return map[string]token.Token{
		"none":           {},
		"bare":           token.New(alice),
		"user":           token.User(alice),
		"other user":     token.User(bob),
		"filtered":       token.FilteredAdmin(alice),
		"elevated":       token.ElevatedAdmin(alice),
		"administrator":  token.BuiltinAdministrator(machine),
		"system":         token.LocalSystem(),
		"networkservice": token.NetworkService(),
		"localservice":   token.LocalService(),
		"runas":          token.RunAs(alice),
		"restricted":     token.Restricted(token.User(alice)),
		"twice limited":  token.Restricted(token.User(alice), sid.Everyone, sid.RestrictedCode),
		"low":            token.LowIntegrity(token.User(alice)),
		"identify":       token.User(alice, token.WithLevel(token.LevelIdentify)),
		"session":        token.User(alice, token.WithSession(1<<63)),
		"odd integrity":  token.User(alice, token.WithIntegrity(0x2010)),
		"elevation only": token.User(alice, token.WithElevation(true)),
	}
}

func TestZeroTokenIsNoToken(t *testing.T) {
	t.Parallel()
	var none token.Token
	require.True(t, none.IsZero())
	require.True(t, none.User().IsZero())
	require.Empty(t, slices.Collect(none.Groups()))
	require.Empty(t, slices.Collect(none.Restricting()))
	require.False(t, none.IsAdmin())
	require.False(t, none.HasEnabledGroup(sid.Everyone))
	require.False(t, none.Elevated())
	require.False(t, none.IsRestricted())
	require.Equal(t, token.IntegrityUntrusted, none.Integrity())
	require.Less(t, none.Level(), token.LevelAnonymous)
	require.Zero(t, none.Session())
	require.Equal(t, token.LogonNone, none.Logon())
	require.Empty(t, none.Key())
	require.True(t, none.Equal(token.Token{}))
	require.False(t, none.Equal(token.User(alice)))
	require.True(t, none.With(token.WithGroups(sid.BuiltinAdministrators)).IsZero())
	require.True(t, token.New(sid.SID{}, token.WithElevation(true)).IsZero())
}

func TestTokenIsOnePointerWide(t *testing.T) {
	t.Parallel()
	require.Equal(t, unsafe.Sizeof(uintptr(0)), unsafe.Sizeof(token.Token{}))
}

func TestNewHasDefaults(t *testing.T) {
	t.Parallel()
	tok := token.New(alice)
	require.False(t, tok.IsZero())
	require.Equal(t, alice, tok.User())
	require.Empty(t, slices.Collect(tok.Groups()))
	require.False(t, tok.IsAdmin())
	require.False(t, tok.Elevated())
	require.False(t, tok.IsRestricted())
	require.Equal(t, token.IntegrityMedium, tok.Integrity())
	require.Equal(t, token.LevelImpersonate, tok.Level())
	require.Zero(t, tok.Session())
}

func TestIsAdmin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		tok  token.Token
		want bool
	}{
		{"no groups", token.New(alice), false},
		{"group enabled", token.New(alice, token.WithGroups(sid.BuiltinAdministrators)), true},
		{"group deny-only", token.New(alice, token.WithDenyOnlyGroups(sid.BuiltinAdministrators)), false},
		{"elevated without the group", token.New(alice, token.WithElevation(true), token.WithIntegrity(token.IntegrityHigh)), false},
		{"LocalSystem without the group", token.New(sid.LocalSystem), true},
		{"LocalSystem with the group deny-only", token.LocalSystem(token.WithDenyOnlyGroups(sid.BuiltinAdministrators)), true},
		{"LocalSystem as a group", token.New(alice, token.WithGroups(sid.LocalSystem)), false},
		{"NetworkService", token.New(sid.NetworkService), false},
		{"NetworkService with the group", token.NetworkService(token.WithGroups(sid.BuiltinAdministrators)), true},
		{"LocalService", token.New(sid.LocalService), false},
		{"another group", token.New(alice, token.WithGroups(sid.BuiltinBackupOperators)), false},
		{"the group itself as user", token.New(sid.BuiltinAdministrators), false},
		{"restricted", token.Restricted(token.ElevatedAdmin(alice)), true},
		{"low integrity", token.LowIntegrity(token.ElevatedAdmin(alice)), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.tok.IsAdmin())
		})
	}
}

func TestHasEnabledGroup(t *testing.T) {
	t.Parallel()
	tok := token.New(alice, token.WithGroups(sid.BuiltinUsers, sid.Everyone), token.WithDenyOnlyGroups(sid.BuiltinGuests))
	require.True(t, tok.HasEnabledGroup(sid.BuiltinUsers))
	require.True(t, tok.HasEnabledGroup(sid.Everyone))
	require.False(t, tok.HasEnabledGroup(sid.BuiltinGuests), "deny-only")
	require.False(t, tok.HasEnabledGroup(sid.BuiltinAdministrators), "not there")
	require.False(t, tok.HasEnabledGroup(alice), "the user is no group")
	require.False(t, tok.HasEnabledGroup(sid.SID{}))
}

func TestEqualAndKeyAgree(t *testing.T) {
	t.Parallel()
	again := samples()
	for name, a := range samples() {
		for other, b := range again {
			require.Equal(t, name == other, a.Equal(b), "%s and %s", name, other)
			require.Equal(t, name == other, a.Key() == b.Key(), "%s and %s", name, other)
		}
	}
}

func TestOrderOfGroupsDoesNotMatter(t *testing.T) {
	t.Parallel()
	a := token.New(alice, token.WithGroups(sid.Everyone, sid.BuiltinUsers), token.WithRestricting(sid.Everyone, sid.RestrictedCode))
	b := token.New(alice, token.WithGroups(sid.BuiltinUsers, sid.Everyone), token.WithRestricting(sid.RestrictedCode, sid.Everyone))
	require.True(t, a.Equal(b))
	require.False(t, a == b, "they were made apart")
	want := []token.Group{{SID: sid.Everyone, Enabled: true}, {SID: sid.BuiltinUsers, Enabled: true}}
	require.Equal(t, want, slices.Collect(a.Groups()))
	require.Equal(t, []sid.SID{sid.Everyone, sid.RestrictedCode}, slices.Collect(b.Restricting()))
}

func TestDerivingLeavesTheTokenAlone(t *testing.T) {
	t.Parallel()
	base := token.FilteredAdmin(alice, token.WithRestricting(sid.RestrictedCode))
	before := base.Key()
	derived := base.With(
		token.WithGroups(sid.BuiltinAdministrators, sid.BuiltinGuests, sid.Null), token.WithoutGroups(sid.Everyone),
		token.WithElevation(true), token.WithIntegrity(token.IntegrityHigh), token.WithRestricting(),
		token.WithLevel(token.LevelDelegate), token.WithSession(7), token.WithLogon(token.LogonBatch),
	)
	require.Equal(t, before, base.Key())
	again, err := base.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, before, string(again))
	require.False(t, base.IsAdmin())
	require.True(t, derived.IsAdmin())
	require.True(t, base.With().Equal(base))
}

func TestArgumentsAreCopied(t *testing.T) {
	t.Parallel()
	sids := []sid.SID{sid.BuiltinUsers, sid.BuiltinGuests}
	opts := []token.Option{
		token.WithGroups(sids...), token.WithoutGroups(sids[1:]...), token.WithRestricting(sids...),
	}
	sids[0], sids[1] = sid.BuiltinAdministrators, sid.BuiltinUsers
	tok := token.New(alice, opts...)
	require.Equal(t, []token.Group{{SID: sid.BuiltinUsers, Enabled: true}}, slices.Collect(tok.Groups()))
	require.Equal(t, []sid.SID{sid.BuiltinUsers, sid.BuiltinGuests}, slices.Collect(tok.Restricting()))
	sids[0] = sid.Null
	require.Equal(t, []sid.SID{sid.BuiltinUsers, sid.BuiltinGuests}, slices.Collect(tok.Restricting()))

	data, err := tok.MarshalBinary()
	require.NoError(t, err)
	data[0]++
	fresh, err := tok.MarshalBinary()
	require.NoError(t, err)
	require.NotEqual(t, data, fresh, "the bytes handed out are a copy")
}

func BenchmarkHasEnabledGroup(b *testing.B) {
	tok := token.ElevatedAdmin(alice)
	for b.Loop() {
		if !tok.HasEnabledGroup(sid.BuiltinAdministrators) {
			b.Fatal("not enabled")
		}
	}
}

func BenchmarkEqual(b *testing.B) {
	x, y := token.ElevatedAdmin(alice), token.ElevatedAdmin(alice)
	for b.Loop() {
		if !x.Equal(y) {
			b.Fatal("not equal")
		}
	}
}
