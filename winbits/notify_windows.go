package winbits

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

func (j job) SetNotifyInterface(ctx context.Context, callback bits.Callback) error {
	return j.lend(ctx, callback, iidsOf(callback), callbackVtbl, func(raw *iUnknown) error {
		return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.SetNotifyInterface(raw) })
	})
}

func (j job) GetNotifyInterface(ctx context.Context) (bits.Callback, error) {
	var own bits.Callback
	wrap := wrappers[bits.IID_IBackgroundCopyCallback]
	p, r := obtain(ctx, j.proxy, func(p *iBackgroundCopyJob, out **iUnknown) result {
		r := p.GetNotifyInterface(out)
		if r.error() != nil || *out == nil {
			return r
		}
		got := *out
		*out = nil
		defer got.Release()
		if o := objectAt(uintptr(unsafe.Pointer(got))); o != nil {
			own, _ = o.callback.(bits.Callback) // what was set is one
			return r
		}
		for _, iid := range []uuid.UUID{
			bits.IID_IBackgroundCopyCallback3, bits.IID_IBackgroundCopyCallback2, bits.IID_IBackgroundCopyCallback,
		} {
			if r = got.QueryInterface(iid, out); r.error() == nil {
				wrap = wrappers[iid]
				break
			}
		}
		return r
	})
	if err := r.error(); err != nil || p == nil {
		return own, err
	}
	foreign, _ := wrap(object{p}).(bits.Callback) // each of the three is one
	return foreign, nil
}

// callback is IBackgroundCopyCallback of another program.
type callback struct{ object }

func (c callback) JobTransferred(ctx context.Context, j bits.Job) error {
	return pass(ctx, c.proxy, []any{j}, func(p *iBackgroundCopyCallback, raw []*iUnknown) result {
		return p.JobTransferred(as[iBackgroundCopyJob](raw[0]))
	})
}

func (c callback) JobError(ctx context.Context, j bits.Job, e bits.Error) error {
	return pass(ctx, c.proxy, []any{j, e}, func(p *iBackgroundCopyCallback, raw []*iUnknown) result {
		return p.JobError(as[iBackgroundCopyJob](raw[0]), as[iBackgroundCopyError](raw[1]))
	})
}

func (c callback) JobModification(ctx context.Context, j bits.Job) error {
	return pass(ctx, c.proxy, []any{j}, func(p *iBackgroundCopyCallback, raw []*iUnknown) result {
		return p.JobModification(as[iBackgroundCopyJob](raw[0]), 0)
	})
}

// callback2 is IBackgroundCopyCallback2 of another program.
type callback2 struct{ callback }

func (c callback2) FileTransferred(ctx context.Context, j bits.Job, f bits.File) error {
	return pass(ctx, c.proxy, []any{j, f}, func(p *iBackgroundCopyCallback2, raw []*iUnknown) result {
		return p.FileTransferred(as[iBackgroundCopyJob](raw[0]), as[iBackgroundCopyFile](raw[1]))
	})
}

// callback3 is IBackgroundCopyCallback3 of another program.
type callback3 struct{ callback2 }

func (c callback3) FileRangesTransferred(ctx context.Context, j bits.Job, f bits.File, ranges []bits.FileRange) error {
	first := firstRange(ranges)
	return pass(ctx, c.proxy, []any{j, f}, func(p *iBackgroundCopyCallback3, raw []*iUnknown) result {
		return p.FileRangesTransferred(as[iBackgroundCopyJob](raw[0]), as[iBackgroundCopyFile](raw[1]), uint32(len(ranges)), first)
	})
}

// certificateCallback is IBackgroundCopyServerCertificateValidationCallback of
// another program.
type certificateCallback struct{ object }

func (c certificateCallback) ValidateServerCertificate(ctx context.Context, j bits.Job, f bits.File,
	certData []byte, certEncodingType uint32, certStoreData []byte,
) error {
	cert, store := &append(slices.Clone(certData), 0)[0], &append(slices.Clone(certStoreData), 0)[0]
	return pass(ctx, c.proxy, []any{j, f}, func(p *iBackgroundCopyServerCertificateValidationCallback, raw []*iUnknown) result {
		return p.ValidateServerCertificate(as[iBackgroundCopyJob](raw[0]), as[iBackgroundCopyFile](raw[1]),
			uint32(len(certData)), cert, certEncodingType, uint32(len(certStoreData)), store)
	})
}

func as[R any](p *iUnknown) *R { return (*R)(unsafe.Pointer(p)) }

// pass calls a method of a callback with objects of this package. What it answers
// besides S_OK is the error, also when it is a success.
func pass[R any](ctx context.Context, p *proxy, args []any, f func(*R, []*iUnknown) result) error {
	raw := make([]*iUnknown, len(args))
	for i, arg := range args {
		o, ok := arg.(interface{ com() *proxy })
		if !ok {
			return fmt.Errorf("winbits: a callback of another program cannot be told of a %T: %w", arg, hresult.E_INVALIDARG)
		}
		raw[i] = o.com().ref.raw
	}
	code, err := act(ctx, p, func(p *R) result { return f(p, raw) })
	runtime.KeepAlive(args)
	if err == nil && code != hresult.S_OK {
		return code
	}
	return err
}
