package transfer

import (
	"context"
	"net/http"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

// Authenticator answers challenges of servers and proxies.
type Authenticator interface {
	// Authorize returns the value of the Authorization or Proxy-Authorization
	// header; "" if it has no answer, and then the 401 or 407 stands.
	//
	// It is asked once for each host, target, scheme and attempt, for the strongest
	// scheme first. An answer is used in later requests to the host, in later
	// attempts of the same download too; one to Digest, which is good for one request
	// only, is asked for anew. The host is that of Challenge.URL and may be one that a
	// redirect has led to: a password is not for everybody.
	//
	// Errors: one with an HRESULT ends the attempt with it.
	Authorize(ctx context.Context, c Challenge) (string, error)
}

// Challenge asks who is there.
type Challenge struct {
	Target bits.AuthTarget
	Scheme bits.AuthScheme
	Params map[string]string // by name in lower case; "" for one word without a name
	Method string            // of the request that is to be sent; CONNECT to a proxy on the way to https
	URL    string            // of what is wanted, for a proxy too
	Proxy  string            // its host and port where the target is a proxy
	Count  int               // requests that have answered the challenge before
}

// authorizer keeps the answers of a download.
type authorizer struct {
	source Authenticator
	kept   map[audience]*credential
	asked  map[question]bool
}

// audience is who gets an answer: a proxy or server, by scheme, host and port.
type audience struct {
	target bits.AuthTarget
	host   string
}

type question struct {
	audience
	scheme bits.AuthScheme
}

type credential struct {
	challenge Challenge
	header    string
	good      bool // has been accepted
	renewed   bool // stands for one that was turned down, and was not accepted since
}

// renewable reports whether c may only mean that the nonce of the credential has
// run out, which says nothing against who has answered it.
func (old *credential) renewable(c Challenge) bool {
	const digest = bits.BG_AUTH_SCHEME_DIGEST
	if old == nil || old.renewed || old.challenge.Scheme != digest || c.Scheme != digest {
		return false
	}
	return old.good || strings.EqualFold(c.Params["stale"], "true")
}

func newAuthorizer(source Authenticator) authorizer {
	return authorizer{source: source, kept: make(map[audience]*credential)}
}

// begin begins an attempt.
func (a *authorizer) begin() { a.asked = make(map[question]bool) }

// audiences are those of the request that is out: the server, and the proxy if
// there is one.
func (x *exchange) audiences() []audience {
	to := []audience{{bits.BG_AUTH_TARGET_SERVER, origin(x.url)}}
	if x.proxy != nil {
		to = append(to, audience{bits.BG_AUTH_TARGET_PROXY, origin(x.proxy)})
	}
	return to
}

// apply puts the answers that are kept into the headers of a request.
func (a *authorizer) apply(ctx context.Context, x *exchange, h http.Header) error {
	for _, to := range x.audiences() {
		c := a.kept[to]
		if c == nil {
			continue
		}
		if c.challenge.Scheme == bits.BG_AUTH_SCHEME_DIGEST && c.challenge.Count > 0 {
			header, err := a.ask(ctx, x, to, &c.challenge)
			if err != nil {
				return err
			}
			c.header = header
		}
		if c.header != "" {
			_, name := httphead.Names(to.target)
			h.Set(name, c.header)
			c.challenge.Count++
		}
	}
	return nil
}

// ask asks for the answer to c in the request that comes next.
func (a *authorizer) ask(ctx context.Context, x *exchange, to audience, c *Challenge) (string, error) {
	c.Target, c.Method, c.URL = to.target, x.method, x.url.String()
	if to.target == bits.BG_AUTH_TARGET_PROXY {
		c.Proxy = x.proxy.Host
		if x.url.Scheme == "https" {
			c.Method = http.MethodConnect
		}
	}
	header, err := a.source.Authorize(ctx, *c)
	if err != nil {
		return "", netError(err)
	}
	if !httphead.IsFieldValue(header) {
		return "", invalid("the answer to a challenge has a control character")
	}
	return header, nil
}

// accepted learns that a request was let through.
func (a *authorizer) accepted(x *exchange) {
	for _, to := range x.audiences() {
		if c := a.kept[to]; c != nil {
			c.good, c.renewed = true, false
		}
	}
}

// meet finds an answer to the challenges of resp, so that the request is worth
// sending again.
func (a *authorizer) meet(ctx context.Context, x *exchange, resp *http.Response) (bool, error) {
	to := x.audiences()[0]
	if resp.StatusCode == http.StatusProxyAuthRequired {
		to = audience{bits.BG_AUTH_TARGET_PROXY, ""}
		if x.proxy != nil {
			to.host = origin(x.proxy)
		}
	}
	if a.source == nil || to.host == "" {
		return false, nil
	}
	old := a.kept[to]
	delete(a.kept, to)
	for _, asked := range httphead.Challenges(resp.Header, to.target) {
		c := Challenge{Scheme: asked.Scheme, Params: asked.Params}
		q := question{to, c.Scheme}
		renewed := old.renewable(c)
		if a.asked[q] && !renewed {
			continue
		}
		a.asked[q] = true
		header, err := a.ask(ctx, x, to, &c)
		if err != nil {
			return false, err
		}
		if header != "" {
			a.kept[to] = &credential{challenge: c, header: header, renewed: renewed}
			return true, nil
		}
	}
	return false, nil
}
