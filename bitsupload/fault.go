package bitsupload

import (
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// Fault is something that goes wrong with packets, or is done to them. What it says
// happens in the order of its fields.
type Fault struct {
	Packet Packet // which type; 0 any
	Skip   int    // how many packets pass before
	Times  int    // how many it meets; 0 is one, a negative number all

	Do     func(*http.Request) // is called first, from the request's goroutine
	Delay  time.Duration       // by the server's Clock
	Forget bool                // the session is forgotten before the packet is looked at

	// CutAfter cuts the connection after that many bytes of the body, without an
	// answer; 0 does not. What came is kept.
	CutAfter int64

	// Lose handles the packet and cuts the connection instead of answering.
	Lose bool

	// Status answers with it, and the packet is not handled; 0 does not. Code and
	// Context, if Code is not 0, go with it. Bare leaves out the headers of the
	// protocol, as a server or proxy does that does not know it.
	Status  int
	Code    hresult.HRESULT
	Context bits.ErrorContext // 0 is BG_ERROR_CONTEXT_REMOTE_FILE
	Bare    bool
}

// fault is a Fault in use.
type fault struct {
	Fault
	seen, met int
}

// Inject adds a fault. Of several that fit a packet, the one that was added first
// meets it.
func (s *Server) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	if f.Context == bits.BG_ERROR_CONTEXT_NONE {
		f.Context = bits.BG_ERROR_CONTEXT_REMOTE_FILE
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &fault{Fault: f})
}

// Unmet returns the faults that have met fewer packets than they were to meet, or
// none at all. A test that leaves one has not tested what it meant to.
func (s *Server) Unmet() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []Fault
	for _, f := range s.faults {
		if f.met < max(f.Times, 1) {
			left = append(left, f.Fault)
		}
	}
	return left
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// faultFor chooses the fault that meets a packet.
func (s *Server) faultFor(p Packet) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f *fault) bool {
		if f.Packet != 0 && f.Packet != p || f.Times > 0 && f.met == f.Times {
			return false
		}
		f.seen++
		return f.seen > f.Skip
	})
	if i < 0 {
		return nil
	}
	s.faults[i].met++
	return s.faults[i]
}

// meet lets a fault do what it does before a packet is handled. It returns the
// answer that the fault gives, if any, and whether to cut the connection at the
// end.
func (s *Server) meet(r *request) (answer *bitspost.Answer, cut, bare bool) {
	f := s.faultFor(r.packet)
	if f == nil {
		return nil, false, false
	}
	if f.Do != nil {
		f.Do(r.Request)
	}
	if f.Delay > 0 {
		_ = r.options.Clock.Sleep(r.Context(), f.Delay) // a client that is gone notices nothing
	}
	if f.Forget {
		id, _ := bitspost.One(r.Header, bitspost.SessionID)
		s.Forget(id)
	}
	if f.CutAfter > 0 && f.CutAfter < r.ContentLength {
		r.Body = &cutBody{r.Body, f.CutAfter}
		return nil, true, false
	}
	if f.Status == 0 {
		return nil, f.Lose, false
	}
	return &bitspost.Answer{
		Status: f.Status, HasCode: f.Code != 0, Code: f.Code, Context: f.Context,
	}, f.Lose, f.Bare
}

// cutBody is a body that ends early.
type cutBody struct {
	io.ReadCloser
	left int64
}

func (b *cutBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
