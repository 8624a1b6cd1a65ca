package transfer

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// netError is what an error of a transport, or of the body it gave, means.
func netError(err error) *Error {
	if e, ok := asError(err); ok {
		c := *e
		if c.Context == bits.BG_ERROR_CONTEXT_NONE {
			c.Context = bits.BG_ERROR_CONTEXT_REMOTE_FILE
		}
		return &c
	}
	code, ok := hresult.Of(err)
	if !ok {
		code = netCode(err)
	}
	return &Error{Code: code, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, Transient: isTransient(code), Err: err}
}

// isTransient reports whether a failure of the network with this code may be
// gone by the next attempt. Names that do not resolve belong here (O: the state
// in published listings), certificates do not (I).
func isTransient(code hresult.HRESULT) bool {
	switch code {
	case hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT,
		hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED,
		hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT,
		hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR,
		hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_RESEND_REQUEST,
		hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_OPERATION_CANCELLED,
		hresult.HRESULT_FROM_WIN32_WSAETIMEDOUT,
		hresult.HRESULT_FROM_WIN32_WSAECONNREFUSED,
		hresult.HRESULT_FROM_WIN32_WSAECONNRESET,
		hresult.HRESULT_FROM_WIN32_WSAECONNABORTED,
		hresult.HRESULT_FROM_WIN32_WSAENETUNREACH,
		hresult.HRESULT_FROM_WIN32_WSAEHOSTUNREACH,
		hresult.HRESULT_FROM_WIN32_WSAHOST_NOT_FOUND,
		hresult.HRESULT_FROM_WIN32_ERROR_NETWORK_BUSY,
		hresult.HRESULT_FROM_WIN32_ERROR_NETWORK_UNREACHABLE,
		hresult.HRESULT_FROM_WIN32_ERROR_NETNAME_DELETED,
		hresult.HRESULT_FROM_WIN32_ERROR_UNEXP_NET_ERR,
		hresult.HRESULT_FROM_WIN32_ERROR_SEM_TIMEOUT,
		hresult.HRESULT_FROM_WIN32_ERROR_BAD_NETPATH,
		hresult.BG_E_NETWORK_DISCONNECTED,
		hresult.BG_E_DESTINATION_LOCKED,
		hresult.BG_E_CONNECT_FAILURE,
		hresult.BG_E_CONNECTION_CLOSED:
		return true
	}
	return false
}

// netCode finds the code of what package net/http and those below it report.
// What is none of theirs is a complaint about what the server sent.
func netCode(err error) hresult.HRESULT {
	if code, ok := tlsCode(err); ok {
		return code
	}
	var (
		name    *net.DNSError
		op      *net.OpError
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &name):
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, os.ErrDeadlineExceeded),
		errors.Is(err, context.DeadlineExceeded):
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT
	case errors.Is(err, context.Canceled):
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_OPERATION_CANCELLED
	case dials(err), errors.Is(err, syscall.ECONNREFUSED):
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT
	case errors.As(err, &op), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		strings.Contains(err.Error(), "server closed"): // net/http has no value for this one
		return hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR
	}
	return hresult.BG_E_INVALID_SERVER_RESPONSE
}

// dials reports whether a connection was not made, be it to a server or to a proxy. The
// numbers of the reasons are other ones on each system.
func dials(err error) bool {
	var op *net.OpError
	for errors.As(err, &op) {
		if op.Op == "dial" {
			return true
		}
		err = op.Err
	}
	return false
}

// tlsCode finds the code of what crypto/tls and crypto/x509 report.
func tlsCode(err error) (hresult.HRESULT, bool) {
	var (
		issuer  x509.UnknownAuthorityError
		host    x509.HostnameError
		reason  x509.CertificateInvalidError
		roots   x509.SystemRootsError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   *net.OpError
		problem = func(code hresult.HRESULT) (hresult.HRESULT, bool) { return code, true }
	)
	switch {
	case errors.As(err, &issuer), errors.As(err, &roots):
		return problem(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_INVALID_CA)
	case errors.As(err, &host):
		return problem(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_CN_INVALID)
	case errors.As(err, &reason) && reason.Reason == x509.Expired:
		return problem(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_DATE_INVALID)
	case errors.As(err, &reason) && reason.Reason == x509.IncompatibleUsage:
		return problem(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE)
	case errors.As(err, &reason):
		return problem(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_INVALID_CERT)
	case errors.As(err, &verify):
		return problem(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_FAILURE)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return problem(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CHANNEL_ERROR)
	case errors.As(err, &alert) && (alert.Op == "remote error" || alert.Op == "local error"):
		return problem(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CHANNEL_ERROR)
	}
	return 0, false
}
