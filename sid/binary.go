package sid

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

const headerLen = 8 // revision, count, authority

// Len returns the length of the binary form in bytes: 8 to 68, and 0 for the
// zero SID.
func (s SID) Len() int {
	if s.IsZero() {
		return 0
	}
	return headerLen + 4*int(s.n)
}

// FromBinary reads b, which holds the binary form of one SID and nothing else
// (D sid-binary). It fails with an [*Error].
func FromBinary(b []byte) (s SID, err error) {
	if n := prefixLen(b); n == 0 || n != len(b) {
		return SID{}, refuseBinary(b)
	}
	s.decode(b)
	return s, nil
}

// DecodePrefix reads the SID that b begins with and returns what follows it in
// b; the SID's own count field decides where it ends. It fails with an
// [*Error], and then returns b itself as the rest.
func DecodePrefix(b []byte) (s SID, rest []byte, err error) {
	n := prefixLen(b)
	if n == 0 {
		return SID{}, b, refuseBinary(b)
	}
	s.decode(b[:n])
	return s, b[n:], nil
}

// AppendBinary appends the binary form of s to b, nothing for the zero SID. It
// never fails.
func (s SID) AppendBinary(b []byte) ([]byte, error) { return s.appendBinary(b), nil }

// MarshalBinary returns the binary form of s, nothing for the zero SID. It
// never fails.
func (s SID) MarshalBinary() ([]byte, error) { return s.appendBinary(make([]byte, 0, s.Len())), nil }

// UnmarshalBinary reads what MarshalBinary wrote: nothing, as the zero SID, or
// one SID as [FromBinary] reads it. On failure s is left as it was.
func (s *SID) UnmarshalBinary(b []byte) error {
	var v SID
	if len(b) > 0 {
		var err error
		if v, err = FromBinary(b); err != nil {
			return err
		}
	}
	*s = v
	return nil
}

func (s *SID) appendBinary(b []byte) []byte {
	if s.rev == 0 {
		return b
	}
	b = append(b, s.rev, s.n)
	b = binary.BigEndian.AppendUint16(b, s.authHi)
	b = binary.BigEndian.AppendUint32(b, s.authLo)
	for _, v := range s.sub[:s.n] {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// prefixLen returns the length of the SID that b begins with, 0 if there is none.
func prefixLen(b []byte) int {
	if len(b) < headerLen || b[0] != SID_REVISION || b[1] > SID_MAX_SUB_AUTHORITIES {
		return 0
	}
	if n := headerLen + 4*int(b[1]); n <= len(b) {
		return n
	}
	return 0
}

// decode fills the zero SID s from b, which is as long as prefixLen says.
func (s *SID) decode(b []byte) {
	s.rev, s.n = b[0], b[1]
	s.authHi = binary.BigEndian.Uint16(b[2:])
	s.authLo = binary.BigEndian.Uint32(b[4:])
	b = b[headerLen:]
	for i := range s.sub[:len(b)/4] {
		s.sub[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
}

// refuseBinary says what is wrong with b, which decode refused or which is
// longer than its SID.
func refuseBinary(b []byte) *Error {
	input := hex.EncodeToString(b[:min(len(b), maxInput)]) // refuse cuts it
	length := strconv.Itoa(len(b)) + " bytes"
	switch {
	case len(b) < headerLen:
		return refuse(input, "header", 0, length+", a SID has at least 8")
	case b[0] != SID_REVISION:
		return refuse(input, "revision", 0, strconv.Itoa(int(b[0]))+", must be 1")
	case b[1] > SID_MAX_SUB_AUTHORITIES:
		return refuse(input, "sub authority count", 1, strconv.Itoa(int(b[1]))+", at most 15")
	}
	n := int(b[1])
	size := headerLen + 4*n
	want := strconv.Itoa(n) + " sub authorities make " + strconv.Itoa(size) + " bytes, here are " + strconv.Itoa(len(b))
	return refuse(input, "length", min(size, len(b)), want)
}
