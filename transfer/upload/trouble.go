package upload

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
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
	if u.state.Host != "" && u.state.HostLostSince.IsZero() {
		u.state.HostLostSince = transfer.Now(ctx)
	}
	return connectionError(ctx, target, err)
}

// connectionError is what a failed connection means. That is the same for a
// download, so a download is asked: one whose connections all fail so.
func connectionError(ctx context.Context, target *url.URL, err error) error {
	download, _ := transfer.New(&transfer.Client{Transport: lost{err}}, transfer.Request{URL: target.String()}, transfer.State{})
	_, meant := download.Step(ctx, nil, 1)
	_ = download.Close() // nothing is open
	var e *transfer.Error
	if errors.As(meant, &e) && e.Code == hresult.BG_E_NETWORK_DISCONNECTED {
		e.Context = bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER // I
	}
	return meant
}

// lost is a transport whose connections fail.
type lost struct{ err error }

func (l lost) RoundTrip(*http.Request) (*http.Response, error) { return nil, l.err }

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
	code := codeOf(err, hresult.E_FAIL)
	return &transfer.Error{
		Code: code, Context: bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK,
		Transient: code != hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, URL: target.Redacted(), Err: err,
	}
}

// proxyError is the error of a proxy that cannot be chosen.
func proxyError(target *url.URL, err error) error {
	return &transfer.Error{
		Code: codeOf(err, hresult.BG_E_INVALID_PROXY_INFO), Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, URL: target.Redacted(), Err: err,
	}
}

// localError is the error of a local file that cannot be read (I).
func localError(target *url.URL, err error) error {
	return &transfer.Error{
		Code: winpath.Code(err), Context: bits.BG_ERROR_CONTEXT_LOCAL_FILE, URL: target.Redacted(), Err: err,
	}
}

func codeOf(err error, otherwise hresult.HRESULT) hresult.HRESULT {
	if code, ok := hresult.Of(err); ok {
		return code
	}
	return otherwise
}
