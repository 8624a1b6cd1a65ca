package upload

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// trouble sorts an exchange that brought no answer.
func (u *Upload) trouble(ctx context.Context, target *url.URL, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var wait *transfer.Wait
	if errors.As(err, &wait) {
		return wait
	}
	var e *transfer.Error
	if errors.As(err, &e) {
		return e
	}
	if u.state.Host != "" && u.state.HostLostSince.IsZero() {
		u.state.HostLostSince = transfer.Now(ctx)
	}
	e = &transfer.Error{
		Code: connectionCode(err), Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, Transient: true, URL: target.Redacted(), Err: err,
	}
	switch e.Code {
	case hresult.BG_E_NETWORK_DISCONNECTED:
		e.Context = bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER
	case hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_FAILURE:
		e.Transient = false
	}
	return e
}

// connectionCode is the code of a connection that failed (I; the unresolved name O).
func connectionCode(err error) hresult.HRESULT {
	if code, ok := hresult.Of(err); ok && code.Failed() {
		return code
	}
	var (
		dns         *net.DNSError
		timeout     net.Error
		op          *net.OpError
		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &certificate):
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_FAILURE
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT
	case errors.As(err, &dns):
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED
	case errors.As(err, &op) && op.Op == "dial":
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT
	}
	return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR
}

// judge asks about the certificate of a server of https. Windows asks before it
// sends a packet; here the answer is there already (C).
func (u *Upload) judge(target *url.URL, response *http.Response) error {
	if target.Scheme != "https" || u.request.Certificate == nil {
		return nil
	}
	err := u.request.Certificate(target, response.TLS)
	if err == nil {
		return nil
	}
	code, ok := hresult.Of(err)
	if !ok {
		code = hresult.E_FAIL
	}
	return &transfer.Error{
		Code: code, Context: bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK,
		Transient: code != hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, URL: target.Redacted(), Err: err,
	}
}

// proxyError is the error of a proxy that cannot be chosen.
func proxyError(target *url.URL, err error) error {
	code, ok := hresult.Of(err)
	if !ok {
		code = hresult.BG_E_INVALID_PROXY_INFO
	}
	return &transfer.Error{Code: code, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, URL: target.Redacted(), Err: err}
}

func localError(target *url.URL, err error) error {
	return &transfer.Error{
		Code: localCode(err), Context: bits.BG_ERROR_CONTEXT_LOCAL_FILE, URL: target.Redacted(), Err: err,
	}
}

// localCode is the Win32 code of a local file that cannot be read (I).
func localCode(err error) hresult.HRESULT {
	if code, ok := hresult.Of(err); ok && code.Failed() {
		return code
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND
	case errors.Is(err, fs.ErrPermission):
		return hresult.E_ACCESSDENIED
	}
	return hresult.FromWin32(30) // ERROR_READ_FAULT
}
