package winpath

import (
	"fmt"
	"strings"

	"github.com/bitsemu/bitsemu/hresult"
)

// Error tells why a name was refused or what failed with a file. It wraps both
// Code and Err, so that [errors.Is] finds the HRESULT, the error of the system,
// and those of package fs that either stands for.
type Error struct {
	Op   string          // what was tried: parse, join, mount, open, rename ...
	Path string          // the name, as it was given to a parser; cut when very long
	Code hresult.HRESULT // what Windows or BITS would answer
	Err  error           // the reason, and where in Path
}

// Error describes the failure, such as
//
//	winpath: parse `C:\a?b`: byte 4: '?' is reserved: HRESULT_FROM_WIN32(ERROR_INVALID_NAME) (0x8007007B): ...
func (e *Error) Error() string {
	return fmt.Sprintf("winpath: %s %#q: %v: %v", e.Op, e.Path, e.Err, e.Code)
}

// Unwrap returns Code and Err, in this order: [hresult.Of] finds Code.
func (e *Error) Unwrap() []error { return []error{e.Code, e.Err} }

// maxInput is how much of a refused name an error repeats, in bytes: all of what
// could be a path without the prefix, not all of what may be sent.
const maxInput = 3 * maxPath

// refuse makes the error of a parser.
func refuse(s string, code hresult.HRESULT, format string, args ...any) *Error {
	if len(s) > maxInput {
		s = strings.Clone(s[:maxInput]) + "..."
	}
	return &Error{"parse", s, code, fmt.Errorf(format, args...)}
}

// refuseAt is refuse with the place, in bytes from the start of s.
func refuseAt(s string, at int, code hresult.HRESULT, format string, args ...any) *Error {
	return refuse(s, code, "byte %d: "+format, append([]any{at}, args...)...)
}
