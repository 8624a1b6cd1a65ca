package wire

import (
	"errors"

	"github.com/bitsemu/bitsemu/hresult"
)

// BadRequest is a request that is not as it must be. Nothing was called. It wraps
// E_INVALIDARG.
type BadRequest struct {
	Where string // "IBackgroundCopyJob::AddFile: argument localName"; "" for the whole
	What  string // what is there and what was wanted
}

func (b *BadRequest) Error() string {
	if b.Where == "" {
		return "wire: " + b.What
	}
	return "wire: " + b.Where + ": " + b.What
}

// Unwrap gives E_INVALIDARG.
func (b *BadRequest) Unwrap() error { return hresult.E_INVALIDARG }

// bad makes a BadRequest of err: with where in front of its own place if it is one.
func bad(where string, err error) error {
	if b := (*BadRequest)(nil); errors.As(err, &b) {
		if b.Where != "" {
			where += "." + b.Where
		}
		return &BadRequest{where, b.What}
	}
	return &BadRequest{where, err.Error()}
}
