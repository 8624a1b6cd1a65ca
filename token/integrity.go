package token

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bitsemu/bitsemu/sid"
)

// Integrity is an integrity level: the number at the end of S-1-16-8192. A
// higher level is a higher number, and numbers between the named ones are
// levels too.
type Integrity uint32

// The integrity levels that have names.
const (
	IntegrityUntrusted  Integrity = 0x0000
	IntegrityLow        Integrity = 0x1000 // protected browser tabs
	IntegrityMedium     Integrity = 0x2000 // standard users, filtered administrators
	IntegrityMediumPlus Integrity = 0x2100
	IntegrityHigh       Integrity = 0x3000 // elevated administrators
	IntegritySystem     Integrity = 0x4000 // services
	IntegrityProtected  Integrity = 0x5000 // protected processes
)

var integrityNames = []struct {
	integrity Integrity
	name      string
}{
	{IntegrityUntrusted, "Untrusted"},
	{IntegrityLow, "Low"},
	{IntegrityMedium, "Medium"},
	{IntegrityMediumPlus, "MediumPlus"},
	{IntegrityHigh, "High"},
	{IntegritySystem, "System"},
	{IntegrityProtected, "Protected"},
}

// labelAuthority is the identifier authority of integrity levels.
const labelAuthority = 16

// SID is the mandatory label, S-1-16-8192 for IntegrityMedium.
func (i Integrity) SID() sid.SID {
	s, _ := sid.New(labelAuthority, uint32(i)) // fails for longer SIDs only
	return s
}

// IntegrityOf is the integrity level that a mandatory label stands for, and
// false if label is none.
func IntegrityOf(label sid.SID) (Integrity, bool) {
	if label.Authority() != labelAuthority || label.NumSubAuthorities() != 1 {
		return 0, false
	}
	return Integrity(label.SubAuthority(0)), true
}

// ParseIntegrity reads a mandatory label (S-1-16-8192), a name in any case
// (medium) or a number in hexadecimal (0x2000).
func ParseIntegrity(text string) (Integrity, error) {
	for _, n := range integrityNames {
		if strings.EqualFold(text, n.name) {
			return n.integrity, nil
		}
	}
	if digits, ok := strings.CutPrefix(text, "0x"); ok {
		if n, err := strconv.ParseUint(digits, 16, 32); err == nil {
			return Integrity(n), nil
		}
	}
	if label, err := sid.Parse(text); err == nil {
		if i, ok := IntegrityOf(label); ok {
			return i, nil
		}
	}
	return 0, fmt.Errorf("token: %q is no integrity level: want S-1-16-8192, medium or 0x2000, for instance", text)
}

// String prints "Medium", and the number in hexadecimal for a level without a
// name.
func (i Integrity) String() string {
	for _, n := range integrityNames {
		if n.integrity == i {
			return n.name
		}
	}
	return "0x" + strconv.FormatUint(uint64(i), 16)
}

// MarshalText prints the mandatory label, S-1-16-8192. It never fails.
func (i Integrity) MarshalText() ([]byte, error) { return i.SID().MarshalText() }

// UnmarshalText reads what [ParseIntegrity] reads.
func (i *Integrity) UnmarshalText(text []byte) error {
	parsed, err := ParseIntegrity(string(text))
	if err == nil {
		*i = parsed
	}
	return err
}
