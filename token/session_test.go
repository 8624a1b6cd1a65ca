package token_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/token"
)

func TestSessionText(t *testing.T) {
	t.Parallel()
	for session, text := range map[token.Session]string{
		0:                    "0x0",
		token.SessionSystem:  "0x3e7",
		math.MaxUint64:       "0xffffffffffffffff",
		token.Session(70000): "0x11170",
	} {
		require.Equal(t, text, session.String())
		data, err := session.MarshalText()
		require.NoError(t, err)
		require.Equal(t, text, string(data))
		back := token.Session(1)
		require.NoError(t, back.UnmarshalText(data))
		require.Equal(t, session, back)
	}
	for text, want := range map[string]token.Session{"999": 0x3e7, "0X3E7": 0x3e7, "0": 0, "18446744073709551615": math.MaxUint64} {
		var session token.Session
		require.NoError(t, session.UnmarshalText([]byte(text)))
		require.Equal(t, want, session)
	}
}

func TestWhatIsNoSession(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "0x", "-1", "3e7", "0x10000000000000000", "18446744073709551616", "one"} {
		session := token.Session(5)
		require.ErrorContains(t, session.UnmarshalText([]byte(text)), `is no logon session: want a number of 64 bits`, text)
		require.Equal(t, token.Session(5), session)
	}
}

func TestLogonString(t *testing.T) {
	t.Parallel()
	for logon, want := range map[token.Logon]string{
		token.LogonNone:        "none",
		token.LogonInteractive: "interactive",
		token.LogonNetwork:     "network",
		token.LogonBatch:       "batch",
		token.LogonService:     "service",
		1:                      "1",
		200:                    "200",
	} {
		require.Equal(t, want, logon.String())
	}
}
