package winbits

import (
	"context"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// job3 is IBackgroundCopyJob3.
type job3 struct{ job2 }

func (j job3) ReplaceRemotePrefix(ctx context.Context, oldPrefix, newPrefix string) (hresult.HRESULT, error) {
	return act(ctx, j.proxy, func(p *iBackgroundCopyJob3) result { return p.ReplaceRemotePrefix(oldPrefix, newPrefix) })
}

func (j job3) AddFileWithRanges(ctx context.Context, remoteURL, localName string, ranges []bits.FileRange) error {
	first := firstRange(ranges)
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob3) result {
		return p.AddFileWithRanges(remoteURL, localName, uint32(len(ranges)), first)
	})
}

// firstRange points to the ranges, and to one that does not count if there are none:
// NULL would not reach the service.
func firstRange(ranges []bits.FileRange) *fileRange {
	return &append(rangesToWindows(ranges), fileRange{})[0]
}

func (j job3) SetFileACLFlags(ctx context.Context, flags bits.FileACLFlags) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob3) result { return p.SetFileACLFlags(uint32(flags)) })
}

func (j job3) GetFileACLFlags(ctx context.Context) (bits.FileACLFlags, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob3).GetFileACLFlags)
	return bits.FileACLFlags(v), err
}
