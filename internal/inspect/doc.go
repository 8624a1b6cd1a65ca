// Package inspect is a page to look at the emulated queue, for a browser: which job is
// where, whose it is, and why it does not go on; what it came through, which identity has
// opened what, and who may do what.
//
//	http.ListenAndServe("127.0.0.1:8080", inspect.NewDoor(inspect.New(inspect.Live(emu))))
//
// It looks at a running [bitsemu.Emulator], or at a [jobstore.Store] or a
// [bitsemu.Snapshot] alone, of which it shows what is not known as not known. It changes nothing: it answers GET and HEAD.
//
// The handler sits at /inspect/ and asks nobody who he is: package serve mounts it behind
// its own checks, and [Door] is a lock for a port of its own. Passwords, custom headers
// and cookies are not shown, not even those within URLs. All that is shown is escaped, and
// a strict Content-Security-Policy stands behind that.
//
// The page is made by html/template and needs no script. With one it follows the queue,
// by asking again every second: no goroutine waits for a browser.
package inspect
