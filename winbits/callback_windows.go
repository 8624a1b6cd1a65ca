package winbits

import (
	"context"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// callbackObject is a callback of this program as an object of COM. COM holds its
// address, and the table of those objects keeps it where it is.
type callbackObject struct {
	vtbl unsafe.Pointer // the first word, which COM reads
	refs int            // under objects.mu

	callback any
	iids     []uuid.UUID
	ctx      context.Context // of who has set it
	service  *Service
	c        *connection
}

// objects are the callbacks that COM may call, by address.
var objects = struct {
	mu sync.Mutex
	m  map[uintptr]*callbackObject
}{m: map[uintptr]*callbackObject{}}

func (o *callbackObject) address() uintptr { return uintptr(unsafe.Pointer(o)) }

// objectAt is the callback at an address, and nil if there is none.
func objectAt(address uintptr) *callbackObject {
	objects.mu.Lock()
	defer objects.mu.Unlock()
	return objects.m[address]
}

// iidsOf are the interfaces of a callback.
func iidsOf(callback any) []uuid.UUID {
	iids := []uuid.UUID{bits.IID_IUnknown}
	add := func(iid uuid.UUID, has bool) {
		if has {
			iids = append(iids, iid)
		}
	}
	_, has := callback.(bits.Callback)
	add(bits.IID_IBackgroundCopyCallback, has)
	_, has = callback.(bits.Callback2)
	add(bits.IID_IBackgroundCopyCallback2, has)
	_, has = callback.(bits.Callback3)
	add(bits.IID_IBackgroundCopyCallback3, has)
	return iids
}

// lend makes an object of a callback, calls f with it, and leaves it to whoever
// has taken a reference meanwhile. A callback of another program is passed on as
// it is, and none is NULL.
func (o object) lend(ctx context.Context, callback any, iids []uuid.UUID, vtbl func() unsafe.Pointer, f func(*iUnknown) error) error {
	if callback == nil {
		return f(nil)
	}
	if foreign, ok := callback.(interface{ com() *proxy }); ok {
		defer runtime.KeepAlive(foreign)
		return f(foreign.com().ref.raw)
	}
	lent := &callbackObject{
		vtbl: vtbl(), refs: 1, callback: callback, iids: iids,
		ctx: context.WithoutCancel(ctx), service: o.service, c: o.c,
	}
	objects.mu.Lock()
	objects.m[lent.address()] = lent
	objects.mu.Unlock()
	o.c.mu.Lock()
	o.c.callbacks[lent] = struct{}{}
	o.c.mu.Unlock()
	defer lent.count(-1)
	return f((*iUnknown)(unsafe.Pointer(lent)))
}

// count adds to the references, and forgets the object with the last one.
func (o *callbackObject) count(n int) int {
	objects.mu.Lock()
	o.refs += n
	refs := o.refs
	if refs == 0 {
		delete(objects.m, o.address())
	}
	objects.mu.Unlock()
	if refs == 0 {
		o.c.mu.Lock()
		delete(o.c.callbacks, o)
		o.c.mu.Unlock()
	}
	return refs
}

// disconnect makes COM let go of the object.
func (o *callbackObject) disconnect() {
	o.count(1)
	defer o.count(-1)
	_, _, _ = coDisconnectObject.Call(o.address(), 0) // who is not connected needs no disconnecting
}

// The slots of IUnknown.

func queryInterface(this uintptr, iid *[16]byte, out *uintptr) uintptr {
	if out == nil {
		return uintptr(hresult.E_POINTER)
	}
	*out = 0
	o := objectAt(this)
	if o == nil || iid == nil {
		return uintptr(hresult.E_POINTER)
	}
	want := bits.GUIDFromWindows(*iid)
	for _, has := range o.iids {
		if has == want {
			o.count(1)
			*out = this
			return uintptr(hresult.S_OK)
		}
	}
	return uintptr(hresult.E_NOINTERFACE)
}

func addRef(this uintptr) uintptr {
	if o := objectAt(this); o != nil {
		return uintptr(o.count(1))
	}
	return 0
}

func release(this uintptr) uintptr {
	if o := objectAt(this); o != nil {
		return uintptr(o.count(-1))
	}
	return 0
}

// tell calls a method of a callback, and returns what COM is to hear.
func tell[T any](this uintptr, f func(o *callbackObject, callback T) error) uintptr {
	o := objectAt(this)
	if o == nil {
		return uintptr(hresult.RPC_E_DISCONNECTED)
	}
	callback, ok := o.callback.(T)
	if !ok {
		return uintptr(hresult.E_NOINTERFACE)
	}
	return uintptr(bits.ResultOf(f(o, callback)))
}

// borrowed makes an object of an argument, with a reference of its own so that it
// may be kept.
func borrowed[T, R any](o *callbackObject, raw *R, wrap func(object) T) (T, error) {
	var none T
	if raw == nil {
		return none, hresult.E_POINTER
	}
	unknown(raw).AddRef()
	p, err := o.service.adopt(o.c, unknown(raw))
	if err != nil {
		return none, err
	}
	return wrap(object{p}), nil
}

// copied is an array that belongs to COM.
func copied[T any](p *T, n uint32) []T {
	if p == nil {
		return nil
	}
	return append([]T{}, unsafe.Slice(p, n)...)
}

// The slots of the callbacks.

func jobTransferred(this uintptr, rawJob *iBackgroundCopyJob) uintptr {
	return tell(this, func(o *callbackObject, c bits.Callback) error {
		j, err := borrowed(o, rawJob, newJob)
		if err != nil {
			return err
		}
		return c.JobTransferred(o.ctx, j)
	})
}

func jobFailed(this uintptr, rawJob *iBackgroundCopyJob, rawError *iBackgroundCopyError) uintptr {
	return tell(this, func(o *callbackObject, c bits.Callback) error {
		j, err := borrowed(o, rawJob, newJob)
		if err != nil {
			return err
		}
		e, err := borrowed(o, rawError, newError)
		if err != nil {
			return err
		}
		return c.JobError(o.ctx, j, e)
	})
}

func jobModification(this uintptr, rawJob *iBackgroundCopyJob, _ uintptr) uintptr {
	return tell(this, func(o *callbackObject, c bits.Callback) error {
		j, err := borrowed(o, rawJob, newJob)
		if err != nil {
			return err
		}
		return c.JobModification(o.ctx, j)
	})
}

// jobAndFile makes objects of the first two arguments of the later callbacks.
func jobAndFile(o *callbackObject, rawJob *iBackgroundCopyJob, rawFile *iBackgroundCopyFile) (bits.Job, bits.File, error) {
	j, err := borrowed(o, rawJob, newJob)
	if err != nil {
		return nil, nil, err
	}
	f, err := borrowed(o, rawFile, newFile)
	return j, f, err
}

func fileTransferred(this uintptr, rawJob *iBackgroundCopyJob, rawFile *iBackgroundCopyFile) uintptr {
	return tell(this, func(o *callbackObject, c bits.Callback2) error {
		j, f, err := jobAndFile(o, rawJob, rawFile)
		if err != nil {
			return err
		}
		return c.FileTransferred(o.ctx, j, f)
	})
}

func fileRangesTransferred(this uintptr, rawJob *iBackgroundCopyJob, rawFile *iBackgroundCopyFile, n uintptr, ranges *fileRange) uintptr {
	return tell(this, func(o *callbackObject, c bits.Callback3) error {
		j, f, err := jobAndFile(o, rawJob, rawFile)
		if err != nil {
			return err
		}
		return c.FileRangesTransferred(o.ctx, j, f, rangesFromWindows(copied(ranges, uint32(n))))
	})
}

func validateServerCertificate(this uintptr, rawJob *iBackgroundCopyJob, rawFile *iBackgroundCopyFile,
	certLength uintptr, cert *byte, encoding, storeLength uintptr, store *byte,
) uintptr {
	return tell(this, func(o *callbackObject, c bits.ServerCertificateValidationCallback) error {
		j, f, err := jobAndFile(o, rawJob, rawFile)
		if err != nil {
			return err
		}
		return c.ValidateServerCertificate(o.ctx, j, f,
			copied(cert, uint32(certLength)), uint32(encoding), copied(store, uint32(storeLength)))
	})
}

var ownUnknown = sync.OnceValue(func() iUnknownVtbl {
	return iUnknownVtbl{
		QueryInterface: syscall.NewCallback(queryInterface),
		AddRef:         syscall.NewCallback(addRef),
		Release:        syscall.NewCallback(release),
	}
})

// callbackVtbl has the slots of the newest callback; an older one has the first of
// them.
var callbackVtbl = sync.OnceValue(func() unsafe.Pointer {
	v := &iBackgroundCopyCallback3Vtbl{}
	v.iUnknownVtbl = ownUnknown()
	v.JobTransferred = syscall.NewCallback(jobTransferred)
	v.JobError = syscall.NewCallback(jobFailed)
	v.JobModification = syscall.NewCallback(jobModification)
	v.FileTransferred = syscall.NewCallback(fileTransferred)
	v.FileRangesTransferred = syscall.NewCallback(fileRangesTransferred)
	return unsafe.Pointer(v)
})

var certificateVtbl = sync.OnceValue(func() unsafe.Pointer {
	v := &iBackgroundCopyServerCertificateValidationCallbackVtbl{}
	v.iUnknownVtbl = ownUnknown()
	v.ValidateServerCertificate = syscall.NewCallback(validateServerCertificate)
	return unsafe.Pointer(v)
})
