package bitsupload

import (
	"net/http"

	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// closeSession answers Close-Session: everything of the session goes, the upload too
// when it is not complete (D close-session).
func (s *Server) closeSession(r *request, c *session) bitspost.Answer {
	a := bitspost.Answer{Status: http.StatusOK}
	if c.finished {
		if err := s.commit(r, c); err != nil {
			a = r.storageFailed(err)
		}
	}
	s.drop(c)
	return a
}

// cancelSession answers Cancel-Session. A file that has appeared stays (D
// cancel-session); the reply goes.
func (s *Server) cancelSession(c *session) bitspost.Answer {
	s.drop(c)
	return bitspost.Answer{Status: http.StatusOK}
}

// Close ends all sessions and removes their files. What has been uploaded stays.
// Requests that are on their way see their session gone.
func (s *Server) Close() error {
	s.mu.Lock()
	all := s.list()
	s.mu.Unlock()
	for _, c := range all {
		s.end(c)
	}
	return nil
}

// end drops a session when its turn comes.
func (s *Server) end(c *session) {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if !c.over {
		s.drop(c)
	}
}
