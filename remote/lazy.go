package remote

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
	"github.com/bitsemu/bitsemu/token"
)

// lazy is a manager that activates the service when it is first called.
type lazy struct {
	c  *Client
	as token.Token

	mu     sync.Mutex
	active *pointer
}

func newLazy(c *Client, as token.Token) bits.Manager {
	return wire.New("Manager", &lazy{c: c, as: as}).(bits.Manager)
}

// pointer is the pointer to the manager.
func (l *lazy) pointer(ctx context.Context) (*pointer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.active != nil {
		return l.active, nil
	}
	m, err := l.c.activate(ctx, l.as, nil)
	if err != nil {
		return nil, err
	}
	caller, _ := wire.CallerOf(m)
	l.active = caller.(*pointer)
	return l.active, nil
}

// Call implements [wire.Caller].
func (l *lazy) Call(ctx context.Context, m *wire.Method, args json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	p, err := l.pointer(ctx)
	if err != nil {
		return nil, 0, err
	}
	return p.Call(ctx, m, args)
}

// Import implements [wire.Objects].
func (l *lazy) Import(iface string, ref json.RawMessage) (any, error) {
	l.mu.Lock()
	p := l.active // what has answered
	l.mu.Unlock()
	return p.Import(iface, ref)
}

// Export implements [wire.Objects]; no method of the manager takes a callback.
func (l *lazy) Export(string, any) (json.RawMessage, error) { return nil, hresult.E_NOTIMPL }
