package transfer

import (
	"context"
	"net/http"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// get opens the next answer. It reports whether the remote file changed, and HEAD
// is due again.
func (d *httpDownload) get(ctx context.Context) (again bool, err error) {
	want, shift := d.plan.next(d.state.Held, d.piece)
	if d.out == nil {
		d.out = &exchange{d: d, method: http.MethodGet, url: d.url, since: d.state.LastModified}
		if !d.wholly(want) {
			d.out.want = &want
		}
	}
	ranged := d.out.want != nil
	resp, err := d.answer(ctx)
	if err != nil {
		return false, err
	}
	in, why, err := d.open(resp, want, ranged)
	if in == nil {
		_ = resp.Body.Close() // the answer is not wanted
		if err == nil {
			err = d.changed(why)
		}
		return true, d.place(err)
	}
	d.opened(in, resp, want.first, shift)
	return false, nil
}

// wholly reports whether want is a whole file that may come without ranges.
func (d *httpDownload) wholly(want span) bool {
	return d.req.Foreground && want.first == 0 && uint64(want.len()) == d.state.Size && want.len() < d.piece
}

func (d *httpDownload) opened(in body, resp *http.Response, first, shift int64) {
	d.in, d.resp, d.next, d.began, d.shift = in, resp, first, first, shift
}

// open judges the answer to a GET. The body is nil with an error, or with why the
// file is taken to have changed.
func (d *httpDownload) open(resp *http.Response, want span, ranged bool) (in body, changed string, err error) {
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
	case http.StatusPreconditionFailed:
		return nil, "status 412", nil
	case http.StatusRequestedRangeNotSatisfiable:
		if d.req.Ranges != nil {
			return nil, "", fatal(hresult.BG_E_INVALID_RANGE, "status 416 to bytes %d-%d", want.first, want.last)
		}
		return nil, "status 416", nil
	default:
		return nil, "", statusError(resp.StatusCode)
	}
	switch err := checkEncoding(resp); {
	case err != nil:
		return nil, "", err
	case !sameStamp(d.state, resp.Header):
		return nil, "another Last-Modified or ETag", nil
	case resp.StatusCode == http.StatusOK:
		return d.openWhole(resp, want)
	case !ranged:
		return nil, "", invalid("status 206 to a request without a range")
	}
	if contentType := resp.Header.Get("Content-Type"); isMultipart(contentType) {
		in, err := newMultipartBody(resp.Body, contentType, want, int64(d.state.Size))
		if err != nil {
			return nil, "", err
		}
		return in, "", nil
	}
	return d.openPart(resp, want)
}

// openWhole takes an answer without ranges, where that will do.
func (d *httpDownload) openWhole(resp *http.Response, want span) (body, string, error) {
	if !d.wholly(want) {
		return nil, "", lacking(resp, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, "status 200 to bytes %d-%d", want.first, want.last)
	}
	if resp.ContentLength >= 0 && resp.ContentLength != want.len() {
		return nil, "another Content-Length", nil
	}
	return &plainBody{r: resp.Body, left: want.len(), exact: resp.ContentLength >= 0}, "", nil
}

// openPart takes an answer of one range.
func (d *httpDownload) openPart(resp *http.Response, want span) (body, string, error) {
	text := resp.Header.Get("Content-Range")
	if text == "" {
		return nil, "", invalid("status 206 without a Content-Range")
	}
	part, total, err := parseContentRange(text)
	switch {
	case err != nil:
		return nil, "", err
	case total != unknown && uint64(total) != d.state.Size:
		return nil, "another total", nil
	case part.first != want.first || part.last > want.last:
		return nil, "", invalid("Content-Range %q to bytes %d-%d", text, want.first, want.last)
	case resp.ContentLength > part.len():
		return nil, "", invalid("Content-Length %d with Content-Range %q", resp.ContentLength, text)
	}
	return &plainBody{r: resp.Body, at: part.first, left: part.len(), exact: resp.ContentLength >= 0}, "", nil
}

// openOnce sends the one request of dynamic content and custom methods.
func (d *httpDownload) openOnce(ctx context.Context) (Result, error) {
	if d.state.Held > 0 {
		d.state.Held = 0
		d.restarted = true
	}
	if d.out == nil {
		d.out = &exchange{d: d, method: http.MethodGet, url: d.name}
		if d.req.custom() {
			d.out.method = d.req.Method
		}
	}
	method := d.out.method
	resp, err := d.answer(ctx)
	if err != nil {
		return Result{}, err
	}
	in := &plainBody{r: resp.Body, left: resp.ContentLength, exact: true}
	size := bits.BG_SIZE_UNKNOWN
	switch {
	case resp.StatusCode != http.StatusOK:
		err = statusError(resp.StatusCode)
	case method == http.MethodHead:
		in.left, size = 0, 0
	case resp.ContentLength >= 0:
		size = uint64(resp.ContentLength)
		err = d.afford(size)
	}
	if err == nil {
		err = checkEncoding(resp)
	}
	if err != nil {
		_ = resp.Body.Close() // the answer is not wanted
		return Result{}, d.place(err)
	}
	d.remember(resp.Header, 0)
	d.state.Size = size
	d.known, d.plan = true, plan{total: size}
	d.opened(in, resp, 0, 0)
	return Result{Connected: true, Done: size == 0}, nil
}
