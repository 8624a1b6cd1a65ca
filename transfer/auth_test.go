package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

const (
	basic     = bits.BG_AUTH_SCHEME_BASIC
	digest    = bits.BG_AUTH_SCHEME_DIGEST
	ntlm      = bits.BG_AUTH_SCHEME_NTLM
	negotiate = bits.BG_AUTH_SCHEME_NEGOTIATE
	passport  = bits.BG_AUTH_SCHEME_PASSPORT
	server    = bits.BG_AUTH_TARGET_SERVER
	proxy     = bits.BG_AUTH_TARGET_PROXY
)

// answers is an Authenticator that writes down what it is asked.
type answers struct {
	asked  []transfer.Challenge
	answer func(c transfer.Challenge) (string, error)
}

func (a *answers) Authorize(_ context.Context, c transfer.Challenge) (string, error) {
	a.asked = append(a.asked, c)
	return a.answer(c)
}

// as answers for alice by any scheme.
func as(user, password string, only ...bits.AuthScheme) *answers {
	return &answers{answer: func(c transfer.Challenge) (string, error) {
		for _, scheme := range only {
			if scheme != c.Scheme {
				return "", nil
			}
		}
		switch c.Scheme {
		case basic:
			return transfer.Basic(user, password), nil
		case digest:
			return transfer.Digest(c, user, password)
		}
		return transfer.Simulated(c.Scheme, user), nil
	}}
}

func schemesOf(asked []transfer.Challenge) []bits.AuthScheme {
	var all []bits.AuthScheme
	for _, c := range asked {
		all = append(all, c.Scheme)
	}
	return all
}

func TestAuthSchemes(t *testing.T) {
	t.Parallel()
	for _, scheme := range []bits.AuthScheme{basic, digest, ntlm, negotiate, passport} {
		t.Run(scheme.Short(), func(t *testing.T) {
			t.Parallel()
			policy := transfer.Policy{
				Schemes: []bits.AuthScheme{scheme}, Users: map[string]string{"alice": `pass:"word\`},
				Principals: []string{"alice"},
			}
			s := transfer.NewScript(transfer.Size(1000))
			all := ways(t, s, func(h http.Handler) http.Handler { return transfer.Protect(h, policy) })
			all["script"] = way{transfer.ProtectTransport(s, policy), site}
			for name, w := range all {
				a := as("alice", `pass:"word\`)
				l, o := fetch(t, w.rt, transfer.Request{URL: w.url, Auth: a})
				require.NoError(t, o.err, name)
				require.True(t, bytes.Equal(s.Bytes(), l.data))
				if scheme == digest {
					require.Equal(t, []bits.AuthScheme{digest, digest}, schemesOf(a.asked), "its answers are good once")
					require.Equal(t, 1, a.asked[1].Count)
					require.Equal(t, "GET", a.asked[1].Method)
				} else {
					require.Equal(t, []bits.AuthScheme{scheme}, schemesOf(a.asked))
				}
				require.Equal(t, server, a.asked[0].Target)
				require.Equal(t, w.url, a.asked[0].URL)
				require.Equal(t, "HEAD", a.asked[0].Method)

				// Somebody else, nobody, and nobody's answer.
				for _, a := range []transfer.Authenticator{as("bob", "word"), as("", ""), as("alice", "wrong", passport+1), nil} {
					before := len(s.Requests())
					_, o = fetch(t, w.rt, transfer.Request{URL: w.url, Auth: a})
					requireError(t, o.err, hresult.BG_E_HTTP_ERROR_401, false)
					require.Len(t, s.Requests(), before)
				}
			}
			for _, r := range s.Requests() {
				require.Equal(t, "alice", r.Principal)
			}
		})
	}
}

// The strongest scheme first, each once; an answer that is turned down is
// followed by the next.
func TestAuthOrder(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(10))
	rt := transfer.ProtectTransport(s, transfer.Policy{
		Schemes: []bits.AuthScheme{basic, digest, passport, ntlm, negotiate},
		Users:   map[string]string{"alice": "word"}, Principals: []string{"bob"},
	})
	a := as("alice", "wrong")
	_, o := fetch(t, rt, transfer.Request{Auth: a})
	requireError(t, o.err, hresult.BG_E_HTTP_ERROR_401, false)
	require.Equal(t, []bits.AuthScheme{negotiate, ntlm, digest, passport, basic}, schemesOf(a.asked))

	a = as("alice", "word", basic)
	_, o = fetch(t, rt, transfer.Request{Auth: a})
	require.NoError(t, o.err)
	require.Equal(t, []bits.AuthScheme{negotiate, ntlm, digest, passport, basic}, schemesOf(a.asked))
}

// A later attempt of the same download uses the answer again without asking, and
// asks once more if it is no good any longer.
func TestAuthIsKept(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(10))
	s.Set(transfer.CutAfter(5, 1))
	users := map[string]string{"alice": "word"}
	rt := transfer.ProtectTransport(s, transfer.Policy{Schemes: []bits.AuthScheme{basic}, Users: users})
	a := as("alice", "word")
	d, err := transfer.New(&transfer.Client{Transport: rt}, transfer.Request{URL: site, Auth: a}, transfer.State{})
	require.NoError(t, err)
	defer d.Close()
	l := &local{}
	require.Error(t, attempt(t.Context(), t, d, l, 1<<20, nil).err)
	res, err := d.Step(t.Context(), l, 1)
	require.NoError(t, err)
	require.True(t, res.Connected)
	require.Len(t, a.asked, 1)

	users["alice"] = "other"
	_, err = d.Step(t.Context(), l, 1)
	requireError(t, err, hresult.BG_E_HTTP_ERROR_401, false)
	require.Len(t, a.asked, 2)
}

// An Authenticator's error is the attempt's.
func TestAuthError(t *testing.T) {
	t.Parallel()
	rt := transfer.ProtectTransport(transfer.NewScript(transfer.Size(10)), transfer.Policy{
		Schemes: []bits.AuthScheme{digest}, Users: map[string]string{"alice": "word"},
	})
	a := &answers{answer: func(transfer.Challenge) (string, error) { return "", hresult.BG_E_TOKEN_REQUIRED }}
	_, o := fetch(t, rt, transfer.Request{Auth: a})
	e := errorOf(t, o.err, hresult.BG_E_TOKEN_REQUIRED, false)
	require.Equal(t, site, e.URL)

	a.answer = func(transfer.Challenge) (string, error) { return "Digest\r\nX-Evil: 1", nil }
	_, o = fetch(t, rt, transfer.Request{Auth: a})
	requireError(t, o.err, hresult.BG_E_INVALID_SERVER_RESPONSE, false)

	// Also where a Digest answer is made for a later request.
	a.answer = func(c transfer.Challenge) (string, error) {
		if c.Count > 0 {
			return "", hresult.BG_E_TOKEN_REQUIRED
		}
		return transfer.Digest(c, "alice", "word")
	}
	_, o = fetch(t, rt, transfer.Request{Auth: a})
	requireError(t, o.err, hresult.BG_E_TOKEN_REQUIRED, false)
	require.True(t, o.Connected)
}

// challengeWith answers each request with 401 and the next challenge, until accept
// says that the answer will do.
func challengeWith(next http.RoundTripper, challenge func(n int) string, accept func(r *http.Request, n int) bool) http.RoundTripper {
	n := 0
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		n++
		if accept(r, n) {
			return next.RoundTrip(r)
		}
		return &http.Response{
			StatusCode: 401, ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody, Request: r,
			Header: http.Header{"Www-Authenticate": {challenge(n)}},
		}, nil
	})
}

func TestDigestNonceRunsOut(t *testing.T) {
	t.Parallel()
	nonce := func(n int) string { return `Digest realm="r", nonce="` + string(rune('a'+n)) + `", stale=true` }
	s := transfer.NewScript(transfer.Size(10))

	// Once, between HEAD and GET, and again when it is told to be stale.
	a := as("alice", "word")
	_, o := fetch(t, challengeWith(s, nonce, func(_ *http.Request, n int) bool { return n == 2 || n == 4 }), transfer.Request{Auth: a})
	require.NoError(t, o.err)
	require.Len(t, a.asked, 3, "HEAD, GET with the old nonce, GET with the new one")

	// A server for which every nonce is stale is not asked without end.
	a = as("alice", "word")
	_, o = fetch(t, challengeWith(s, nonce, func(*http.Request, int) bool { return false }), transfer.Request{Auth: a})
	requireError(t, o.err, hresult.BG_E_HTTP_ERROR_401, false)
	require.Len(t, a.asked, 2)
}

func TestProxyAuth(t *testing.T) {
	t.Parallel()
	through := func(host string) func(*url.URL) (*url.URL, error) {
		return func(*url.URL) (*url.URL, error) {
			if host == "" {
				return nil, nil
			}
			return &url.URL{Scheme: "http", Host: host}, nil
		}
	}
	s := transfer.NewScript(transfer.Size(10))
	rt := transfer.ProtectTransport(
		transfer.ProtectTransport(s, transfer.Policy{Schemes: []bits.AuthScheme{ntlm}, Principals: []string{"alice"}}),
		transfer.Policy{Proxy: true, Schemes: []bits.AuthScheme{negotiate, digest}, Principals: []string{"alice"}, Users: map[string]string{"alice": "word"}})

	for _, target := range []string{site, "https://www.example.com/file"} {
		for _, scheme := range []bits.AuthScheme{negotiate, digest} {
			a := as("alice", "word", scheme)
			a.answer = func(c transfer.Challenge) (string, error) {
				if c.Target == server {
					return transfer.Simulated(c.Scheme, "alice"), nil
				}
				return as("alice", "word", scheme).Authorize(t.Context(), c)
			}
			_, o := fetch(t, rt, transfer.Request{URL: target, Auth: a, Proxy: through("proxy:8080")})
			require.NoError(t, o.err)
			require.Equal(t, proxy, a.asked[0].Target)
			require.Equal(t, "proxy:8080", a.asked[0].Proxy)
			for _, r := range s.Requests() {
				require.Empty(t, r.Header.Get("Proxy-Authorization"), "it is the proxy's")
				require.NotEmpty(t, r.Header.Get("Authorization"))
			}
		}
	}

	// Without an answer, as somebody else, and directly, where nobody asks for the
	// proxy's sake.
	_, o := fetch(t, rt, transfer.Request{Proxy: through("proxy:8080")})
	requireError(t, o.err, hresult.BG_E_HTTP_ERROR_407, false)
	_, o = fetch(t, rt, transfer.Request{Auth: as("bob", ""), Proxy: through("proxy:8080")})
	requireError(t, o.err, hresult.BG_E_HTTP_ERROR_407, false)
	_, o = fetch(t, rt, transfer.Request{Auth: as("alice", ""), Proxy: through("")})
	require.NoError(t, o.err)

	// 407 where there is no proxy.
	_, o = fetch(t, transfer.NewScript(transfer.Status(407, 9)), transfer.Request{Auth: as("alice", "")})
	requireError(t, o.err, hresult.BG_E_HTTP_ERROR_407, false)

	// A handler may be the proxy itself.
	h := transfer.Protect(behind(s), transfer.Policy{Proxy: true, Schemes: []bits.AuthScheme{basic}, Users: map[string]string{"alice": "word"}})
	_, o = fetch(t, transfer.Handler(h), transfer.Request{Auth: as("alice", "word"), Proxy: through("proxy")})
	require.NoError(t, o.err)
}

func TestProxyError(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(10))
	for name, row := range map[string]struct {
		err  error
		code hresult.HRESULT
	}{
		"plain":   {errors.New("bad list"), hresult.BG_E_INVALID_PROXY_INFO},
		"HRESULT": {hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT},
	} {
		_, o := fetch(t, s, transfer.Request{Proxy: func(*url.URL) (*url.URL, error) { return nil, row.err }})
		requireError(t, o.err, row.code, false)
		require.ErrorIs(t, o.err, row.err, name)
	}
	require.Empty(t, s.Requests())
}

// The proxy is asked for anew where a redirect leads, and another host is another
// one to answer to.
func TestAuthAcrossRedirects(t *testing.T) {
	t.Parallel()
	policy := transfer.Policy{Schemes: []bits.AuthScheme{basic}, Users: map[string]string{"alice": "word"}}
	there := transfer.NewScript(transfer.Size(10))
	here := transfer.NewScript(transfer.Redirect(302, "http://b.example/file"))
	var seen []string
	rt := hosts(map[string]http.RoundTripper{
		"http://a.example": transfer.ProtectTransport(here, policy),
		"http://b.example": roundTripper(func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.Header.Get("Authorization"), transfer.ProxyOf(r.Context()).Host)
			return transfer.ProtectTransport(there, policy).RoundTrip(r)
		}),
	})
	a := as("alice", "word")
	_, o := fetch(t, rt, transfer.Request{URL: "http://a.example/file", Auth: a, Proxy: func(u *url.URL) (*url.URL, error) {
		return &url.URL{Scheme: "http", Host: "proxy-of-" + u.Host}, nil
	}})
	require.NoError(t, o.err)
	require.Len(t, a.asked, 2)
	require.Equal(t, "http://b.example/file", a.asked[1].URL, "the Authenticator sees whom it answers")
	require.Equal(t, []string{
		"", "proxy-of-b.example",
		transfer.Basic("alice", "word"), "proxy-of-b.example",
		transfer.Basic("alice", "word"), "proxy-of-b.example",
	}, seen)
}
