package bits

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/hresult"
)

// PeerCacheAdministration is IBitsPeerCacheAdministration: the cache of files that
// computers of BITS 3.0 share, and the computers. [Query] finds it on a [Manager].
//
// From BITS 4.0 on every method answers S_FALSE and does nothing, which those that
// return something report as ok false (D the pages of the methods). Everyone may
// look (I); to change anything takes an administrator, E_ACCESSDENIED otherwise
// (D nn-bits3_0-ibitspeercacheadministration.md, I the code).
type PeerCacheAdministration interface {
	Unknown

	// GetMaximumCacheSize returns how much of the disk the cache may fill, in
	// percent, 1 at first. COM calls it bytes, which it is not.
	//
	// Answers: S_FALSE, as ok false, from BITS 4.0 on (D).
	// By anyone. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-getmaximumcachesize.md).
	GetMaximumCacheSize(ctx context.Context) (percent uint32, ok bool, err error)

	// SetMaximumCacheSize says how much of the disk the cache may fill, in percent,
	// at most 80. COM calls it bytes, which it is not.
	//
	// Answers: S_FALSE if it was stored and policy overrides it (D), and from BITS
	// 4.0 on (D). What more than 80 answers is not documented.
	// By administrators. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-setmaximumcachesize.md).
	SetMaximumCacheSize(ctx context.Context, percent uint32) (hresult.HRESULT, error)

	// GetMaximumContentAge returns after how many seconds a file leaves the cache,
	// 7776000 (90 days) at first.
	//
	// Answers: S_FALSE, as ok false, from BITS 4.0 on (D).
	// By anyone. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-getmaximumcontentage.md).
	GetMaximumContentAge(ctx context.Context) (seconds uint32, ok bool, err error)

	// SetMaximumContentAge says after how many seconds a file leaves the cache,
	// 86400 (1 day) to 10368000 (120 days).
	//
	// Answers: S_FALSE if it was stored and policy overrides it (D), and from BITS
	// 4.0 on (D). What other numbers answer is not documented.
	// By administrators. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-setmaximumcontentage.md).
	SetMaximumContentAge(ctx context.Context, seconds uint32) (hresult.HRESULT, error)

	// GetConfigurationFlags returns how the computer takes part.
	//
	// Answers: S_FALSE, as ok false, from BITS 4.0 on (D).
	// By anyone. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-getconfigurationflags.md).
	GetConfigurationFlags(ctx context.Context) (flags PeerCacheConfigurationFlags, ok bool, err error)

	// SetConfigurationFlags says how the computer takes part, where policy does not.
	//
	// Answers: BG_S_OVERRIDDEN_BY_POLICY if they were stored and policy differs
	// (D); S_FALSE from BITS 4.0 on (D).
	// By administrators. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-setconfigurationflags.md).
	SetConfigurationFlags(ctx context.Context, flags PeerCacheConfigurationFlags) (hresult.HRESULT, error)

	// EnumRecords lists the files in the cache.
	//
	// Answers: S_FALSE, as ok false and nil, from BITS 4.0 on (D).
	// By anyone. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-enumrecords.md).
	EnumRecords(ctx context.Context) (records EnumPeerCacheRecords, ok bool, err error)

	// GetRecord finds a file in the cache. What an unknown id answers is not
	// documented.
	//
	// Answers: S_FALSE, as ok false and nil, from BITS 4.0 on (D).
	// By anyone. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-getrecord.md).
	GetRecord(ctx context.Context, id uuid.UUID) (record PeerCacheRecord, ok bool, err error)

	// ClearRecords empties the cache, as soon as nothing is done with it.
	//
	// Answers: S_FALSE from BITS 4.0 on (D).
	// By administrators. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-clearrecords.md).
	ClearRecords(ctx context.Context) (hresult.HRESULT, error)

	// DeleteRecord takes a file out of the cache.
	//
	// Answers: S_FALSE from BITS 4.0 on (D).
	// Errors: BG_E_BUSYCACHERECORD while the record is in use (D).
	// By administrators. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-deleterecord.md).
	DeleteRecord(ctx context.Context, id uuid.UUID) (hresult.HRESULT, error)

	// DeleteUrl takes all files of a URL out of the cache.
	//
	// Answers: S_FALSE if there is none (D), and from BITS 4.0 on (D).
	// Errors: BG_E_BUSYCACHERECORD while a record is in use (D).
	// By administrators. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-deleteurl.md).
	DeleteUrl(ctx context.Context, url string) (hresult.HRESULT, error)

	// EnumPeers lists the computers known.
	//
	// Answers: S_FALSE, as ok false and nil, from BITS 4.0 on (D).
	// By anyone. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-enumpeers.md).
	EnumPeers(ctx context.Context) (peers EnumPeers, ok bool, err error)

	// ClearPeers forgets the computers.
	//
	// Answers: S_FALSE from BITS 4.0 on (D).
	// By administrators. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-clearpeers.md).
	ClearPeers(ctx context.Context) (hresult.HRESULT, error)

	// DiscoverPeers looks for computers, in the same domain and subnet. It does not
	// wait for what it finds (I).
	//
	// Answers: S_FALSE from BITS 4.0 on (D).
	// Errors: the header of BITS defines BG_E_DISCOVERY_IN_PROGRESS, which fits a
	// second call (I).
	// By administrators. BITS 3.0 (D
	// nf-bits3_0-ibitspeercacheadministration-discoverpeers.md).
	DiscoverPeers(ctx context.Context) (hresult.HRESULT, error)
}
