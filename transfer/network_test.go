package transfer_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// secure serves a script over TLS.
func secure(t *testing.T, s *transfer.Script, certificate tls.Certificate, edit ...func(*tls.Config)) string {
	t.Helper()
	server := httptest.NewUnstartedServer(behind(s))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	for _, e := range edit {
		e(server.TLS)
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL + "/file"
}

func trusting(c ...tls.Certificate) transfer.NetworkOption {
	pool := x509.NewCertPool()
	for _, c := range c {
		pool.AddCert(c.Leaf)
	}
	return transfer.RootCAs(pool)
}

func TestServerCertificates(t *testing.T) {
	t.Parallel()
	const (
		unknownCA = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_INVALID_CA
		date      = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_DATE_INVALID
		host      = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_CN_INVALID
		usage     = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE
	)
	good := selfSigned(t, "server")
	old := selfSigned(t, "server", func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	})
	other := selfSigned(t, "server", func(c *x509.Certificate) { c.IPAddresses = nil })
	client := selfSigned(t, "server", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	for name, row := range map[string]struct {
		certificate tls.Certificate
		trusted     bool
		flags       bits.SecurityFlags
		code        hresult.HRESULT
	}{
		"good":                    {good, true, 0, 0},
		"good, all tolerated":     {good, true, 0x1E, 0},
		"unknown issuer":          {good, false, 0, unknownCA},
		"unknown issuer, another": {good, false, bits.BG_SSL_IGNORE_CERT_CN_INVALID, unknownCA},
		"unknown issuer, allowed": {good, false, bits.BG_SSL_IGNORE_UNKNOWN_CA, 0},
		"expired":                 {old, true, 0, date},
		"expired, another":        {old, true, bits.BG_SSL_IGNORE_UNKNOWN_CA, date},
		"expired, allowed":        {old, true, bits.BG_SSL_IGNORE_CERT_DATE_INVALID, 0},
		"other host":              {other, true, 0, host},
		"other host, another":     {other, true, bits.BG_SSL_IGNORE_CERT_DATE_INVALID, host},
		"other host, allowed":     {other, true, bits.BG_SSL_IGNORE_CERT_CN_INVALID, 0},
		"wrong usage":             {client, true, 0, usage},
		"wrong usage, another":    {client, true, bits.BG_SSL_IGNORE_UNKNOWN_CA, usage},
		"wrong usage, allowed":    {client, true, bits.BG_SSL_IGNORE_CERT_WRONG_USAGE, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := transfer.NewScript(transfer.Size(1000))
			var roots []tls.Certificate
			if row.trusted {
				roots = append(roots, row.certificate)
			}
			judged := 0
			l, o := fetch(t, network(t, trusting(roots...)), transfer.Request{
				URL: secure(t, s, row.certificate), Security: row.flags,
				Certificate: func(_ *url.URL, state *tls.ConnectionState) error {
					judged++
					require.Equal(t, row.certificate.Leaf.Raw, state.PeerCertificates[0].Raw)
					return nil
				},
			})
			if row.code != 0 {
				requireError(t, o.err, row.code, false)
				require.Empty(t, s.Requests())
				return
			}
			require.NoError(t, o.err)
			require.Equal(t, 1, judged)
			require.True(t, bytes.Equal(s.Bytes(), l.data))
		})
	}
}

// A chain is followed where something else is tolerated, too.
func TestServerCertificateChain(t *testing.T) {
	t.Parallel()
	root := selfSigned(t, "root")
	middle := signedBy(t, root, "middle")
	leaf := signedBy(t, middle, "server")
	leaf.Certificate = append(leaf.Certificate, middle.Certificate...)
	s := transfer.NewScript(transfer.Size(1000))
	target := secure(t, s, leaf)
	for _, flags := range []bits.SecurityFlags{0, bits.BG_SSL_IGNORE_CERT_DATE_INVALID} {
		_, o := fetch(t, network(t, trusting(root)), transfer.Request{URL: target, Security: flags})
		require.NoError(t, o.err)
		_, o = fetch(t, network(t, trusting(selfSigned(t, "other"))), transfer.Request{URL: target, Security: flags})
		requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_INVALID_CA, false)
	}
}

func TestClientCertificates(t *testing.T) {
	t.Parallel()
	certificate, mine, yours := selfSigned(t, "server"), selfSigned(t, "me"), selfSigned(t, "you")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			t.Parallel()
			s := transfer.NewScript(transfer.Size(1000))
			target := secure(t, s, certificate, func(c *tls.Config) {
				c.MinVersion, c.MaxVersion = version, version
				c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
				c.ClientCAs.AddCert(mine.Leaf)
			})
			rt := network(t, trusting(certificate))
			_, o := fetch(t, rt, transfer.Request{URL: target, ClientCertificate: &mine})
			require.NoError(t, o.err)
			// Others do not get the connection that is open.
			_, o = fetch(t, rt, transfer.Request{URL: target})
			requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, false)
			_, o = fetch(t, rt, transfer.Request{URL: target, ClientCertificate: &yours})
			requireError(t, o.err, hresult.BG_E_HTTP_ERROR_403, false)
			require.Len(t, s.Requests(), 2)
		})
	}
}

func TestNetworkErrors(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	plain := newRawServer(t, func(*http.Request, int) string { return "" })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	tlsOnly := secure(t, transfer.NewScript(), selfSigned(t, "server"), func(c *tls.Config) { c.MaxVersion = tls.VersionTLS11 })

	for name, row := range map[string]struct {
		url       string
		code      hresult.HRESULT
		transient bool
	}{
		"no such name":  {"http://host.invalid/file", hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, true},
		"refused":       {"http://" + closed.Addr().String() + "/file", hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, true},
		"silent":        {"http://" + silent.Addr().String() + "/file", hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT, true},
		"silent, https": {"https://" + silent.Addr().String() + "/file", hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT, true},
		"no TLS":        {"https" + plain.url[len("http"):], hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, true},
		"old TLS":       {tlsOnly, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CHANNEL_ERROR, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, o := fetch(t, network(t, transfer.Timeout(100*time.Millisecond)), transfer.Request{URL: row.url})
			requireError(t, o.err, row.code, row.transient)
		})
	}
	t.Run("http to https", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.NotFoundHandler())
		defer server.Close()
		_, o := fetch(t, network(t), transfer.Request{URL: "https" + server.URL[len("http"):] + "/file"})
		requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CHANNEL_ERROR, false)
	})
}

// proxyServer is a proxy for everything: plain requests and CONNECT.
type proxyServer struct {
	url *url.URL

	mu   sync.Mutex
	seen []string // "method host"
}

func newProxyServer(t *testing.T, p *transfer.Policy) *proxyServer {
	t.Helper()
	s := &proxyServer{}
	forward := network(t)
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen = append(s.seen, r.Method+" "+r.Host)
		s.mu.Unlock()
		if r.Method == http.MethodConnect {
			tunnel(w, r.Host)
			return
		}
		out := r.Clone(r.Context())
		out.RequestURI = ""
		resp, err := forward.RoundTrip(out)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	})
	if p != nil {
		p.Proxy = true
		h = transfer.Protect(h, *p)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	var err error
	s.url, err = url.Parse(server.URL)
	require.NoError(t, err)
	return s
}

// tunnel joins the client's connection with one to the host.
func tunnel(w http.ResponseWriter, host string) {
	out, err := net.Dial("tcp", host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer out.Close()
	in, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer in.Close()
	_, _ = io.WriteString(in, "HTTP/1.1 200 OK\r\n\r\n")
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(out, bufio.NewReader(buffered)); _ = out.(*net.TCPConn).CloseWrite() })
	both.Go(func() { _, _ = io.Copy(in, out); _ = in.(*net.TCPConn).CloseWrite() })
	both.Wait()
}

func TestNetworkProxy(t *testing.T) {
	t.Parallel()
	certificate := selfSigned(t, "server")
	s := transfer.NewScript(transfer.Size(1000))
	plain := httptest.NewServer(behind(s))
	t.Cleanup(plain.Close)
	for name, target := range map[string]string{"http": plain.URL + "/file", "https": secure(t, s, certificate)} {
		for _, scheme := range []bits.AuthScheme{0, basic, digest, negotiate} {
			t.Run(name+scheme.Short(), func(t *testing.T) {
				t.Parallel()
				policy := &transfer.Policy{
					Schemes: []bits.AuthScheme{scheme}, Users: map[string]string{"alice": "word"}, Principals: []string{"alice"},
				}
				if scheme == 0 {
					policy = nil
				}
				p := newProxyServer(t, policy)
				rt := network(t, trusting(certificate))
				request := transfer.Request{
					URL: target, Auth: as("alice", "word"),
					Proxy: func(*url.URL) (*url.URL, error) { return p.url, nil },
				}
				l, o := fetch(t, rt, request)
				require.NoError(t, o.err)
				require.True(t, bytes.Equal(s.Bytes(), l.data))
				require.NotEmpty(t, p.seen, "all goes through the proxy")
				if name == "https" {
					for _, line := range p.seen {
						require.Equal(t, "CONNECT "+strings.TrimSuffix(target[len("https://"):], "/file"), line)
					}
				}
				if scheme == 0 {
					return
				}
				// Who has no answer does not get the tunnel of who had one.
				request.Auth = nil
				_, o = fetch(t, rt, request)
				e := errorOf(t, o.err, hresult.BG_E_HTTP_ERROR_407, false)
				require.Equal(t, 407, e.Status)
				request.Auth = as("bob", "wrong")
				_, o = fetch(t, rt, request)
				requireError(t, o.err, hresult.BG_E_HTTP_ERROR_407, false)
			})
		}
	}
	for _, r := range s.Requests() {
		require.Empty(t, r.Header.Get("Proxy-Authorization"), "the proxy keeps it")
	}
}

// A proxy that cannot reach the server says so.
func TestNetworkProxyFails(t *testing.T) {
	t.Parallel()
	p := newProxyServer(t, &transfer.Policy{Schemes: []bits.AuthScheme{basic}, Users: map[string]string{"alice": "word"}})
	for _, target := range []string{"http://127.0.0.1:1/file", "https://127.0.0.1:1/file"} {
		_, o := fetch(t, network(t), transfer.Request{
			URL: target, Auth: as("alice", "word"), Proxy: func(*url.URL) (*url.URL, error) { return p.url, nil },
		})
		requireError(t, o.err, hresult.BG_E_HTTP_ERROR_502, true)
	}
	_, o := fetch(t, network(t), transfer.Request{URL: site, Proxy: func(*url.URL) (*url.URL, error) {
		return &url.URL{Scheme: "http", Host: "127.0.0.1:1"}, nil
	}})
	requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, true)
}
