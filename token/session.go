package token

import (
	"fmt"
	"strconv"

	"github.com/bitsemu/bitsemu/sid"
)

// Session is the id of a logon session, a LUID. A user who logs on twice has two
// of them. 0 means that none is known.
type Session uint64

// The sessions of the service accounts, which are the same on every machine and
// never end.
const (
	SessionSystem         Session = 0x3e7
	SessionLocalService   Session = 0x3e5
	SessionNetworkService Session = 0x3e4
)

// String prints the number in hexadecimal, as Windows shows LUIDs.
func (s Session) String() string { return "0x" + strconv.FormatUint(uint64(s), 16) }

// MarshalText is String, and never fails.
func (s Session) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a number, in hexadecimal after 0x, else in decimal.
func (s *Session) UnmarshalText(text []byte) error {
	digits, base := string(text), 10
	if len(text) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		digits, base = digits[2:], 16
	}
	n, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		return fmt.Errorf("token: %q is no logon session: want a number of 64 bits such as 0x3e7", text)
	}
	*s = Session(n)
	return nil
}

// Logon is the way in which a user has logged on. The numbers are those of
// SECURITY_LOGON_TYPE.
type Logon uint8

// The logon types by which Windows puts a group into the token.
const (
	LogonNone        Logon = 0 // none of these, or not told
	LogonInteractive Logon = 2 // at the machine or its terminal server: S-1-5-4
	LogonNetwork     Logon = 3 // S-1-5-2
	LogonBatch       Logon = 4 // scheduled tasks: S-1-5-3
	LogonService     Logon = 5 // S-1-5-6
)

var logonGroups = map[Logon]sid.SID{
	LogonInteractive: sid.Interactive,
	LogonNetwork:     sid.Network,
	LogonBatch:       sid.Batch,
	LogonService:     sid.Service,
}

var logonNames = map[Logon]string{
	LogonNone:        "none",
	LogonInteractive: "interactive",
	LogonNetwork:     "network",
	LogonBatch:       "batch",
	LogonService:     "service",
}

// String prints "interactive", and the number where that is no logon type.
func (l Logon) String() string {
	if name, ok := logonNames[l]; ok {
		return name
	}
	return strconv.Itoa(int(l))
}

// Logon is how the user has logged on, as the enabled groups tell it.
func (t Token) Logon() Logon {
	for l := LogonInteractive; l <= LogonService; l++ {
		if t.HasEnabledGroup(logonGroups[l]) {
			return l
		}
	}
	return LogonNone
}
