package bitsemu

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// enum is an enumerator of a snapshot of T, as the interface E has it.
type enum[T, E any] struct {
	object
	name  string    // of the interface
	iid   uuid.UUID // of it
	count int
	at    func(int) T

	mu   sync.Mutex
	next int
}

var (
	_ bits.EnumJobs  = (*enum[bits.Job, bits.EnumJobs])(nil)
	_ bits.EnumFiles = (*enum[bits.File, bits.EnumFiles])(nil)
)

func (n *enum[T, E]) begin(ctx context.Context, method string) error {
	_, err := n.enter(ctx, n.name+"::"+method, jobKey{})
	return err
}

// QueryInterface implements [bits.Unknown].
func (n *enum[T, E]) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	if err := n.begin(ctx, "QueryInterface"); err != nil {
		return nil, err
	}
	if id == bits.IID_IUnknown || id == n.iid {
		return n, nil
	}
	return nil, n.failed(n.name+"::QueryInterface", jobKey{}, n.caller(ctx), noInterface(id))
}

// advance passes over up to celt elements, and returns where they begin and how many
// they are.
func (n *enum[T, E]) advance(celt uint32) (from, some int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	from, some = n.next, int(min(uint64(n.count-n.next), uint64(celt)))
	n.next += some
	return from, some
}

// Next implements [bits.Enumerator].
func (n *enum[T, E]) Next(ctx context.Context, celt uint32) ([]T, hresult.HRESULT, error) {
	if err := n.begin(ctx, "Next"); err != nil {
		return nil, hresult.S_OK, err
	}
	from, some := n.advance(celt)
	elements := make([]T, some)
	for i := range elements {
		elements[i] = n.at(from + i)
	}
	return elements, short(uint32(some) < celt), nil
}

// short is the answer of a method that has done less than it was asked to.
func short(is bool) hresult.HRESULT {
	if is {
		return hresult.S_FALSE
	}
	return hresult.S_OK
}

// Skip implements [bits.Enumerator].
func (n *enum[T, E]) Skip(ctx context.Context, celt uint32) (hresult.HRESULT, error) {
	if err := n.begin(ctx, "Skip"); err != nil {
		return hresult.S_OK, err
	}
	_, some := n.advance(celt)
	return short(uint32(some) < celt), nil
}

// Reset implements [bits.Enumerator].
func (n *enum[T, E]) Reset(ctx context.Context) error {
	if err := n.begin(ctx, "Reset"); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = 0
	return nil
}

// Clone implements [bits.Enumerator].
func (n *enum[T, E]) Clone(ctx context.Context) (E, error) {
	var none E
	if err := n.begin(ctx, "Clone"); err != nil {
		return none, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	clone := &enum[T, E]{object: n.object, name: n.name, iid: n.iid, count: n.count, at: n.at, next: n.next}
	return any(clone).(E), nil
}

// GetCount implements [bits.Enumerator].
func (n *enum[T, E]) GetCount(ctx context.Context) (uint32, error) {
	return uint32(n.count), n.begin(ctx, "GetCount")
}
