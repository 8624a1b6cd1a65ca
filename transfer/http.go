package transfer

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"sync"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

// bufferSize is how much is read and written at once.
const bufferSize = 256 << 10

// buffers are of use during a step alone: thousands of downloads that wait have none.
var buffers = sync.Pool{New: func() any { return new([bufferSize]byte) }}

// httpDownload is a Download over HTTP. An attempt goes: HEAD; then, until all is
// held, GET of what is missing, whose answer stays open from step to step.
type httpDownload struct {
	client *Client
	req    Request
	name   *url.URL    // where each attempt starts
	home   string      // the origin of Request.URL
	header http.Header // the custom ones
	state  State
	auth   authorizer
	piece  int64  // the most to ask for at once
	spent  uint64 // bytes that came, for MaxSize

	// The attempt; ctx is nil between two.
	ctx     context.Context
	cancel  context.CancelFunc
	known   bool // HEAD has been answered
	changes int
	checked map[string]bool // servers whose certificate was accepted
	url     *url.URL        // where HEAD was answered
	plan    plan
	out     *exchange // waits for its answer

	// The answer that is open; in is nil if there is none.
	in       body
	resp     *http.Response
	shift    int64 // from a place in the remote file to the one in the local file
	next     int64 // the place in the remote file up to which all is held
	began    int64 // what next was at first
	coverage coverage

	// What the step has to tell.
	headers    string
	remoteName string
	restarted  bool
	closed     bool
}

// New makes a download over http or https, which goes on from s. Nothing is sent
// before the first step.
//
// Errors are *[Error]: ERROR_WINHTTP_INVALID_URL and
// ERROR_WINHTTP_UNRECOGNIZED_SCHEME for the URL; E_INVALIDARG for a bad method or
// custom header; BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD and
// BG_E_UNSUPPORTED_JOB_CONFIGURATION for ranges together with a method or dynamic
// content (C).
func New(c *Client, r Request, s State) (Download, error) {
	name, err := url.Parse(r.URL)
	if err != nil {
		return nil, fatal(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_INVALID_URL, "%w", err)
	}
	if err := checkURL(name); err != nil {
		return nil, err
	}
	header, err := httphead.Custom(r.Header, reserved)
	switch {
	case err != nil:
		return nil, fatal(hresult.E_INVALIDARG, "%w", err)
	case r.Method != "" && !httphead.IsToken(r.Method):
		return nil, fatal(hresult.E_INVALIDARG, "%q is no method", r.Method)
	case r.custom() && r.Ranges != nil:
		return nil, fatal(hresult.BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, "ranges with the method %s", r.Method)
	case r.Dynamic && r.Ranges != nil:
		return nil, fatal(hresult.BG_E_UNSUPPORTED_JOB_CONFIGURATION, "ranges of dynamic content")
	}
	if !httphead.IsFieldValue(s.LastModified) {
		s.LastModified = ""
	}
	if !s.known() {
		s.Size = bits.BG_SIZE_UNKNOWN
	}
	return &httpDownload{
		client: c, req: r, name: name, home: origin(name), header: header, state: s, piece: pieceSize, auth: newAuthorizer(r.Auth),
	}, nil
}

func (d *httpDownload) State() State { return d.state }

func (d *httpDownload) Close() error {
	d.end()
	d.closed = true
	return nil
}

// begin begins an attempt. What its requests are told comes from ctx; when they
// end does not, for they may outlive a step.
func (d *httpDownload) begin(ctx context.Context) {
	ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if d.req.Security != 0 {
		ctx = WithSecurity(ctx, d.req.Security)
	}
	if d.req.ClientCertificate != nil {
		ctx = WithClientCertificate(ctx, d.req.ClientCertificate)
	}
	d.ctx, d.changes, d.checked = ctx, 0, make(map[string]bool)
	d.auth.begin()
}

// end ends the attempt.
func (d *httpDownload) end() {
	if d.ctx != nil {
		d.drop()
		d.cancel()
		d.ctx = nil
	}
}

// drop abandons the open answer, and all that was asked of the remote file.
func (d *httpDownload) drop() {
	d.finish()
	d.out = nil
	d.known = false
}

// finish closes the open answer.
func (d *httpDownload) finish() {
	if d.in != nil {
		_ = d.resp.Body.Close() // what it held has been read or is not wanted
		d.in, d.resp, d.coverage = nil, nil, nil
	}
}

func (d *httpDownload) Step(ctx context.Context, dst io.WriterAt, maxBytes int64) (Result, error) {
	if d.closed {
		return Result{}, fs.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		d.end()
		return Result{}, err
	}
	if d.ctx == nil {
		d.begin(ctx)
	}
	held := d.state.Held
	d.headers, d.remoteName, d.restarted = "", "", false

	unbind := context.AfterFunc(ctx, d.cancel)
	res, err := d.step(ctx, dst, maxBytes)
	bound := unbind()

	if res.Restarted = d.restarted; !res.Restarted {
		res.Moved = int64(d.state.Held - held)
	}
	res.Headers, res.RemoteName = d.headers, d.remoteName
	if err != nil && !bound {
		err = ctx.Err()
	}
	if _, wait := asWait(err); res.Done || !bound || err != nil && !wait {
		d.end()
	}
	return res, d.final(err)
}

// final makes errors of a custom method fatal (D
// nf-bits10_2-ibackgroundcopyjobhttpoptions2-sethttpmethod.md).
func (d *httpDownload) final(err error) error {
	if e, ok := asError(err); ok && d.req.custom() {
		e.Transient = false
	}
	return err
}

func (d *httpDownload) step(ctx context.Context, dst io.WriterAt, maxBytes int64) (Result, error) {
	switch {
	case !d.known && d.req.once():
		return d.openOnce(ctx)
	case !d.known:
		return d.head(ctx)
	case d.in == nil:
		if again, err := d.get(ctx); again || err != nil {
			return Result{}, err
		}
	}
	return d.move(ctx, dst, maxBytes)
}

// head learns what the remote file is.
func (d *httpDownload) head(ctx context.Context) (Result, error) {
	if d.out == nil {
		d.out = &exchange{d: d, method: http.MethodHead, url: d.name}
	}
	resp, err := d.answer(ctx)
	if err != nil {
		return Result{}, err
	}
	_ = resp.Body.Close() // there is none
	if resp.StatusCode != http.StatusOK {
		return Result{}, d.place(statusError(resp.StatusCode))
	}
	if err := checkEncoding(resp); err != nil {
		return Result{}, d.place(err)
	}
	size, err := headSize(resp)
	if err != nil {
		return Result{}, d.place(err)
	}
	return d.connected(resp, size)
}

// answer lets the exchange run, and tells where it has led.
func (d *httpDownload) answer(ctx context.Context) (*http.Response, error) {
	resp, err := d.out.run(ctx)
	if _, wait := asWait(err); wait {
		return nil, err
	}
	d.url, d.out = d.out.url, nil
	if err != nil {
		return nil, err
	}
	if d.req.policy() == bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT && d.url != d.name {
		d.name = d.url
		d.remoteName = d.url.String()
	}
	return resp, nil
}

// place puts the URL of the last answer into an error.
func (d *httpDownload) place(err error) error {
	if e, ok := asError(err); ok {
		e.URL = d.url.Redacted()
	}
	return err
}

// connected takes in what HEAD has told.
func (d *httpDownload) connected(resp *http.Response, size int64) (Result, error) {
	fits := d.state.Size == bits.BG_SIZE_UNKNOWN || d.state.Size == uint64(size)
	plan, err := newPlan(&d.req, size)
	same := fits && sameStamp(d.state, resp.Header) && (err != nil || d.state.Held <= plan.total)
	if d.state.known() && !same && (d.state.Held > 0 || d.req.InPlace) {
		d.void() // the first time in this attempt: after another time nothing is known
	}
	d.remember(resp.Header, size)
	if err != nil {
		return Result{}, d.place(err)
	}
	d.plan, d.known = plan, true
	if err := d.afford(plan.total - d.state.Held); err != nil {
		return Result{}, err
	}
	return Result{Connected: true, Done: d.state.Held == plan.total}, nil
}

func (d *httpDownload) remember(h http.Header, size int64) {
	d.state.Size = uint64(size)
	d.state.LastModified, d.state.ETag = h.Get("Last-Modified"), h.Get("Etag")
}

// afford refuses n more bytes when the job may not fetch so many.
func (d *httpDownload) afford(n uint64) error { return d.place(afford(d.req.MaxSize, d.spent, n)) }

func afford(limit, spent, n uint64) error {
	if limit == 0 || n <= limit && spent <= limit-n {
		return nil
	}
	return fatal(hresult.BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED,
		"%d bytes have come and %d more are wanted, of %d", spent, n, limit)
}
