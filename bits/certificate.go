package bits

// ClientCertificate is what [JobHttpOptions.GetClientCertificate] returns: where
// the certificate of a job is kept, and which it is. BITS 2.5.
type ClientCertificate struct {
	StoreLocation CertStoreLocation
	StoreName     string
	CertHash      [20]byte // its SHA-1

	// SubjectName may be empty. The relative distinguished names in it stand in
	// the reverse of the order in which Windows displays them.
	SubjectName string
}
