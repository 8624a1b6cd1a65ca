package upload_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

func TestRequestsThatCannotBe(t *testing.T) {
	t.Parallel()
	const url = "http://host/a"
	for name, row := range map[string]struct {
		request upload.Request
		state   upload.State
	}{
		"no URL":           {upload.Request{}, upload.State{}},
		"bad URL":          {upload.Request{URL: "http://[::1"}, upload.State{}},
		"a share":          {upload.Request{URL: `\\server\share\a`}, upload.State{}},
		"another scheme":   {upload.Request{URL: "ftp://host/a"}, upload.State{}},
		"no host":          {upload.Request{URL: "http:///a"}, upload.State{}},
		"size":             {upload.Request{URL: url, Size: 1 << 63}, upload.State{}},
		"fragment":         {upload.Request{URL: url, FragmentSize: -1}, upload.State{}},
		"header":           {upload.Request{URL: url, Header: "secret"}, upload.State{}},
		"header name":      {upload.Request{URL: url, Header: "a b: secret\r\n"}, upload.State{}},
		"header value":     {upload.Request{URL: url, Header: "a: secret\nb: c\r\n"}, upload.State{}},
		"no header name":   {upload.Request{URL: url, Header: ": secret\r\n"}, upload.State{}},
		"offset":           {upload.Request{URL: url, Size: 1}, upload.State{Offset: 2}},
		"host of state":    {upload.Request{URL: url}, upload.State{Host: "a/b"}},
		"session of state": {upload.Request{URL: url}, upload.State{Session: "a\nb"}},
	} {
		_, err := upload.New(&transfer.Client{}, row.request, row.state)
		var e *transfer.Error
		require.ErrorAs(t, err, &e, name)
		wants(t, e, hresult.E_INVALIDARG, remote, false)
		require.NotContains(t, err.Error(), "secret", name)
	}
}

func TestCustomHeaders(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, ack(1), ended)
	j := newJob(t, srv.URL()+"/up/a.txt", "x", func(r *upload.Request) {
		r.Header = "X-One: 1\r\nX-One:2\r\nuser-agent: mine\r\nContent-Length: 99\r\nBITS-Session-Id: {bad}\r\n" +
			"Content-Range: bytes 5-6/7\r\nHost: elsewhere\r\nTransfer-Encoding: chunked\r\nAccept: x/y"
		r.Name = "grün 1.txt"
	})
	require.NoError(t, j.run())
	for _, m := range srv.Requests() {
		require.Contains(t, m.Raw, "\r\nX-One: 1\r\nX-One: 2\r\n")
		require.Equal(t, "mine", m.Header["user-agent"])
		require.Equal(t, "x/y", m.Header["accept"])
		require.Equal(t, srv.Host(), m.Header["host"])
		require.NotContains(t, m.Raw, "{bad}")
		require.NotContains(t, m.Header, "transfer-encoding")
		if m.Header["bits-packet-type"] == "Fragment" {
			require.Equal(t, "bytes 0-0/1", m.Header["content-range"])
			require.Equal(t, "gr%C3%BCn%201.txt", m.Header["content-name"])
		}
	}
}

func TestUserAgentOfTheClient(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created)
	j := newJob(t, srv.URL()+"/up/a.txt#part", "x")
	j.client.UserAgent = "Microsoft BITS/6.7"
	_, err := j.step()
	require.NoError(t, err)
	m := srv.Requests()[0]
	require.Equal(t, "Microsoft BITS/6.7", m.Header["user-agent"])
	require.Equal(t, "BITS_POST /up/a.txt HTTP/1.1", m.Start)
}

func TestErrorsShowNoPassword(t *testing.T) {
	t.Parallel()
	_, _, j := inMemory(t, bitsupload.Options{Disabled: true}, "x")
	j.request.URL = "http://alice:secret@host/up/a.txt"
	e := j.fails()
	require.NotContains(t, e.Error(), "secret")
	require.NotContains(t, e.URL, "secret")
}

func TestOnMoved(t *testing.T) {
	t.Parallel()
	moved := int64(0)
	_, _, j := inMemory(t, bitsupload.Options{}, strings.Repeat("A", 300_000), func(r *upload.Request) {
		r.OnMoved = func(n int64) { moved += n }
	})
	require.NoError(t, j.run())
	require.Equal(t, int64(300_000), moved)
}

// waiting is a transport that has no answer to every other call.
type waiting struct {
	http.RoundTripper
	last  *http.Request
	calls int
}

func (w *waiting) RoundTrip(r *http.Request) (*http.Response, error) {
	w.calls++
	if w.last != r {
		w.last = r
		return nil, fmt.Errorf("not yet: %w", &transfer.Wait{})
	}
	return w.RoundTripper.RoundTrip(r)
}

func TestWait(t *testing.T) {
	t.Parallel()
	_, files, j := inMemory(t, bitsupload.Options{}, "AAAAABBBBB", fragmentsOf(5))
	w := &waiting{RoundTripper: j.client.Transport}
	j.client = &transfer.Client{Transport: w}
	waits := 0
	for {
		r, err := j.step()
		var wait *transfer.Wait
		if errors.As(err, &wait) {
			waits++
			continue
		}
		require.NoError(t, err)
		if r.Done {
			break
		}
	}
	require.Equal(t, 4, waits)
	require.Equal(t, 8, w.calls)
	got, err := files.ReadFile("up/a.txt")
	require.NoError(t, err)
	require.Equal(t, "AAAAABBBBB", string(got))
}

func TestWaitThatIsOver(t *testing.T) {
	t.Parallel()
	_, _, j := inMemory(t, bitsupload.Options{}, "A")
	w := &waiting{RoundTripper: j.client.Transport}
	j.client = &transfer.Client{Transport: w}
	ctx, cancel := context.WithCancel(t.Context())
	j.ctx = ctx
	_, err := j.step()
	var wait *transfer.Wait
	require.ErrorAs(t, err, &wait)
	first := w.last
	cancel()
	j.ctx = t.Context()
	_, err = j.step()
	require.ErrorAs(t, err, &wait)
	require.NotSame(t, first, w.last, "a request whose context is over is made anew")
	_, err = j.step()
	require.NoError(t, err)
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		err       error
		code      hresult.HRESULT
		context   bits.ErrorContext
		transient bool
	}{
		"name":       {&net.DNSError{IsNotFound: true}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, remote, true},
		"timeout":    {os.ErrDeadlineExceeded, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT, remote, true},
		"slow name":  {&net.DNSError{IsTimeout: true}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, remote, true},
		"refused":    {&net.OpError{Op: "dial", Err: errBroken}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, remote, true},
		"reset":      {&net.OpError{Op: "read", Err: errBroken}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, remote, true},
		"end":        {io.EOF, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, remote, true},
		"no network": {hresult.BG_E_NETWORK_DISCONNECTED, hresult.BG_E_NETWORK_DISCONNECTED, bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, true},
		"certificate": {
			x509.UnknownAuthorityError{}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_INVALID_CA, remote, false,
		},
		"an error of a transfer": {
			&transfer.Error{Code: hresult.E_FAIL, Context: application, Transient: true}, hresult.E_FAIL, application, true,
		},
		"access": {hresult.E_ACCESSDENIED, hresult.E_ACCESSDENIED, remote, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, j := inMemory(t, bitsupload.Options{}, "x")
			j.client = &transfer.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, row.err })}
			e := j.fails()
			wants(t, e, row.code, row.context, row.transient)
			require.Equal(t, "http://host/up/a.txt", e.URL)
			var own *transfer.Error
			if !errors.As(row.err, &own) {
				require.ErrorIs(t, e, row.err)
			}
		})
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	files := &bitsupload.Memory{}
	srv, err := bitsupload.New(files, bitsupload.Options{})
	require.NoError(t, err)
	hs := httptest.NewUnstartedServer(srv)
	hs.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are to fail
	hs.StartTLS()
	defer hs.Close()
	trusting := func(r *upload.Request) { r.Security = bits.BG_SSL_IGNORE_UNKNOWN_CA }
	judge := func(err error) func(*upload.Request) {
		return func(r *upload.Request) {
			r.Certificate = func(u *url.URL, s *tls.ConnectionState) error {
				require.Equal(t, "https", u.Scheme)
				require.NotEmpty(t, s.PeerCertificates)
				return err
			}
		}
	}
	e := newJob(t, hs.URL+"/a", "x").fails()
	require.False(t, e.Transient)
	require.NoError(t, newJob(t, hs.URL+"/b", "x", trusting, judge(nil)).run())

	const callback = bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK
	wants(t, newJob(t, hs.URL+"/c", "x", trusting, judge(errBroken)).fails(), hresult.E_FAIL, callback, true)
	wants(t, newJob(t, hs.URL+"/c", "x", trusting, judge(hresult.E_ACCESSDENIED)).fails(), hresult.E_ACCESSDENIED, callback, true)
	const missing = hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED
	wants(t, newJob(t, hs.URL+"/c", "x", trusting, judge(missing)).fails(), missing, callback, false)
}

func TestClientCertificateGoesWithTheRequest(t *testing.T) {
	t.Parallel()
	own := &tls.Certificate{}
	_, _, j := inMemory(t, bitsupload.Options{}, "x", func(r *upload.Request) { r.ClientCertificate = own })
	rt := j.client.Transport
	j.client = &transfer.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		require.Same(t, own, transfer.ClientCertificateOf(r.Context()))
		return rt.RoundTrip(r)
	})}
	require.NoError(t, j.run())
}

func TestServerThatClosesIdleConnections(t *testing.T) {
	t.Parallel()
	files := &bitsupload.Memory{}
	handler, err := bitsupload.New(files, bitsupload.Options{})
	require.NoError(t, err)
	hs := httptest.NewUnstartedServer(handler)
	hs.Config.IdleTimeout = time.Millisecond
	hs.Start()
	defer hs.Close()
	j := newJob(t, hs.URL+"/a", strings.Repeat("A", 10), fragmentsOf(5))
	for {
		r, err := j.step()
		require.NoError(t, err, "a connection that was closed in between is no trouble")
		if r.Done {
			break
		}
		time.Sleep(100 * time.Millisecond) // the end of the connection is here before the next packet
	}
}

func TestCancelReportsTheContext(t *testing.T) {
	t.Parallel()
	_, _, j := inMemory(t, bitsupload.Options{}, "x")
	_, err := j.step()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, j.upload.Cancel(ctx), context.Canceled)
	require.False(t, j.upload.State().Closed)
}

func TestStepAfterCloseIsRefused(t *testing.T) {
	t.Parallel()
	_, _, j := inMemory(t, bitsupload.Options{}, "x")
	j.restart()
	require.NoError(t, j.upload.Close())
	_, err := j.step()
	require.ErrorIs(t, err, fs.ErrClosed)
}
