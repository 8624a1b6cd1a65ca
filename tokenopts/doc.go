// Package tokenopts is IBitsTokenOptions: who may lend a BITS job an identity,
// who may see which, and which identity opens what. It needs a job store and a
// Windows build, and no service around them:
//
//	store := jobstore.NewMemory()
//	service := tokenopts.New(store, winver.Windows10_1607)
//	owner := token.NewContext(ctx, token.NetworkService())
//	alice := token.NewContext(ctx, token.User(aliceSID))
//
//	options, err := service.Query(owner, id)           // here the owner is judged
//	err = options.SetHelperToken(alice)                // alice's token is lent
//	err = options.SetHelperTokenFlags(alice, bits.BG_TOKEN_LOCAL_FILE)
//	flags, err := options.GetHelperTokenFlags(owner)   // BG_TOKEN_LOCAL_FILE
//
// # Capabilities
//
// From Windows 7 on, BITS judges a caller once, when it asks a job for the
// interface, because the thread that calls the methods later acts as the helper,
// who may have no access to the job. So [Service.Query] captures who the caller
// is and who owns the job, and the [Options] that it returns is what the caller
// may do, in whatever hands. A job that changes hands later changes nothing about
// an Options: who held the rights keeps them, and rule 3 (integrity, elevation)
// goes on comparing with the owner of then (D "during the QueryInterface call"
// for the owner's SID, I for elevation and integrity).
//
// # Decisions
//
// The rules are one table, [Rules], from which docs/rules.md is made. [Judge] and
// [JudgeQuery] apply them to plain values, [Service.Explain] and
// [Options.Explain] to a job without touching it, and a call that is refused
// returns an [*AccessError]: all of them tell the [Decision], with the rule, its
// evidence and the facts that were compared. What goes wrong in the store, and a
// job that is not there, is reported by the store's own errors.
//
// # Evidence
//
// A letter tells what a rule or a statement rests on: D documented by Microsoft
// (page named), W asserted by Wine's tests against Windows, O observed in the
// wild, I inferred from the others, C a choice of this project where nothing is
// known.
package tokenopts

//go:generate go run ./internal/gen
