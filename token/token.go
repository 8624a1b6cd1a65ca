package token

import (
	"iter"
	"slices"

	"github.com/bitsemu/bitsemu/sid"
)

// Token is an access token. It never changes: what seems to change one derives
// another. The zero Token is no token; its user is the zero SID, it is in no
// group and its level is 0, below all levels.
//
// Tokens made apart are different under ==, even when they say the same: compare
// them by [Token.Equal], and use [Token.Key] as a map key.
type Token struct{ d *data }

// data is what a token says. It is shared by all copies of the token, and not
// written any more once it is sealed.
type data struct {
	user        sid.SID
	groups      []Group   // ascending, each SID once
	restricting []sid.SID // ascending, each SID once
	elevated    bool
	integrity   Integrity
	level       Level
	session     Session

	admin bool   // set by seal
	key   string // binary form, set by seal
}

// Group is a group of a token. A group that is not enabled is deny-only: it
// takes rights away and never gives any, as the administrators group in the
// filtered token of an administrator (D user-account-control-and-bits.md).
type Group struct {
	SID     sid.SID `json:"sid"`
	Enabled bool    `json:"enabled"`
}

// New returns the token of user with what opts say. Without options it is in no
// group, not elevated, of medium integrity and level Impersonate. Without a user
// there is no token: for the zero SID New returns the zero Token.
func New(user sid.SID, opts ...Option) Token {
	if user.IsZero() {
		return Token{}
	}
	return (&data{user: user, integrity: IntegrityMedium, level: LevelImpersonate}).with(opts)
}

// With derives a token that differs from t by opts. The zero Token stays what
// it is.
func (t Token) With(opts ...Option) Token {
	if t.IsZero() || len(opts) == 0 {
		return t
	}
	d := *t.d
	d.groups = slices.Clone(d.groups)
	return d.with(opts)
}

func (d *data) with(opts []Option) Token {
	for _, opt := range opts {
		opt(d)
	}
	return d.seal("")
}

// seal works out what follows from d, which nobody may write from then on. The
// binary form is made unless the caller has it as key.
func (d *data) seal(key string) Token {
	t := Token{d}
	d.admin = d.user == sid.LocalSystem || t.HasEnabledGroup(sid.BuiltinAdministrators)
	if d.key = key; key == "" {
		d.key = string(d.appendBinary(make([]byte, 0, 256)))
	}
	return t
}

// get returns what t says, also when t is no token.
func (t Token) get() *data {
	if t.d == nil {
		return &noData
	}
	return t.d
}

var noData data

// IsZero reports whether t is no token.
func (t Token) IsZero() bool { return t.d == nil }

// User is the SID of the user, the zero SID in the zero Token.
func (t Token) User() sid.SID { return t.get().user }

// Groups are the groups in ascending order of their SIDs, each once.
func (t Token) Groups() iter.Seq[Group] { return slices.Values(t.get().groups) }

// HasEnabledGroup reports whether group is among the groups, and enabled. That
// is the question which CheckTokenMembership answers; a deny-only group does not
// count.
func (t Token) HasEnabledGroup(group sid.SID) bool {
	groups := t.get().groups
	i, ok := slices.BinarySearchFunc(groups, group, compareGroup)
	return ok && groups[i].Enabled
}

// IsAdmin reports whether BITS takes the caller for an administrator: the group
// BUILTIN\Administrators is enabled, or the user is LocalSystem. The filtered
// token of an administrator, in which that group is deny-only, does not count,
// nor do NetworkService and LocalService (D user-account-control-and-bits.md,
// service-accounts-and-bits.md).
func (t Token) IsAdmin() bool { return t.get().admin }

// Elevated reports whether the token is elevated: an administrator's full token
// under user account control, or that of an account which is never filtered.
func (t Token) Elevated() bool { return t.get().elevated }

// Integrity is the integrity level.
func (t Token) Integrity() Integrity { return t.get().integrity }

// IsRestricted reports whether the token has restricting SIDs. Such a token can
// neither create nor modify jobs (D users-and-network-connections.md).
func (t Token) IsRestricted() bool { return len(t.get().restricting) > 0 }

// Restricting are the restricting SIDs in ascending order, each once.
func (t Token) Restricting() iter.Seq[sid.SID] { return slices.Values(t.get().restricting) }

// Level is the impersonation level at which the caller hands out its identity.
func (t Token) Level() Level { return t.get().level }

// Session is the logon session that the token belongs to, 0 if it is not known.
func (t Token) Session() Session { return t.get().session }

// Equal reports whether t and other say the same.
func (t Token) Equal(other Token) bool { return t.d == other.d || t.Key() == other.Key() }

// Key is a string that equal tokens share and no others: the binary form. It is
// at hand, whereas [Token.MarshalBinary] makes a copy. The zero Token has "".
func (t Token) Key() string { return t.get().key }

func compareGroup(g Group, s sid.SID) int { return g.SID.Compare(s) }
