package bits

import "context"

// File6 is IBackgroundCopyFile6: it adds parts of a file on demand. BITS 10.1.
//
// Its methods need a download over HTTP or HTTPS whose length is known before,
// from a server with full support of ranges. They work best in jobs with
// BITS_JOB_PROPERTY_ON_DEMAND_MODE, which fetch nothing else, and in others too.
type File6 interface {
	File5

	// UpdateDownloadPosition makes the transfer go on at offset, in bytes; what was
	// left out comes later. What an offset behind the end does is not documented.
	//
	// Errors: BG_E_RANDOM_ACCESS_NOT_SUPPORTED if the needs above are not met (D).
	// By modifiers, in any state. BITS 10.1 (D
	// nf-bits10_1-ibackgroundcopyfile6-updatedownloadposition.md).
	UpdateDownloadPosition(ctx context.Context, offset uint64) error

	// RequestFileRanges makes the ranges come first. They may overlap. When all that
	// was asked for is there, the job goes to BG_JOB_STATE_TRANSFERRED if this is
	// the whole file, and to BG_JOB_STATE_SUSPENDED if not.
	//
	// Errors: BG_E_INVALID_RANGE if a part lies behind the end of the file (D);
	// BG_E_RANDOM_ACCESS_NOT_SUPPORTED if the needs above are not met or the record
	// of ranges is lost (D).
	// By modifiers, in any state. BITS 10.1 (D
	// nf-bits10_1-ibackgroundcopyfile6-requestfileranges.md).
	RequestFileRanges(ctx context.Context, ranges []FileRange) error

	// GetFilledFileRanges returns the ranges that are there, merged and in the order
	// of their offsets.
	//
	// Errors: BG_E_RANDOM_ACCESS_NOT_SUPPORTED if this is no download or the record
	// of ranges is lost (D); E_OUTOFMEMORY without memory for it (D).
	// By readers, in any state. BITS 10.1 (D
	// nf-bits10_1-ibackgroundcopyfile6-getfilledfileranges.md).
	GetFilledFileRanges(ctx context.Context) ([]FileRange, error)
}
