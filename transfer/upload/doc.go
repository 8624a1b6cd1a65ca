// Package upload speaks the client's side of the BITS upload protocol: it moves
// a local file to a BITS upload server, packet by packet, and goes on where it
// stood after a failure, a pause or a restart.
//
//	u, err := upload.New(client, upload.Request{URL: "http://host/up/a.txt", Size: 12}, upload.State{})
//	for {
//		r, err := u.Step(ctx, file, 1<<20) // one packet
//		save(u.State())
//		if err != nil || r.Done {
//			break
//		}
//	}
//
// # Steps
//
// An [Upload] has no goroutine and never sleeps: each [Upload.Step] sends one
// packet and reads its answer, and what has to be remembered is a plain value,
// [State]. A step that fails with a [*transfer.Error] ends the attempt. The next
// step then begins a new one, with the same session and at the same byte; when it
// is due, and whether the error was transient, is for the caller to judge from
// the error. With a [*transfer.Wait] nothing has happened, and the step is to be
// made again later. A context that is cancelled in the middle of a packet leaves
// the session as it is; the next packet finds out what the server has.
//
// An attempt opens with a step that makes contact, or sends nothing when none is
// needed; it returns Connected. Steps with fragments follow, the last of
// which returns Uploaded. For an upload-reply job the caller now fetches
// [State.ReplyURL], like any download. One more step then closes the session and
// returns Done. As the first step of each attempt returns Uploaded too, once
// the server has the whole file, a caller that was restarted in between does not
// close the session, and lose the reply, by accident.
//
// # The local file
//
// The source is read from within Step only, and by no goroutine after it. A local
// file must not change until the upload is done (D file-transfer-consistency);
// the caller looks at its size and time before each step, and gives up with
// BG_E_LOCAL_FILE_CHANGED. A file that turns out too short in a step fails with
// that code by itself.
//
// Evidence is marked as everywhere: D documented by Microsoft (page, or section of
// the open specification MC-BUP), O observed, I inferred, C our choice.
package upload
