package transfer

import (
	"context"
	"errors"
	"io"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

// maxEmptyReads is how often a body may give nothing and no error either.
const maxEmptyReads = 100

// move reads and writes up to maxBytes of the open answer. Once all is held it
// also looks for the end, which may be known without reading.
func (d *httpDownload) move(ctx context.Context, dst io.WriterAt, maxBytes int64) (Result, error) {
	buffer := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buffer)
	for empty := 0; maxBytes > 0 || d.state.Held == d.plan.total; {
		at, n, err := d.in.read(buffer[:max(1, min(maxBytes, bufferSize))])
		maxBytes -= int64(n)
		if n > 0 {
			empty = 0
			if err := d.write(dst, at, buffer[:n]); err != nil {
				return Result{}, err
			}
		} else if empty++; err == nil && empty == maxEmptyReads {
			err = io.ErrNoProgress
		}
		if err != nil {
			return d.ended(err)
		}
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
	}
	return Result{}, nil
}

// write writes what is the remote file's from the place at on.
func (d *httpDownload) write(dst io.WriterAt, at int64, p []byte) error {
	if err := d.afford(uint64(len(p))); err != nil {
		return err
	}
	d.spent += uint64(len(p))
	if err := d.coverage.add(span{at, at + int64(len(p)) - 1}); err != nil {
		return d.place(err)
	}
	if n, err := dst.WriteAt(p, at+d.shift); err != nil || n < len(p) {
		return d.place(writeError(err))
	}
	next := d.coverage.upTo(d.next)
	if moved := next - d.next; moved > 0 {
		d.next = next
		d.state.Held += uint64(moved)
		if d.req.OnMoved != nil {
			d.req.OnMoved(moved)
		}
	}
	return nil
}

// writeError is a failure of the local file.
func writeError(err error) *Error {
	if err == nil {
		err = io.ErrShortWrite
	}
	code := winpath.Code(err)
	return &Error{Code: code, Context: bits.BG_ERROR_CONTEXT_LOCAL_FILE, Transient: isTransient(code), Err: err}
}

// ended is told how the open answer has ended, or that it waits.
func (d *httpDownload) ended(err error) (Result, error) {
	if _, wait := asWait(err); wait {
		return Result{}, err
	}
	if errors.Is(err, errTotal) {
		return Result{}, d.place(d.changed("a part tells another total"))
	}
	if !errors.Is(err, io.EOF) {
		// What breaks behind the last byte breaks nothing.
		if e := netError(err); !e.Transient || d.state.Held < d.plan.total {
			return Result{}, d.place(e)
		}
	} else if d.plan.total == bits.BG_SIZE_UNKNOWN {
		d.plan.total = d.state.Held
		d.state.Size = d.state.Held
	} else if d.next == d.began {
		return Result{}, d.place(invalid("the answer has no byte of those asked for"))
	}
	d.finish()
	return Result{Done: d.state.Held == d.plan.total}, nil
}
