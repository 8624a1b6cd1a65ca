package transfer

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// statusError is what an answer means that is none: the codes of clients are
// fatal but for 408 and 409, those of servers transient but for 501 and 505 (I,
// by analogy to handling-server-application-errors.md; D bits-return-values for
// 503 and 504).
func statusError(status int) *Error {
	return &Error{
		Code:      hresult.FromHTTPStatus(status),
		Context:   bits.BG_ERROR_CONTEXT_REMOTE_FILE,
		Transient: transientStatus(status),
		Status:    status,
		Err:       fmt.Errorf("status %d %s", status, http.StatusText(status)),
	}
}

func transientStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return 500 <= status && status <= 599
}

// checkEncoding refuses contents that are not themselves: sizes and ranges would
// count other bytes.
func checkEncoding(resp *http.Response) error {
	for _, coding := range resp.Header.Values("Content-Encoding") {
		if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			return invalid("the content has the coding %q", coding)
		}
	}
	return nil
}

// lacking is the code for a server that lacks what is needed. One that speaks an
// older version than HTTP/1.1 is told so instead.
func lacking(resp *http.Response, code hresult.HRESULT, format string, args ...any) *Error {
	if !resp.ProtoAtLeast(1, 1) {
		code = hresult.BG_E_INSUFFICIENT_HTTP_SUPPORT
		format = resp.Proto + ": " + format
	}
	return fatal(code, format, args...)
}

// headSize is the size that the answer to HEAD tells.
func headSize(resp *http.Response) (int64, error) {
	if resp.ContentLength < 0 {
		return 0, lacking(resp, hresult.BG_E_MISSING_FILE_SIZE, "HEAD tells no Content-Length")
	}
	return resp.ContentLength, nil
}
