package hresult

// Of returns the HRESULT that err carries. It looks through err and all that err wraps, joined errors included, in
// the order of [errors.As], and takes the first that is an HRESULT or tells one by a method
//
//	HRESULT() uint32
//
// or by its As method, whatever its value, a success code included. For a nil error Of returns S_OK and true; when
// there is no HRESULT in the chain, false.
func Of(err error) (HRESULT, bool) {
	if err == nil {
		return S_OK, true
	}
	return find(err)
}

// find is errors.As for two kinds of target at once, so that the first of either kind wins.
func find(err error) (HRESULT, bool) {
	for {
		switch e := err.(type) { //nolint:errorlint // the loop is the walk along the chain
		case HRESULT:
			return e, true
		case interface{ HRESULT() uint32 }:
			return HRESULT(e.HRESULT()), true
		}
		if e, ok := err.(interface{ As(any) bool }); ok {
			var h HRESULT
			if e.As(&h) {
				return h, true
			}
		}
		switch e := err.(type) { //nolint:errorlint // as above
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				if h, ok := find(err); ok {
					return h, true
				}
			}
			return 0, false
		default: // also the end of the chain, where err is nil
			return 0, false
		}
	}
}
