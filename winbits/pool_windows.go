package winbits

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"

	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/hresult"
)

// spare is how many threads wait for calls when there are none.
const spare = 4

// errClosed is the answer of what belongs to a closed connection.
var errClosed = fmt.Errorf("winbits: the connection is closed: %w", hresult.RPC_E_DISCONNECTED)

// pool are threads of the multithreaded apartment. Each call has one for itself
// while it lasts; so a call that a callback makes never waits for the call that
// the callback interrupts.
type pool struct {
	turns chan struct{} // has room for as many calls as there may be at a time; nil for any number
	tasks chan *task
	done  chan struct{} // closed when the threads are to end

	mu     sync.Mutex
	closed bool           // no call may begin any more
	idle   int            // threads that wait for a task
	calls  sync.WaitGroup // under way; added to under mu, while not closed
	ended  sync.WaitGroup // threads
}

// task is a call.
type task struct {
	handle   uintptr // token to act with
	f        func()
	err      error     // why f was not called
	panicked *panicked // with what it came to an end, nil for none
	finished chan struct{}
}

// panicked is what a call has panicked with, for who has made it.
type panicked struct {
	why   any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("winbits: %v\n\n%s", p.why, p.stack) }

// newPool enters the apartment, which lasts until the pool is shut.
func newPool(serial bool) (*pool, error) {
	p := &pool{tasks: make(chan *task), done: make(chan struct{})}
	if serial {
		p.turns = make(chan struct{}, 1)
	}
	entered := make(chan error)
	p.ended.Go(func() { p.hold(entered) })
	return p, <-entered
}

// hold keeps the apartment alive when no other thread is in it.
func (p *pool) hold(entered chan<- error) {
	leave, err := enter()
	if errors.Is(err, hresult.RPC_E_CHANGED_MODE) {
		p.ended.Go(func() { p.hold(entered) }) // on a thread that nobody has used
		return
	}
	entered <- err
	if err == nil {
		<-p.done
		leave()
	}
}

// enter puts the goroutine on a thread of the multithreaded apartment.
func enter() (leave func(), err error) {
	runtime.LockOSThread()
	err = windows.CoInitializeEx(0, windows.COINIT_MULTITHREADED)
	if code := win32Result(err); code.Failed() {
		// The thread belongs to another apartment. It stays locked, and ends.
		return nil, fmt.Errorf("winbits: CoInitializeEx: %w", code)
	}
	return func() {
		windows.CoUninitialize()
		runtime.UnlockOSThread()
	}, nil
}

// win32Result is the HRESULT in an error of x/sys, which has some in the place of
// Win32 codes.
func win32Result(err error) hresult.HRESULT {
	var code windows.Errno
	if errors.As(err, &code) {
		return hresult.HRESULT(uint32(code))
	}
	return hresult.S_OK
}

// run calls f on a thread of the pool, as whom ctx stands for.
func (p *pool) run(ctx context.Context, f func()) error {
	handle, err := handleOf(ctx)
	if err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("winbits: %w", err)
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return errClosed
	}
	p.calls.Add(1)
	p.mu.Unlock()
	defer p.calls.Done()
	if p.turns != nil {
		select {
		case p.turns <- struct{}{}:
			defer func() { <-p.turns }()
		case <-ctx.Done():
			return fmt.Errorf("winbits: %w", context.Cause(ctx))
		}
	}
	return p.submit(&task{handle: handle, f: f, finished: make(chan struct{})})
}

// submit hands the task to a thread that has none, or else to a new one, and waits.
func (p *pool) submit(t *task) error {
	select {
	case p.tasks <- t:
	default:
		p.ended.Go(func() { p.serve(t) })
	}
	<-t.finished
	if t.panicked != nil {
		panic(t.panicked)
	}
	return t.err
}

// serve is one thread.
func (p *pool) serve(t *task) {
	leave, err := enter()
	if errors.Is(err, hresult.RPC_E_CHANGED_MODE) {
		p.ended.Go(func() { p.serve(t) }) // on a thread that nobody has used
		return
	}
	if err != nil {
		t.err = err
		close(t.finished)
		return
	}
	for t != nil {
		if !t.do() {
			return // the thread ends as whoever it still is
		}
		t = p.next()
	}
	leave()
}

// do makes the call, and tells whether the thread is its own again. One on which a call
// has panicked is not used again.
func (t *task) do() (reverted bool) {
	defer close(t.finished)
	defer func() {
		if why := recover(); why != nil {
			t.panicked = &panicked{why, debug.Stack()}
		}
	}()
	f := t.f
	t.f = nil // a thread that waits for its next task keeps no object alive
	if t.handle == 0 {
		f()
		return true
	}
	if t.err = impersonate(t.handle); t.err != nil {
		return true
	}
	defer func() { reverted = windows.RevertToSelf() == nil && reverted }()
	f()
	return true
}

// next waits for a task, and returns nil when the thread is to end.
func (p *pool) next() *task {
	p.mu.Lock()
	if p.idle >= spare {
		p.mu.Unlock()
		return nil
	}
	p.idle++
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.idle--
		p.mu.Unlock()
	}()
	select {
	case t := <-p.tasks:
		return t
	case <-p.done:
		return nil
	}
}

// shut waits for the calls under way, makes the last one, and ends the threads.
func (p *pool) shut(last func()) error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.calls.Wait()
	err := p.submit(&task{f: last, finished: make(chan struct{})})
	close(p.done)
	p.ended.Wait()
	return err
}
