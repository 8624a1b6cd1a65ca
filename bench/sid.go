package bench

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// SID is the minimal security identifier of section F: of fixed size, with no
// pointer, comparable. 8 and 15 times 4 are 68 bytes, the largest SID there is.
type SID struct {
	rev  uint8
	n    uint8
	auth [6]byte
	sub  [15]uint32
}

var errSID = errors.New("bench: malformed SID")

// ParseSID accepts the canonical decimal form only, S-1-5-21-1-2-3-1013.
func ParseSID(s string) (SID, error) {
	var out SID
	if len(s) < 5 || s[0]|0x20 != 's' || s[1] != '-' || s[2] != '1' || s[3] != '-' {
		return SID{}, errSID
	}
	out.rev = 1
	i := 4
	field := -1 // -1 is the authority
	for {
		start := i
		var v uint64
		for i < len(s) {
			c := s[i] - '0'
			if c > 9 {
				break
			}
			v = v*10 + uint64(c)
			i++
			if i-start > 15 {
				return SID{}, errSID
			}
		}
		if i == start || (s[start] == '0' && i-start > 1) {
			return SID{}, errSID
		}
		if field < 0 {
			if v >= 1<<48 {
				return SID{}, errSID
			}
			out.auth = [6]byte{byte(v >> 40), byte(v >> 32), byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
		} else {
			if v > 0xffffffff || field >= len(out.sub) {
				return SID{}, errSID
			}
			out.sub[field] = uint32(v)
			out.n = uint8(field + 1)
		}
		field++
		if i == len(s) {
			if out.n == 0 {
				return SID{}, errSID
			}
			return out, nil
		}
		if s[i] != '-' {
			return SID{}, errSID
		}
		i++
	}
}

// AppendText appends the canonical text.
func (s *SID) AppendText(dst []byte) []byte {
	a := uint64(s.auth[0])<<40 | uint64(s.auth[1])<<32 | uint64(s.auth[2])<<24 |
		uint64(s.auth[3])<<16 | uint64(s.auth[4])<<8 | uint64(s.auth[5])
	dst = append(dst, 'S', '-', '1', '-')
	dst = strconv.AppendUint(dst, a, 10)
	for _, v := range s.sub[:s.n] {
		dst = append(dst, '-')
		dst = strconv.AppendUint(dst, uint64(v), 10)
	}
	return dst
}

// String gives the canonical text. It allocates once.
func (s *SID) String() string {
	var buf [184]byte // the longest there is
	return string(s.AppendText(buf[:0]))
}

// AppendBinary appends the packet form of MS-DTYP 2.4.2.2, 28 bytes for the
// account of a user.
func (s *SID) AppendBinary(dst []byte) []byte {
	dst = append(dst, s.rev, s.n)
	dst = append(dst, s.auth[:]...)
	for _, v := range s.sub[:s.n] {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return dst
}

// DecodeSID reads the packet form.
func DecodeSID(b []byte) (SID, error) {
	var out SID
	if len(b) < 12 || b[0] != 1 || b[1] == 0 || b[1] > 15 || len(b) != 8+4*int(b[1]) {
		return SID{}, errSID
	}
	out.rev, out.n = b[0], b[1]
	copy(out.auth[:], b[2:8])
	for i := range out.n {
		out.sub[i] = binary.LittleEndian.Uint32(b[8+4*int(i):])
	}
	return out, nil
}
