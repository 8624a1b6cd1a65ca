package bits

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// PeerCacheRecord is IBitsPeerCacheRecord: a file in the cache of BITS 3.0. The
// documentation does not say who may call it; who got it may use it (I).
type PeerCacheRecord interface {
	Unknown

	// GetId returns the id of the record.
	// By whoever has it. BITS 3.0 (D nf-bits3_0-ibitspeercacherecord-getid.md).
	GetId(ctx context.Context) (uuid.UUID, error)

	// GetOriginUrl returns where the file came from. After a redirect that the
	// policy of the job reports or disallows it may differ from the URL in the job.
	// By whoever has it. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacherecord-getoriginurl.md).
	GetOriginUrl(ctx context.Context) (string, error)

	// GetFileSize returns the size in bytes.
	// By whoever has it. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacherecord-getfilesize.md).
	GetFileSize(ctx context.Context) (uint64, error)

	// GetFileModificationTime returns when the file was modified on its server.
	// By whoever has it. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacherecord-getfilemodificationtime.md).
	GetFileModificationTime(ctx context.Context) (time.Time, error)

	// GetLastAccessTime returns when the file was last taken from the cache.
	// By whoever has it. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacherecord-getlastaccesstime.md).
	GetLastAccessTime(ctx context.Context) (time.Time, error)

	// IsFileValidated tells whether the content was found to be what it should be,
	// by [File3.SetValidationState], or by Complete without it.
	//
	// Answers: S_FALSE, as false, if it was not (D).
	// By whoever has it. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacherecord-isfilevalidated.md).
	IsFileValidated(ctx context.Context) (bool, error)

	// GetFileRanges returns which parts of the file are in the cache, one at least.
	// By whoever has it. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacherecord-getfileranges.md).
	GetFileRanges(ctx context.Context) ([]FileRange, error)
}
