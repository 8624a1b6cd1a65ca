package winbits

import (
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// received is what a method got that stands in for one of BITS.
var received []uintptr

func slot(f any) uintptr { return syscall.NewCallback(f) }

// TestUnionByValue calls a method with a union as C would declare it for the processor.
func TestUnionByValue(t *testing.T) {
	memory := [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xF0}
	var got [16]byte
	vtbl := &iBackgroundCopyJob5Vtbl{}
	switch unions {
	case byPointer:
		vtbl.SetProperty = slot(func(this, id uintptr, value *[16]byte) uintptr {
			got, received = *value, []uintptr{this, id, uintptr(unsafe.Pointer(value))}
			return uintptr(hresult.BG_E_READ_ONLY_PROPERTY)
		})
	case inTwoWords:
		vtbl.SetProperty = slot(func(this, id, a, b uintptr) uintptr {
			got, received = unionOf([16]byte{}).bytes(), []uintptr{this, id, 0}
			got = propertyUnion{uint64(a), uint64(b)}.bytes()
			return uintptr(hresult.BG_E_READ_ONLY_PROPERTY)
		})
	default:
		vtbl.SetProperty = slot(func(this, id, a, b, c, d uintptr) uintptr {
			received = []uintptr{this, id, 0}
			got = propertyUnion{uint64(a) | uint64(b)<<32, uint64(c) | uint64(d)<<32}.bytes()
			return uintptr(hresult.BG_E_READ_ONLY_PROPERTY)
		})
	}
	p := &iBackgroundCopyJob5{vtbl}
	for range 100 {
		r := p.SetProperty(uint32(bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID), unionOf(memory))
		require.ErrorIs(t, r.error(), hresult.BG_E_READ_ONLY_PROPERTY)
		require.Equal(t, memory, got)
		require.Equal(t, uintptr(unsafe.Pointer(p)), received[0])
		require.Equal(t, uintptr(bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID), received[1])
		require.Zero(t, received[2]%16, "a copy is aligned")
	}
}

// TestNumberOf64Bits is about one that is two words on a processor of 32 bits.
func TestNumberOf64Bits(t *testing.T) {
	const offset = 0x123456789ABCDEF0
	var got uint64
	vtbl := &iBackgroundCopyFile6Vtbl{}
	if wordSize == 8 {
		vtbl.UpdateDownloadPosition = slot(func(_, a uintptr) uintptr { got = uint64(a); return 0 })
	} else {
		vtbl.UpdateDownloadPosition = slot(func(_, a, b uintptr) uintptr { got = uint64(a) | uint64(b)<<32; return 0 })
	}
	require.NoError(t, (&iBackgroundCopyFile6{vtbl}).UpdateDownloadPosition(offset).error())
	require.Equal(t, uint64(offset), got)
}

// TestResultIsOf32Bits has a method leave something in the rest of the register.
func TestResultIsOf32Bits(t *testing.T) {
	vtbl := &iBackgroundCopyJobVtbl{}
	high := uintptr(1) << (wordSize*8 - 1) >> 1
	for answer, want := range map[hresult.HRESULT]error{
		hresult.S_OK: nil, hresult.S_FALSE: nil, hresult.BG_S_PARTIAL_COMPLETE: nil, hresult.E_ACCESSDENIED: hresult.E_ACCESSDENIED,
	} {
		if wordSize == 8 {
			answer := answer
			vtbl.Complete = slot(func(uintptr) uintptr { return high | uintptr(answer) })
		} else {
			vtbl.Complete = slot(func(uintptr) uintptr { return uintptr(answer) })
		}
		code, err := (&iBackgroundCopyJob{vtbl}).Complete().both()
		require.Equal(t, answer, code)
		if want == nil {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, want)
		}
	}
}
