// Package token describes access tokens: who is calling, in which groups, how
// elevated and at what integrity level. A [Token] is an immutable value, one
// pointer wide, the same on every operating system. The caller of an emulated
// service travels in the context, as the caller of a COM method travels with
// its thread:
//
//	alice := token.User(sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001"))
//	ctx := token.NewContext(context.Background(), alice)
//
//	caller, ok := token.FromContext(ctx)
//	fmt.Println(caller, ok) // S-1-5-21-3623811015-3361044348-30300820-1001 (user, Medium) true
//
// The accounts that matter to BITS are made by [User], [FilteredAdmin],
// [ElevatedAdmin], [BuiltinAdministrator], [LocalSystem], [NetworkService],
// [LocalService] and [RunAs]; [Restricted] and [LowIntegrity] make variants of
// any token, [Token.With] makes every other, [New] starts from nothing.
//
// # Evidence
//
// Docs in this package mark each statement with the kind of evidence behind it:
// D documented by Microsoft (page named), I inferred from documented facts,
// C a choice of this project where nothing is known.
package token
