package remote

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/hresult"
)

// connection sends requests to a server.
type connection struct {
	address string // as it was given
	base    string // URL without a slash at the end
	token   string
	http    *http.Transport
}

// maxAnswer bounds what is read of an answer: a snapshot of very many jobs is large.
const maxAnswer = 1 << 30

// connect makes a connection to an address; nothing is sent yet.
func connect(address, token string) (*connection, error) {
	c := &connection{address: address, token: token}
	dialer := &net.Dialer{}
	t := &http.Transport{
		DisableCompression:  true,
		MaxIdleConns:        256,
		MaxIdleConnsPerHost: 256,
		IdleConnTimeout:     time.Minute, // before the server's
		WriteBufferSize:     4 << 10,
		ReadBufferSize:      4 << 10,
	}
	if path, ok := strings.CutPrefix(address, "unix:"); ok && path != "" {
		c.base = "http://localhost"
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dialer.DialContext(ctx, "unix", path) }
	} else {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" || !loopback(u.Hostname()) || u.Port() == "" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.RawQuery != "" {
			return nil, fmt.Errorf("remote: %q is no address of a service: want unix:/path or http://127.0.0.1:port: %w", address, hresult.E_INVALIDARG)
		}
		c.base = "http://" + u.Host
		t.DialContext = dialer.DialContext
	}
	c.http = t // no client around it: a redirect is not followed, and there are no cookies
	return c, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// request makes a request.
func (c *connection) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	var r io.Reader
	if body != nil {
		r = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, r)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header["Content-Type"] = jsonType
	}
	if harmless(path) {
		req.Header["Idempotency-Key"] = nil // not sent: it tells the transport
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, nil
}

// harmless reports whether a POST may be sent again, on another connection, when the
// server has closed the one on which it went: it does no harm to do these twice. Calls of
// methods are not among them.
func harmless(path string) bool {
	return path == "/v1/sessions" || strings.HasSuffix(path, "/activate") || strings.HasSuffix(path, "/release") || strings.Contains(path, "/callbacks/")
}

var jsonType = []string{"application/json"}

// do sends a request and reads the answer. The error tells of what.
func (c *connection) do(ctx context.Context, what, method, path string, body []byte) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, ended(ctx, what)
	}
	req, err := c.request(ctx, method, path, body)
	if err != nil {
		return nil, fmt.Errorf("remote: %s: %w: %w", what, hresult.E_INVALIDARG, err)
	}
	answer, err := c.http.RoundTrip(req)
	if err != nil {
		return nil, c.failed(ctx, what, err)
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	text, err := readAll(answer)
	if err != nil {
		return nil, c.failed(ctx, what, err)
	}
	if answer.StatusCode != http.StatusOK {
		return nil, refusal(what, answer.StatusCode, text)
	}
	return text, nil
}

func readAll(answer *http.Response) ([]byte, error) {
	if n := answer.ContentLength; n >= 0 && n <= maxAnswer {
		text := make([]byte, n)
		_, err := io.ReadFull(answer.Body, text)
		return text, err
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err == nil && len(text) > maxAnswer {
		err = fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	return text, err
}

// failed is the error of a request that got no answer.
func (c *connection) failed(ctx context.Context, what string, err error) error {
	if ctx.Err() != nil {
		return ended(ctx, what)
	}
	return c.lost(what, err)
}

// ended is the error of a call whose context has ended.
func ended(ctx context.Context, what string) error {
	return fmt.Errorf("remote: %s: %w", what, context.Cause(ctx))
}
