package seal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/seal"
)

func credentials(target bits.AuthTarget, scheme bits.AuthScheme, user string, password bits.Secret) bits.AuthCredentials {
	return bits.AuthCredentials{Target: target, Scheme: scheme, UserName: user, Password: password}
}

// full has something of everything.
func full() seal.Secrets {
	return seal.Secrets{
		Credentials: []bits.AuthCredentials{
			credentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_BASIC, "alice", "pass1word"),
			credentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_DIGEST, "жук", ""),
			bits.ImplicitCredentials(bits.BG_AUTH_TARGET_PROXY, bits.BG_AUTH_SCHEME_NEGOTIATE),
		},
		CustomHeaders: "X-Key: 2secret\r\n",
		HasHeaders:    true,
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	var s seal.Secrets
	require.True(t, s.IsZero())
	want := full()
	for i := len(want.Credentials) - 1; i >= 0; i-- {
		s.Set(want.Credentials[i])
	}
	require.Equal(t, want.Credentials, s.Credentials, "in order")
	require.False(t, s.IsZero())

	before := s
	changed := credentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_DIGEST, "bob", "other")
	s.Set(changed)
	require.Len(t, s.Credentials, 3)
	got, ok := s.Find(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_DIGEST)
	require.True(t, ok)
	require.Equal(t, changed, got)
	require.Equal(t, want.Credentials, before.Credentials, "the copy")

	_, ok = s.Find(bits.BG_AUTH_TARGET_PROXY, bits.BG_AUTH_SCHEME_DIGEST)
	require.False(t, ok)
}

func TestSetImplicit(t *testing.T) {
	t.Parallel()
	var s seal.Secrets
	c := bits.ImplicitCredentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_NTLM)
	c.UserName, c.Password = "alice", "pass1word"
	s.Set(c)
	require.Equal(t, []bits.AuthCredentials{bits.ImplicitCredentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_NTLM)}, s.Credentials)
}

func TestRemove(t *testing.T) {
	t.Parallel()
	s := full()
	before := s
	require.True(t, s.Remove(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_DIGEST))
	require.False(t, s.Remove(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_DIGEST))
	require.Len(t, s.Credentials, 2)
	_, ok := s.Find(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_DIGEST)
	require.False(t, ok)
	require.Equal(t, full(), before, "the copy")
}

func TestIsZero(t *testing.T) {
	t.Parallel()
	require.False(t, seal.Secrets{HasHeaders: true}.IsZero(), "set to nothing")
	require.False(t, seal.Secrets{CustomHeaders: "X: y\r\n"}.IsZero())
	require.True(t, seal.Secrets{Credentials: []bits.AuthCredentials{}}.IsZero())
}

func TestString(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		secrets seal.Secrets
		want    string
	}{
		{name: "nothing", want: "no secrets"},
		{name: "all", secrets: full(), want: "secrets: SERVER/BASIC, SERVER/DIGEST, PROXY/NEGOTIATE, custom headers"},
		{name: "empty headers", secrets: seal.Secrets{HasHeaders: true}, want: "secrets: custom headers"},
		{name: "headers not set", secrets: seal.Secrets{CustomHeaders: "X"}, want: "secrets: custom headers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, test.secrets.String())
		})
	}
}

// holder is how the emulator may hold secrets and print what holds them.
type holder struct {
	Secrets seal.Secrets
	Pointer *seal.Secrets
}

func TestNothingShows(t *testing.T) {
	t.Parallel()
	s := full()
	values := map[string]any{"value": s, "pointer": &s, "holder": holder{s, &s}, "slice": []seal.Secrets{s}}
	for name, v := range values {
		var said bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
			fmt.Fprintf(&said, verb+"\n", v)
		}
		text, err := json.Marshal(v)
		require.NoError(t, err)
		said.Write(text)
		for _, h := range []slog.Handler{slog.NewTextHandler(&said, nil), slog.NewJSONHandler(&said, nil)} {
			slog.New(h).Info("job", "secrets", v)
		}
		// In hexadecimal, too.
		for _, secret := range []string{"alice", "жук", "pass1word", "X-Key", "2secret"} {
			require.NotContains(t, said.String(), secret, name)
			require.NotContains(t, said.String(), fmt.Sprintf("%x", secret), name)
			require.NotContains(t, said.String(), fmt.Sprintf("%X", secret), name)
		}
		require.Contains(t, said.String(), "SERVER/BASIC", name)
	}
}
