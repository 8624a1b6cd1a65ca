package bits_test

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// The toys implement every interface of the package, which shows that one can.
// They do as much as examples and tests ask of them, and say E_NOTIMPL to the
// rest.
var (
	_ bits.Manager                             = (*toyManager)(nil)
	_ bits.PeerCacheAdministration             = (*toyManager)(nil)
	_ bits.Job5                                = (*toyJob)(nil)
	_ bits.JobHttpOptions3                     = (*toyJob)(nil)
	_ bits.TokenOptions                        = (*toyJob)(nil)
	_ bits.File6                               = (*toyFile)(nil)
	_ bits.Error                               = (*toyError)(nil)
	_ bits.EnumJobs                            = (*toyEnum[bits.Job, bits.EnumJobs])(nil)
	_ bits.EnumFiles                           = (*toyEnum[bits.File, bits.EnumFiles])(nil)
	_ bits.EnumPeers                           = (*toyEnum[bits.Peer, bits.EnumPeers])(nil)
	_ bits.EnumPeerCacheRecords                = (*toyEnum[bits.PeerCacheRecord, bits.EnumPeerCacheRecords])(nil)
	_ bits.Peer                                = (*toyPeer)(nil)
	_ bits.PeerCacheRecord                     = (*toyRecord)(nil)
	_ bits.Callback3                           = (*toyCallback)(nil)
	_ bits.ServerCertificateValidationCallback = (*toyCallback)(nil)
)

const notImpl = hresult.E_NOTIMPL

// toy is an object with interfaces: what QueryInterface answers, and what it was
// asked with.
type toy struct {
	answers map[uuid.UUID]any
	refuse  error
	ctx     context.Context
}

func (o *toy) QueryInterface(ctx context.Context, iid uuid.UUID) (any, error) {
	o.ctx = ctx
	if o.refuse != nil {
		return nil, o.refuse
	}
	if v, ok := o.answers[iid]; ok {
		return v, nil
	}
	return nil, hresult.E_NOINTERFACE
}

type toyManager struct {
	toy
	jobs []bits.Job
}

func newToyManager() *toyManager {
	m := &toyManager{}
	m.answers = map[uuid.UUID]any{bits.IID_IBackgroundCopyManager: m, bits.IID_IBitsPeerCacheAdministration: m}
	return m
}

func (m *toyManager) CreateJob(_ context.Context, name string, t bits.JobType) (uuid.UUID, bits.Job, error) {
	id := uuid.UUID{15: byte(len(m.jobs) + 1)}
	j := newToyJob(id, name, t)
	m.jobs = append(m.jobs, j)
	return id, j, nil
}

func (m *toyManager) GetJob(ctx context.Context, id uuid.UUID) (bits.Job, error) {
	for _, j := range m.jobs {
		if got, _ := j.GetId(ctx); got == id {
			return j, nil
		}
	}
	return nil, hresult.BG_E_NOT_FOUND
}

func (m *toyManager) EnumJobs(context.Context, bits.EnumFlags) (bits.EnumJobs, error) {
	return &toyEnum[bits.Job, bits.EnumJobs]{items: slices.Clone(m.jobs)}, nil
}

func (m *toyManager) GetErrorDescription(_ context.Context, result hresult.HRESULT, _ uint32) (string, error) {
	return result.Text(), nil
}

func (m *toyManager) GetMaximumCacheSize(context.Context) (uint32, bool, error) {
	return 0, false, nil
}

func (m *toyManager) SetMaximumCacheSize(context.Context, uint32) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (m *toyManager) GetMaximumContentAge(context.Context) (uint32, bool, error) {
	return 0, false, nil
}

func (m *toyManager) SetMaximumContentAge(context.Context, uint32) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (m *toyManager) GetConfigurationFlags(context.Context) (bits.PeerCacheConfigurationFlags, bool, error) {
	return 0, false, nil
}

func (m *toyManager) SetConfigurationFlags(context.Context, bits.PeerCacheConfigurationFlags) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (m *toyManager) EnumRecords(context.Context) (bits.EnumPeerCacheRecords, bool, error) {
	return nil, false, nil
}

func (m *toyManager) GetRecord(context.Context, uuid.UUID) (bits.PeerCacheRecord, bool, error) {
	return nil, false, nil
}

func (m *toyManager) ClearRecords(context.Context) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (m *toyManager) DeleteRecord(context.Context, uuid.UUID) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (m *toyManager) DeleteUrl(context.Context, string) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (m *toyManager) EnumPeers(context.Context) (bits.EnumPeers, bool, error) {
	return nil, false, nil
}

func (m *toyManager) ClearPeers(context.Context) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}

func (m *toyManager) DiscoverPeers(context.Context) (hresult.HRESULT, error) {
	return hresult.S_FALSE, nil
}
