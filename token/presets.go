package token

import "github.com/bitsemu/bitsemu/sid"

// The presets are in the groups that file permissions are commonly given to, and
// nothing else; opts come after that. All but RunAs and the service accounts
// have logged on interactively.

// User returns the token of a standard user: in BUILTIN\Users, not elevated, of
// medium integrity.
func User(user sid.SID, opts ...Option) Token {
	return New(user, WithGroups(sid.Everyone, sid.AuthenticatedUsers, sid.BuiltinUsers),
		WithLogon(LogonInteractive)).With(opts...)
}

// RunAs returns the token of a standard user who has only a secondary logon, as
// the runas command makes it: no interactive one, and so BITS does not run his
// jobs (D users-and-network-connections.md). That the token shows it by lacking
// the group of interactive users is C: Windows goes by its list of sessions.
func RunAs(user sid.SID, opts ...Option) Token {
	return User(user, WithLogon(LogonNone)).With(opts...)
}

// FilteredAdmin returns the token that an administrator works with under user
// account control until he elevates: that of a standard user, with
// BUILTIN\Administrators as a deny-only group.
func FilteredAdmin(user sid.SID, opts ...Option) Token {
	return User(user, WithDenyOnlyGroups(sid.BuiltinAdministrators)).With(opts...)
}

// ElevatedAdmin returns the full token of an administrator: in
// BUILTIN\Administrators, elevated, of high integrity.
func ElevatedAdmin(user sid.SID, opts ...Option) Token {
	return User(user, WithGroups(sid.BuiltinAdministrators),
		WithElevation(true), WithIntegrity(IntegrityHigh)).With(opts...)
}

// BuiltinAdministrator returns the token of the account Administrator, RID 500
// of the machine or domain. User account control does not filter it, so it is
// elevated always. A SID that is zero or has no room for a RID makes no token.
func BuiltinAdministrator(machine sid.SID, opts ...Option) Token {
	const rid = 500 // DOMAIN_USER_RID_ADMIN
	user, err := machine.WithRID(rid)
	if err != nil {
		return Token{}
	}
	return ElevatedAdmin(user, opts...)
}

// LocalSystem returns the token of NT AUTHORITY\SYSTEM: an administrator,
// elevated, of system integrity.
func LocalSystem(opts ...Option) Token {
	return service(sid.LocalSystem, SessionSystem, WithGroups(sid.BuiltinAdministrators), WithElevation(true)).With(opts...)
}

// NetworkService returns the token of NT AUTHORITY\NETWORK SERVICE: of system
// integrity, but no administrator (D service-accounts-and-bits.md).
func NetworkService(opts ...Option) Token {
	return service(sid.NetworkService, SessionNetworkService, WithLogon(LogonService)).With(opts...)
}

// LocalService returns the token of NT AUTHORITY\LOCAL SERVICE: of system
// integrity, but no administrator (D service-accounts-and-bits.md).
func LocalService(opts ...Option) Token {
	return service(sid.LocalService, SessionLocalService, WithLogon(LogonService)).With(opts...)
}

// service returns what the tokens of the service accounts have in common.
func service(user sid.SID, session Session, opts ...Option) Token {
	return New(user, WithGroups(sid.Everyone, sid.AuthenticatedUsers, sid.BuiltinUsers),
		WithIntegrity(IntegritySystem), WithSession(session)).With(opts...)
}

// Restricted returns the restricted form of t: with the given restricting SIDs,
// or with NT AUTHORITY\RESTRICTED if none are given.
func Restricted(t Token, restricting ...sid.SID) Token {
	if len(restricting) == 0 {
		restricting = []sid.SID{sid.RestrictedCode}
	}
	return t.With(WithRestricting(restricting...))
}

// LowIntegrity returns t as a process of low integrity has it, for instance the
// protected mode of a browser. The caller is not elevated then.
func LowIntegrity(t Token) Token {
	return t.With(WithIntegrity(IntegrityLow), WithElevation(false))
}
