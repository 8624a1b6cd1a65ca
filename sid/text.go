package sid

import "strconv"

// String returns the text of s, such as "S-1-5-32-544", and "" for the zero
// SID. An authority of 2^32 or more prints as 0x and twelve hex digits
// (D sid-binary; that the digits are lower-case is C).
func (s SID) String() string {
	var buf [maxText]byte
	return string(s.appendText(buf[:0]))
}

// AppendText appends the text of s, as String gives it, to b. It never fails.
func (s SID) AppendText(b []byte) ([]byte, error) { return s.appendText(b), nil }

// MarshalText returns the text of s, as String gives it. It never fails.
func (s SID) MarshalText() ([]byte, error) { return s.appendText(nil), nil }

// UnmarshalText reads what MarshalText wrote and whatever else [Parse] reads.
// More than Parse it takes the empty text, as the zero SID, and a SID without
// sub authorities (C), so that every SID survives the way to text and back.
// On failure s is left as it was.
func (s *SID) UnmarshalText(text []byte) error {
	var v SID
	if len(text) > 0 {
		if err := v.parse(string(text)); err != nil {
			return err
		}
	}
	*s = v
	return nil
}

// maxText is the length of the longest text: "S-1-", "0x" and twelve digits,
// and fifteen times a dash and ten digits.
const maxText = 4 + 14 + SID_MAX_SUB_AUTHORITIES*11

func (s *SID) appendText(b []byte) []byte {
	if s.rev == 0 {
		return b
	}
	b = append(b, "S-1-"...)
	if s.authHi == 0 {
		b = strconv.AppendUint(b, uint64(s.authLo), 10)
	} else {
		b = append(b, "0x"...)
		const digits = "0123456789abcdef"
		for shift := 44; shift >= 0; shift -= 4 {
			b = append(b, digits[s.Authority()>>shift&15])
		}
	}
	for _, v := range s.sub[:s.n] {
		b = append(b, '-')
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return b
}
