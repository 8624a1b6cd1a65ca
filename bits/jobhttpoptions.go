package bits

import (
	"context"

	"github.com/bitsemu/bitsemu/hresult"
)

// JobHttpOptions is IBackgroundCopyJobHttpOptions: client certificates, request
// headers and security of a job over HTTP and HTTPS, of any type. BITS 2.5, on
// jobs by [Query].
type JobHttpOptions interface {
	Unknown

	// SetClientCertificateByID chooses the client certificate by the SHA-1 of it,
	// from a store of at most 255 characters' name, such as MY. The store is
	// opened as the owner. Smart cards have no certificates for this. It goes when
	// the job changes hands.
	//
	// Errors: E_ACCESSDENIED if the store may not be opened (D); E_NOTIMPL for a
	// location without a name (D); HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) if there
	// is no such store (D); CRYPT_E_NOT_FOUND if it has no such certificate (D);
	// BG_E_STRING_TOO_LONG if the name is too long (D); BG_E_INVALID_STATE in a final
	// state (D). RPC_X_NULL_REF_POINTER and RPC_X_BAD_STUB_DATA, for a NULL pointer
	// and a hash that has not 20 bytes, do not happen here (D).
	// By the owner, not in a final state. BITS 2.5 (D
	// nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyid.md).
	SetClientCertificateByID(ctx context.Context, storeLocation CertStoreLocation, storeName string, certHash [20]byte) error

	// SetClientCertificateByName chooses the client certificate by its subject: the
	// first one for client authentication whose subject name contains subjectName,
	// which has 1 to 255 characters. Relative distinguished names in it are
	// separated by commas, in the reverse of the order in which Windows displays
	// them. See SetClientCertificateByID for the store.
	//
	// Errors: E_ACCESSDENIED if the store may not be opened (D); E_NOTIMPL for a
	// location without a name (D); HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) if there
	// is no such store (D); CRYPT_E_NOT_FOUND if it has no such certificate (D);
	// BG_E_STRING_TOO_LONG if a name is too long (D); BG_E_INVALID_STATE in a final
	// state (D). RPC_X_NULL_REF_POINTER, for a NULL pointer, does not happen here (D).
	// By the owner, not in a final state. BITS 2.5 (D
	// nf-bits2_5-ibackgroundcopyjobhttpoptions-setclientcertificatebyname.md).
	SetClientCertificateByName(ctx context.Context, storeLocation CertStoreLocation, storeName, subjectName string) error

	// RemoveClientCertificate makes the job use no client certificate.
	//
	// Answers: S_FALSE if there was none (D).
	// Errors: BG_E_INVALID_STATE in a final state (D).
	// By the owner (I), not in a final state. BITS 2.5 (D
	// nf-bits2_5-ibackgroundcopyjobhttpoptions-removeclientcertificate.md).
	RemoveClientCertificate(ctx context.Context) (hresult.HRESULT, error)

	// GetClientCertificate returns which client certificate is set.
	//
	// Errors: RPC_X_BAD_STUB_DATA if there is none, or the caller has no permission
	// on it (D; whether as this number or as an HRESULT of it the page leaves open,
	// and HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA) is what is meant here, C).
	// RPC_X_NULL_REF_POINTER, for a NULL pointer, does not happen here (D).
	// By readers with permission on the certificate, in any state. BITS 2.5 (D
	// nf-bits2_5-ibackgroundcopyjobhttpoptions-getclientcertificate.md).
	GetClientCertificate(ctx context.Context) (ClientCertificate, error)

	// SetCustomHeaders adds headers to every HTTP request of the job, each with CR LF
	// at its end, at most 16383 characters together; nil removes them. They are
	// stored encrypted, and go when the job changes hands.
	//
	// Errors: BG_E_STRING_TOO_LONG if they are too long (D); BG_E_INVALID_STATE in a
	// final state (D).
	// By the owner, not in a final state. BITS 2.5 (D
	// nf-bits2_5-ibackgroundcopyjobhttpoptions-setcustomheaders.md,
	// user-account-control-and-bits.md).
	SetCustomHeaders(ctx context.Context, requestHeaders *string) error

	// GetCustomHeaders returns the headers set, not those of a response.
	//
	// Answers: S_FALSE, as ok false, if there are none (D).
	// Errors: E_ACCESSDENIED for who is not the owner, administrators included, and
	// after [JobHttpOptions3.MakeCustomHeadersWriteOnly] (D).
	// RPC_X_NULL_REF_POINTER, for a NULL pointer, does not happen here (D).
	// By the owner, in any state. BITS 2.5 (D
	// nf-bits2_5-ibackgroundcopyjobhttpoptions-getcustomheaders.md).
	GetCustomHeaders(ctx context.Context) (requestHeaders string, ok bool, err error)

	// SetSecurityFlags says how HTTPS certificates are checked and, for downloads,
	// what happens on a redirect (from BITS 3.0 on). 0, the default, does not ask
	// whether a certificate was revoked, checks everything else about it, and
	// follows redirects, but not from HTTPS to HTTP. To turn the check for
	// revocation on starts the file under way anew. A redirect that is disallowed,
	// and one that is reported, changes the remote name of the file.
	//
	// Errors: E_NOTIMPL for a flag without a name (D).
	// By modifiers; no state is documented. BITS 2.5 (D
	// nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags.md).
	SetSecurityFlags(ctx context.Context, flags SecurityFlags) error

	// GetSecurityFlags returns the flags.
	// By readers, in any state. BITS 2.5 (D
	// nf-bits2_5-ibackgroundcopyjobhttpoptions-getsecurityflags.md).
	GetSecurityFlags(ctx context.Context) (SecurityFlags, error)
}
