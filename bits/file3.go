package bits

import "context"

// File3 is IBackgroundCopyFile3: it adds the temporary file and its validation.
// BITS 3.0.
type File3 interface {
	File2

	// GetTemporaryName returns the full name of the file that a download goes to
	// until Complete. It is there until the job is completed, cancelled or has
	// expired, and must be open for nobody then. Who reads it shares it for writing,
	// and not before the transfer starts: this would be a transient error. What the
	// name is before is not documented.
	// By readers, in any state. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyfile3-gettemporaryname.md).
	GetTemporaryName(ctx context.Context) (string, error)

	// SetValidationState tells BITS whether the content is what it should be. A bad
	// file from its origin puts the job into BG_JOB_STATE_ERROR with
	// BG_E_VALIDATION_FAILED, and Resume fetches it again (in BITS 3.0 it must not
	// be resumed); a bad file from a peer is fetched again from the origin at once.
	//
	// Errors: E_PENDING if the file is not there yet (D); BG_E_RECORD_DELETED if its
	// record in the cache has gone (D).
	// By modifiers, when the file is transferred. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyfile3-setvalidationstate.md).
	SetValidationState(ctx context.Context, state bool) error

	// GetValidationState returns what SetValidationState has set, and false if it
	// has not.
	// By readers, in any state. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyfile3-getvalidationstate.md).
	GetValidationState(ctx context.Context) (bool, error)

	// IsDownloadedFromPeer tells whether any part of the file came from a peer.
	// By readers, in any state. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyfile3-isdownloadedfrompeer.md).
	IsDownloadedFromPeer(ctx context.Context) (bool, error)
}
