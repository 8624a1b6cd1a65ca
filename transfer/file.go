package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
)

// fileDownload is a Download of a file that can be opened: on a share, on this
// machine, or in a test's fs.FS. An attempt goes: open; then, until all is held,
// read what is missing.
type fileDownload struct {
	source func() (fs.File, error)
	req    Request
	state  State
	piece  int64
	spent  uint64

	file    fs.File // nil between two attempts
	plan    plan
	at      int64 // the place of file, where it can only be read on
	changes int
	closed  bool
}

// NewFile makes a download of the file that open opens, which goes on from s. Of
// the request it heeds URL (for errors), Ranges, InPlace, MaxSize and OnMoved. The
// rules for ranges and for changes are those of HTTP, with the file's size and its
// time of modification; the file is looked at in each step.
//
// Errors have the HRESULT that they carry, or the one that Windows would have for
// them. Those of the network are transient.
func NewFile(open func() (fs.File, error), r Request, s State) Download {
	if !s.known() {
		s.Size = bits.BG_SIZE_UNKNOWN
	}
	return &fileDownload{source: open, req: r, state: s, piece: pieceSize}
}

func (d *fileDownload) State() State { return d.state }

func (d *fileDownload) Close() error {
	d.end()
	d.closed = true
	return nil
}

// end ends the attempt.
func (d *fileDownload) end() {
	d.shut()
	d.changes = 0
}

func (d *fileDownload) shut() {
	if d.file != nil {
		_ = d.file.Close() // it was only read
		d.file = nil
	}
}

func (d *fileDownload) Step(ctx context.Context, dst io.WriterAt, maxBytes int64) (Result, error) {
	if d.closed {
		return Result{}, fs.ErrClosed
	}
	held := d.state.Held
	res, err := d.step(ctx, dst, maxBytes)
	if !res.Restarted {
		res.Moved = int64(d.state.Held - held)
	}
	if _, wait := asWait(err); res.Done || err != nil && !wait {
		d.end()
	}
	if e, ok := asError(err); ok && e.URL == "" {
		e.URL = d.req.URL
	}
	return res, err
}

func (d *fileDownload) step(ctx context.Context, dst io.WriterAt, maxBytes int64) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if d.file == nil {
		return d.open()
	}
	info, err := d.stat()
	if err != nil {
		return Result{}, err
	}
	if !d.same(info) {
		return d.restart()
	}
	return d.move(ctx, dst, maxBytes)
}

// open opens the file and learns what it is.
func (d *fileDownload) open() (Result, error) {
	file, err := d.source()
	if err != nil {
		return Result{}, fileError(err)
	}
	d.file, d.at = file, 0
	info, err := d.stat()
	if err != nil {
		return Result{}, err
	}
	p, err := newPlan(&d.req, info.Size())
	restarted := d.state.known() && (!d.same(info) || err == nil && d.state.Held > p.total) &&
		(d.state.Held > 0 || d.req.InPlace)
	if restarted { // the first time in this attempt: after another time nothing is known
		d.state.Held = 0
		d.changes++
	}
	d.state.Size, d.state.LastModified, d.state.ETag = uint64(info.Size()), fileTime(info), ""
	if err == nil {
		d.plan = p
		err = d.afford(p.total - d.state.Held)
	}
	if err != nil {
		return Result{Restarted: restarted}, err
	}
	return Result{Connected: true, Restarted: restarted, Done: d.state.Held == p.total}, nil
}

func (d *fileDownload) stat() (fs.FileInfo, error) {
	info, err := d.file.Stat()
	switch {
	case err != nil:
		return nil, fileError(err)
	case info.IsDir():
		return nil, fatal(hresult.E_ACCESSDENIED, "it is a directory")
	case info.Size() < 0:
		return nil, invalid("a file of %d bytes", info.Size())
	}
	return info, nil
}

// fileTime is what stands for Last-Modified.
func fileTime(info fs.FileInfo) string { return info.ModTime().UTC().Format(time.RFC3339Nano) }

// same compares the file with what is known of it.
func (d *fileDownload) same(info fs.FileInfo) bool {
	s := d.state
	return (s.Size == bits.BG_SIZE_UNKNOWN || s.Size == uint64(info.Size())) &&
		(s.LastModified == "" || s.LastModified == fileTime(info))
}

// restart drops what is held; the next step opens the file again.
func (d *fileDownload) restart() (Result, error) {
	d.shut()
	d.state = State{Size: bits.BG_SIZE_UNKNOWN}
	if d.changes++; d.changes >= maxChanges {
		return Result{Restarted: true}, tooManyChanges(d.changes, "size or time")
	}
	return Result{Restarted: true}, nil
}

func (d *fileDownload) afford(n uint64) error { return afford(d.req.MaxSize, d.spent, n) }

// move reads and writes up to maxBytes.
func (d *fileDownload) move(ctx context.Context, dst io.WriterAt, maxBytes int64) (Result, error) {
	buffer := buffers.Get().(*[bufferSize]byte)
	defer buffers.Put(buffer)
	for empty := 0; maxBytes > 0 && d.state.Held < d.plan.total; {
		want, shift := d.plan.next(d.state.Held, min(maxBytes, bufferSize))
		n, err := d.readAt(buffer[:want.len()], want.first)
		maxBytes -= int64(n)
		if n > 0 {
			if err := d.write(dst, want.first+shift, buffer[:n]); err != nil {
				return Result{}, err
			}
			empty, err = 0, nil // an error of the read comes again
		} else if empty++; err == nil && empty == maxEmptyReads {
			err = io.ErrNoProgress
		}
		switch {
		case errors.Is(err, io.EOF):
			return d.restart() // it has shrunk since it was looked at
		case err != nil:
			return Result{}, fileError(err)
		case ctx.Err() != nil:
			return Result{}, ctx.Err()
		}
	}
	return Result{Done: d.state.Held == d.plan.total}, nil
}

func (d *fileDownload) write(dst io.WriterAt, at int64, p []byte) error {
	d.spent += uint64(len(p))
	if n, err := dst.WriteAt(p, at); err != nil || n < len(p) {
		return writeError(err)
	}
	d.state.Held += uint64(len(p))
	if d.req.OnMoved != nil {
		d.req.OnMoved(int64(len(p)))
	}
	return nil
}

// readAt reads from a place of the file, by the best way that it has.
func (d *fileDownload) readAt(p []byte, at int64) (int, error) {
	if r, ok := d.file.(io.ReaderAt); ok {
		return r.ReadAt(p, at)
	}
	if at != d.at {
		if err := d.seek(at); err != nil {
			return 0, err
		}
	}
	n, err := d.file.Read(p)
	d.at += int64(n)
	return n, err
}

func (d *fileDownload) seek(at int64) error {
	if s, ok := d.file.(io.Seeker); ok {
		place, err := s.Seek(at, io.SeekStart)
		d.at = place
		return err
	}
	if at < d.at {
		d.shut()
		file, err := d.source()
		if err != nil {
			return err
		}
		d.file, d.at = file, 0
	}
	n, err := io.CopyN(io.Discard, d.file, at-d.at)
	d.at += n
	return err
}

// fileError is a failure of the remote file.
func fileError(err error) error {
	if _, wait := asWait(err); wait {
		return err
	}
	if _, ok := asError(err); ok {
		return netError(err)
	}
	code := winpath.Code(err)
	return &Error{
		Code: code, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, Transient: isTransient(code),
		Err: fmt.Errorf("the remote file: %w", err),
	}
}
