package winbits

import (
	"context"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// rawEnum is an enumerator S of COM that lists pointers to R.
type rawEnum[R, S any] interface {
	*S
	Next(celt uint32, rgelt **R, fetched *uint32) result
	Skip(celt uint32) result
	Reset() result
	Clone(ppenum **S) result
	GetCount(count *uint32) result
}

// enumerator lists objects that are a T in Go and an R in COM; it is itself an E
// and an S.
type enumerator[T, E, R, S any, P rawEnum[R, S]] struct {
	object
	element func(object) T
	self    func(object) E
}

// atATime is how many elements are fetched by one call at most.
const atATime = 64

// Next returns the next elements.
func (e enumerator[T, E, R, S, P]) Next(ctx context.Context, celt uint32) ([]T, hresult.HRESULT, error) {
	var elements []T
	for {
		n := min(celt-uint32(len(elements)), atATime)
		raw := make([]*R, max(n, 1))
		var got []*proxy
		r := do(ctx, e.proxy, func(p *S) result {
			var fetched uint32
			r := P(p).Next(n, &raw[0], &fetched)
			if r.error() != nil {
				return r
			}
			for i, one := range raw[:min(fetched, n)] {
				adopted, err := e.service.adopt(e.c, unknown(one))
				if err != nil {
					for _, rest := range raw[i+1 : fetched] {
						unknown(rest).Release()
					}
					return result{err: err}
				}
				got = append(got, adopted)
			}
			return r
		})
		if err := r.error(); err != nil {
			code, err := r.both()
			return nil, code, err
		}
		for _, p := range got {
			elements = append(elements, e.element(object{p}))
		}
		if uint32(len(elements)) == celt || len(got) < int(n) {
			return elements, r.code, nil
		}
	}
}

// Skip moves past the next elements.
func (e enumerator[T, E, R, S, P]) Skip(ctx context.Context, celt uint32) (hresult.HRESULT, error) {
	return do(ctx, e.proxy, func(p *S) result { return P(p).Skip(celt) }).both()
}

// Reset moves back to the start.
func (e enumerator[T, E, R, S, P]) Reset(ctx context.Context) error {
	return do(ctx, e.proxy, func(p *S) result { return P(p).Reset() }).error()
}

// Clone returns another enumerator over the same list.
func (e enumerator[T, E, R, S, P]) Clone(ctx context.Context) (E, error) {
	return have(ctx, e.proxy, e.self, func(p *S, out **S) result { return P(p).Clone(out) })
}

// GetCount returns the length of the list.
func (e enumerator[T, E, R, S, P]) GetCount(ctx context.Context) (uint32, error) {
	return get(ctx, e.proxy, func(p *S, v *uint32) result { return P(p).GetCount(v) })
}

func newEnumJobs(o object) bits.EnumJobs {
	return enumerator[bits.Job, bits.EnumJobs, iBackgroundCopyJob, iEnumBackgroundCopyJobs, *iEnumBackgroundCopyJobs]{o, newJob, newEnumJobs}
}

func newEnumFiles(o object) bits.EnumFiles {
	return enumerator[bits.File, bits.EnumFiles, iBackgroundCopyFile, iEnumBackgroundCopyFiles, *iEnumBackgroundCopyFiles]{o, newFile, newEnumFiles}
}

func newEnumPeers(o object) bits.EnumPeers {
	return enumerator[bits.Peer, bits.EnumPeers, iBitsPeer, iEnumBitsPeers, *iEnumBitsPeers]{o, newPeer, newEnumPeers}
}

func newEnumRecords(o object) bits.EnumPeerCacheRecords {
	return enumerator[bits.PeerCacheRecord, bits.EnumPeerCacheRecords, iBitsPeerCacheRecord, iEnumBitsPeerCacheRecords, *iEnumBitsPeerCacheRecords]{o, newRecord, newEnumRecords}
}
