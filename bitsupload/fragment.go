package bitsupload

import (
	"math"
	"net/http"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// fragment answers Fragment. Every answer tells the offset that is wanted (D MC-BUP
// 2.2.7.2).
func (s *Server) fragment(r *request, c *session) bitspost.Answer {
	a := s.takeFragment(r, c)
	a.Received, a.HasReceived = c.next, true
	return a
}

// takeFragment goes through the rules in their order; the first that applies
// answers (protocol.md 8).
func (s *Server) takeFragment(r *request, c *session) bitspost.Answer {
	value, _ := bitspost.One(r.Header, bitspost.ContentRange)
	rng, err := bitspost.ParseRange(value)
	switch {
	case err != nil, rng.Len() != uint64(r.ContentLength), c.started && rng.Total != c.size:
		return malformed()
	case rng.Total > math.MaxInt64 || r.options.MaxUploadSize > 0 && rng.Total > r.options.MaxUploadSize:
		return refuse(http.StatusInternalServerError, hresult.BG_E_TOO_LARGE)
	case r.options.MaxFragmentSize > 0 && r.ContentLength > r.options.MaxFragmentSize:
		return bitspost.Answer{Status: http.StatusRequestEntityTooLarge}
	case c.notified != nil:
		return *c.notified
	case c.complete:
		return s.finish(r, c)
	case rng.First > c.next, rng.First < c.next && r.options.StrictRanges:
		return outOfStep()
	}
	c.started, c.size = true, rng.Total
	if rng.End() > c.next {
		if a := s.receive(r, c, rng); a.Status != 0 {
			return a
		}
	}
	if c.next < c.size {
		return bitspost.Answer{Status: http.StatusOK}
	}
	c.complete = true
	return s.finish(r, c)
}

// outOfStep answers a fragment that does not begin where the server stands; the
// error code is 0 (D MC-BUP 2.2.1.2).
func outOfStep() bitspost.Answer {
	return refuse(http.StatusRequestedRangeNotSatisfiable, hresult.S_OK)
}

// finish does what follows from the last byte: the application is told, and the
// file goes where it belongs. It runs again for each repeat of the last fragment
// until that has worked, or the application does not want to be told again.
func (s *Server) finish(r *request, c *session) bitspost.Answer {
	if c.finished { // only without an application; else there is a stored answer
		return bitspost.Answer{Status: http.StatusOK}
	}
	good := bitspost.Answer{Status: http.StatusOK}
	keep := true
	if r.options.Notify.Type != NotifyNone {
		n := s.notify(r, c)
		if n.failed() {
			a := bitspost.Answer{
				Status: n.status, HasCode: true, Code: n.code, Context: bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION,
			}
			if n.status == http.StatusForbidden { // the only one that is final (D handling-server-application-errors)
				c.notified = &a
			}
			return a
		}
		good.ReplyURL, keep = n.replyURL, n.keep
	}
	if keep && !r.options.CommitAtClose {
		if err := s.commit(r, c); err != nil {
			return r.storageFailed(err)
		}
	}
	if !keep {
		if err := s.storage.Remove(c.request()); err != nil {
			return r.storageFailed(err)
		}
		c.committed = true // nothing is to go anywhere
	}
	c.finished = true
	if r.options.Notify.Type != NotifyNone {
		c.notified = &good
	}
	return good
}

// commit makes the file appear.
func (s *Server) commit(r *request, c *session) error {
	if c.committed {
		return nil
	}
	if err := s.storage.Commit(c.request(), c.name, r.options.AllowOverwrite); err != nil {
		return err
	}
	c.committed = true
	return nil
}
