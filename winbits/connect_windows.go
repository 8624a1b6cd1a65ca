package winbits

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"github.com/bitsemu/bitsemu/hresult"
)

// connection is what a service is made of. Objects hold the service, and the
// connection holds no object, only their references.
type connection struct {
	pool *pool

	mu        sync.Mutex
	closed    bool // no reference may be added any more
	refs      map[*reference]struct{}
	callbacks map[*callbackObject]struct{} // that the service may hold
	dropped   []*reference                 // to be released
	shut      sync.Once
}

// reference is one reference to an object of the service.
type reference struct{ raw *iUnknown }

// proxy is an object of the service as this program holds it: the reference goes
// with it.
type proxy struct {
	service *Service // so that the connection lasts
	c       *connection
	ref     *reference
	bare    error // why it has no security blanket
}

func connect(ctx context.Context, o options) (*Service, error) {
	p, err := newPool(o.serial)
	if err != nil {
		return nil, err
	}
	c := &connection{pool: p, refs: map[*reference]struct{}{}, callbacks: map[*callbackObject]struct{}{}}
	s := &Service{close: c.close, references: c.references}
	var found *proxy
	if callErr := p.run(ctx, func() {
		var raw *iUnknown
		if raw, err = activate(o.class); err == nil {
			found, err = s.adopt(c, raw)
		}
	}); callErr != nil {
		err = callErr
	}
	if err != nil {
		_ = c.close() // the error above is the one that counts
		return nil, err
	}
	s.manager = manager{object{found}}
	runtime.AddCleanup(s, func(c *connection) { go func() { _ = c.close() }() }, c) // nobody is there to be told
	return s, nil
}

// adopt takes a reference over, on a thread of the apartment.
func (s *Service) adopt(c *connection, raw *iUnknown) (*proxy, error) {
	if raw == nil {
		return nil, fmt.Errorf("winbits: an object that is NULL: %w", hresult.E_POINTER)
	}
	err := cloak(raw)
	if err != nil && !blanketless(err) {
		raw.Release()
		return nil, err
	}
	p := &proxy{service: s, c: c, ref: &reference{raw}, bare: err}
	c.mu.Lock()
	closed := c.closed
	if !closed {
		c.refs[p.ref] = struct{}{}
	}
	c.mu.Unlock()
	if closed {
		raw.Release()
		return nil, errClosed
	}
	runtime.AddCleanup(p, c.drop, p.ref)
	return p, nil
}

// blanketless tells whether there is nothing that could take a blanket: an
// object that is no proxy, or a COM without blankets, which Wine's is (O). Then
// calls can be made as the user of the process alone.
func blanketless(err error) bool {
	code, _ := hresult.Of(err)
	return code == hresult.E_NOINTERFACE || code == hresult.E_NOTIMPL
}

// drop is told by the garbage collector that nobody holds a proxy any more.
func (c *connection) drop(ref *reference) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped == nil {
		go c.sweep()
	}
	c.dropped = append(c.dropped, ref)
}

// sweep releases what was dropped. A closed connection has released all.
func (c *connection) sweep() {
	_ = c.pool.run(context.Background(), func() {
		c.mu.Lock()
		dropped := c.dropped
		c.dropped = nil
		for _, ref := range dropped {
			delete(c.refs, ref)
		}
		c.mu.Unlock()
		for _, ref := range dropped {
			ref.raw.Release()
		}
	})
}

func (c *connection) references() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.refs) + len(c.callbacks)
}

func (c *connection) close() (err error) {
	c.shut.Do(func() {
		err = c.pool.shut(func() {
			c.mu.Lock()
			c.closed = true
			refs := c.refs
			c.refs = map[*reference]struct{}{}
			callbacks := slices.Collect(maps.Keys(c.callbacks))
			c.mu.Unlock()
			for _, o := range callbacks {
				o.disconnect()
			}
			for ref := range refs {
				ref.raw.Release()
			}
		})
	})
	return err
}

// do calls a method of the interface R, which the proxy is a pointer to.
func do[R any](ctx context.Context, p *proxy, f func(*R) result) result {
	var r result
	if err := p.run(ctx, func() error {
		r = f((*R)(unsafe.Pointer(p.ref.raw)))
		return nil
	}); err != nil {
		return result{err: err}
	}
	return r
}

// obtain calls a method that returns an object. The proxy is nil if that is NULL.
func obtain[R, S any](ctx context.Context, p *proxy, f func(*R, **S) result) (*proxy, result) {
	var got *proxy
	r := do(ctx, p, func(raw *R) result {
		var out *S
		r := f(raw, &out)
		if r.error() != nil || out == nil {
			return r
		}
		var err error
		if got, err = p.service.adopt(p.c, (*iUnknown)(unsafe.Pointer(out))); err != nil {
			return result{err: err}
		}
		return r
	})
	return got, r
}

// run calls f on a thread of the apartment, while the proxy is alive.
func (p *proxy) run(ctx context.Context, f func() error) error {
	if handle, err := handleOf(ctx); err == nil && handle != 0 && p.bare != nil {
		return p.bare // the service would see the user of the process
	}
	var err error
	if callErr := p.c.pool.run(ctx, func() { err = f() }); callErr != nil {
		err = callErr
	}
	runtime.KeepAlive(p)
	return err
}
