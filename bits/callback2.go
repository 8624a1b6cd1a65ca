package bits

import "context"

// Callback2 is IBackgroundCopyCallback2, implemented by the caller: it also hears
// of single files. BITS 3.0.
type Callback2 interface {
	Callback

	// FileTransferred tells that a file of a download, or the reply to an upload,
	// is there. It needs BG_NOTIFY_FILE_TRANSFERRED. The calls of one job come one
	// after the other, and all of them before JobTransferred and JobError. A file
	// that came from a peer and is fetched again from its origin is told again,
	// except in BITS 3.0.
	//
	// Results: nil, or an error with a success code, means that it was dealt with;
	// after a failure it is called again (D).
	// Called when a file is transferred. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopycallback2-filetransferred.md).
	FileTransferred(ctx context.Context, job Job, file File) error
}
