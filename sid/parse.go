package sid

import "strconv"

// Parse reads the text of a SID (W sid-binary), such as
//
//	S-1-5-32-544
//	s-1-0x5-0x20-544            lower-case s; revision, authority or sub authorities in hex
//	S-1-0x000100000000-1        an authority of 2^32 or more has to be in hex
//	BA                          a two-letter SDDL alias, in any letter case
//
// A SID in text has at least one sub authority. Decimal numbers carry no
// leading zero, and no more hex digits are taken than the field is wide, 12 for
// the authority and 8 for a sub authority (C: the sources leave both open).
//
// Aliases of accounts in a domain, such as DA, are refused: only
// [Domains.Parse] knows which domain.
//
// It fails with an [*Error].
func Parse(s string) (SID, error) {
	out, err := parse(s, 1)
	if err != nil {
		return SID{}, err
	}
	return out, nil
}

// MustParse is Parse for texts known to be good; it panics if s is not.
func MustParse(s string) SID {
	out, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return out
}

// parse reads s, which must have at least minSub sub authorities. (It returns
// an *Error, so a caller must not pass a nil one on as an error.)
func parse(s string, minSub int) (out SID, err *Error) {
	if len(s) < 2 || s[0]|0x20 != 's' || s[1] != '-' {
		return out, refuse(s, "prefix", 0, `not "S-"`)
	}
	v, i, why := number(s, 2, 2)
	if why != "" {
		return out, refuse(s, "revision", 2, why)
	}
	if v != SID_REVISION {
		return out, refuse(s, "revision", 2, "not 1")
	}
	out.rev = SID_REVISION
	if i == len(s) {
		return SID{}, refuse(s, "authority", i, "missing")
	}
	start := i + 1
	v, i, why = number(s, start, 12)
	if why != "" {
		return SID{}, refuse(s, "authority", start, why)
	}
	out.authHi, out.authLo = uint16(v>>32), uint32(v)
	n := 0
	for i < len(s) {
		start = i + 1
		v, i, why = number(s, start, 8)
		if n == SID_MAX_SUB_AUTHORITIES {
			why = "a SID has at most 15"
		}
		if why != "" {
			return SID{}, refuse(s, "sub authority "+strconv.Itoa(n+1), start, why)
		}
		out.sub[n] = uint32(v)
		n++
	}
	if n < minSub {
		return SID{}, refuse(s, "sub authority 1", i, "missing")
	}
	out.n = uint8(n)
	return out, nil
}

// number reads the decimal or hex number that starts at s[i] and ends at the
// end of s or at a dash. It returns the index of that end, or else why it is no
// number of this field.
func number(s string, i int, hexDigits int) (v uint64, end int, why string) {
	start := i
	for i < len(s) && s[i]-'0' <= 9 {
		v = v*10 + uint64(s[i]-'0')
		i++
	}
	switch {
	case i == start:
		return 0, i, "no number"
	case s[start] == '0' && i > start+1:
		return 0, i, "leading zero"
	case i-start > 10 || v > 1<<32-1:
		return 0, i, "over 4294967295"
	case i < len(s) && s[i] != '-':
		if v == 0 && s[i]|0x20 == 'x' {
			return hexNumber(s, i+1, hexDigits)
		}
		return 0, i, "not a number"
	}
	return v, i, ""
}

func hexNumber(s string, i int, digits int) (v uint64, end int, why string) {
	start := i
	for ; i < len(s) && s[i] != '-'; i++ {
		c := s[i]
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, i, "not a hex number"
		}
		v = v<<4 | uint64(c)
	}
	if i == start || i-start > digits {
		return 0, i, "a hex number here has 1 to " + strconv.Itoa(digits) + " digits"
	}
	return v, i, ""
}
