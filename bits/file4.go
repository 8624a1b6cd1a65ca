package bits

import "context"

// File4 is IBackgroundCopyFile4: it adds where the bytes came from. BITS 4.0.
type File4 interface {
	File3

	// GetPeerDownloadStats returns how many bytes came from the origin and from
	// peers.
	// By readers, in any state; one page gives it to administrators (D
	// peer-caching.md). BITS 4.0 (D
	// nf-bits4_0-ibackgroundcopyfile4-getpeerdownloadstats.md).
	GetPeerDownloadStats(ctx context.Context) (fromOrigin, fromPeers uint64, err error)
}
