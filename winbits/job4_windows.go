package winbits

import (
	"context"

	"github.com/bitsemu/bitsemu/bits"
)

// job4 is IBackgroundCopyJob4.
type job4 struct{ job3 }

func (j job4) SetPeerCachingFlags(ctx context.Context, flags bits.PeerCachingFlags) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob4) result { return p.SetPeerCachingFlags(uint32(flags)) })
}

func (j job4) GetPeerCachingFlags(ctx context.Context) (bits.PeerCachingFlags, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob4).GetPeerCachingFlags)
	return bits.PeerCachingFlags(v), err
}

func (j job4) GetOwnerIntegrityLevel(ctx context.Context) (uint32, error) {
	return get(ctx, j.proxy, (*iBackgroundCopyJob4).GetOwnerIntegrityLevel)
}

func (j job4) GetOwnerElevationState(ctx context.Context) (bool, error) {
	return get(ctx, j.proxy, (*iBackgroundCopyJob4).GetOwnerElevationState)
}

func (j job4) SetMaximumDownloadTime(ctx context.Context, timeout uint32) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob4) result { return p.SetMaximumDownloadTime(timeout) })
}

func (j job4) GetMaximumDownloadTime(ctx context.Context) (uint32, error) {
	return get(ctx, j.proxy, (*iBackgroundCopyJob4).GetMaximumDownloadTime)
}
