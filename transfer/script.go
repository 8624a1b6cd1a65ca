package transfer

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Script is a remote file that a test writes down instead of running a server. It
// is a transport, whose every URL is that file, and it counts its requests. It
// has no goroutine and never blocks a download: what it holds or delays is a
// *[Wait] there. Other clients, whose requests are not [Stepwise], wait in the call
// by the machine's clock.
//
// It may be used and changed at the same time.
type Script struct {
	mu       sync.Mutex
	plan     scriptPlan
	requests []*ScriptRequest
	waiting  []waiter      // to wake when something changes
	change   chan struct{} // closed when something changes
}

// ScriptRequest is a request that a script has answered, or is answering.
type ScriptRequest struct {
	Method    string
	URL       string
	Range     string // the header, "" for none
	Header    http.Header
	Principal string // who Authorization speaks of: a user name, or what [Simulated] was told
	Status    int    // of the answer, 0 if there was none
	Sent      int64  // bytes of the body that were read so far
}

// NewScript makes a script. Without options it is an empty file that was
// modified in 2020, on a server with ranges.
func NewScript(opts ...ScriptOption) *Script {
	s := &Script{
		plan: scriptPlan{
			content:  bytesContent(nil),
			modified: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC),
			header:   make(http.Header),
		},
		change: make(chan struct{}),
	}
	for _, o := range opts {
		o(&s.plan)
	}
	return s
}

// Set changes the script. Answers that are being read keep their content and
// their end, but heed new holds, rates and cuts. What was held looks again whether
// it may go on.
func (s *Script) Set(opts ...ScriptOption) {
	s.update(func(p *scriptPlan) {
		for _, o := range opts {
			o(p)
		}
	})
}

// Release lets go on what [HoldAt] and [Hold] hold.
func (s *Script) Release() {
	s.update(func(p *scriptPlan) { p.hold, p.held = 0, false })
}

// update changes the plan, and wakes who waits for that. They are woken outside
// the lock.
func (s *Script) update(change func(*scriptPlan)) {
	s.mu.Lock()
	change(&s.plan)
	close(s.change)
	s.change = make(chan struct{})
	waiting := s.waiting
	s.waiting = nil
	s.mu.Unlock()
	for _, w := range waiting {
		w.wake()
	}
}

// waiter is a request or a body that is held.
type waiter struct {
	who  any
	wake func()
}

// await enters who among those to wake, once. The caller has the lock.
func (s *Script) await(who any, wake func()) {
	s.leave(who)
	s.waiting = append(s.waiting, waiter{who, wake})
}

// leave takes who out. The caller has the lock.
func (s *Script) leave(who any) {
	s.waiting = slices.DeleteFunc(s.waiting, func(w waiter) bool { return w.who == who })
}

// Requests are the requests so far, each as it is now.
func (s *Script) Requests() []ScriptRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]ScriptRequest, len(s.requests))
	for i, r := range s.requests {
		all[i] = *r
		all[i].Header = r.Header.Clone()
	}
	return all
}

// Bytes is the content as it is now.
func (s *Script) Bytes() []byte {
	s.mu.Lock()
	c := s.plan.content
	s.mu.Unlock()
	b := make([]byte, c.size())
	c.fill(b, 0)
	return b
}

// String tells what was asked so far, one request a line: for messages of tests.
func (s *Script) String() string {
	var lines []byte
	for _, r := range s.Requests() {
		lines = fmt.Appendf(lines, "%s %s %s -> %d, %d bytes\n", r.Method, r.URL, r.Range, r.Status, r.Sent)
	}
	return string(lines)
}
