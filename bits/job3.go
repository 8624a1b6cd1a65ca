package bits

import (
	"context"

	"github.com/bitsemu/bitsemu/hresult"
)

// Job3 is IBackgroundCopyJob3: it adds parts of files, the permissions of files
// that come over SMB, and a change of server. BITS 2.0.
type Job3 interface {
	Job2

	// ReplaceRemotePrefix replaces the start of the remote names of all files that
	// begin with oldPrefix, case and all. Files that are transferred stay. The one
	// under way goes on if the new file has the same size and time and the server can
	// resume, and else starts anew.
	//
	// Answers: S_FALSE if no name begins so (D).
	// Errors: E_INVALIDARG for an empty prefix, or if a new name is bad or over 2200
	// characters (D); E_NOTIMPL for an upload (D); BG_E_INVALID_STATE in a final
	// state (D).
	// By modifiers, not in a final state. BITS 2.0 (D
	// nf-bits2_0-ibackgroundcopyjob3-replaceremoteprefix.md).
	ReplaceRemotePrefix(ctx context.Context, oldPrefix, newPrefix string) (hresult.HRESULT, error)

	// AddFileWithRanges adds a file as AddFile does, of which only the ranges are
	// fetched; the local file has them one behind the other, in the order given. A
	// policy limits how many there may be, by default 500 and not for
	// administrators and service accounts. From BITS 3.0 on SMB has no ranges, and
	// jobs with BITS_JOB_PROPERTY_DYNAMIC_CONTENT have none either.
	//
	// Errors: E_INVALIDARG for no range at all, and for names as in AddFile (D);
	// E_NOTIMPL for an upload (D); E_ACCESSDENIED if the local directory may not be
	// written to (D); BG_E_INVALID_RANGE for an impossible range, such as one at the
	// offset BG_LENGTH_TO_EOF (D) or of length 0 (I); BG_E_OVERLAPPING_RANGES if
	// ranges overlap, or start at the same offset with the longer one first (D);
	// BG_E_TOO_MANY_RANGES_IN_FILE at the limit (D); BG_E_TOO_MANY_FILES_IN_JOB as
	// for AddFile (I); BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 2.0 (D
	// nf-bits2_0-ibackgroundcopyjob3-addfilewithranges.md,
	// ns-bits2_0-bg_file_range.md).
	AddFileWithRanges(ctx context.Context, remoteURL, localName string, ranges []FileRange) error

	// SetFileACLFlags says which security information is kept of files that come
	// over SMB; for HTTP it has no effect. It is applied as each file is done, so
	// it should be set before Resume. For owner and group the job's user needs the
	// privilege SeRestorePrivilege, for the system list SeSecurityPrivilege on both
	// machines; without it the job gets the transient error E_ACCESSDENIED.
	//
	// Errors: E_INVALIDARG for a flag without a name (D); BG_E_INVALID_STATE from
	// BG_JOB_STATE_TRANSFERRED on (D).
	// By modifiers, before BG_JOB_STATE_TRANSFERRED. BITS 2.0 (D
	// nf-bits2_0-ibackgroundcopyjob3-setfileaclflags.md).
	SetFileACLFlags(ctx context.Context, flags FileACLFlags) error

	// GetFileACLFlags returns the flags, 0 at first.
	// By readers, in any state. BITS 2.0 (D
	// nf-bits2_0-ibackgroundcopyjob3-getfileaclflags.md).
	GetFileACLFlags(ctx context.Context) (FileACLFlags, error)
}
