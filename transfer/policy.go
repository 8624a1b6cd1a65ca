package transfer

import (
	"net/http"
	"strings"
	"sync"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

// Policy is that of a server or a proxy which asks who is there.
type Policy struct {
	Proxy   bool              // it is a proxy: 407 instead of 401
	Realm   string            // "" is "bitsemu"
	Schemes []bits.AuthScheme // what it offers

	// Users are the passwords for Basic and Digest.
	Users map[string]string

	// Principals are whom NTLM, Negotiate and Passport let through, as [Simulated]
	// tells them; nil is everybody but the anonymous.
	Principals []string
}

// Protect lets through to h those whom the policy lets through. With Proxy, h is
// the proxy itself, for whatever comes through it.
func Protect(h http.Handler, p Policy) http.Handler {
	g := newGuard(p)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, challenges := g.judge(r.Method, r.Header)
		if status == 0 {
			h.ServeHTTP(w, g.pass(r))
			return
		}
		w.Header()[g.challengeHeader] = challenges
		http.Error(w, http.StatusText(status), status)
	})
}

// ProtectTransport does the same for a transport. With Proxy, it is about the
// requests that go through a proxy, as [ProxyOf] tells; others are not asked.
func ProtectTransport(rt http.RoundTripper, p Policy) http.RoundTripper {
	return &protectedTransport{rt, newGuard(p)}
}

type protectedTransport struct {
	next  http.RoundTripper
	guard *guard
}

func (t *protectedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.guard.policy.Proxy && ProxyOf(req.Context()) == nil {
		return t.next.RoundTrip(req)
	}
	method := req.Method
	if t.guard.policy.Proxy && req.URL.Scheme == "https" {
		method = http.MethodConnect
	}
	status, challenges := t.guard.judge(method, req.Header)
	if status == 0 {
		return t.next.RoundTrip(t.guard.pass(req))
	}
	if req.Body != nil {
		_ = req.Body.Close() // it was not read
	}
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{t.guard.challengeHeader: challenges}, Body: http.NoBody, Request: req,
	}, nil
}

// guard judges by a policy.
type guard struct {
	policy                        Policy
	challengeHeader, answerHeader string
	nonces                        nonces
}

func newGuard(p Policy) *guard {
	if p.Realm == "" {
		p.Realm = "bitsemu"
	}
	target := bits.BG_AUTH_TARGET_SERVER
	if p.Proxy {
		target = bits.BG_AUTH_TARGET_PROXY
	}
	g := &guard{policy: p}
	g.challengeHeader, g.answerHeader = httphead.Names(target)
	return g
}

// pass is the request as it goes on: a proxy keeps what was said to it.
func (g *guard) pass(r *http.Request) *http.Request {
	if !g.policy.Proxy {
		return r
	}
	r = r.Clone(r.Context())
	r.Header.Del(g.answerHeader)
	return r
}

// judge returns the status and the challenges for a request, 0 to let it
// through.
func (g *guard) judge(method string, h http.Header) (int, []string) {
	answer := h.Get(g.answerHeader)
	name, _, _ := strings.Cut(answer, " ")
	scheme, known := httphead.SchemeOf(name)
	stale := false
	for _, offered := range g.policy.Schemes {
		if !known || offered != scheme {
			continue
		}
		var ok bool
		if ok, stale = g.accepts(scheme, method, answer); ok {
			return 0, nil
		}
	}
	var challenges []string
	for _, offered := range g.policy.Schemes {
		challenges = append(challenges, g.challenge(offered, stale))
	}
	if g.policy.Proxy {
		return http.StatusProxyAuthRequired, challenges
	}
	return http.StatusUnauthorized, challenges
}

// accepts reports whether an answer is good, or would be if its nonce were not too
// old.
func (g *guard) accepts(scheme bits.AuthScheme, method, answer string) (ok, stale bool) {
	switch scheme {
	case bits.BG_AUTH_SCHEME_BASIC:
		user, password, ok := parseBasic(answer)
		want, known := g.policy.Users[user]
		return ok && known && want == password, false
	case bits.BG_AUTH_SCHEME_DIGEST:
		return g.acceptsDigest(method, answer)
	}
	principal, ok := SimulatedPrincipal(answer)
	if !ok || principal == "" {
		return false, false
	}
	if g.policy.Principals == nil {
		return true, false
	}
	for _, p := range g.policy.Principals {
		if p == principal {
			return true, false
		}
	}
	return false, false
}

func (g *guard) challenge(scheme bits.AuthScheme, stale bool) string {
	text := httphead.SchemeName(scheme)
	switch scheme {
	case bits.BG_AUTH_SCHEME_BASIC:
		text += " realm=" + quote(g.policy.Realm)
	case bits.BG_AUTH_SCHEME_DIGEST:
		text += " realm=" + quote(g.policy.Realm) + `, qop="auth", nonce=` + quote(g.nonces.issue())
		if stale {
			text += ", stale=true"
		}
	}
	return text
}

// nonces are those that a guard has given out, with how often each was used.
type nonces struct {
	mu   sync.Mutex
	used map[string]int64
}
