package serve

import (
	"crypto/rand"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/bitsemu/bitsemu/internal/wire"
	"github.com/bitsemu/bitsemu/token"
)

// session is what one client holds: interface pointers and callbacks. It ends when the
// client says so, and when nothing is heard of the client for a whole lease.
type session struct {
	id     string
	s      *Server
	caller token.Token // of who activates and does not say who he is; zero for the server's default
	ended  chan struct{}

	mu        sync.Mutex
	objects   map[uint64]pointer
	last      uint64 // number of an object or a call
	callbacks map[callbackKey]*held
	busy      int // calls under way, and the stream
	deadline  time.Time
	alarm     *time.Timer
	over      bool
	pending   map[uint64]*outcall
	queue     []*outcall    // of pending: those to be written to the stream
	news      chan struct{} // there is something in queue
	stream    *stream       // nil when there is none
}

// pointer is an interface pointer that the client holds.
type pointer struct {
	iface  *wire.Interface
	object any
}

// open makes a session.
func (s *Server) open(caller token.Token) (*session, error) {
	n := &session{
		id: rand.Text(), s: s, caller: caller, ended: make(chan struct{}),
		objects: map[uint64]pointer{}, callbacks: map[callbackKey]*held{}, pending: map[uint64]*outcall{}, news: make(chan struct{}, 1),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing:
		return nil, errClosing
	case len(s.sessions) >= s.conf.maxSessions:
		return nil, limited("there are %d sessions already, and no more are allowed", len(s.sessions))
	}
	s.sessions[n.id] = n
	n.mu.Lock()
	defer n.mu.Unlock()
	n.deadline = time.Now().Add(s.conf.lease)
	n.alarm = time.AfterFunc(s.conf.lease, n.expire)
	return n, nil
}

// session finds a session, which is then in use until leave is called.
func (s *Server) session(id string) (*session, error) {
	s.mu.Lock()
	n := s.sessions[id]
	s.mu.Unlock()
	if n == nil || !n.enter() {
		return nil, notFound("there is no such session, or not any more: nothing was heard of its client for %v, or the server has been started anew", s.conf.lease)
	}
	return n, nil
}

func (n *session) enter() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over {
		return false
	}
	n.busy++
	return true
}

// leave ends a use, and the lease begins anew.
func (n *session) leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.busy--; n.busy == 0 && !n.over {
		n.deadline = time.Now().Add(n.s.conf.lease)
		n.alarm.Reset(n.s.conf.lease)
	}
}

// expire ends the session unless it has been used since the alarm was set.
func (n *session) expire() {
	n.mu.Lock()
	if left := time.Until(n.deadline); n.busy > 0 || left > 0 {
		if n.busy == 0 {
			n.alarm.Reset(left)
		}
		n.mu.Unlock()
		return
	}
	n.mu.Unlock()
	n.s.conf.log.Info("a session has ended, for nothing was heard of its client")
	n.end()
}

// end releases all that the client holds. Callbacks fail from now on.
func (n *session) end() {
	n.mu.Lock()
	if n.over {
		n.mu.Unlock()
		return
	}
	n.over = true
	n.alarm.Stop()
	n.objects, n.callbacks, n.queue = nil, nil, nil
	close(n.ended)
	n.mu.Unlock()
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	delete(n.s.sessions, n.id)
}

// reference is an interface pointer as the client sees it.
type reference struct {
	Object    string `json:"object"`
	Interface string `json:"interface"`
}

// hold gives the client an interface pointer.
func (n *session) hold(iface string, object any) (json.RawMessage, error) {
	i, ok := wire.FindInterface(iface)
	if !ok {
		return nil, notFound("there is no interface %q", iface)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.over:
		return nil, notFound("the session has ended")
	case len(n.objects) >= n.s.conf.maxObjects:
		return nil, limited("the session holds %d objects, and no more are allowed: Release those that are not needed any more", len(n.objects))
	}
	n.last++
	n.objects[n.last] = pointer{i, object}
	return encode(reference{strconv.FormatUint(n.last, 10), i.COM})
}

// at finds an interface pointer.
func (n *session) at(number string) (pointer, error) {
	i, err := strconv.ParseUint(number, 10, 64)
	n.mu.Lock()
	defer n.mu.Unlock()
	p, ok := n.objects[i]
	if err != nil || !ok {
		return pointer{}, notFound("the session holds no object %.40q, or not any more", number)
	}
	return p, nil
}

// release takes an interface pointer back.
func (n *session) release(number string) error {
	if _, err := n.at(number); err != nil {
		return err
	}
	i, err := strconv.ParseUint(number, 10, 64)
	if err != nil { // uncovered: at has read it
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.objects, i)
	return nil
}

// Export implements [wire.Objects].
func (n *session) Export(iface string, object any) (json.RawMessage, error) {
	if i, ok := wire.FindInterface(iface); ok && i.Callback {
		c, ok := wire.CallerOf(object)
		mine, ok2 := c.(*callback)
		if !ok || !ok2 || mine.session != n {
			return foreign, nil
		}
		return encode(callbackRef{Callback: &mine.key.name})
	}
	return n.hold(iface, object)
}

// Import implements [wire.Objects].
func (n *session) Import(iface string, ref json.RawMessage) (any, error) {
	i, ok := wire.FindInterface(iface)
	if !ok || !i.Callback {
		return nil, malformed("no method takes an object of the service")
	}
	var r callbackRef
	if err := decode(ref, &r); err != nil {
		return nil, err
	}
	if r.Foreign {
		return nil, malformed("a callback of somebody else cannot be given on")
	}
	if r.Callback == nil {
		return nil, nil
	}
	if r.Interface == "" {
		r.Interface = i.COM
	}
	return n.callback(callbackKey{*r.Callback, r.Interface}, i)
}
