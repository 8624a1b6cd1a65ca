package transfer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

// The examples of RFC 7616, section 3.9.1, and RFC 2617, section 3.5, and those
// without the quality of protection and with a session key computed from the
// definitions.
func TestDigestResponse(t *testing.T) {
	t.Parallel()
	rfc7616 := digest{
		method: "GET", uri: "/dir/index.html", realm: "http-auth@example.org",
		nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", qop: "auth", count: "00000001",
		client: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
	}
	rfc2617 := digest{
		method: "GET", uri: "/dir/index.html", realm: "testrealm@host.com", nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
		qop: "auth", count: "00000001", client: "0a4f113b",
	}
	for name, row := range map[string]struct {
		d                         digest
		algorithm, password, want string
		qop                       string
	}{
		"MD5":      {rfc7616, "MD5", "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec", "auth"},
		"SHA-256":  {rfc7616, "SHA-256", "Circle of Life", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", "auth"},
		"default":  {rfc2617, "", "Circle Of Life", "6629fae49393a05397450978507c4ef1", "auth"},
		"no qop":   {rfc2617, "md5", "Circle Of Life", "670fd8c2df070c60b045671b8b24ff02", ""},
		"session":  {rfc2617, "MD5-sess", "Circle Of Life", "SESSION", "auth"},
		"SHA-512?": {rfc2617, "SHA-512-256", "Circle Of Life", "", "auth"},
	} {
		row.d.algorithm, row.d.qop = row.algorithm, row.qop
		got, err := row.d.response("Mufasa", row.password)
		switch row.want {
		case "":
			require.ErrorIs(t, err, hresult.BG_E_INVALID_SERVER_RESPONSE, name)
		case "SESSION":
			require.NoError(t, err)
			require.Len(t, got, 32)
			row.d.algorithm = "MD5"
			plain, err := row.d.response("Mufasa", row.password)
			require.NoError(t, err)
			require.NotEqual(t, plain, got)
		default:
			require.NoError(t, err, name)
			require.Equal(t, row.want, got, name)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	challenge := func(params string) Challenge {
		return Challenge{
			Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_DIGEST, Method: "GET", URL: "http://a.example/dir/f?x=1",
			Params: httphead.Parse([]string{"Digest " + params})[0].Params,
		}
	}
	c := challenge(`realm="r", nonce="n", qop="auth-int, auth", opaque="o\"p", algorithm=SHA-256`)
	c.Count = 10
	answer, err := Digest(c, `do"main\alice`, "word")
	require.NoError(t, err)
	p := digestParams(answer)
	require.Equal(t, `do"main\alice`, p["username"])
	require.Equal(t, "/dir/f?x=1", p["uri"])
	require.Equal(t, "0000000b", p["nc"])
	require.Equal(t, `o"p`, p["opaque"])
	require.Equal(t, "SHA-256", p["algorithm"])
	require.Equal(t, "auth", p["qop"])
	require.NotEmpty(t, p["cnonce"])

	// To a proxy the whole URL is named, or the other end of the tunnel.
	c.Target = bits.BG_AUTH_TARGET_PROXY
	for target, want := range map[string]string{
		"http://u:p@a.example/f#g": "http://a.example/f", "http://a.example": "http://a.example/",
		"https://a.example/f": "a.example:443", "https://A.example:8443/f": "a.example:8443",
	} {
		c.URL = target
		answer, err := Digest(c, "alice", "word")
		require.NoError(t, err)
		require.Equal(t, want, digestParams(answer)["uri"])
	}

	answer, err = Digest(challenge(`nonce=n`), "alice", "word")
	require.NoError(t, err)
	require.False(t, strings.Contains(answer, "qop") || strings.Contains(answer, "cnonce"), answer)

	for name, row := range map[string]struct {
		c    Challenge
		code hresult.HRESULT
	}{
		"no nonce":  {challenge(`realm="r"`), hresult.BG_E_INVALID_SERVER_RESPONSE},
		"auth-int":  {challenge(`nonce=n, qop="auth-int"`), hresult.BG_E_INVALID_SERVER_RESPONSE},
		"algorithm": {challenge(`nonce=n, algorithm=ROT13`), hresult.BG_E_INVALID_SERVER_RESPONSE},
		"scheme":    {Challenge{Scheme: bits.BG_AUTH_SCHEME_BASIC}, hresult.E_INVALIDARG},
		"URL":       {Challenge{Scheme: bits.BG_AUTH_SCHEME_DIGEST, URL: "%"}, hresult.E_INVALIDARG},
	} {
		_, err := Digest(row.c, "alice", "word")
		require.ErrorIs(t, err, row.code, name)
	}
}
