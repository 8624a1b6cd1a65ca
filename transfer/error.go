package transfer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// Error is the end of an attempt. Its HRESULT is found by [errors.Is] and by
// [hresult.Of].
type Error struct {
	Code    hresult.HRESULT
	Context bits.ErrorContext // BG_ERROR_CONTEXT_REMOTE_FILE unless said otherwise

	// Transient errors lead to BG_JOB_STATE_TRANSIENT_ERROR and another attempt after
	// the retry delay, others to BG_JOB_STATE_ERROR.
	Transient bool

	URL        string // of the request that failed
	RemoteName string // under BG_HTTP_REDIRECT_POLICY_DISALLOW: where the redirect leads, the new remote name
	Status     int    // of the answer, 0 if there was none
	Err        error  // what happened, in more detail; may be nil
}

// Error says what happened, to which URL, and the code.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("transfer")
	if e.URL != "" {
		fmt.Fprintf(&b, " of %s", e.URL)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	fmt.Fprintf(&b, ": %v", e.Code)
	return b.String()
}

// Unwrap returns the code and the detail.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Err}
}

// fatal is an error that another attempt would meet again.
func fatal(code hresult.HRESULT, format string, args ...any) *Error {
	return &Error{Code: code, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, Err: fmt.Errorf(format, args...)}
}

// transient is an error that another attempt may not meet.
func transient(code hresult.HRESULT, format string, args ...any) *Error {
	e := fatal(code, format, args...)
	e.Transient = true
	return e
}

// invalid is an answer that breaks the protocol.
func invalid(format string, args ...any) *Error {
	return fatal(hresult.BG_E_INVALID_SERVER_RESPONSE, format, args...)
}

// asError finds an Error in the chain of err.
func asError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
