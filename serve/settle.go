package serve

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// settler waits for an emulator that follows the real time, on behalf of all who want it
// to settle. What they wait for cannot be broken off, so however many come and go, at
// most two goroutines wait: one, and one for those who have come since it began.
type settler struct {
	mu            sync.Mutex
	running, next *flight
}

// flight is one wait; over is closed at its end.
type flight struct{ over chan struct{} }

// join returns what is closed when the emulator has settled after the call.
func (x *settler) join(settle func()) <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.running == nil {
		x.running = &flight{make(chan struct{})}
		go x.fly(settle)
		return x.running.over
	}
	if x.next == nil {
		x.next = &flight{make(chan struct{})}
	}
	return x.next.over
}

func (x *settler) fly(settle func()) {
	for more := true; more; {
		settle()
		x.mu.Lock()
		close(x.running.over)
		x.running, x.next = x.next, nil
		more = x.running != nil
		x.mu.Unlock()
	}
}

// advance moves the time, and does what falls due; with real time it waits for so long.
func (s *Server) advance(ctx context.Context, by time.Duration) error {
	if s.emu.Clock() != "real" {
		return s.wait(ctx, func() { s.emu.Advance(by) })
	}
	if by > 0 {
		alarm := time.NewTimer(by)
		defer alarm.Stop()
		if err := until(s, ctx.Done(), alarm.C); err != nil {
			return err
		}
	}
	return until(s, ctx.Done(), s.settler.join(s.emu.Settle))
}

// wait does work that may last, until it has ended, the client has gone, or the server
// is being shut down. A panic of it is passed on.
func (s *Server) wait(ctx context.Context, work func()) error {
	var x any
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { x = recover() }()
		work()
	}()
	err := until(s, ctx.Done(), done)
	if err == nil && x != nil {
		panic(x)
	}
	return err
}

// until waits for something.
func until[T any](s *Server, gone <-chan struct{}, done <-chan T) error {
	select {
	case <-done:
		return nil
	case <-gone:
		return &refusal{http.StatusServiceUnavailable, "gone", "the client has gone"}
	case <-s.closed:
		return errClosing
	}
}
