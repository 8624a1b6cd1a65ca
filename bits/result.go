package bits

import "github.com/bitsemu/bitsemu/hresult"

// ResultOf is the HRESULT that COM would return for err: S_OK for nil, what
// [hresult.Of] finds in it, and else E_FAIL (C). It is how a service reads what a
// callback returns.
func ResultOf(err error) hresult.HRESULT {
	if result, ok := hresult.Of(err); ok {
		return result
	}
	return hresult.E_FAIL
}
