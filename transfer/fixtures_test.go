package transfer_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

const site = "http://www.example.com/file"

// local is the local file of a test, which may grow no further than limit.
type local struct {
	mu   sync.Mutex
	data []byte
	fail error
}

func (l *local) WriteAt(p []byte, at int64) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return 0, l.fail
	}
	if end := int(at) + len(p); end > len(l.data) {
		l.data = append(l.data, make([]byte, end-len(l.data))...)
	}
	return copy(l.data[at:], p), nil
}

// outcome is what became of an attempt.
type outcome struct {
	transfer.Result // of all steps together
	restarts        int
	waits           int
	err             error
}

// attempt steps d until it is done, over, or waits for what wait does not bring
// about.
func attempt(ctx context.Context, t testing.TB, d transfer.Download, l *local, maxBytes int64, wait func(*transfer.Wait) bool) outcome {
	t.Helper()
	var o outcome
	for range 1_000_000 {
		res, err := d.Step(ctx, l, maxBytes)
		o.Connected = o.Connected || res.Connected
		o.Moved += res.Moved
		if res.Headers != "" {
			o.Headers = res.Headers
		}
		if res.RemoteName != "" {
			o.RemoteName = res.RemoteName
		}
		if res.Restarted {
			o.restarts++
			o.Restarted = true
			l.data = nil
		}
		var w *transfer.Wait
		if errors.As(err, &w) {
			if o.waits++; wait != nil && wait(w) {
				continue
			}
		}
		if o.Done = res.Done; res.Done || err != nil {
			o.err = err
			return o
		}
	}
	t.Fatal("the download does not come to an end")
	return o
}

// fetch makes one attempt from nothing.
func fetch(t testing.TB, rt http.RoundTripper, r transfer.Request) (*local, outcome) {
	t.Helper()
	if r.URL == "" {
		r.URL = site
	}
	d, err := transfer.New(&transfer.Client{Transport: rt}, r, transfer.State{})
	require.NoError(t, err)
	defer d.Close()
	l := &local{}
	return l, attempt(t.Context(), t, d, l, 1<<20, nil)
}

// requireError checks the end of an attempt.
func requireError(t testing.TB, err error, code hresult.HRESULT, transient bool) {
	t.Helper()
	_ = errorOf(t, err, code, transient) // it has been checked
}

// errorOf checks it, and returns it.
func errorOf(t testing.TB, err error, code hresult.HRESULT, transient bool) *transfer.Error {
	t.Helper()
	var e *transfer.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, code.String(), e.Code.String(), "%v", err)
	require.Equal(t, transient, e.Transient, "%v", err)
	require.Equal(t, bits.BG_ERROR_CONTEXT_REMOTE_FILE, e.Context)
	require.ErrorIs(t, err, code)
	return e
}

// methods are the requests that a script got, as "HEAD" and "GET bytes=0-9".
func methods(s *transfer.Script) []string {
	var all []string
	for _, r := range s.Requests() {
		line := r.Method
		if r.Range != "" {
			line += " " + r.Range
		}
		all = append(all, line)
	}
	return all
}

// roundTripper makes a transport of a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// hosts sends each request to the transport of its host, with the scheme and the
// port.
func hosts(m map[string]http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if rt := m[(&url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host}).String()]; rt != nil {
			return rt.RoundTrip(r)
		}
		return nil, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED
	})
}

// certificateJudge is a certificate callback that looks at the host only.
func certificateJudge(judge func(host string) error) func(*url.URL, *tls.ConnectionState) error {
	return func(u *url.URL, _ *tls.ConnectionState) error { return judge(u.Hostname()) }
}

// httpRange is the value of a Range header.
type httpRange struct{ first, last int }

func (r *httpRange) String() string { return fmt.Sprintf("bytes=%d-%d", r.first, r.last) }

// selfSigned makes a certificate that is its own issuer. edit may change what
// stands in it.
func selfSigned(t testing.TB, name string, edit ...func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	return signedBy(t, tls.Certificate{}, name, edit...)
}

// signedBy makes one of this issuer, or of itself when that is the zero value.
func signedBy(t testing.TB, issuer tls.Certificate, name string, edit ...func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	for _, e := range edit {
		e(template)
	}
	parent, signer := template, any(key)
	if issuer.Leaf != nil {
		parent, signer = issuer.Leaf, issuer.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
