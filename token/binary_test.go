package token_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// golden is a token with one of everything, in version 1 of the binary form.
const golden = "01" + "01" + "02" + "00300000" + "f401000000000000" + // version, elevated, level, integrity, session
	"010500000000000515000000" + "c7f7fed7" + "7c7755c8" + "945ace01" + "e9030000" + // user
	"02" + "01" + "010100000000000100000000" + // two groups: Everyone,
	"00" + "01020000000000052000000020020000" + // Administrators, deny-only
	"01" + "01010000000000050c000000" // one restricting SID

func goldenToken() token.Token {
	return token.New(alice, token.WithElevation(true), token.WithLevel(token.LevelIdentify),
		token.WithIntegrity(token.IntegrityHigh), token.WithSession(500), token.WithGroups(sid.Everyone),
		token.WithDenyOnlyGroups(sid.BuiltinAdministrators), token.WithRestricting(sid.RestrictedCode))
}

func TestBinaryFormIsStable(t *testing.T) {
	t.Parallel()
	data, err := goldenToken().MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, golden, hex.EncodeToString(data))
}

func TestBinaryRoundTrip(t *testing.T) {
	t.Parallel()
	for name, tok := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := tok.AppendBinary([]byte("prefix"))
			require.NoError(t, err)
			form, ok := bytes.CutPrefix(data, []byte("prefix"))
			require.True(t, ok)
			require.Equal(t, tok.Key(), string(form))
			back := token.User(bob)
			require.NoError(t, back.UnmarshalBinary(form))
			require.True(t, back.Equal(tok), "%v is not %v", back, tok)
			require.Equal(t, tok.Describe(), back.Describe())
		})
	}
}

func TestUnmarshalBinaryRefuses(t *testing.T) {
	t.Parallel()
	const (
		header   = 15 * 2 // hex digits
		user     = header + 28*2
		everyone = "010100000000000100000000"
		users    = "01020000000000052000000021020000"
	)
	tests := []struct{ name, form, reason string }{
		{"unknown version", "02" + golden[2:], "version 2 is not known, only 1"},
		{"version 0", "00", "version 0 is not known"},
		{"version alone", "01", "it ends too early"},
		{"short header", golden[:header-2], "it ends too early"},
		{"elevation", golden[:2] + "02" + golden[4:], "elevation is 0 or 1, not 2"},
		{"level 0", golden[:4] + "00" + golden[6:], "0 is no impersonation level"},
		{"level 5", golden[:4] + "05" + golden[6:], "5 is no impersonation level"},
		{"no user", golden[:header], "user: sid:"},
		{"no groups", golden[:user], "groups: it ends too early"},
		{"fewer groups than said", golden[:user] + "01", "groups: it ends too early"},
		{"no end of groups", golden[:user] + "ffffffffffffffff01", "groups: it ends too early"},
		{"number of groups over 64 bits", golden[:user] + "ffffffffffffffffff02", "groups: it ends too early"},
		{"number of groups too long", golden[:user] + "800000", "groups: the number is longer than it need be"},
		{"attribute", golden[:user] + "0102" + everyone + "00", "groups: an attribute is 0 or 1, not 2"},
		{"group cut", golden[:user] + "0101" + everyone[:10], "groups: sid:"},
		{"group twice", golden[:user] + "0201" + everyone + "00" + everyone + "00", "groups: S-1-1-0 is twice there or out of order"},
		{"groups out of order", golden[:user] + "0201" + users + "01" + everyone + "00", "groups: S-1-1-0 is twice there or out of order"},
		{"no restricting SIDs", golden[:user] + "00", "restricting SIDs: it ends too early"},
		{"restricting SID cut", golden[:len(golden)-2], "restricting SIDs: sid:"},
		{"restricting SID twice", golden[:user] + "0002" + everyone + everyone, "restricting SIDs: S-1-1-0 is twice there or out of order"},
		{"restricting SIDs out of order", golden[:user] + "0002" + users + everyone, "restricting SIDs: S-1-1-0 is twice there or out of order"},
		{"bytes left over", golden + "00", "1 bytes left over"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data, err := hex.DecodeString(tt.form)
			require.NoError(t, err)
			tok := token.User(bob)
			err = tok.UnmarshalBinary(data)
			require.ErrorContains(t, err, "token: binary form of ")
			require.ErrorContains(t, err, tt.reason)
			require.True(t, tok.Equal(token.User(bob)), "the token stays as it was")
		})
	}
}

func TestUnmarshalBinaryRefusesEveryTruncation(t *testing.T) {
	t.Parallel()
	whole := goldenToken().Key()
	for n := 1; n < len(whole); n++ {
		var tok token.Token
		require.Error(t, tok.UnmarshalBinary([]byte(whole[:n])), "%d bytes", n)
	}
}

func FuzzUnmarshalBinary(f *testing.F) {
	for _, tok := range samples() {
		f.Add([]byte(tok.Key()))
	}
	f.Add([]byte(goldenToken().Key()))
	f.Fuzz(func(t *testing.T, data []byte) {
		var tok token.Token
		if tok.UnmarshalBinary(data) != nil {
			require.True(t, tok.IsZero())
			return
		}
		require.Equal(t, string(data), tok.Key(), "there is one form for a token")
		require.NotEmpty(t, tok.Describe())
		text, err := tok.MarshalJSON()
		require.NoError(t, err)
		var back token.Token
		require.NoError(t, back.UnmarshalJSON(text))
		require.True(t, tok.Equal(back))
	})
}

func BenchmarkAppendBinary(b *testing.B) {
	tok := token.ElevatedAdmin(alice)
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = tok.AppendBinary(buf[:0])
	}
}

func BenchmarkUnmarshalBinary(b *testing.B) {
	data := []byte(token.ElevatedAdmin(alice).Key())
	b.ReportAllocs()
	for b.Loop() {
		var tok token.Token
		if err := tok.UnmarshalBinary(data); err != nil {
			b.Fatal(err)
		}
	}
}
