package tokenopts

import (
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// Principal is who an account is to another machine.
type Principal struct {
	Kind PrincipalKind
	User sid.SID // of a PrincipalUser
}

// PrincipalKind is what an account authenticates as.
type PrincipalKind uint8

// The kinds of principals.
const (
	PrincipalNone      PrincipalKind = iota // nobody authenticates
	PrincipalUser                           // the user of the token
	PrincipalComputer                       // the account of the computer: LocalSystem, NetworkService
	PrincipalAnonymous                      // nobody in particular: LocalService
)

// principal is who t is to another machine. It is documented for owners without
// a helper (D service-accounts-and-bits.md), and is the same for service
// accounts that help (I).
func principal(t token.Token) Principal {
	switch user := t.User(); user {
	case sid.LocalSystem, sid.NetworkService:
		return Principal{Kind: PrincipalComputer}
	case sid.LocalService:
		return Principal{Kind: PrincipalAnonymous}
	default:
		return Principal{PrincipalUser, user}
	}
}

// String prints the SID of a user, "the computer account", "anonymous" or "none".
func (p Principal) String() string {
	switch p.Kind {
	case PrincipalUser:
		return p.User.String()
	case PrincipalComputer:
		return "the computer account"
	case PrincipalAnonymous:
		return "anonymous"
	}
	return "none"
}
