package token

import (
	"fmt"
	"strings"

	"github.com/bitsemu/bitsemu/sid"
)

// String prints the token in one line: the user, and in parentheses what BITS
// goes by. The level is told when it is not Impersonate, the session when it is
// known and not that of a service account.
//
//	S-1-5-18 NT AUTHORITY\SYSTEM (administrator, elevated, System)
//	S-1-5-21-1-2-3-1001 (filtered administrator, Medium, restricted, level Identify, session 0x1f4)
func (t Token) String() string {
	if t.IsZero() {
		return "no token"
	}
	notes := []string{t.kind()}
	if t.Elevated() {
		notes = append(notes, "elevated")
	}
	notes = append(notes, t.Integrity().String())
	if t.IsRestricted() {
		notes = append(notes, "restricted")
	}
	if t.Level() != LevelImpersonate {
		notes = append(notes, "level "+t.Level().String())
	}
	if t.Session() != 0 && t.Session() != serviceSessions[t.User()] {
		notes = append(notes, "session "+t.Session().String())
	}
	return named(t.User()) + " (" + strings.Join(notes, ", ") + ")"
}

// Describe prints the token in full, several lines without one at the end.
func (t Token) Describe() string {
	if t.IsZero() {
		return t.String()
	}
	var b strings.Builder
	line := func(label string, value any) { fmt.Fprintf(&b, "\n%-12s %v", label, value) }
	b.WriteString(t.String())
	line("elevated", t.Elevated())
	line("integrity", fmt.Sprintf("%v (%v)", t.Integrity(), t.Integrity().SID()))
	line("level", t.Level())
	line("logon", t.Logon())
	if t.Session() != 0 {
		line("session", t.Session())
	}
	for g := range t.Groups() {
		if g.Enabled {
			line("group", named(g.SID))
		} else {
			line("deny-only", named(g.SID))
		}
	}
	for s := range t.Restricting() {
		line("restricting", named(s))
	}
	return b.String()
}

// kind says what BITS takes the caller for.
func (t Token) kind() string {
	if t.IsAdmin() {
		return "administrator"
	}
	for g := range t.Groups() {
		if g.SID == sid.BuiltinAdministrators {
			return "filtered administrator" // not enabled, or IsAdmin had said so
		}
	}
	return "user"
}

var serviceSessions = map[sid.SID]Session{
	sid.LocalSystem:    SessionSystem,
	sid.LocalService:   SessionLocalService,
	sid.NetworkService: SessionNetworkService,
}

// named prints a SID with its name where it has one.
func named(s sid.SID) string {
	return strings.TrimSpace(s.String() + " " + s.Name())
}
