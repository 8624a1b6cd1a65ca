package sid

import (
	"cmp"
	"strconv"
)

// Limits of a SID, under Microsoft's names (D sid-binary).
const (
	SID_REVISION                       = 1   // the only revision there is
	SID_MAX_SUB_AUTHORITIES            = 15  // how many sub authorities a SID can have
	SECURITY_MAX_SID_SIZE              = 68  // bytes of the longest binary form
	SECURITY_MAX_SID_STRING_CHARACTERS = 187 // room that Windows gives a text, with its terminating zero
)

const maxAuthority = 1<<48 - 1

// SID is a security identifier. It is a plain value of 68 bytes: == compares
// it, a map takes it as a key, and nothing it holds is on the heap.
//
// The zero SID is no SID at all: IsZero reports it and its text is empty. It
// is not S-1-0, which is a valid SID without sub authorities.
type SID struct {
	rev    uint8 // SID_REVISION; 0 in the zero SID
	n      uint8 // sub authorities in use; the others are 0, so that == works
	authHi uint16
	authLo uint32
	sub    [SID_MAX_SUB_AUTHORITIES]uint32
}

// New makes a SID of an identifier authority and its sub authorities. It
// refuses an authority over 48 bits and more than SID_MAX_SUB_AUTHORITIES sub
// authorities with an [*Error]. No sub authorities at all is valid, though
// Windows does not read the text of such a SID.
func New(authority uint64, sub ...uint32) (SID, error) {
	if authority > maxAuthority {
		return SID{}, refuse(strconv.FormatUint(authority, 10), "authority", -1, "over 281474976710655, the largest of 48 bits")
	}
	if len(sub) > SID_MAX_SUB_AUTHORITIES {
		return SID{}, refuse(strconv.Itoa(len(sub)), "number of sub authorities", -1, "over 15")
	}
	return build(authority, sub...), nil
}

// build is New for arguments known to be in range.
func build(authority uint64, sub ...uint32) SID {
	s := SID{
		rev:    SID_REVISION,
		n:      uint8(len(sub)),
		authHi: uint16(authority >> 32),
		authLo: uint32(authority),
	}
	copy(s.sub[:], sub)
	return s
}

// IsZero reports whether s is the zero value, no SID.
func (s SID) IsZero() bool { return s.rev == 0 }

// Authority returns the identifier authority, a number of 48 bits; for the
// zero SID, 0.
func (s SID) Authority() uint64 { return uint64(s.authHi)<<32 | uint64(s.authLo) }

// NumSubAuthorities returns the number of sub authorities, 0 to 15.
func (s SID) NumSubAuthorities() int { return int(s.n) }

// SubAuthority returns sub authority i, counted from 0. Like a slice index, i
// must be in 0 to NumSubAuthorities-1, or it panics.
func (s SID) SubAuthority(i int) uint32 { return s.sub[:s.n][i] }

// RID returns the relative identifier, which is the last sub authority, and
// false if there is none.
func (s SID) RID() (uint32, bool) {
	if s.n == 0 {
		return 0, false
	}
	return s.sub[s.n-1], true
}

// Domain returns the SID without its last sub authority, and false if there is
// none to take away. For an account that is the domain or machine that issued
// it. WithRID is the way back.
func (s SID) Domain() (SID, bool) {
	if s.n == 0 {
		return SID{}, false
	}
	s.n--
	s.sub[s.n] = 0
	return s, true
}

// WithRID returns the SID with rid as a further sub authority: the account or
// group rid of the domain s. It refuses the zero SID and a SID that is full
// with an [*Error].
func (s SID) WithRID(rid uint32) (SID, error) {
	if s.IsZero() {
		return SID{}, refuse("", "domain", -1, "the zero SID is no domain")
	}
	if s.n == SID_MAX_SUB_AUTHORITIES {
		return SID{}, refuse(s.String(), "domain", -1, "has 15 sub authorities, no room for a RID")
	}
	s.sub[s.n] = rid
	s.n++
	return s, nil
}

// Compare orders SIDs for sorting: the zero SID first, then by authority, then
// by sub authorities from left to right as numbers, a SID before those that
// continue it. The result is negative, zero or positive, and zero exactly when
// s == t.
func (s SID) Compare(t SID) int {
	if c := cmp.Compare(s.rev, t.rev); c != 0 {
		return c
	}
	if c := cmp.Compare(s.Authority(), t.Authority()); c != 0 {
		return c
	}
	for i := range min(s.n, t.n) {
		if c := cmp.Compare(s.sub[i], t.sub[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(s.n, t.n)
}
