package transfer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

func TestNetError(t *testing.T) {
	t.Parallel()
	const (
		name    = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED
		connect = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT
		lost    = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR
		late    = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT
		channel = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CHANNEL_ERROR
	)
	for text, row := range map[string]struct {
		err       error
		code      hresult.HRESULT
		transient bool
	}{
		"name":              {&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, name, true},
		"name, late":        {&net.DNSError{IsTimeout: true}, name, true},
		"refused":           {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, connect, true},
		"refused, bare":     {fmt.Errorf("x: %w", syscall.ECONNREFUSED), connect, true},
		"proxy refused":     {&net.OpError{Op: "proxyconnect", Err: &net.OpError{Op: "dial", Err: syscall.Errno(10061)}}, connect, true},
		"unreachable":       {&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, connect, true},
		"reset":             {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, lost, true},
		"reset, bare":       {syscall.ECONNRESET, lost, true},
		"pipe":              {syscall.EPIPE, lost, true},
		"closed":            {net.ErrClosed, lost, true},
		"closed pipe":       {io.ErrClosedPipe, lost, true},
		"EOF":               {io.EOF, lost, true},
		"unexpected EOF":    {io.ErrUnexpectedEOF, lost, true},
		"idle":              {errors.New("http: server closed idle connection"), lost, true},
		"late":              {&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, late, true},
		"late, context":     {context.DeadlineExceeded, late, true},
		"cancelled":         {context.Canceled, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_OPERATION_CANCELLED, true},
		"unknown authority": {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_INVALID_CA, false},
		"no roots":          {x509.SystemRootsError{}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_INVALID_CA, false},
		"host":              {x509.HostnameError{Certificate: &x509.Certificate{}}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_CN_INVALID, false},
		"expired":           {x509.CertificateInvalidError{Reason: x509.Expired}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_DATE_INVALID, false},
		"usage":             {x509.CertificateInvalidError{Reason: x509.IncompatibleUsage}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE, false},
		"certificate":       {x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_INVALID_CERT, false},
		"verification":      {&tls.CertificateVerificationError{Err: errors.New("odd")}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_FAILURE, false},
		"record":            {tls.RecordHeaderError{}, channel, false},
		"alert":             {&net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")}, channel, false},
		"our alert":         {&net.OpError{Op: "local error", Err: errors.New("tls: bad record MAC")}, channel, false},
		"http to https":     {errors.New("http: server gave HTTP response to HTTPS client"), channel, false},
		"nonsense":          {errors.New("malformed HTTP response"), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"HRESULT":           {fmt.Errorf("x: %w", hresult.HRESULT_FROM_WIN32_WSAETIMEDOUT), hresult.HRESULT_FROM_WIN32_WSAETIMEDOUT, true},
		"fatal HRESULT":     {hresult.E_ACCESSDENIED, hresult.E_ACCESSDENIED, false},
		"Error":             {&Error{Code: hresult.E_ABORT, Transient: true}, hresult.E_ABORT, true},
		"another answer":    {&connectError{502, nil}, hresult.BG_E_INVALID_SERVER_RESPONSE, false},
	} {
		e := netError(row.err)
		require.Equal(t, row.code.String(), e.Code.String(), text)
		require.Equal(t, row.transient, e.Transient, text)
		require.Equal(t, bits.BG_ERROR_CONTEXT_REMOTE_FILE, e.Context)
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	e := statusError(http.StatusNotFound)
	e.URL = "http://a/b"
	require.EqualError(t, e, "transfer of http://a/b: status 404 Not Found: "+hresult.BG_E_HTTP_ERROR_404.Error())
	require.EqualError(t, &Error{Code: hresult.E_FAIL}, "transfer: "+hresult.E_FAIL.Error())
	require.ErrorIs(t, &Error{Code: hresult.E_FAIL}, hresult.E_FAIL)
	require.ErrorIs(t, &Error{Code: hresult.E_FAIL, Err: io.EOF}, io.EOF)
	code, ok := hresult.Of(fmt.Errorf("x: %w", e))
	require.True(t, ok)
	require.Equal(t, hresult.BG_E_HTTP_ERROR_404, code)
}

func TestConnectError(t *testing.T) {
	t.Parallel()
	require.EqualError(t, &connectError{status: 502}, "the proxy answers CONNECT with status 502")
}
