package winbits

import (
	"encoding/binary"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bits"
)

const wordSize = unsafe.Sizeof(uintptr(0))

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

func timeOf(t windows.Filetime) time.Time {
	return bits.TimeFromWindows(uint64(t.HighDateTime)<<32 | uint64(t.LowDateTime))
}

// enum is a number of COM's as one of a byte. One that is too large for that has no
// name, and becomes another one without.
func enum[T ~uint8](v uint32) T { return T(min(v, 255)) }

// The structures of BITS. Those with numbers of 64 bits end at a multiple of 8
// bytes, also where Go would end them sooner.
type (
	fileProgress struct {
		bytesTotal, bytesTransferred uint64
		completed                    uint32
		_                            uint32
	}
	jobProgress struct {
		bytesTotal, bytesTransferred uint64
		filesTotal, filesTransferred uint32
	}
	replyProgress struct{ bytesTotal, bytesTransferred uint64 }
	jobTimes      struct{ creation, modification, completion windows.Filetime }
	fileInfo      struct{ remoteName, localName *uint16 }
	fileRange     struct{ initialOffset, length uint64 }

	authCredentials struct {
		target, scheme     uint32
		userName, password *uint16
	}
)

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

// propertyUnion is BITS_JOB_PROPERTY_VALUE.
type propertyUnion [2]uint64

func (u propertyUnion) bytes() (b [16]byte) {
	binary.LittleEndian.PutUint64(b[:8], u[0])
	binary.LittleEndian.PutUint64(b[8:], u[1])
	return b
}

func unionOf(b [16]byte) propertyUnion {
	return propertyUnion{binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])}
}

func (u propertyUnion) word64(i int) uintptr { return uintptr(u[i]) }

func (u propertyUnion) word32(i int) uintptr { return uintptr(uint32(u[i/2] >> (32 * (i % 2)))) }

// How 16 bytes are passed by value: amd64 passes the address of a copy, arm64 two
// registers, and 386 four words on the stack.
type passing uint8

const (
	byPointer passing = iota
	inTwoWords
	inFourWords
)

var unions = map[string]passing{"amd64": byPointer, "arm64": inTwoWords, "386": inFourWords}[runtime.GOARCH]
