package bits

import "context"

// Peer is IBitsPeer: a computer of BITS 3.0 that shares its cache. The
// documentation does not say who may call it; who got it may use it (I).
type Peer interface {
	Unknown

	// GetPeerName returns the name of the computer, as a server principal name.
	// By whoever has it. BITS 3.0 (D nf-bits3_0-ibitspeer-getpeername.md).
	GetPeerName(ctx context.Context) (string, error)

	// IsAuthenticated tells whether it has shown who it is, which it does when it is
	// first talked to.
	// By whoever has it. BITS 3.0 (D nf-bits3_0-ibitspeer-isauthenticated.md).
	IsAuthenticated(ctx context.Context) (bool, error)

	// IsAvailable tells whether it can be reached.
	// By whoever has it. BITS 3.0 (D nf-bits3_0-ibitspeer-isavailable.md).
	IsAvailable(ctx context.Context) (bool, error)
}
