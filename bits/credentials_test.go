package bits_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func ExampleImplicitCredentials() {
	credentials := bits.ImplicitCredentials(bits.BG_AUTH_TARGET_PROXY, bits.BG_AUTH_SCHEME_NEGOTIATE)
	fmt.Printf("%+v\n", credentials)
	// Output: {Target:BG_AUTH_TARGET_PROXY Scheme:BG_AUTH_SCHEME_NEGOTIATE Implicit:true UserName: Password:(hidden)}
}

func TestCredentialsAreValues(t *testing.T) {
	t.Parallel()
	implicit := bits.ImplicitCredentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_NTLM)
	explicit := bits.AuthCredentials{Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_NTLM}
	require.False(t, implicit == explicit, "no name is not the empty name")
	explicit.Implicit = true
	require.True(t, implicit == explicit)
}

func TestSecretIsNotShown(t *testing.T) {
	t.Parallel()
	const password = "correct horse"
	secret := bits.Secret(password)
	credentials := bits.AuthCredentials{UserName: "alice", Password: secret}
	require.Equal(t, password, string(secret))
	require.Equal(t, "(hidden)", secret.String())

	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%20s", "%T"} {
		fmt.Fprintf(&out, verb+"\n", secret)
		fmt.Fprintf(&out, verb+"\n", credentials)
		fmt.Fprintf(&out, verb+"\n", &credentials)
		fmt.Fprintf(&out, verb+"\n", []any{credentials})
	}
	fmt.Fprintln(&out, fmt.Errorf("set %v", credentials))
	data, err := json.Marshal(credentials)
	require.NoError(t, err)
	out.Write(data)
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("set", "password", secret, "credentials", credentials)
	}
	require.NotContains(t, out.String(), "horse")
	require.NotContains(t, out.String(), fmt.Sprintf("%x", "horse"))
	require.NotContains(t, out.String(), fmt.Sprintf("%X", "horse"))
	require.Contains(t, out.String(), "alice")
	require.Contains(t, string(data), `"Password":"(hidden)"`)
}
