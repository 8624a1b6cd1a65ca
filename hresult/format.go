package hresult

import "fmt"

// Format implements [fmt.Formatter]: the integer verbs (%d, %x, %X, %o, %O, %b) print the number, which package fmt
// would not do for a type that is an error, %#v prints Go syntax, and all others print the text of [HRESULT.Error]. %d
// is unsigned; for the signed form of an exit code print int32(h).
func (h HRESULT) Format(s fmt.State, verb rune) {
	if verb == 'v' && s.Flag('#') {
		fmt.Fprintf(s, "hresult.HRESULT(%s)", h.Hex())
		return
	}
	var v any
	switch verb {
	case 'd', 'x', 'X', 'o', 'O', 'b':
		v = uint32(h)
	default:
		v = h.Error()
	}
	fmt.Fprintf(s, fmt.FormatString(s, verb), v)
}
