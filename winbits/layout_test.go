package winbits

import (
	"encoding/binary"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// Where C has the fields, on every processor.
func TestLayout(t *testing.T) {
	t.Parallel()
	const word = unsafe.Sizeof(uintptr(0))
	for name, row := range map[string]struct{ got, want []uintptr }{
		"BG_FILE_PROGRESS": {
			[]uintptr{
				unsafe.Offsetof(fileProgress{}.bytesTotal), unsafe.Offsetof(fileProgress{}.bytesTransferred),
				unsafe.Offsetof(fileProgress{}.completed), unsafe.Sizeof(fileProgress{}),
			}, []uintptr{0, 8, 16, 24},
		},
		"BG_JOB_PROGRESS": {
			[]uintptr{
				unsafe.Offsetof(jobProgress{}.bytesTotal), unsafe.Offsetof(jobProgress{}.bytesTransferred),
				unsafe.Offsetof(jobProgress{}.filesTotal), unsafe.Offsetof(jobProgress{}.filesTransferred), unsafe.Sizeof(jobProgress{}),
			}, []uintptr{0, 8, 16, 20, 24},
		},
		"BG_JOB_REPLY_PROGRESS": {
			[]uintptr{
				unsafe.Offsetof(replyProgress{}.bytesTotal), unsafe.Offsetof(replyProgress{}.bytesTransferred), unsafe.Sizeof(replyProgress{}),
			}, []uintptr{0, 8, 16},
		},
		"BG_JOB_TIMES": {
			[]uintptr{
				unsafe.Offsetof(jobTimes{}.creation), unsafe.Offsetof(jobTimes{}.modification),
				unsafe.Offsetof(jobTimes{}.completion), unsafe.Sizeof(jobTimes{}),
			}, []uintptr{0, 8, 16, 24},
		},
		"BG_FILE_INFO": {
			[]uintptr{
				unsafe.Offsetof(fileInfo{}.remoteName), unsafe.Offsetof(fileInfo{}.localName), unsafe.Sizeof(fileInfo{}),
			}, []uintptr{0, word, 2 * word},
		},
		"BG_FILE_RANGE": {
			[]uintptr{
				unsafe.Offsetof(fileRange{}.initialOffset), unsafe.Offsetof(fileRange{}.length), unsafe.Sizeof(fileRange{}),
			}, []uintptr{0, 8, 16},
		},
		"BG_AUTH_CREDENTIALS": {
			[]uintptr{
				unsafe.Offsetof(authCredentials{}.target), unsafe.Offsetof(authCredentials{}.scheme), unsafe.Offsetof(authCredentials{}.userName),
				unsafe.Offsetof(authCredentials{}.password), unsafe.Sizeof(authCredentials{}),
			}, []uintptr{0, 4, 8, 8 + word, 8 + 2*word},
		},
		"BITS_JOB_PROPERTY_VALUE": {[]uintptr{unsafe.Sizeof(propertyUnion{})}, []uintptr{16}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, row.want, row.got)
		})
	}
}

// The words in which the union is passed are those in which it lies in memory.
func TestWordsOfTheUnion(t *testing.T) {
	t.Parallel()
	memory := [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xF0}
	u := unionOf(memory)
	require.Equal(t, memory, u.bytes())
	inMemory := *(*[16]byte)(unsafe.Pointer(&u))
	require.Equal(t, memory, inMemory, "every processor of Windows is little-endian")
	for i := range 4 {
		require.Equal(t, uintptr(binary.LittleEndian.Uint32(memory[4*i:])), u.word32(i))
	}
	for i := range 2 {
		require.Equal(t, uintptr(binary.LittleEndian.Uint64(memory[8*i:])), u.word64(i))
	}
}

// The words that a union takes up hold all of it.
func TestPassing(t *testing.T) {
	t.Parallel()
	words := map[passing]uintptr{byPointer: 16 / wordSize, inTwoWords: 2, inFourWords: 4}
	require.Equal(t, uintptr(16), words[unions]*wordSize)
}

func TestTimeOf(t *testing.T) {
	t.Parallel()
	require.True(t, timeOf(filetime{}).IsZero())
	// 2000-01-01, in 100 ns since 1601.
	const at = 125911584000000000
	require.Equal(t, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), timeOf(filetime{at & 0xFFFFFFFF, at >> 32}).UTC())
}
