package token

import (
	"slices"

	"github.com/bitsemu/bitsemu/sid"
)

// Option says in what a token differs from the one that it is derived from.
// Options apply in order, so the last one wins. The zero SID is no group:
// options pass over it.
type Option func(*data)

// WithGroups adds enabled groups, and enables those that were deny-only.
func WithGroups(groups ...sid.SID) Option { return setGroups(groups, true) }

// WithDenyOnlyGroups adds deny-only groups, and turns enabled ones into such.
func WithDenyOnlyGroups(groups ...sid.SID) Option { return setGroups(groups, false) }

func setGroups(groups []sid.SID, enabled bool) Option {
	groups = slices.Clone(groups)
	return func(d *data) {
		for _, s := range groups {
			if s.IsZero() {
				continue
			}
			i, ok := slices.BinarySearchFunc(d.groups, s, compareGroup)
			if !ok {
				d.groups = slices.Insert(d.groups, i, Group{SID: s})
			}
			d.groups[i].Enabled = enabled
		}
	}
}

// WithoutGroups removes groups, enabled or not.
func WithoutGroups(groups ...sid.SID) Option {
	groups = slices.Clone(groups)
	return func(d *data) {
		d.groups = slices.DeleteFunc(d.groups, func(g Group) bool { return slices.Contains(groups, g.SID) })
	}
}

// WithElevation sets whether the token is elevated. It changes neither groups
// nor integrity: see [ElevatedAdmin].
func WithElevation(elevated bool) Option { return func(d *data) { d.elevated = elevated } }

// WithIntegrity sets the integrity level.
func WithIntegrity(integrity Integrity) Option { return func(d *data) { d.integrity = integrity } }

// WithRestricting sets the restricting SIDs, in place of those that the token
// had. With none the token is not restricted.
func WithRestricting(restricting ...sid.SID) Option {
	restricting = slices.DeleteFunc(slices.Clone(restricting), sid.SID.IsZero)
	slices.SortFunc(restricting, sid.SID.Compare)
	restricting = slices.Compact(restricting)
	return func(d *data) { d.restricting = restricting }
}

// WithLevel sets the impersonation level. A number that is no level changes
// nothing.
func WithLevel(level Level) Option {
	return func(d *data) {
		if level.valid() {
			d.level = level
		}
	}
}

// WithSession sets the logon session, 0 for none known.
func WithSession(session Session) Option { return func(d *data) { d.session = session } }

// WithLogon sets how the user has logged on, which is the group by which Windows
// tells it. For LogonNone, or any other number, the token is in no such group.
func WithLogon(logon Logon) Option {
	return func(d *data) {
		for _, group := range logonGroups {
			WithoutGroups(group)(d)
		}
		WithGroups(logonGroups[logon])(d)
	}
}
