package transfer

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/bitsemu/bitsemu/bits"
)

// NetworkOption is an option of [Network].
type NetworkOption func(*network)

// RootCAs are the issuers to trust instead of the system's.
func RootCAs(pool *x509.CertPool) NetworkOption {
	return func(n *network) { n.roots = pool }
}

// Timeout is how long connecting, and each wait for the other side, may take,
// in real time. The default is five minutes (C).
func Timeout(d time.Duration) NetworkOption {
	return func(n *network) { n.timeout = d }
}

// network keeps the connections that may serve the same requests together.
type network struct {
	roots   *x509.CertPool
	timeout time.Duration

	mu    sync.Mutex
	pools map[poolKey]*http.Transport
}

// poolKey is what a connection depends on beside its two ends.
type poolKey struct {
	tolerance   bits.SecurityFlags
	certificate *tls.Certificate
	host        string // where there is a tolerance: whom the certificate has to be made out for
}

// Network is a transport for real servers, over HTTP/1.1. It heeds [ProxyOf],
// [SecurityOf] except for BG_SSL_ENABLE_CRL_CHECK (there are no revocation lists
// here), and [ClientCertificateOf]. Its method CloseIdleConnections closes what is
// kept for later requests.
func Network(opts ...NetworkOption) http.RoundTripper {
	n := &network{timeout: 5 * time.Minute, pools: make(map[poolKey]*http.Transport)}
	for _, o := range opts {
		o(n)
	}
	return n
}

// tolerances are the flags that a TLS connection depends on.
const tolerances = bits.BG_SSL_IGNORE_CERT_CN_INVALID | bits.BG_SSL_IGNORE_CERT_DATE_INVALID |
	bits.BG_SSL_IGNORE_UNKNOWN_CA | bits.BG_SSL_IGNORE_CERT_WRONG_USAGE

func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	shake := &handshake{}
	ctx := context.WithValue(req.Context(), handshakeKey{}, shake)
	if ProxyOf(ctx) != nil && req.URL.Scheme == "https" {
		// It is for the proxy's eyes, which sees CONNECT only.
		ctx = context.WithValue(ctx, proxyAuthKey{}, req.Header.Get("Proxy-Authorization"))
	}
	out := req.Clone(ctx)
	if req.URL.Scheme == "https" {
		out.Header.Del("Proxy-Authorization")
	}
	resp, err := n.pool(ctx, req.URL.Hostname()).RoundTrip(out)
	var refused *connectError
	switch {
	case errors.As(err, &refused):
		return refused.response(req), nil
	case err != nil:
		return nil, shake.explain(ClientCertificateOf(ctx), err)
	}
	resp.Request = req
	return resp, nil
}

// CloseIdleConnections closes what is kept for later requests.
func (n *network) CloseIdleConnections() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, pool := range n.pools {
		pool.CloseIdleConnections()
	}
}

func (n *network) pool(ctx context.Context, host string) *http.Transport {
	key := poolKey{tolerance: SecurityOf(ctx) & tolerances, certificate: ClientCertificateOf(ctx)}
	if key.tolerance != 0 {
		key.host = host
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if t := n.pools[key]; t != nil {
		return t
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	t := &http.Transport{
		Proxy:                  proxyOfRequest,
		DialContext:            n.dial,
		TLSClientConfig:        n.tlsConfig(key),
		DisableCompression:     true,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		Protocols:              &protocols,
		ReadBufferSize:         64 << 10,
		GetProxyConnectHeader:  connectHeader,
		OnProxyConnectResponse: connectAnswered,
	}
	n.pools[key] = t
	return t
}

// dial connects, with a limit on each wait.
func (n *network) dial(ctx context.Context, netw, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: n.timeout}
	conn, err := d.DialContext(ctx, netw, addr)
	if err != nil {
		return nil, err
	}
	return &patientConn{Conn: conn, timeout: n.timeout}, nil
}

// patientConn is a connection whose every read and write may take so long.
type patientConn struct {
	net.Conn
	timeout time.Duration
}

func (c *patientConn) Read(p []byte) (int, error) {
	_ = c.SetReadDeadline(time.Now().Add(c.timeout)) // Read fails for the same reason
	return c.Conn.Read(p)
}

func (c *patientConn) Write(p []byte) (int, error) {
	_ = c.SetWriteDeadline(time.Now().Add(c.timeout)) // Write fails for the same reason
	return c.Conn.Write(p)
}

type proxyAuthKey struct{}

// proxyOfRequest is the proxy, made different for each logon to it, so that
// nobody uses the tunnel of another: what follows # is not sent, but compared
// when a connection is looked for.
func proxyOfRequest(req *http.Request) (*url.URL, error) {
	proxy := ProxyOf(req.Context())
	auth, _ := req.Context().Value(proxyAuthKey{}).(string)
	if proxy == nil || auth == "" {
		return proxy, nil
	}
	sum := sha256.Sum256([]byte(auth))
	mine := *proxy
	mine.Fragment = hex.EncodeToString(sum[:])
	return &mine, nil
}

// connectHeader is what CONNECT says beside the target.
func connectHeader(ctx context.Context, _ *url.URL, _ string) (http.Header, error) {
	h := http.Header{"User-Agent": {DefaultUserAgent}}
	if auth, _ := ctx.Value(proxyAuthKey{}).(string); auth != "" {
		h.Set("Proxy-Authorization", auth)
	}
	return h, nil
}

// connectError is an answer to CONNECT other than 200.
type connectError struct {
	status int
	header http.Header
}

func (e *connectError) Error() string {
	return fmt.Sprintf("the proxy answers CONNECT with status %d", e.status)
}

// response is the proxy's answer as one to the request itself.
func (e *connectError) response(req *http.Request) *http.Response {
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", e.status, http.StatusText(e.status)),
		StatusCode: e.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: e.header, Body: http.NoBody, Request: req,
	}
}

func connectAnswered(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &connectError{resp.StatusCode, resp.Header}
}
