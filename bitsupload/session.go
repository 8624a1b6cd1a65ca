package bitsupload

import (
	"context"
	"net/http"
	"path"
	"time"

	"github.com/bitsemu/bitsemu/internal/bitspost"
	"github.com/google/uuid"
)

// session is the record of one upload (MC-BUP 3.2.1.4). All but what never changes
// belongs to whoever has the turn.
type session struct {
	id, name, query, user string // of the destination and its owner
	dir                   string // of the session, in the storage

	turn chan struct{} // holds one value while a request is at work on the session

	started  bool // the first fragment has told the size
	size     uint64
	next     uint64 // the offset that is wanted
	progress time.Time

	complete  bool             // all bytes have come
	finished  bool             // and all that follows from it is done
	notified  *bitspost.Answer // the stored answer: the application has been dealt with
	committed bool
	reply     bool // there is a reply file
	replyTime time.Time
	over      bool // closed, cancelled or expired
}

func newID() string { return "{" + uuid.NewString() + "}" }

// request and response name the session's files.
func (c *session) request() string  { return path.Join(c.dir, requestFile) }
func (c *session) response() string { return path.Join(c.dir, responseFile) }

// take waits for the turn; false when ctx ends before it comes. A client that is gone
// has sent its packet nevertheless.
func (c *session) take(ctx context.Context) bool {
	select {
	case c.turn <- struct{}{}:
		return true
	default:
	}
	select {
	case c.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (c *session) expired(now time.Time, o *Options) bool {
	return now.Sub(c.progress) >= o.SessionTimeout
}

// find looks for the session of a request and waits for its turn. It is not found
// under another URL or for another user (I), nor when its time is over.
func (s *Server) find(r *request, id string) (c *session, done func()) {
	s.mu.Lock()
	c = s.sessions[bitspost.Key(id)]
	s.mu.Unlock()
	if c == nil || c.name != r.name || c.query != r.URL.RawQuery || c.user != r.user {
		return nil, nil
	}
	if !c.take(r.Context()) {
		return nil, nil
	}
	if !c.over && c.expired(r.options.Clock.Now(), &r.options) {
		s.drop(c)
	}
	if c.over {
		<-c.turn
		return nil, nil
	}
	return c, func() { <-c.turn }
}

// drop ends a session and removes its files. The caller has the turn.
func (s *Server) drop(c *session) {
	c.over = true
	s.mu.Lock()
	delete(s.sessions, bitspost.Key(c.id))
	s.mu.Unlock()
	if err := s.storage.Remove(c.dir); err != nil {
		s.Options().Logger.Error("bitsupload: the files of a session stay", "session", c.id, "error", err)
	}
}

// sweepEvery is how often sessions are looked through for those whose time is over,
// which happens when a session is created.
const sweepEvery = time.Minute

// sweep drops the sessions whose time is over. One that a request is at work on has
// not been forgotten.
func (s *Server) sweep(o *Options) {
	now := o.Clock.Now()
	s.mu.Lock()
	if now.Sub(s.swept) < sweepEvery {
		s.mu.Unlock()
		return
	}
	s.swept = now
	all := s.list()
	s.mu.Unlock()
	for _, c := range all {
		select {
		case c.turn <- struct{}{}:
			if !c.over && c.expired(now, o) {
				s.drop(c)
			}
			<-c.turn
		default:
		}
	}
}

// list returns all sessions; the caller holds the lock.
func (s *Server) list() []*session {
	all := make([]*session, 0, len(s.sessions))
	for _, c := range s.sessions {
		all = append(all, c)
	}
	return all
}

// create answers Create-Session.
func (s *Server) create(r *request) bitspost.Answer {
	chosen := ""
	for _, p := range bitspost.Protocols(r.Header) {
		if bitspost.SameID(p, bitspost.Protocol) {
			chosen = bitspost.Protocol
		}
	}
	if chosen == "" || r.ContentLength != 0 {
		return malformed()
	}
	if a := s.judgeDestination(r); a.Status != 0 {
		return a
	}
	s.sweep(&r.options)
	c := &session{
		id: r.options.NewID(), name: r.name, query: r.URL.RawQuery, user: r.user,
		turn: make(chan struct{}, 1), progress: r.options.Clock.Now(),
	}
	if a := s.add(r, c); a.Status != 0 {
		return a
	}
	return bitspost.Answer{
		Status: r.options.CreatedStatus, Protocol: chosen, Session: c.id, Encoding: "Identity",
		HostID: r.options.HostID, HostSeconds: uint32(r.options.HostFallback.Seconds()),
	}
}

// add makes the session's file and enters it.
func (s *Server) add(r *request, c *session) bitspost.Answer {
	folder := bitspost.Key(c.id)
	if _, ok := storageName(folder); !ok || path.Base(folder) != folder || bitspost.CheckSessionID(c.id) != nil {
		r.options.Logger.Error("bitsupload: an identifier that cannot be one", "session", c.id)
		return refuse(http.StatusInternalServerError, storageCode(nil))
	}
	c.dir = path.Join(path.Dir(c.name), sessionsDir, c.id)
	s.mu.Lock()
	full := r.options.MaxSessions > 0 && len(s.sessions) >= r.options.MaxSessions
	_, taken := s.sessions[folder]
	if !full && !taken {
		s.sessions[folder] = c
	}
	s.mu.Unlock()
	switch {
	case full:
		return plain(http.StatusServiceUnavailable)
	case taken:
		r.options.Logger.Error("bitsupload: an identifier twice", "session", c.id)
		return refuse(http.StatusInternalServerError, storageCode(nil))
	}
	f, err := s.storage.Create(c.request())
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		c.turn <- struct{}{}
		s.drop(c)
		<-c.turn
		return r.storageFailed(err)
	}
	return bitspost.Answer{}
}
