package bitsemu

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// enum is an enumerator of a snapshot.
type enum[T any] struct {
	object
	name  string // of the interface
	count int
	at    func(int) T

	mu   sync.Mutex
	next int
}

func (n *enum[T]) begin(ctx context.Context, method string) error {
	_, err := n.enter(ctx, n.name+"::"+method, jobKey{})
	return err
}

func (n *enum[T]) next1(ctx context.Context, celt uint32) ([]T, hresult.HRESULT, error) {
	if err := n.begin(ctx, "Next"); err != nil {
		return nil, hresult.S_OK, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	some := min(n.count-n.next, int(min(celt, 1<<30)))
	elements := make([]T, some)
	for i := range elements {
		elements[i] = n.at(n.next + i)
	}
	n.next += some
	return elements, short(uint32(some) < celt), nil
}

func short(is bool) hresult.HRESULT {
	if is {
		return hresult.S_FALSE
	}
	return hresult.S_OK
}

// Skip passes over elements.
func (n *enum[T]) Skip(ctx context.Context, celt uint32) (hresult.HRESULT, error) {
	if err := n.begin(ctx, "Skip"); err != nil {
		return hresult.S_OK, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	some := min(n.count-n.next, int(min(celt, 1<<30)))
	n.next += some
	return short(uint32(some) < celt), nil
}

// Reset goes back to the first element.
func (n *enum[T]) Reset(ctx context.Context) error {
	if err := n.begin(ctx, "Reset"); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = 0
	return nil
}

// GetCount is the number of elements of the snapshot.
func (n *enum[T]) GetCount(ctx context.Context) (uint32, error) {
	return uint32(n.count), n.begin(ctx, "GetCount")
}

// clone is a second enumerator of the same snapshot, at the same place.
func (n *enum[T]) clone(ctx context.Context) (*enum[T], error) {
	if err := n.begin(ctx, "Clone"); err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return &enum[T]{object: n.object, name: n.name, count: n.count, at: n.at, next: n.next}, nil
}

func (n *enum[T]) query(ctx context.Context, id, own uuid.UUID, self any) (any, error) {
	if err := n.begin(ctx, "QueryInterface"); err != nil {
		return nil, err
	}
	if id == bits.IID_IUnknown || id == own {
		return self, nil
	}
	return nil, n.failed(n.name+"::QueryInterface", jobKey{}, n.caller(ctx), noInterface(id))
}

// enumJobs is IEnumBackgroundCopyJobs.
type enumJobs struct{ e enum[bits.Job] }

// enumFiles is IEnumBackgroundCopyFiles.
type enumFiles struct{ e enum[bits.File] }

func (n *enumJobs) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	return n.e.query(ctx, id, bits.IID_IEnumBackgroundCopyJobs, n)
}

func (n *enumJobs) Next(ctx context.Context, celt uint32) ([]bits.Job, hresult.HRESULT, error) {
	return n.e.next1(ctx, celt)
}

func (n *enumJobs) Skip(ctx context.Context, celt uint32) (hresult.HRESULT, error) {
	return n.e.Skip(ctx, celt)
}

func (n *enumJobs) Reset(ctx context.Context) error { return n.e.Reset(ctx) }

func (n *enumJobs) GetCount(ctx context.Context) (uint32, error) { return n.e.GetCount(ctx) }

func (n *enumJobs) Clone(ctx context.Context) (bits.EnumJobs, error) {
	c, err := n.e.clone(ctx)
	if err != nil {
		return nil, err
	}
	return &enumJobs{enum[bits.Job]{object: c.object, name: c.name, count: c.count, at: c.at, next: c.next}}, nil
}

func (n *enumFiles) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	return n.e.query(ctx, id, bits.IID_IEnumBackgroundCopyFiles, n)
}

func (n *enumFiles) Next(ctx context.Context, celt uint32) ([]bits.File, hresult.HRESULT, error) {
	return n.e.next1(ctx, celt)
}

func (n *enumFiles) Skip(ctx context.Context, celt uint32) (hresult.HRESULT, error) {
	return n.e.Skip(ctx, celt)
}

func (n *enumFiles) Reset(ctx context.Context) error { return n.e.Reset(ctx) }

func (n *enumFiles) GetCount(ctx context.Context) (uint32, error) { return n.e.GetCount(ctx) }

func (n *enumFiles) Clone(ctx context.Context) (bits.EnumFiles, error) {
	c, err := n.e.clone(ctx)
	if err != nil {
		return nil, err
	}
	return &enumFiles{enum[bits.File]{object: c.object, name: c.name, count: c.count, at: c.at, next: c.next}}, nil
}
