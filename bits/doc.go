// Package bits is the contract between a program and the Background Intelligent
// Transfer Service: its interfaces, enumerations, flags and identifiers, as Go
// knows them and under the names that Microsoft gave them. There is no
// behaviour in it. A program that is written against this package runs on the
// service of Windows, and in its tests on an emulator.
//
//	id, job, err := manager.CreateJob(ctx, "update", bits.BG_JOB_TYPE_DOWNLOAD)
//	err = job.AddFile(ctx, "https://example.com/setup.exe", `C:\Updates\setup.exe`)
//	err = job.Resume(ctx)
//	state, err := job.GetState(ctx)
//	fmt.Println(state, state.Short(), state.Final()) // BG_JOB_STATE_QUEUED QUEUED false
//
//	options, err := bits.Query[bits.TokenOptions](ctx, job) // QueryInterface
//	if errors.Is(err, hresult.E_NOINTERFACE) { ... }        // before BITS 4.0
//
// # Interfaces
//
// There is one Go interface for each COM interface of BITS 1.0 to 10.3, and it
// can be met by COM. Its name is Microsoft's without I, BackgroundCopy and Bits:
// IBackgroundCopyJobHttpOptions is [JobHttpOptions], IEnumBitsPeers is
// [EnumPeers]. Methods have the names, and arguments the order, that they have in
// COM, and an interface embeds the one that it inherits from there. How the Go
// form of a method differs follows from these rules:
//
//   - Each method takes a context first. It carries the caller, where COM looks at
//     the token of the thread; to impersonate is to derive a context. Whether the
//     end of a context ends a call under way is up to the implementation (C).
//   - What COM returns through pointers are results, in the same order. The length
//     of an array goes with its slice, and reserved arguments are left out. A BOOL
//     is a bool, a GUID a uuid.UUID, the text of a SID a [sid.SID], a FILETIME a
//     time.Time (see [TimeFromWindows]), and a number of flags has its own type.
//     Strings are UTF-8.
//   - A string that COM lets be NULL is a pointer, and nil is NULL; [String] makes
//     one. Callbacks may be nil where their method says so. No other argument can
//     be NULL, so what COM answers to that does not happen. A string returned is
//     empty where COM returns NULL, unless its method says otherwise.
//   - A failure is an error in which [hresult.Of] finds the HRESULT, and S_OK is
//     nil. A method that can succeed in several ways returns the HRESULT beside the
//     error, which is nil whenever the HRESULT is a success; when there is an error,
//     the HRESULT is the one in it. A method that answers S_FALSE for "there is
//     none" returns ok, which is false then. Each method lists what it can answer
//     besides S_OK.
//   - Callbacks are implemented by the caller. What they return is read by
//     [ResultOf], and it matters: see [Callback].
//   - QueryInterface is [Query], and an object that can be asked is an [Unknown].
//     AddRef and Release have no counterpart: the garbage collector knows.
//
// # Callers and states
//
// A reader of a job is its owner, and any administrator (D
// users-and-network-connections.md,
// setting-and-retrieving-the-properties-of-a-job.md). An administrator is a caller
// in whose token BUILTIN\Administrators is enabled, or LocalSystem. A modifier is
// a reader whose integrity level is at least that of the token that the owner
// created the job with or took it over with, who is elevated if that token was,
// and whose own token is not restricted (D user-account-control-and-bits.md,
// users-and-network-connections.md). All need the impersonation level Impersonate
// at least (D example-adding-a-helper-token-to-a-bits-transfer-job-.md). Everyone
// else gets E_ACCESSDENIED from the methods marked so (I), and no doc repeats it.
// From Windows 7 on a caller is judged when he gets the job or calls
// QueryInterface on it, before on every call (D
// helper-tokens-for-bits-transfer-jobs.md).
//
// A final state is BG_JOB_STATE_ACKNOWLEDGED or BG_JOB_STATE_CANCELLED (D
// life-cycle-of-a-bits-job.md). Who still holds such a job can read it (W, O). "In
// any state" stands also where the documentation names none (I).
//
// # Values
//
// Every enumeration and every set of flags is a type of its own, with the
// numbers of Windows. They print and read as text in one way everywhere: in
// dumps, in JSON and on command lines. A value without a name prints as its
// number and is read back; whether Windows knows it is what Valid tells.
//
// # Evidence
//
// Docs in this package mark each statement with the kind of evidence behind it:
// D documented by Microsoft (page named), W asserted by Wine's tests against
// Windows, O observed in the wild, I inferred from the others, C a choice of
// this project where nothing is known. The last line of a method's doc names the
// version of BITS that brought it and its page, which is the source of all that
// bears no letter.
package bits
