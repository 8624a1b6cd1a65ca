package bitsupload

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync"

	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// blockSize is how much of a fragment is in memory at a time. A client must bring
// that much within IdleTimeout.
const blockSize = 64 << 10

var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// receive stores what is new of a fragment, as it comes; the zero Answer says that
// all of it came. What came before a failure is kept: the client is told where to go
// on (I).
func (s *Server) receive(r *request, c *session, rng bitspost.Range) bitspost.Answer {
	file, err := s.storage.Open(c.request())
	if err != nil {
		return r.storageFailed(err)
	}
	before := c.next
	came, stored := r.copyTo(file, c, rng)
	if err := file.Close(); stored == nil {
		stored = err
	}
	if c.next > before {
		c.progress = r.options.Clock.Now()
		s.countStored(c.next - before)
	}
	switch {
	case stored != nil:
		return r.storageFailed(stored)
	case errors.Is(came, os.ErrDeadlineExceeded):
		r.w.Header().Set("Connection", "close")
		return plain(http.StatusRequestTimeout)
	case came != nil:
		r.w.Header().Set("Connection", "close")
		return malformed() // the body ended early: nobody is there to read this
	}
	return bitspost.Answer{}
}

// copyTo reads the body and writes it behind what is there; bytes that are there
// already keep as they are (D fragment). It returns what went wrong with the client
// and with the storage.
func (r *request) copyTo(file io.WriterAt, c *session, rng bitspost.Range) (came, stored error) {
	block := blocks.Get().(*[blockSize]byte)
	defer blocks.Put(block)
	for at := rng.First; at < rng.End() && came == nil; {
		r.deadline(r.options.IdleTimeout)
		var n int
		n, came = io.ReadFull(r.Body, block[:min(blockSize, rng.End()-at)])
		known := min(uint64(n), c.next-min(c.next, at))
		at += uint64(n)
		if fresh := block[known:n]; len(fresh) > 0 {
			if _, stored = file.WriteAt(fresh, int64(c.next)); stored != nil {
				return nil, stored
			}
			c.next = at
		}
	}
	r.read = true
	if came == nil {
		r.deadline(0) // else net/http would wait for what does not come
	}
	return came, nil
}
