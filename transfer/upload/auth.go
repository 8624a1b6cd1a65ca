package upload

import (
	"context"
	"net/http"
	"net/url"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
	"github.com/bitsemu/bitsemu/internal/httphead"
	"github.com/bitsemu/bitsemu/transfer"
)

// audience is who gets an answer to a challenge: the server or the proxy, by host
// and port.
type audience struct {
	target bits.AuthTarget
	host   string
}

// question is what is asked once for a packet. A later packet may ask anew, because
// a server may let what it accepted before run out.
type question struct {
	audience
	scheme bits.AuthScheme
}

// credential is an answer and what it answers.
type credential struct {
	challenge transfer.Challenge
	header    string
}

// authorizer keeps the answers that went well, so that no fragment travels in vain.
type authorizer struct {
	source transfer.Authenticator
	kept   map[audience]*credential
}

// audiences are those of a packet.
func (c *call) audiences() []audience {
	to := []audience{{bits.BG_AUTH_TARGET_SERVER, c.target.Host}}
	if c.proxy != nil {
		to = append(to, audience{bits.BG_AUTH_TARGET_PROXY, c.proxy.Host})
	}
	return to
}

// apply puts the answers that are kept into the headers of a packet. One to Digest
// is good for one request, and is asked for anew.
func (a *authorizer) apply(ctx context.Context, c *call, h http.Header) error {
	for _, to := range c.audiences() {
		k := a.kept[to]
		if k == nil {
			continue
		}
		if k.challenge.Scheme == bits.BG_AUTH_SCHEME_DIGEST && k.challenge.Count > 0 {
			header, err := a.source.Authorize(ctx, k.challenge)
			if err != nil {
				return refusal(ctx, c.target, 0, err)
			}
			k.header = header
		}
		if k.header != "" {
			k.challenge.Count++
			_, name := httphead.Names(to.target)
			h.Set(name, k.header)
		}
	}
	return nil
}

// challenged looks for an answer to a 401 or 407. It returns true when there is one,
// and the packet is to be sent again (D MC-BUP 3.1.5.1.7).
func (a *authorizer) challenged(ctx context.Context, c *call, response *http.Response) (bool, error) {
	to := c.audiences()[0]
	switch {
	case response.StatusCode == http.StatusUnauthorized:
	case response.StatusCode == http.StatusProxyAuthRequired && c.proxy != nil:
		to = c.audiences()[1]
	default:
		return false, nil
	}
	if a.source == nil {
		return false, nil
	}
	delete(a.kept, to)
	for _, asked := range httphead.Challenges(response.Header, to.target) {
		q := question{to, asked.Scheme}
		if c.asked[q] {
			continue
		}
		c.asked[q] = true
		challenge := transfer.Challenge{
			Target: to.target, Scheme: asked.Scheme, Params: asked.Params, Method: bitspost.Method, URL: c.target.String(),
		}
		if to.target == bits.BG_AUTH_TARGET_PROXY {
			challenge.Proxy = to.host
		}
		header, err := a.source.Authorize(ctx, challenge)
		if err != nil {
			return false, refusal(ctx, c.target, response.StatusCode, err)
		}
		if header != "" {
			a.kept[to] = &credential{challenge, header}
			return true, nil
		}
	}
	return false, nil
}

// refusal is the error of an authenticator that has one.
func refusal(ctx context.Context, target *url.URL, status int, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &transfer.Error{
		Code: codeOf(err, hresult.E_FAIL), Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, URL: target.Redacted(), Status: status, Err: err,
	}
}
