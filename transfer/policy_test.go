package transfer_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/transfer"
)

func TestSimulated(t *testing.T) {
	t.Parallel()
	for _, scheme := range []bits.AuthScheme{ntlm, negotiate, passport} {
		for _, who := range []string{"alice", "", "S-1-5-21-1-2-3-1001", `DOMAIN\ä`} {
			got, ok := transfer.SimulatedPrincipal(transfer.Simulated(scheme, who))
			require.True(t, ok)
			require.Equal(t, who, got)
		}
	}
	require.Equal(t, "NTLM YWxpY2U=", transfer.Simulated(ntlm, "alice"))
	require.Equal(t, "Negotiate", transfer.Simulated(negotiate, ""))
	for _, header := range []string{"", "Basic YWxpY2U=", "NTLM !", transfer.Basic("a", "b"), "Kerberos YWxpY2U="} {
		_, ok := transfer.SimulatedPrincipal(header)
		require.False(t, ok, header)
	}
}

// What a policy says to those whom it does not let through.
func TestPolicyChallenges(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(10))
	rt := transfer.ProtectTransport(s, transfer.Policy{
		Realm: `a "b"`, Schemes: []bits.AuthScheme{basic, digest, ntlm, negotiate}, Users: map[string]string{"alice": "word"},
	})
	resp, _, err := get(t, rt, http.MethodPost, site)
	require.NoError(t, err)
	require.Equal(t, 401, resp.StatusCode)
	values := resp.Header.Values("WWW-Authenticate")
	require.Len(t, values, 4)
	require.Equal(t, `Basic realm="a \"b\""`, values[0])
	require.True(t, strings.HasPrefix(values[1], `Digest realm="a \"b\"", qop="auth", nonce="`), values[1])
	require.Equal(t, "NTLM", values[2])
	require.Equal(t, "Negotiate", values[3])

	for header, status := range map[string]int{
		transfer.Basic("alice", "word"):          206,
		transfer.Basic("alice", "wrong"):         401,
		transfer.Basic("bob", ""):                401,
		"Basic !":                                401,
		transfer.Simulated(ntlm, "anybody"):      206,
		transfer.Simulated(ntlm, ""):             401,
		transfer.Simulated(passport, "somebody"): 401, // it is not offered
		"NTLM !":                                 401,
		`Digest username="alice", nonce="none"`:  401,
		`Digest username="alice", nonce="x", qop=auth, algorithm=ROT13`: 401,
		"Digest": 401,
		"Bearer": 401,
	} {
		resp, _, err := get(t, rt, http.MethodGet, site, "Authorization", header, "Range", "bytes=0-1")
		require.NoError(t, err)
		require.Equal(t, status, resp.StatusCode, header)
	}
}

// A Digest answer is good once, and for the request that it was made for.
func TestPolicyDigestReplay(t *testing.T) {
	t.Parallel()
	rt := transfer.ProtectTransport(transfer.NewScript(transfer.Size(10)), transfer.Policy{
		Schemes: []bits.AuthScheme{digest}, Users: map[string]string{"alice": "word"},
	})
	var challenge transfer.Challenge
	_, o := fetch(t, rt, transfer.Request{Auth: &answers{answer: func(c transfer.Challenge) (string, error) {
		challenge = c
		return "", nil
	}}})
	require.Error(t, o.err)
	challenge.Method = http.MethodGet
	answer, err := transfer.Digest(challenge, "alice", "word")
	require.NoError(t, err)
	for n, status := range []int{200, 401} {
		resp, _, err := get(t, rt, http.MethodGet, site, "Authorization", answer)
		require.NoError(t, err)
		require.Equal(t, status, resp.StatusCode)
		require.Equal(t, n == 1, strings.Contains(resp.Header.Get("WWW-Authenticate"), "stale=true"))
	}
	challenge.Count = 5
	answer, err = transfer.Digest(challenge, "alice", "word")
	require.NoError(t, err)
	resp, _, err := get(t, rt, http.MethodHead, site, "Authorization", answer)
	require.NoError(t, err)
	require.Equal(t, 401, resp.StatusCode, "it is for GET")
}
