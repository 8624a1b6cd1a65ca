package winbits

import (
	"context"
	"fmt"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// file is IBackgroundCopyFile.
type file struct{ object }

func newFile(o object) bits.File { return file{o} }

func (f file) GetRemoteName(ctx context.Context) (string, error) {
	return getText(ctx, f.proxy, (*iBackgroundCopyFile).GetRemoteName)
}

func (f file) GetLocalName(ctx context.Context) (string, error) {
	return getText(ctx, f.proxy, (*iBackgroundCopyFile).GetLocalName)
}

func (f file) GetProgress(ctx context.Context) (bits.FileProgress, error) {
	v, err := get(ctx, f.proxy, (*iBackgroundCopyFile).GetProgress)
	return bits.FileProgress{
		BytesTotal: v.bytesTotal, BytesTransferred: v.bytesTransferred, Completed: v.completed != 0,
	}, err
}

// file2 is IBackgroundCopyFile2.
type file2 struct{ file }

func (f file2) GetFileRanges(ctx context.Context) (ranges []bits.FileRange, ok bool, err error) {
	return getOrFalse(ctx, f.proxy, func(p *iBackgroundCopyFile2, ranges *[]bits.FileRange) result {
		return takeRanges(ranges, p.GetFileRanges)
	})
}

// takeRanges calls a method that returns ranges and their number.
func takeRanges(ranges *[]bits.FileRange, f func(*uint32, **fileRange) result) result {
	var n uint32
	var first *fileRange
	r := f(&n, &first)
	if raw := takeSlice(first, uint64(n)); raw != nil {
		*ranges = rangesFromWindows(raw)
	}
	return r
}

func (f file2) SetRemoteName(ctx context.Context, remoteName string) error {
	return set(ctx, f.proxy, func(p *iBackgroundCopyFile2) result { return p.SetRemoteName(remoteName) })
}

// file3 is IBackgroundCopyFile3.
type file3 struct{ file2 }

func (f file3) GetTemporaryName(ctx context.Context) (string, error) {
	return getText(ctx, f.proxy, (*iBackgroundCopyFile3).GetTemporaryName)
}

func (f file3) SetValidationState(ctx context.Context, state bool) error {
	return set(ctx, f.proxy, func(p *iBackgroundCopyFile3) result { return p.SetValidationState(state) })
}

func (f file3) GetValidationState(ctx context.Context) (bool, error) {
	return get(ctx, f.proxy, (*iBackgroundCopyFile3).GetValidationState)
}

func (f file3) IsDownloadedFromPeer(ctx context.Context) (bool, error) {
	return get(ctx, f.proxy, (*iBackgroundCopyFile3).IsDownloadedFromPeer)
}

// file4 is IBackgroundCopyFile4.
type file4 struct{ file3 }

func (f file4) GetPeerDownloadStats(ctx context.Context) (fromOrigin, fromPeers uint64, err error) {
	err = set(ctx, f.proxy, func(p *iBackgroundCopyFile4) result { return p.GetPeerDownloadStats(&fromOrigin, &fromPeers) })
	return fromOrigin, fromPeers, err
}

// file5 is IBackgroundCopyFile5.
type file5 struct{ file4 }

func (f file5) SetProperty(ctx context.Context, propertyID bits.FilePropertyID, value bits.FilePropertyValue) error {
	s, ok := value.(bits.PropertyString)
	if !ok {
		return refused("IBackgroundCopyFile5::SetProperty", fmt.Errorf("%v takes no %T", propertyID, value)).err
	}
	return set(ctx, f.proxy, func(p *iBackgroundCopyFile5) result { return p.SetProperty(uint32(propertyID), string(s)) })
}

func (f file5) GetProperty(ctx context.Context, propertyID bits.FilePropertyID) (bits.FilePropertyValue, error) {
	if !propertyID.Valid() { // what it holds may be no string, and then no pointer
		return nil, fmt.Errorf("winbits: IBackgroundCopyFile5::GetProperty: nobody knows what kind of value %v has: %w",
			propertyID, hresult.BG_E_UNKNOWN_PROPERTY_ID)
	}
	s, err := getText(ctx, f.proxy, func(p *iBackgroundCopyFile5, v *text) result {
		return p.GetProperty(uint32(propertyID), v)
	})
	if err != nil {
		return nil, err
	}
	return bits.PropertyString(s), nil
}

// file6 is IBackgroundCopyFile6.
type file6 struct{ file5 }

func (f file6) UpdateDownloadPosition(ctx context.Context, offset uint64) error {
	return set(ctx, f.proxy, func(p *iBackgroundCopyFile6) result { return p.UpdateDownloadPosition(offset) })
}

func (f file6) RequestFileRanges(ctx context.Context, ranges []bits.FileRange) error {
	first := firstRange(ranges)
	return set(ctx, f.proxy, func(p *iBackgroundCopyFile6) result {
		return p.RequestFileRanges(uint32(len(ranges)), first)
	})
}

func (f file6) GetFilledFileRanges(ctx context.Context) ([]bits.FileRange, error) {
	return get(ctx, f.proxy, func(p *iBackgroundCopyFile6, ranges *[]bits.FileRange) result {
		return takeRanges(ranges, p.GetFilledFileRanges)
	})
}
