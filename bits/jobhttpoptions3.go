package bits

import "context"

// JobHttpOptions3 is IBackgroundCopyJobHttpOptions3: it adds a second opinion on
// the server's certificate, and headers that nobody can read back. BITS 10.3;
// pages disagree about the first build of Windows that has it.
type JobHttpOptions3 interface {
	JobHttpOptions2

	// SetServerCertificateValidationInterface makes the job ask callback about the
	// certificate of each server that Windows has found good, in place of the one
	// before, and with nil nobody. The callback is not stored, and each call of
	// this method forgets which certificates were accepted.
	//
	// If the callback rejects a certificate, the job gets a transient error with
	// the callback's HRESULT and BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK; if
	// it cannot be reached, BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED.
	//
	// Errors: BG_E_READ_ONLY_WHEN_JOB_ACTIVE if the job is not paused (D);
	// E_NOINTERFACE, for an object that is no such callback, does not happen here
	// (D).
	// By modifiers, in BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_ERROR and
	// BG_JOB_STATE_TRANSFERRED. BITS 10.3 (D
	// nf-bits10_3-ibackgroundcopyjobhttpoptions3-setservercertificatevalidationinterface.md,
	// states from the header of BITS).
	SetServerCertificateValidationInterface(ctx context.Context, callback ServerCertificateValidationCallback) error

	// MakeCustomHeadersWriteOnly makes GetCustomHeaders answer E_ACCESSDENIED to
	// everybody, for good.
	// By modifiers, in any state. BITS 10.3 (D
	// nf-bits10_3-ibackgroundcopyjobhttpoptions3-makecustomheaderswriteonly.md).
	MakeCustomHeadersWriteOnly(ctx context.Context) error
}
