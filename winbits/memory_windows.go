package winbits

import (
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bits"
)

// text is a string that COM returned.
type text struct {
	string
	null bool
}

// takeText copies a string of COM's and frees it.
func takeText(p *uint16) text {
	if p == nil {
		return text{null: true}
	}
	defer windows.CoTaskMemFree(unsafe.Pointer(p))
	return text{string: windows.UTF16PtrToString(p)}
}

// pointer is nil for NULL.
func (t text) pointer() *string {
	if t.null {
		return nil
	}
	return &t.string
}

// takeSlice copies an array of COM's and frees it.
func takeSlice[T any](p *T, n uint64) []T {
	if p == nil {
		return nil
	}
	defer windows.CoTaskMemFree(unsafe.Pointer(p))
	return append([]T{}, unsafe.Slice(p, n)...)
}

// wideOrNull is NULL for nil.
func wideOrNull(s *string) (*uint16, error) {
	if s == nil {
		return nil, nil
	}
	return windows.UTF16PtrFromString(*s)
}

func boolOf(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// enum is a number of COM's as one of a byte. One that is too large for that has no
// name, and becomes another one without.
func enum[T ~uint8](v uint32) T { return T(min(v, 255)) }

func rangesToWindows(ranges []bits.FileRange) []fileRange {
	r := make([]fileRange, len(ranges))
	for i, v := range ranges {
		r[i] = fileRange{v.InitialOffset, v.Length}
	}
	return r
}

func rangesFromWindows(ranges []fileRange) []bits.FileRange {
	r := make([]bits.FileRange, len(ranges))
	for i, v := range ranges {
		r[i] = bits.FileRange{InitialOffset: v.initialOffset, Length: v.length}
	}
	return r
}
