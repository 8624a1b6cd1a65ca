// Package tokenopts is IBitsTokenOptions: who may lend a BITS job an identity,
// who may see which, and which identity opens what. It needs a job store and a
// Windows build, and no service around them:
//
//	store := jobstore.NewMemory()
//	job, err := store.Create(jobstore.Job{Owner: token.NetworkService()})
//	service := tokenopts.New(store, winver.Windows10_1607)
//
//	owner := token.NewContext(ctx, token.NetworkService())
//	alice := token.NewContext(ctx, token.User(aliceSID))
//	options, err := service.Query(owner, job.ID())   // here the owner is judged
//	err = options.SetHelperToken(alice)              // alice's token is lent
//	err = options.SetHelperTokenFlags(alice, bits.BG_TOKEN_LOCAL_FILE)
//	flags, err := options.GetHelperTokenFlags(owner) // BG_TOKEN_LOCAL_FILE
//
// Which identity the job then opens its files with, [Identity] tells.
//
// # Capabilities
//
// From Windows 7 on, BITS judges a caller once, when it asks a job for the
// interface, because the thread that calls the methods later acts as the helper,
// who may have no access to the job. So [Service.Query] captures who the caller
// is and who owns the job, and the [Options] that it returns is what the caller
// may do, in whatever hands. A job that changes hands later changes nothing about
// an Options: who held the rights keeps them, and whether he may modify the job
// goes on being measured by the elevation and the integrity level of the owner of
// then (D "during the QueryInterface call" for the owner's SID, I for the rest).
//
// # Events
//
// [Service.EndSession], [Service.LogOff] and [Service.Restart] take helper tokens
// away. They walk through the store and change one job after another, in creation
// order. Jobs and tokens that come meanwhile are not waited for, and jobs that go
// are passed over. When the store fails they stop and tell what was lost until
// then; to call again goes on from there.
//
// A job that loses its token to a log-off, is neither over nor transferred, and
// has flags that are not 0 goes to BG_JOB_STATE_ERROR with BG_E_TOKEN_REQUIRED
// (D helper-tokens-for-bits-transfer-jobs.md), from whatever state, ERROR itself
// included (I). The error context is BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, and
// no file is named (C). The error count goes up for a job that was transferring
// (D nf-bits-ibackgroundcopyjob-geterrorcount.md). To notify the client is left to
// who calls, who learns by [Lost] what has happened.
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
