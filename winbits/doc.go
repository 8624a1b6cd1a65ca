// Package winbits is package bits on Windows: the Background Intelligent
// Transfer Service itself, over COM, in pure Go. A program that is written
// against package bits takes its manager from here, and in its tests from an
// emulator:
//
//	service, err := winbits.Connect(ctx)
//	...
//	defer service.Close()
//	id, job, err := service.Manager().CreateJob(ctx, "update", bits.BG_JOB_TYPE_DOWNLOAD)
//
// The package builds on every system. Where there is no COM, [Connect] answers an
// error that wraps E_NOTIMPL.
//
// # Callers
//
// A call is made by the user of the process, or by whom its context names, see
// [NewContext]. It is made on a thread of this package, which takes on the token
// before the call and drops it after it; a thread that cannot drop it is ended.
// Every proxy gets a security blanket with the impersonation level Impersonate and
// dynamic cloaking, so that the service sees the token of the thread. What a
// program says to CoInitializeSecurity is its own affair.
//
// COM itself keeps the interfaces of an object that a process has. A
// QueryInterface for one that is there already does not reach the service, and
// nobody is judged then.
//
// # Contexts
//
// A context that has ended lets no call begin. A call that has begun ends when the
// service answers.
//
// # References
//
// Nothing needs to be released: a reference goes when the garbage collector finds
// that nobody holds the object, and all go with [Service.Close].
package winbits

//go:generate go run ./internal/gen
