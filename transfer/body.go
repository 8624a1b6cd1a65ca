package transfer

import (
	"errors"
	"io"

	"github.com/bitsemu/bitsemu/hresult"
)

// body reads an answer. Each read gives bytes of the remote file from the place
// that it tells, and never more than the answer promised.
//
// io.EOF is the end that was promised. After a *[Wait] reading goes on.
type body interface {
	read(p []byte) (at int64, n int, err error)
}

// plainBody is one stretch of the file.
type plainBody struct {
	r     io.Reader
	at    int64
	left  int64 // unknown: up to the end, whatever it is
	exact bool  // the transport itself ends the body after left bytes
}

func (b *plainBody) read(p []byte) (int64, int, error) {
	if b.left == 0 {
		return b.at, 0, b.end()
	}
	if b.left > 0 && int64(len(p)) > b.left {
		p = p[:b.left]
	}
	at := b.at
	n, err := b.r.Read(p)
	if n < 0 || n > len(p) {
		return at, 0, invalid("the transport read %d bytes into %d", n, len(p))
	}
	b.at += int64(n)
	if b.left > 0 {
		b.left -= int64(n)
	}
	switch {
	case errors.Is(err, io.EOF) && b.left > 0:
		return at, n, transient(hresult.BG_E_INVALID_SERVER_RESPONSE, "the body ends %d bytes early", b.left)
	case err != nil && b.left == 0:
		err = nil // what was promised is there; the next read finds the end
	}
	return at, n, err
}

// end makes sure that nothing follows. What goes wrong behind the last byte is
// none of our business.
func (b *plainBody) end() error {
	if b.exact {
		return io.EOF
	}
	var one [1]byte
	n, err := b.r.Read(one[:])
	if n > 0 {
		return invalid("the body is longer than promised")
	}
	if _, wait := asWait(err); wait || err == nil {
		return err
	}
	return io.EOF
}
