package sid_test

import (
	"encoding"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

var (
	_ encoding.BinaryAppender    = sid.SID{}
	_ encoding.BinaryMarshaler   = sid.SID{}
	_ encoding.BinaryUnmarshaler = (*sid.SID)(nil)
)

func TestBinaryVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		t.Run(v.text, func(t *testing.T) {
			t.Parallel()
			b := fromHex(t, v.hex)
			s, err := sid.FromBinary(b)
			require.NoError(t, err)
			require.Equal(t, v.text, s.String())
			require.Equal(t, len(b), s.Len())

			got, err := s.MarshalBinary()
			require.NoError(t, err)
			require.Equal(t, v.hex, hex.EncodeToString(got))
			got, err = s.AppendBinary([]byte{0xaa})
			require.NoError(t, err)
			require.Equal(t, "aa"+v.hex, hex.EncodeToString(got))

			var u sid.SID
			require.NoError(t, u.UnmarshalBinary(b))
			require.Equal(t, s, u)

			longer := append(b, 1, 2, 3, 4)
			p, rest, err := sid.DecodePrefix(longer)
			require.NoError(t, err)
			require.Equal(t, s, p)
			require.Equal(t, []byte{1, 2, 3, 4}, rest)
			_, err = sid.FromBinary(longer)
			require.ErrorContains(t, err, "length at byte")
		})
	}
}

func TestBinaryWithoutSubAuthorities(t *testing.T) {
	t.Parallel()
	b, err := sid.NTAuthority.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, "0100000000000005", hex.EncodeToString(b))
	s, err := sid.FromBinary(b)
	require.NoError(t, err)
	require.Equal(t, sid.NTAuthority, s)
}

func TestBinaryOfZero(t *testing.T) {
	t.Parallel()
	b, err := sid.SID{}.MarshalBinary()
	require.NoError(t, err)
	require.Empty(t, b)
	b, err = sid.SID{}.AppendBinary([]byte{7})
	require.NoError(t, err)
	require.Equal(t, []byte{7}, b)
	s := sid.Everyone
	require.NoError(t, s.UnmarshalBinary(nil))
	require.True(t, s.IsZero())
}

func TestBinaryRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range badBinary {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := fromHex(t, tt.hex)
			s, err := sid.FromBinary(b)
			require.EqualError(t, err, tt.want)
			require.True(t, s.IsZero())

			s, rest, err := sid.DecodePrefix(b)
			require.EqualError(t, err, tt.want)
			require.True(t, s.IsZero())
			require.Equal(t, b, rest)

			if len(b) > 0 { // nothing is the zero SID here
				s = sid.Everyone
				require.EqualError(t, s.UnmarshalBinary(b), tt.want)
				require.Equal(t, sid.Everyone, s, "changed by a failure")
			}
		})
	}

	_, err := sid.FromBinary(fromHex(t, "010100000000000512000000ff"))
	require.EqualError(t, err, `sid: "010100000000000512000000ff": length at byte 12: 1 sub authorities make 12 bytes, here are 13`)
}

func TestBinaryAllocatesNothing(t *testing.T) {
	b := fromHex(t, vectors[7].hex)
	require.Zero(t, testing.AllocsPerRun(100, func() { sink, _ = sid.FromBinary(b) }))
	buf := make([]byte, 0, sid.SECURITY_MAX_SID_SIZE)
	require.Zero(t, testing.AllocsPerRun(100, func() { buf, _ = sink.AppendBinary(buf[:0]) }))
}

func FuzzBinary(f *testing.F) {
	for _, v := range vectors {
		f.Add(fromHex(f, v.hex))
		f.Add(append(fromHex(f, v.hex), 1, 2, 3))
	}
	for _, tt := range badBinary {
		f.Add(fromHex(f, tt.hex))
	}
	f.Add(fromHex(f, "0100000000000005"))
	f.Fuzz(func(t *testing.T, b []byte) {
		valid := len(b) >= 8 && b[0] == 1 && b[1] <= 15 && len(b) >= 8+4*int(b[1])
		s, rest, err := sid.DecodePrefix(b)
		require.Equal(t, valid, err == nil, "%x: %v", b, err)
		exact, err := sid.FromBinary(b)
		require.Equal(t, valid && len(rest) == 0, err == nil, "%x: %v", b, err)
		if !valid {
			require.NotEmpty(t, err.Error())
			return
		}
		if err == nil {
			require.Equal(t, s, exact)
		}
		again, err := s.AppendBinary(nil)
		require.NoError(t, err)
		require.Equal(t, b, append(again, rest...))

		text, err := s.MarshalText()
		require.NoError(t, err)
		var u sid.SID
		require.NoError(t, u.UnmarshalText(text))
		require.Equal(t, s, u)
		_ = s.Name()
	})
}
