package transfer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

// exchange is a request and all that it takes to get an answer to it: redirects
// and challenges. It can stop at a *[Wait] and go on.
type exchange struct {
	d      *httpDownload
	method string
	url    *url.URL
	want   *span  // Range, or nil
	since  string // If-Unmodified-Since, or ""

	hops  int
	proxy *url.URL      // of req
	req   *http.Request // what is out, nil to make one
}

// run returns the answer, which is neither a redirect nor a challenge that can be
// met. Step has bound the context of the requests to ctx.
func (x *exchange) run(ctx context.Context) (*http.Response, error) {
	for {
		if x.req == nil {
			req, err := x.request(ctx)
			if err != nil {
				return nil, x.place(err)
			}
			x.req = req
		}
		resp, err := x.d.client.Transport.RoundTrip(x.req)
		if err != nil {
			if _, wait := asWait(err); !wait {
				err = x.place(netError(err))
			}
			return nil, err
		}
		x.req = nil
		answered, err := x.judge(ctx, resp)
		if answered && err == nil {
			return resp, nil
		}
		discard(resp)
		if err != nil {
			return nil, x.place(err)
		}
	}
}

// judge reports whether resp is the answer. If it is not, the exchange has been
// turned to what comes next.
func (x *exchange) judge(ctx context.Context, resp *http.Response) (bool, error) {
	if err := x.d.checkServer(x.url, resp); err != nil {
		return false, err
	}
	x.d.headers = httphead.Block(resp)
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusProxyAuthRequired:
		met, err := x.d.auth.meet(ctx, x, resp)
		return !met, err
	case isRedirect(status):
		x.d.auth.accepted(x)
		return false, x.redirect(resp)
	}
	x.d.auth.accepted(x)
	return true, nil
}

// request makes the next request.
func (x *exchange) request(ctx context.Context) (*http.Request, error) {
	r := &x.d.req
	reqCtx := Stepwise(x.d.ctx)
	x.proxy = nil
	if r.Proxy != nil {
		proxy, err := r.Proxy(x.url)
		if err != nil {
			return nil, proxyError(err)
		}
		if x.proxy = proxy; proxy != nil {
			reqCtx = WithProxy(reqCtx, proxy)
		}
	}
	h := x.d.header.Clone()
	req := (&http.Request{
		Method: x.method, URL: x.url, Header: h, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(reqCtx)
	if origin(x.url) == x.d.home {
		req.Host = h.Get("Host")
	} else { // a redirect has led here
		h.Del("Authorization")
		h.Del("Cookie")
	}
	h.Del("Host")
	setDefault(h, "User-Agent", x.d.client.userAgent())
	setDefault(h, "Accept", "*/*")
	h.Set("Accept-Encoding", "identity")
	h.Set("Connection", "Keep-Alive")
	if x.want != nil {
		h.Set("Range", fmt.Sprintf("bytes=%d-%d", x.want.first, x.want.last))
	}
	if x.since != "" {
		h.Set("If-Unmodified-Since", x.since)
	}
	return req, x.d.auth.apply(ctx, x, h)
}

func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}

func (c *Client) userAgent() string {
	if c.UserAgent != "" {
		return c.UserAgent
	}
	return DefaultUserAgent
}

func proxyError(err error) error {
	if _, known := hresult.Of(err); known {
		return netError(err)
	}
	return fatal(hresult.BG_E_INVALID_PROXY_INFO, "%w", err)
}

// place puts the URL into an error.
func (x *exchange) place(err error) error {
	if e, ok := asError(err); ok && e.URL == "" {
		e.URL = x.url.Redacted()
	}
	return err
}

// discard closes an answer that is not wanted, and reads a short one first so that
// the connection can be used again.
func discard(resp *http.Response) {
	if 0 < resp.ContentLength && resp.ContentLength <= 2<<10 {
		_, _ = io.CopyN(io.Discard, resp.Body, resp.ContentLength) // it is not wanted
	}
	_ = resp.Body.Close() // likewise
}

// checkServer asks the certificate callback, once for a host and attempt.
func (d *httpDownload) checkServer(u *url.URL, resp *http.Response) error {
	name := origin(u)
	if d.req.Certificate == nil || u.Scheme != "https" || d.checked[name] {
		return nil
	}
	err := d.req.Certificate(u, resp.TLS)
	if err == nil {
		d.checked[name] = true
		return nil
	}
	if _, ok := asError(err); ok {
		return netError(err)
	}
	code, ok := hresult.Of(err)
	if !ok {
		code = hresult.E_FAIL
	}
	return &Error{
		Code:      code,
		Context:   bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK,
		Transient: code != hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED,
		Err:       fmt.Errorf("the server's certificate was refused: %w", err),
	}
}
