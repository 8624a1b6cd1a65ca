package bits_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func ExampleIIDName() {
	iid := uuid.MustParse("9a2584c3-f7d2-457a-9a5e-22b67bffc7d2")
	major, minor, _ := bits.IIDVersion(iid)
	fmt.Printf("%s came with BITS %d.%d\n", bits.IIDName(iid), major, minor)
	// Output: IBitsTokenOptions came with BITS 4.0
}

func TestGUIDsAreThoseOfWindows(t *testing.T) {
	t.Parallel()
	for _, row := range readTable(t, "iids.tsv") {
		name, text, kind, version := row[0], row[1], row[2], row[3]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := uuid.MustParse(text)
			require.Equal(t, name, bits.GUIDName(id))
			major, minor, ok := bits.IIDVersion(id)
			if kind != "IID" {
				require.Empty(t, bits.IIDName(id))
				require.False(t, ok)
				major, minor, ok = bits.CLSIDVersion(id)
				require.Equal(t, strings.Contains(version, "."), ok)
				if ok {
					require.Equal(t, version, fmt.Sprintf("%d.%d", major, minor))
				}
				return
			}
			_, _, class := bits.CLSIDVersion(id)
			require.False(t, class)
			require.Equal(t, strings.TrimPrefix(name, "IID_"), bits.IIDName(id))
			require.Equal(t, strings.Contains(version, "."), ok)
			if ok {
				require.Equal(t, version, fmt.Sprintf("%d.%d", major, minor))
			}
		})
	}
	require.Equal(t, "IID_IBackgroundCopyJob5", bits.GUIDName(bits.IID_IBackgroundCopyJob5))
	require.Equal(t, "CLSID_BackgroundCopyManager10_3", bits.GUIDName(bits.CLSID_BackgroundCopyManager10_3))
}

func TestUnknownGUID(t *testing.T) {
	t.Parallel()
	for _, id := range []uuid.UUID{uuid.Nil, uuid.Max, uuid.MustParse("9a2584c3-f7d2-457a-9a5e-22b67bffc7d3")} {
		require.Empty(t, bits.GUIDName(id))
		require.Empty(t, bits.IIDName(id))
		major, minor, ok := bits.IIDVersion(id)
		require.False(t, ok)
		require.Zero(t, major)
		require.Zero(t, minor)
		_, _, ok = bits.CLSIDVersion(id)
		require.False(t, ok)
	}
}

func TestGUIDString(t *testing.T) {
	t.Parallel()
	text := bits.GUIDString(bits.IID_IBitsTokenOptions)
	require.Equal(t, "{9A2584C3-F7D2-457A-9A5E-22B67BFFC7D2}", text)
	require.Equal(t, bits.IID_IBitsTokenOptions, uuid.MustParse(text))
	require.Equal(t, "{00000000-0000-0000-0000-000000000000}", bits.GUIDString(uuid.Nil))
}

func TestGUIDBytesOfWindows(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff")
	b := bits.GUIDToWindows(id)
	require.Equal(t, "33221100554477668899aabbccddeeff", hex.EncodeToString(b[:]))
	require.Equal(t, id, bits.GUIDFromWindows(b))

	b = bits.GUIDToWindows(bits.IID_IBitsTokenOptions)
	require.Equal(t, "c384259ad2f77a459a5e22b67bffc7d2", hex.EncodeToString(b[:]))
}

func FuzzGUIDBytes(f *testing.F) {
	f.Add([]byte("0123456789abcdef"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) != 16 {
			return
		}
		id := bits.GUIDFromWindows([16]byte(data))
		back := bits.GUIDToWindows(id)
		require.Equal(t, data, back[:])
		require.Equal(t, data[8:], id[8:], "the second half has one order")
	})
}
