package winbits

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// peerCache is IBitsPeerCacheAdministration.
type peerCache struct{ object }

func (c peerCache) GetMaximumCacheSize(ctx context.Context) (percent uint32, ok bool, err error) {
	return getOrFalse(ctx, c.proxy, (*iBitsPeerCacheAdministration).GetMaximumCacheSize)
}

func (c peerCache) SetMaximumCacheSize(ctx context.Context, percent uint32) (hresult.HRESULT, error) {
	return act(ctx, c.proxy, func(p *iBitsPeerCacheAdministration) result { return p.SetMaximumCacheSize(percent) })
}

func (c peerCache) GetMaximumContentAge(ctx context.Context) (seconds uint32, ok bool, err error) {
	return getOrFalse(ctx, c.proxy, (*iBitsPeerCacheAdministration).GetMaximumContentAge)
}

func (c peerCache) SetMaximumContentAge(ctx context.Context, seconds uint32) (hresult.HRESULT, error) {
	return act(ctx, c.proxy, func(p *iBitsPeerCacheAdministration) result { return p.SetMaximumContentAge(seconds) })
}

func (c peerCache) GetConfigurationFlags(ctx context.Context) (flags bits.PeerCacheConfigurationFlags, ok bool, err error) {
	v, ok, err := getOrFalse(ctx, c.proxy, (*iBitsPeerCacheAdministration).GetConfigurationFlags)
	return bits.PeerCacheConfigurationFlags(v), ok, err
}

func (c peerCache) SetConfigurationFlags(ctx context.Context, flags bits.PeerCacheConfigurationFlags) (hresult.HRESULT, error) {
	return act(ctx, c.proxy, func(p *iBitsPeerCacheAdministration) result { return p.SetConfigurationFlags(uint32(flags)) })
}

func (c peerCache) EnumRecords(ctx context.Context) (records bits.EnumPeerCacheRecords, ok bool, err error) {
	return may(ctx, c.proxy, newEnumRecords, (*iBitsPeerCacheAdministration).EnumRecords)
}

func (c peerCache) GetRecord(ctx context.Context, id uuid.UUID) (record bits.PeerCacheRecord, ok bool, err error) {
	return may(ctx, c.proxy, newRecord, func(p *iBitsPeerCacheAdministration, out **iBitsPeerCacheRecord) result {
		return p.GetRecord(id, out)
	})
}

func (c peerCache) ClearRecords(ctx context.Context) (hresult.HRESULT, error) {
	return act(ctx, c.proxy, (*iBitsPeerCacheAdministration).ClearRecords)
}

func (c peerCache) DeleteRecord(ctx context.Context, id uuid.UUID) (hresult.HRESULT, error) {
	return act(ctx, c.proxy, func(p *iBitsPeerCacheAdministration) result { return p.DeleteRecord(id) })
}

func (c peerCache) DeleteUrl(ctx context.Context, url string) (hresult.HRESULT, error) {
	return act(ctx, c.proxy, func(p *iBitsPeerCacheAdministration) result { return p.DeleteUrl(url) })
}

func (c peerCache) EnumPeers(ctx context.Context) (peers bits.EnumPeers, ok bool, err error) {
	return may(ctx, c.proxy, newEnumPeers, (*iBitsPeerCacheAdministration).EnumPeers)
}

func (c peerCache) ClearPeers(ctx context.Context) (hresult.HRESULT, error) {
	return act(ctx, c.proxy, (*iBitsPeerCacheAdministration).ClearPeers)
}

func (c peerCache) DiscoverPeers(ctx context.Context) (hresult.HRESULT, error) {
	return act(ctx, c.proxy, (*iBitsPeerCacheAdministration).DiscoverPeers)
}

// peer is IBitsPeer.
type peer struct{ object }

func newPeer(o object) bits.Peer { return peer{o} }

func (p peer) GetPeerName(ctx context.Context) (string, error) {
	return getText(ctx, p.proxy, (*iBitsPeer).GetPeerName)
}

func (p peer) IsAuthenticated(ctx context.Context) (bool, error) {
	return get(ctx, p.proxy, (*iBitsPeer).IsAuthenticated)
}

func (p peer) IsAvailable(ctx context.Context) (bool, error) {
	return get(ctx, p.proxy, (*iBitsPeer).IsAvailable)
}

// cacheRecord is IBitsPeerCacheRecord.
type cacheRecord struct{ object }

func newRecord(o object) bits.PeerCacheRecord { return cacheRecord{o} }

func (r cacheRecord) GetId(ctx context.Context) (uuid.UUID, error) {
	return get(ctx, r.proxy, (*iBitsPeerCacheRecord).GetId)
}

func (r cacheRecord) GetOriginUrl(ctx context.Context) (string, error) {
	return getText(ctx, r.proxy, (*iBitsPeerCacheRecord).GetOriginUrl)
}

func (r cacheRecord) GetFileSize(ctx context.Context) (uint64, error) {
	return get(ctx, r.proxy, (*iBitsPeerCacheRecord).GetFileSize)
}

func (r cacheRecord) GetFileModificationTime(ctx context.Context) (time.Time, error) {
	return get(ctx, r.proxy, (*iBitsPeerCacheRecord).GetFileModificationTime)
}

func (r cacheRecord) GetLastAccessTime(ctx context.Context) (time.Time, error) {
	return get(ctx, r.proxy, (*iBitsPeerCacheRecord).GetLastAccessTime)
}

func (r cacheRecord) IsFileValidated(ctx context.Context) (bool, error) {
	code, err := act(ctx, r.proxy, (*iBitsPeerCacheRecord).IsFileValidated)
	return err == nil && code != hresult.S_FALSE, err
}

func (r cacheRecord) GetFileRanges(ctx context.Context) ([]bits.FileRange, error) {
	return get(ctx, r.proxy, func(p *iBitsPeerCacheRecord, ranges *[]bits.FileRange) result {
		return takeRanges(ranges, p.GetFileRanges)
	})
}
