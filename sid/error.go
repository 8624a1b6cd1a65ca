package sid

import (
	"strconv"
	"strings"
)

// Error says why something is not a SID. Every function of this package that
// fails returns an *Error.
type Error struct {
	Input  string // what was refused: text, or binary in hex; cut when long
	Field  string // "revision", "authority", "sub authority 1" (the first), "alias", ...
	Offset int    // where in the input, in bytes, or -1 where that means nothing
	Reason string // the rule that is broken
}

// maxInput is how much of a refused input an error repeats, in bytes. Room for
// any account SID, far less than an enemy may send.
const maxInput = 80

// refuse makes an Error. The input is copied, so that the error keeps no
// caller's buffer alive.
func refuse(input, field string, offset int, reason string) *Error {
	return &Error{Input: shorten(input), Field: field, Offset: offset, Reason: reason}
}

func shorten(s string) string {
	if len(s) > maxInput {
		return s[:maxInput] + "..."
	}
	return strings.Clone(s)
}

// Error describes the refusal, such as
//
//	sid: "S-1-5-": sub authority 1 at byte 6: missing
func (e *Error) Error() string {
	msg := "sid: " + strconv.Quote(e.Input) + ": " + e.Field
	if e.Offset >= 0 {
		msg += " at byte " + strconv.Itoa(e.Offset)
	}
	return msg + ": " + e.Reason
}

// HRESULT returns 0x80070539, the HRESULT of ERROR_INVALID_SID (1337), which
// is what Windows answers (W sid-binary).
func (*Error) HRESULT() uint32 { return 0x80070539 }
