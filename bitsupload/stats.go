package bitsupload

import (
	"cmp"
	"maps"
	"slices"

	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// Packet is a type of packets that clients send.
type Packet = bitspost.Packet

// The types of packets.
const (
	Ping          = bitspost.Ping
	CreateSession = bitspost.CreateSession
	Fragment      = bitspost.Fragment
	CloseSession  = bitspost.CloseSession
	CancelSession = bitspost.CancelSession
)

// Stats is what a server has done.
type Stats struct {
	Packets       map[Packet]int // how many came, of each type; 0 for those of none
	Stored        uint64         // bytes of fragments written to the storage
	Notifications int            // how often an application was told
}

// Stats returns what the server has done.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.stats
	c.Packets = maps.Clone(c.Packets)
	return c
}

func (s *Server) count(p Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stats.Packets == nil {
		s.stats.Packets = make(map[Packet]int)
	}
	s.stats.Packets[p]++
}

func (s *Server) countStored(n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Stored += n
}

func (s *Server) countNotification() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Notifications++
}

// Session is an open session, as [Server.Sessions] tells of it.
type Session struct {
	ID       string
	Name     string // of the destination, in the storage
	User     string // as Options.Authorize said
	Size     uint64 // of the file; 0 before the first fragment
	Next     uint64 // the offset that is wanted
	Finished bool   // the upload is done, the session not yet closed
}

// Sessions returns the open sessions, in order of their identifiers. It waits for
// requests that are at work on one.
func (s *Server) Sessions() []Session {
	s.mu.Lock()
	all := s.list()
	s.mu.Unlock()
	open := make([]Session, 0, len(all))
	for _, c := range all {
		c.turn <- struct{}{}
		if !c.over {
			open = append(open, Session{ID: c.id, Name: c.name, User: c.user, Size: c.size, Next: c.next, Finished: c.finished})
		}
		<-c.turn
	}
	slices.SortFunc(open, func(a, b Session) int { return cmp.Compare(a.ID, b.ID) })
	return open
}

// Forget makes the server forget a session, as when its time is over; "" all of
// them.
func (s *Server) Forget(id string) {
	s.mu.Lock()
	all := s.list()
	s.mu.Unlock()
	for _, c := range all {
		if id == "" || bitspost.SameID(id, c.id) {
			s.end(c)
		}
	}
}
