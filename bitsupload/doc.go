// Package bitsupload is a BITS upload server: an [http.Handler] that takes what
// upload and upload-reply jobs send, whether they are jobs of this module's
// emulator, of Windows, or of another client of the protocol. In a test:
//
//	srv := bitsupload.RunT(t)              // on a port of its own, in memory
//	job.AddFile(ctx, srv.URL+"/up/a.txt", `C:\a.txt`)
//	...
//	content, err := srv.Files.ReadFile("up/a.txt")
//
// and with files on disk, in a program:
//
//	root, err := os.OpenRoot("/srv/uploads")
//	srv, err := bitsupload.New(&bitsupload.Dir{Root: root}, bitsupload.Options{})
//	http.ListenAndServe(":80", srv)
//
// The server is Windows' with its defaults: it does not overwrite, has no limit of
// size, and drops a session after 14 days without progress. [Options] changes that,
// before and while it is in use. [Server.Inject] makes it fail in a chosen way at a
// chosen packet.
//
// A fragment goes to the storage as it comes and is never held in memory. A file
// appears under its name at once and whole, when its last byte has come. Sessions
// live in memory; a server that starts anew knows none, and clients start again.
//
// Evidence is marked as everywhere: D documented by Microsoft (page, or section of
// the open specification MC-BUP), O observed, I inferred, C our choice.
package bitsupload
