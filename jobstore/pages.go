package jobstore

import (
	"errors"
	"io"
)

// pageReader reads pages of a file. Jobs are mostly stored in the order in
// which they are read back, so it reads some way ahead when pages are asked
// for one after the other: a cold file is then read as fast as the disk can.
type pageReader struct {
	f      io.ReaderAt
	size   uint64 // of a page
	end    uint64 // how many pages there are
	window []byte // pages read, from number at on
	at     uint64
	next   uint64 // the page after the last one asked for
}

const windowSize = 256 << 10

// read gives n pages, until it is called again. The caller has seen that there
// are so many.
func (r *pageReader) read(id, n uint64) ([]byte, error) {
	if have := uint64(len(r.window)) / r.size; id < r.at || id+n > r.at+have {
		want := n
		if id == r.next {
			want = min(max(n, windowSize/r.size), r.end-id)
		}
		if uint64(cap(r.window)) < want*r.size {
			r.window = make([]byte, want*r.size)
		}
		r.window = r.window[:want*r.size]
		r.at = id
		if got, err := r.f.ReadAt(r.window, int64(id*r.size)); got < len(r.window) {
			r.window = r.window[:0]
			if errors.Is(err, io.EOF) {
				return nil, corrupt("cut short at page %d", id)
			}
			return nil, err
		}
	}
	r.next = id + n
	from := (id - r.at) * r.size
	return r.window[from : from+n*r.size], nil
}
