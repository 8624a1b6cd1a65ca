// Package sid handles Windows security identifiers (SIDs): the numbers by which
// Windows knows users, groups, services and logon sessions. A [SID] is a small
// Go value, the same on every operating system, that is compared with ==, used
// as a map key, and read and written as text and binary without garbage.
//
//	owner := sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1013")
//	jobs := map[sid.SID]int{owner: 2, sid.LocalSystem: 1}
//	fmt.Println(jobs[sid.MustParse("SY")], sid.LocalSystem.Name()) // 1 NT AUTHORITY\SYSTEM
//
// SIDs that are the same on every machine are variables such as [LocalSystem]
// and [BuiltinAdministrators]. The others are built: an account by
// [SID.WithRID] from its domain, a service by [ForService], a logon session by
// [ForLogon], anything by [New].
//
// Everything refused is refused with an [*Error], which stands for
// ERROR_INVALID_SID. In the documentation of the package a letter tells what a
// statement rests on: D documented by Microsoft, W asserted by public
// compatibility tests, O observed, I inferred, C chosen here.
package sid
