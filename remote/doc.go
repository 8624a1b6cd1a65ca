// Package remote is the client of an emulated service that runs in another process:
// bitsemu serve, or package serve in a test. It implements package bits, so a program
// that is written against bits cannot tell the difference, and it has what one can do to
// the machine around the service.
//
//	c, err := remote.Dial(ctx, "unix:/run/bitsemu.sock", remote.As(alice))
//	...
//	defer c.Close()
//	_, job, err := c.Manager().CreateJob(ctx, "update", bits.BG_JOB_TYPE_DOWNLOAD)
//	err = job.AddFile(ctx, "http://files.test/a", `C:\Downloads\a`)
//	err = job.Resume(ctx)
//	err = c.Advance(ctx, time.Minute) // the emulated time
//
// # Callers
//
// Who calls is the token in the context ([token.NewContext]), as with the emulator in
// one's own process; a call without one is made as who the manager was got for: [As], or
// [Client.As]. Without these it is whom the server takes for granted.
//
// # Pointers and callbacks
//
// A [Client] is one session with the server, which holds the interface pointers of the
// client and calls its callbacks. Pointers that the garbage collector finds are released
// at the server. A callback is called on a goroutine of its own, and may call the job,
// also to complete it. When the connection breaks, calls that it has not answered come
// again, and it is called once all the same. A callback that BITS does not have any more
// is forgotten. A client that is not closed and goes away, as a process that is killed
// does, loses its session after the lease, half a minute; its jobs go on.
//
// # Errors
//
// What the service refuses is an [Error]: its text is the one of the service, hresult.Of
// finds the HRESULT, and errors.Is works. A server that cannot be reached, that is lost
// during a call, or that does not know the session any more since it was started anew, is
// RPC_S_SERVER_UNAVAILABLE; [Client.Activate] begins a new session then. Whether a call
// was made whose answer was lost, cannot be told. What the server refuses before the
// service hears of it is a [Refusal]. The end of a context ends the call with the cause of
// its end.
package remote
