package sid

import "cmp"

//go:generate go run ./internal/gen

// wellKnownSID is a row of wellKnown, which is in the order of Compare.
type wellKnownSID struct {
	sid   SID
	alias string // of SDDL, "" if none
	name  string // display name in English
}

// domainAccount is a row of domainAccounts, which is in the order of the RIDs:
// an account that every domain of its kind has.
type domainAccount struct {
	rid   uint32
	of    domainKind
	alias string // of SDDL, "" if none
	name  string // in English, without the domain; "" if it has none
}

type domainKind uint8

const (
	ofMachine domainKind = iota
	ofDomain
	ofRootDomain
)

func (w wellKnownSID) compare(s SID) int { return w.sid.Compare(s) }

func (a domainAccount) compare(rid uint32) int { return cmp.Compare(a.rid, rid) }
