package sid

import "strconv"

// Parse reads the text of a SID (W sid-binary), such as
//
//	S-1-5-32-544
//	s-1-0x5-0X20-544        lower-case s; revision, authority or sub authorities in hex
//	S-1-0x000100000000-1    an authority of 2^32 or more, which has to be in hex
//	BA                      a two-letter SDDL alias, in any letter case
//
// A SID in text has at least one sub authority. Decimal numbers carry no
// leading zero; hex numbers may, up to the width of the field: 2 digits for the
// revision, 12 for the authority, 8 for a sub authority (C: the sources leave
// this open).
//
// An alias such as DA, an account of some domain, is refused here:
// [Domains.Parse] reads those too.
//
// It fails with an [*Error].
func Parse(s string) (out SID, err error) {
	if err := out.parse(s); err != nil {
		return SID{}, err
	}
	if out.n == 0 {
		return SID{}, refuse(s, subField(0), len(s), missing)
	}
	return out, nil
}

// MustParse is Parse for text known to be good. It panics if Parse fails.
func MustParse(s string) SID {
	out, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return out
}

// parse is Parse into the zero SID s, and takes a text without sub authorities
// too. When it fails, s is of no use.
func (s *SID) parse(text string) error {
	if len(text) < 2 || text[0]|0x20 != 's' || text[1] != '-' {
		if isAlias(text) {
			var err error
			*s, err = Domains{}.alias(text)
			return err
		}
		return refuse(text, "prefix", 0, `neither "S-1-" nor a two-letter alias alone`)
	}
	v, i, why := number(text, 2, 2)
	if why == "" && v != SID_REVISION {
		why = "must be 1"
	}
	if why != "" {
		return refuse(text, "revision", 2, why)
	}
	s.rev = SID_REVISION

	start := i + 1
	v, i, why = number(text, start, 12)
	if why != "" {
		return refuse(text, "authority", min(start, len(text)), why)
	}
	s.authHi, s.authLo = uint16(v>>32), uint32(v)

	n := 0
	for ; i < len(text); n++ {
		start = i + 1
		v, i, why = number(text, start, 8)
		if why == "" && n == SID_MAX_SUB_AUTHORITIES {
			why = "one too many, there are at most 15"
		}
		if why != "" {
			return refuse(text, subField(n), start, why)
		}
		s.sub[n] = uint32(v)
	}
	s.n = uint8(n)
	return nil
}

// subField names sub authority i in an error, where, other than in the
// parameter i, the first one is 1.
func subField(i int) string { return "sub authority " + strconv.Itoa(i+1) }

const missing = "missing"

// number reads the number at text[i:], which goes to the next dash or the end,
// decimal or in up to hexDigits hex digits. It returns the value and the index
// of the dash or end; or why it is no number, an empty why meaning that it is.
func number(text string, i, hexDigits int) (v uint64, end int, why string) {
	start := i
	for i < len(text) && text[i]-'0' <= 9 {
		v = v*10 + uint64(text[i]-'0')
		i++
	}
	switch digits := i - start; {
	case i < len(text) && text[i] != '-':
		if digits == 1 && v == 0 && text[i]|0x20 == 'x' {
			return hexNumber(text, i+1, hexDigits)
		}
		return 0, i, "not a number"
	case digits <= 0:
		return 0, i, missing
	case digits > 1 && text[start] == '0':
		return 0, i, "decimal with a leading zero"
	case digits > 10 || v > 1<<32-1: // more digits may have wrapped v around
		return 0, i, "over 4294967295, the largest decimal"
	}
	return v, i, ""
}

// hexNumber is number for the digits that follow 0x.
func hexNumber(text string, i, maxDigits int) (v uint64, end int, why string) {
	start := i
	for ; i < len(text) && text[i] != '-'; i++ {
		c := text[i]
		switch lower := c | 0x20; {
		case c-'0' <= 9:
			v = v<<4 | uint64(c-'0')
		case lower-'a' <= 5:
			v = v<<4 | uint64(lower-'a'+10)
		default:
			return 0, i, "not a hex number"
		}
	}
	if digits := i - start; digits == 0 || digits > maxDigits {
		return 0, i, "0x takes 1 to " + strconv.Itoa(maxDigits) + " hex digits here"
	}
	return v, i, ""
}
