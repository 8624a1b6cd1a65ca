package winbits

import (
	"encoding/binary"
	"runtime"
	"time"
	"unsafe"

	"github.com/bitsemu/bitsemu/bits"
)

const wordSize = unsafe.Sizeof(uintptr(0))

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
	filetime      struct{ low, high uint32 }
	jobTimes      struct{ creation, modification, completion filetime }
	fileInfo      struct{ remoteName, localName *uint16 }
	fileRange     struct{ initialOffset, length uint64 }

	authCredentials struct {
		target, scheme     uint32
		userName, password *uint16
	}
)

// timeOf is the zero time for a FILETIME of zero, which BITS has for what has not
// happened.
func timeOf(t filetime) time.Time {
	return bits.TimeFromWindows(uint64(t.high)<<32 | uint64(t.low))
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

// How 16 bytes are passed by value. On amd64 what has not 1, 2, 4 or 8 bytes is passed
// as the address of a copy, which is aligned to 16 bytes. On arm64 what has up to 16
// bytes is passed in registers, beginning with the next one, since the union is aligned
// to 8 bytes and not to 16. On 386 all is on the stack, word by word, and nothing there
// is aligned to more than a word. (D x64 calling convention, Overview of ARM64 ABI
// conventions, Argument passing and naming conventions.)
type passing uint8

const (
	byPointer passing = iota
	inTwoWords
	inFourWords
)

var unions = map[string]passing{"amd64": byPointer, "arm64": inTwoWords, "386": inFourWords}[runtime.GOARCH]
