package bitsemu

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/winver"
)

// peerCache is IBitsPeerCacheAdministration. From BITS 4.0 on, which has replaced peer
// caching, all methods answer S_FALSE (D nn-bits3_0-ibitspeercacheadministration.md).
// The peer caching of BITS 3.0 is not emulated: E_NOTIMPL.
type peerCache struct{ object }

const iPeers = "IBitsPeerCacheAdministration::"

func (p *peerCache) answer(ctx context.Context, method string) (hresult.HRESULT, error) {
	caller, err := p.enter(ctx, iPeers+method, jobKey{})
	if err != nil {
		return hresult.S_OK, err
	}
	if p.e.conf.build.BITS() < winver.BITS4_0 {
		return hresult.S_OK, p.failed(iPeers+method, jobKey{}, caller, fmt.Errorf("the peer caching of BITS 3.0 is not emulated: %w", hresult.E_NOTIMPL))
	}
	return hresult.S_FALSE, nil
}

func (p *peerCache) none(ctx context.Context, method string) error {
	_, err := p.answer(ctx, method)
	return err
}

// QueryInterface implements [bits.Unknown].
func (p *peerCache) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	caller, err := p.enter(ctx, iPeers+"QueryInterface", jobKey{})
	switch {
	case err != nil:
		return nil, err
	case id == bits.IID_IUnknown, id == bits.IID_IBitsPeerCacheAdministration:
		return p, nil
	case id == bits.IID_IBackgroundCopyManager:
		return &manager{object: p.object}, nil
	}
	return nil, p.failed(iPeers+"QueryInterface", jobKey{}, caller, noInterface(id))
}

func (p *peerCache) GetMaximumCacheSize(ctx context.Context) (uint32, bool, error) {
	return 0, false, p.none(ctx, "GetMaximumCacheSize")
}

func (p *peerCache) SetMaximumCacheSize(ctx context.Context, _ uint32) (hresult.HRESULT, error) {
	return p.answer(ctx, "SetMaximumCacheSize")
}

func (p *peerCache) GetMaximumContentAge(ctx context.Context) (uint32, bool, error) {
	return 0, false, p.none(ctx, "GetMaximumContentAge")
}

func (p *peerCache) SetMaximumContentAge(ctx context.Context, _ uint32) (hresult.HRESULT, error) {
	return p.answer(ctx, "SetMaximumContentAge")
}

func (p *peerCache) GetConfigurationFlags(ctx context.Context) (bits.PeerCacheConfigurationFlags, bool, error) {
	return 0, false, p.none(ctx, "GetConfigurationFlags")
}

func (p *peerCache) SetConfigurationFlags(ctx context.Context, _ bits.PeerCacheConfigurationFlags) (hresult.HRESULT, error) {
	return p.answer(ctx, "SetConfigurationFlags")
}

func (p *peerCache) EnumRecords(ctx context.Context) (bits.EnumPeerCacheRecords, bool, error) {
	return nil, false, p.none(ctx, "EnumRecords")
}

func (p *peerCache) GetRecord(ctx context.Context, _ uuid.UUID) (bits.PeerCacheRecord, bool, error) {
	return nil, false, p.none(ctx, "GetRecord")
}

func (p *peerCache) ClearRecords(ctx context.Context) (hresult.HRESULT, error) {
	return p.answer(ctx, "ClearRecords")
}

func (p *peerCache) DeleteRecord(ctx context.Context, _ uuid.UUID) (hresult.HRESULT, error) {
	return p.answer(ctx, "DeleteRecord")
}

func (p *peerCache) DeleteUrl(ctx context.Context, _ string) (hresult.HRESULT, error) {
	return p.answer(ctx, "DeleteUrl")
}

func (p *peerCache) EnumPeers(ctx context.Context) (bits.EnumPeers, bool, error) {
	return nil, false, p.none(ctx, "EnumPeers")
}

func (p *peerCache) ClearPeers(ctx context.Context) (hresult.HRESULT, error) {
	return p.answer(ctx, "ClearPeers")
}

func (p *peerCache) DiscoverPeers(ctx context.Context) (hresult.HRESULT, error) {
	return p.answer(ctx, "DiscoverPeers")
}
