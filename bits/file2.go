package bits

import "context"

// File2 is IBackgroundCopyFile2: it adds ranges and a change of the remote name.
// BITS 2.0.
type File2 interface {
	File

	// GetFileRanges returns the ranges that the file was added with. Their order is
	// not documented.
	//
	// Answers: S_FALSE, as ok false, if it has none or the job is an upload (D).
	// By readers, in any state. BITS 2.0 (D
	// nf-bits2_0-ibackgroundcopyfile2-getfileranges.md).
	GetFileRanges(ctx context.Context) (ranges []FileRange, ok bool, err error)

	// SetRemoteName makes the file come from elsewhere. A file that is transferred
	// stays. One under way goes on if the new file has the same size and time and
	// the server can resume, and else starts anew. The name is permanent with the
	// next Resume. What is wrong with an SMB name shows after it, as an error of the
	// job.
	//
	// Errors: E_INVALIDARG for a bad name or one over 2200 characters (D); E_NOTIMPL
	// for an upload (D); BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 2.0 (D
	// nf-bits2_0-ibackgroundcopyfile2-setremotename.md).
	SetRemoteName(ctx context.Context, remoteName string) error
}
