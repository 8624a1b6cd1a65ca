package bits

import "context"

// ServerCertificateValidationCallback is
// IBackgroundCopyServerCertificateValidationCallback, implemented by the caller:
// it is asked whether a server may be talked to. BITS 10.3. See
// [JobHttpOptions3.SetServerCertificateValidationInterface].
type ServerCertificateValidationCallback interface {
	// ValidateServerCertificate judges the certificate of the server from which, or
	// to which, file goes. Windows has found it good already, and no request has
	// been sent. certData is the certificate in the encoding certEncodingType, such
	// as 1, X509_ASN_ENCODING; certStoreData is a serialized store with the chain.
	//
	// Results: nil, S_OK, accepts it, and the job does not ask again about this
	// certificate on this server and port; an error rejects it, each time anew, and
	// the job shows the HRESULT that [ResultOf] finds.
	// Called before the TLS handshake ends. BITS 10.3 (D
	// nf-bits10_3-ibackgroundcopyservercertificatevalidationcallback-validateservercertificate.md).
	ValidateServerCertificate(ctx context.Context, job Job, file File,
		certData []byte, certEncodingType uint32, certStoreData []byte) error
}
