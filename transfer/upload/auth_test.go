package upload_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

// answerer is an Authenticator that notes what it is asked.
type answerer struct {
	asked  []transfer.Challenge
	answer func(c transfer.Challenge) (string, error)
}

func (a *answerer) Authorize(_ context.Context, c transfer.Challenge) (string, error) {
	a.asked = append(a.asked, c)
	return a.answer(c)
}

// alice answers by any scheme.
func alice(password string) *answerer {
	return &answerer{answer: func(c transfer.Challenge) (string, error) {
		switch c.Scheme {
		case bits.BG_AUTH_SCHEME_BASIC:
			return transfer.Basic("alice", password), nil
		case bits.BG_AUTH_SCHEME_DIGEST:
			return transfer.Digest(c, "alice", password)
		}
		return transfer.Simulated(c.Scheme, "alice"), nil
	}}
}

func with(a transfer.Authenticator) func(*upload.Request) {
	return func(r *upload.Request) { r.Auth = a }
}

var everyScheme = []bits.AuthScheme{
	bits.BG_AUTH_SCHEME_BASIC, bits.BG_AUTH_SCHEME_DIGEST, bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_NEGOTIATE,
	bits.BG_AUTH_SCHEME_PASSPORT,
}

func TestSchemes(t *testing.T) {
	t.Parallel()
	for _, scheme := range everyScheme {
		t.Run(scheme.Short(), func(t *testing.T) {
			t.Parallel()
			policy := transfer.Policy{
				Schemes: []bits.AuthScheme{scheme}, Users: map[string]string{"alice": "word"}, Principals: []string{"alice"},
			}
			a := alice("word")
			srv, files, j := inMemory(t, bitsupload.Options{}, "AAAAABBBBBC", fragmentsOf(5), with(a))
			j.client.Transport = transfer.Handler(transfer.Protect(srv, policy))
			require.NoError(t, j.run())
			got, err := files.ReadFile("up/a.txt")
			require.NoError(t, err)
			require.Equal(t, "AAAAABBBBBC", string(got))
			require.Equal(t, bits.BG_AUTH_TARGET_SERVER, a.asked[0].Target)
			require.Equal(t, "BITS_POST", a.asked[0].Method)
			require.Equal(t, "http://host/up/a.txt", a.asked[0].URL)
			if scheme == bits.BG_AUTH_SCHEME_DIGEST {
				require.Len(t, a.asked, 5, "each packet has an answer of its own")
				require.Equal(t, 4, a.asked[4].Count)
			} else {
				require.Len(t, a.asked, 1)
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	policy := transfer.Policy{Schemes: everyScheme[:2], Users: map[string]string{"alice": "word"}}
	a := alice("wrong")
	srv, _, j := inMemory(t, bitsupload.Options{}, "AAAAA", with(a))
	j.client.Transport = transfer.Handler(transfer.Protect(srv, policy))
	wants(t, j.fails(), hresult.FromHTTPStatus(401), remote, false)
	require.Len(t, a.asked, 2, "each scheme once")
	require.Equal(t, bits.BG_AUTH_SCHEME_DIGEST, a.asked[0].Scheme, "the stronger one first")
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		err  error
		code hresult.HRESULT
	}{
		"none":    {nil, hresult.FromHTTPStatus(401)},
		"a code":  {hresult.BG_E_TOKEN_REQUIRED, hresult.BG_E_TOKEN_REQUIRED},
		"another": {errors.New("x"), hresult.E_FAIL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, _, j := inMemory(t, bitsupload.Options{}, "A", with(&answerer{answer: func(transfer.Challenge) (string, error) {
				return "", row.err
			}}))
			j.client.Transport = transfer.Handler(transfer.Protect(srv, transfer.Policy{Schemes: everyScheme}))
			wants(t, j.fails(), row.code, remote, false)
		})
	}
}

func TestDigestThatCannotBeAskedAgain(t *testing.T) {
	t.Parallel()
	a := alice("word")
	good := a.answer
	srv, _, j := inMemory(t, bitsupload.Options{}, "A", with(a))
	j.client.Transport = transfer.Handler(transfer.Protect(srv, transfer.Policy{
		Schemes: everyScheme[1:2], Users: map[string]string{"alice": "word"},
	}))
	_, err := j.step()
	require.NoError(t, err)
	a.answer = func(transfer.Challenge) (string, error) { return "", hresult.BG_E_TOKEN_REQUIRED }
	wants(t, j.fails(), hresult.BG_E_TOKEN_REQUIRED, remote, false)
	a.answer = good
	require.NoError(t, j.run())
}

func TestFragmentIsSentAgainWithCredentials(t *testing.T) {
	t.Parallel()
	const ask = `WWW-Authenticate: Basic realm="x"`
	srv := wiretest.Serve(t, created, bare(401, ask), ack(5), bare(401, ask), ack(10), ended)
	n := 0
	a := &answerer{answer: func(transfer.Challenge) (string, error) {
		n++
		return "Basic " + strings.Repeat("x", n), nil
	}}
	j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5), with(a))
	require.NoError(t, j.run())
	got := srv.Requests()
	require.Equal(t, []string{
		"Create-Session", "Fragment bytes 0-4/10", "Fragment bytes 0-4/10", "Fragment bytes 5-9/10", "Fragment bytes 5-9/10",
		"Close-Session",
	}, heads(got))
	var sent []string
	for _, m := range got {
		sent = append(sent, m.Header["authorization"])
	}
	require.Equal(t, []string{"", "", "Basic x", "Basic x", "Basic xx", "Basic xx"}, sent)
	require.Equal(t, "AAAAA", got[2].Body)
}

func TestProxy(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, bare(407, `Proxy-Authenticate: NTLM`), created, ack(1), ended)
	a := alice("")
	j := newJob(t, "http://somewhere.test/up/a.txt", "x", with(a), func(r *upload.Request) {
		r.Proxy = func(u *url.URL) (*url.URL, error) {
			require.Equal(t, "somewhere.test", u.Host)
			return url.Parse(srv.URL())
		}
	})
	require.NoError(t, j.run())
	got := srv.Requests()
	require.Equal(t, "BITS_POST http://somewhere.test/up/a.txt HTTP/1.1", got[0].Start)
	require.Empty(t, got[0].Header["proxy-authorization"])
	for _, m := range got[1:] {
		require.Equal(t, transfer.Simulated(bits.BG_AUTH_SCHEME_NTLM, "alice"), m.Header["proxy-authorization"])
		require.Empty(t, m.Header["authorization"])
	}
	require.Len(t, a.asked, 1)
	require.Equal(t, bits.BG_AUTH_TARGET_PROXY, a.asked[0].Target)
	require.Equal(t, srv.Host(), a.asked[0].Proxy)
}

func TestProxyThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		err  error
		code hresult.HRESULT
	}{
		"a code":  {hresult.BG_E_TOKEN_REQUIRED, hresult.BG_E_TOKEN_REQUIRED},
		"another": {errors.New("x"), hresult.BG_E_INVALID_PROXY_INFO},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, j := inMemory(t, bitsupload.Options{}, "A", func(r *upload.Request) {
				r.Proxy = func(*url.URL) (*url.URL, error) { return nil, row.err }
			})
			wants(t, j.fails(), row.code, remote, false)
		})
	}
}

func TestCredentialsStayWithTheirHost(t *testing.T) {
	t.Parallel()
	origin := wiretest.Serve(t, bare(401, "WWW-Authenticate: NTLM"), withHost(hostFor60))
	node := wiretest.Serve(t, pong, ack(1), ended)
	j := newJob(t, "http://localhost:8001/up/a.txt", "x", with(alice("")))
	j.client.Transport = elsewhere{j.client.Transport, map[string]string{
		"localhost:8001": origin.Host(), "127.0.0.2:8001": node.Host(),
	}}
	require.NoError(t, j.run())
	require.NotEmpty(t, origin.Requests()[1].Header["authorization"])
	for _, m := range node.Requests() {
		require.NotContains(t, m.Header, "authorization")
	}
}

func TestChallenges(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]bits.AuthScheme{
		`Basic realm="a, b"`: {bits.BG_AUTH_SCHEME_BASIC},
		`Unknown x="y", z=1`: nil,
		`Unknown x=y, NTLM`:  {bits.BG_AUTH_SCHEME_NTLM},
		`NTLM, Basic realm=x, Negotiate`: {
			bits.BG_AUTH_SCHEME_NEGOTIATE, bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_BASIC,
		},
		``: nil, `,`: nil, `=`: nil, `"`: nil, `Basic`: {bits.BG_AUTH_SCHEME_BASIC},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, bare(401, "WWW-Authenticate: "+text))
			a := &answerer{answer: func(transfer.Challenge) (string, error) { return "", nil }}
			_ = newJob(t, srv.URL()+"/a", "x", with(a)).fails()
			var got []bits.AuthScheme
			for _, c := range a.asked {
				got = append(got, c.Scheme)
			}
			require.Equal(t, want, got)
		})
	}
}

func FuzzChallenges(f *testing.F) {
	for _, s := range []string{`Digest realm="x, \"y\"", nonce=z, qop="auth"`, `Basic, NTLM`, `=,"`, "Negotiate abc=="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a := &answerer{answer: func(transfer.Challenge) (string, error) { return "", nil }}
		rt := roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 401, Header: http.Header{"Www-Authenticate": {s}}, Body: http.NoBody, Request: r}, nil
		})
		u, err := upload.New(&transfer.Client{Transport: rt}, upload.Request{URL: "http://x/", Auth: a}, upload.State{})
		require.NoError(t, err)
		_, err = u.Step(t.Context(), strings.NewReader(""), 0)
		require.ErrorIs(t, err, hresult.FromHTTPStatus(401))
		require.LessOrEqual(t, len(a.asked), 5)
	})
}

// roundTripper is a function as a transport.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
