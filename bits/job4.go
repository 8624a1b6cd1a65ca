package bits

import "context"

// Job4 is IBackgroundCopyJob4: it adds peer caching, what is known of the owner's
// token, and a limit of time. BITS 3.0.
type Job4 interface {
	Job3

	// SetPeerCachingFlags says how the job takes part in peer caching. From BITS 4.0
	// on only BG_JOB_DISABLE_BRANCH_CACHE has an effect. In
	// BG_JOB_STATE_TRANSFERRING a change of BG_JOB_ENABLE_PEERCACHING_CLIENT
	// schedules the job anew; it goes on where it was.
	//
	// Errors: for a flag without a name E_NOTIMPL, which the page of the getter
	// lists and the setter's does not (I).
	// By modifiers; no state is documented. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyjob4-setpeercachingflags.md, peer-caching.md).
	SetPeerCachingFlags(ctx context.Context, flags PeerCachingFlags) error

	// GetPeerCachingFlags returns the flags.
	//
	// Errors: E_NOTIMPL if other flags are set (D), which looks like an error of
	// the setter.
	// By readers, in any state. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyjob4-getpeercachingflags.md).
	GetPeerCachingFlags(ctx context.Context) (PeerCachingFlags, error)

	// GetOwnerIntegrityLevel returns the integrity level of the token that the
	// owner made the job with or took it over with, as the last number of its SID:
	// 0x2000 of S-1-16-8192, medium.
	// By readers, in any state. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyjob4-getownerintegritylevel.md).
	GetOwnerIntegrityLevel(ctx context.Context) (uint32, error)

	// GetOwnerElevationState tells whether that token was elevated. Only who is
	// elevated too can then modify the job.
	// By readers, in any state. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyjob4-getownerelevationstate.md).
	GetOwnerElevationState(ctx context.Context) (bool, error)

	// SetMaximumDownloadTime says how many seconds the job may spend in
	// BG_JOB_STATE_CONNECTING and BG_JOB_STATE_TRANSFERRING, the machine's sleep
	// included, before it ends in BG_JOB_STATE_ERROR with BG_E_MAXDOWNLOAD_TIMEOUT.
	// It overrides the policy MaxDownloadTime. Resume starts the clock anew. What 0
	// means is not documented.
	// By modifiers; no state is documented. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyjob4-setmaximumdownloadtime.md).
	SetMaximumDownloadTime(ctx context.Context, timeout uint32) error

	// GetMaximumDownloadTime returns the time in seconds, 7776000 (90 days) at
	// first.
	// By readers, in any state. BITS 3.0 (D
	// nf-bits3_0-ibackgroundcopyjob4-getmaximumdownloadtime.md).
	GetMaximumDownloadTime(ctx context.Context) (uint32, error)
}
