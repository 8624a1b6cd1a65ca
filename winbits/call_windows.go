package winbits

import (
	"fmt"
	"syscall"

	"github.com/bitsemu/bitsemu/hresult"
)

// call calls a slot. What the arguments point to lives on the heap and stays
// there until it returns, also when a callback moves the stack meanwhile.
//
//go:uintptrescapes
func call(slot uintptr, args ...uintptr) uintptr {
	r, _, _ := syscall.SyscallN(slot, args...)
	return r
}

// result is what a method answered.
type result struct {
	method string // "IBackgroundCopyJob::AddFile"
	code   hresult.HRESULT
	err    error // why there was no call, or nothing came of it
}

func answer(method string, hr uintptr) result {
	return result{method: method, code: hresult.HRESULT(uint32(hr))}
}

// refused is the result of a call with an argument that COM cannot take.
func refused(method string, err error) result {
	return result{err: fmt.Errorf("winbits: %s: %w: %w", method, hresult.E_INVALIDARG, err)}
}

// error is nil when the method has succeeded.
func (r result) error() error {
	if r.err == nil && r.code.Failed() {
		return fmt.Errorf("winbits: %s: %w", r.method, r.code)
	}
	return r.err
}

// both are the HRESULT and the error of a method that can succeed in several ways.
func (r result) both() (hresult.HRESULT, error) {
	err := r.error()
	if err == nil {
		return r.code, nil
	}
	code, ok := hresult.Of(err)
	if !ok {
		code = hresult.E_ABORT // the context has ended
	}
	return code, err
}

// refusedNull is the error of a method that has succeeded and returned no object.
func refusedNull(r result) error {
	return fmt.Errorf("winbits: %s: success without an object: %w", r.method, hresult.E_POINTER)
}
