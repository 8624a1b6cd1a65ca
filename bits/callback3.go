package bits

import "context"

// Callback3 is IBackgroundCopyCallback3, implemented by the caller: it also hears
// of parts of files. BITS 10.1.
type Callback3 interface {
	Callback2

	// FileRangesTransferred tells which ranges, asked for by
	// [File6.RequestFileRanges], have come since the last call; they need not be the
	// ranges asked for. It needs BG_NOTIFY_FILE_RANGES_TRANSFERRED, and a job that
	// can fetch on demand. Calls may be lost when there is much to do; between two of
	// them lie, by default, 500 ms or more.
	//
	// Results: nil is expected, and an error is not called again (I).
	// Called when ranges have come. BITS 10.1 (D
	// nf-bits10_1-ibackgroundcopycallback3-filerangestransferred.md).
	FileRangesTransferred(ctx context.Context, job Job, file File, ranges []FileRange) error
}
