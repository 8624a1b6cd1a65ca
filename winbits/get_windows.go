package winbits

import (
	"context"
	"unsafe"

	"github.com/bitsemu/bitsemu/hresult"
)

// unknown is a pointer to any interface as one to IUnknown, with which each begins.
func unknown[R any](p *R) *iUnknown { return (*iUnknown)(unsafe.Pointer(p)) }

// get calls a method that returns one value.
func get[R, V any](ctx context.Context, p *proxy, f func(*R, *V) result) (V, error) {
	v, _, err := getOrFalse(ctx, p, f)
	return v, err
}

// getOrFalse is get for a method that answers S_FALSE when there is no value.
func getOrFalse[R, V any](ctx context.Context, p *proxy, f func(*R, *V) result) (V, bool, error) {
	var v, none V
	r := do(ctx, p, func(raw *R) result { return f(raw, &v) })
	if err := r.error(); err != nil {
		return none, false, err
	}
	return v, r.code != hresult.S_FALSE, nil
}

// getText is get for a string; NULL is empty.
func getText[R any](ctx context.Context, p *proxy, f func(*R, *text) result) (string, error) {
	t, err := get(ctx, p, f)
	return t.string, err
}

// set calls a method that returns nothing.
func set[R any](ctx context.Context, p *proxy, f func(*R) result) error { return do(ctx, p, f).error() }

// act calls a method that can succeed in several ways.
func act[R any](ctx context.Context, p *proxy, f func(*R) result) (hresult.HRESULT, error) {
	return do(ctx, p, f).both()
}
