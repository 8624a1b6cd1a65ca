package upload

import (
	"errors"
	"io"
	"sync"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// loan is the local file in the hands of a transport. A transport may go on
// reading after the answer has come; release ends that, so that the file is the
// caller's own again when a step returns.
type loan struct {
	moved func(n int64)

	mu  sync.Mutex
	src io.ReaderAt // nil while no step is made
	err error       // why the file could not be read
}

// lend gives the file for the time of a step.
func (l *loan) lend(src io.ReaderAt) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.src = src
}

// release takes the file away and returns why it could not be read.
func (l *loan) release() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.src = nil
	return l.err
}

var errReleased = errors.New("upload: the step is over")

func (l *loan) readAt(p []byte, off int64) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.src == nil {
		return 0, errReleased
	}
	n, err := l.src.ReadAt(p, off)
	switch {
	case n == len(p):
	case errors.Is(err, io.EOF):
		l.err = hresult.BG_E_LOCAL_FILE_CHANGED // it was longer before
	default:
		l.err = err
	}
	if n > 0 && l.moved != nil {
		l.moved(int64(n))
	}
	return n, l.err
}

// body is the body of a fragment, read from the local file as the connection takes
// it.
type body struct {
	*loan
	at, end int64
}

// body returns the body for a range. A transport asks for another one when the
// connection turned out to be closed before it took anything.
func (l *loan) body(r bitspost.Range) io.ReadCloser {
	return &body{l, int64(r.First), int64(r.End())}
}

func (b *body) Read(p []byte) (int, error) {
	if b.at == b.end {
		return 0, io.EOF
	}
	n, err := b.readAt(p[:min(int64(len(p)), b.end-b.at)], b.at)
	b.at += int64(n)
	return n, err
}

// Close does nothing: the end of the step releases the file.
func (b *body) Close() error { return nil }
