package winbits

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
)

// object is what all objects of the service have in common.
type object struct{ *proxy }

// com is the proxy of an object of any kind.
func (o object) com() *proxy { return o.proxy }

// QueryInterface asks the object for another of its interfaces.
func (o object) QueryInterface(ctx context.Context, iid uuid.UUID) (any, error) {
	p, r := obtain(ctx, o.proxy, func(p *iUnknown, out **iUnknown) result { return p.QueryInterface(iid, out) })
	if err := r.error(); err != nil {
		return nil, err
	}
	if wrap, ok := wrappers[iid]; ok {
		return wrap(object{p}), nil
	}
	return object{p}, nil
}

// wrappers make of an object what its interface is in Go.
var wrappers = map[uuid.UUID]func(object) any{
	bits.IID_IBackgroundCopyManager:         func(o object) any { return manager{o} },
	bits.IID_IBackgroundCopyJob:             func(o object) any { return job{o} },
	bits.IID_IBackgroundCopyJob2:            func(o object) any { return job2{job{o}} },
	bits.IID_IBackgroundCopyJob3:            func(o object) any { return job3{job2{job{o}}} },
	bits.IID_IBackgroundCopyJob4:            func(o object) any { return job4{job3{job2{job{o}}}} },
	bits.IID_IBackgroundCopyJob5:            func(o object) any { return job5{job4{job3{job2{job{o}}}}} },
	bits.IID_IBackgroundCopyJobHttpOptions:  func(o object) any { return httpOptions{o} },
	bits.IID_IBackgroundCopyJobHttpOptions2: func(o object) any { return httpOptions2{httpOptions{o}} },
	bits.IID_IBackgroundCopyJobHttpOptions3: func(o object) any { return httpOptions3{httpOptions2{httpOptions{o}}} },
	bits.IID_IBitsTokenOptions:              func(o object) any { return tokenOptions{o} },
	bits.IID_IBackgroundCopyFile:            func(o object) any { return file{o} },
	bits.IID_IBackgroundCopyFile2:           func(o object) any { return file2{file{o}} },
	bits.IID_IBackgroundCopyFile3:           func(o object) any { return file3{file2{file{o}}} },
	bits.IID_IBackgroundCopyFile4:           func(o object) any { return file4{file3{file2{file{o}}}} },
	bits.IID_IBackgroundCopyFile5:           func(o object) any { return file5{file4{file3{file2{file{o}}}}} },
	bits.IID_IBackgroundCopyFile6:           func(o object) any { return file6{file5{file4{file3{file2{file{o}}}}}} },
	bits.IID_IBackgroundCopyError:           func(o object) any { return jobError{o} },
	bits.IID_IEnumBackgroundCopyJobs:        func(o object) any { return newEnumJobs(o) },
	bits.IID_IEnumBackgroundCopyFiles:       func(o object) any { return newEnumFiles(o) },
	bits.IID_IBitsPeerCacheAdministration:   func(o object) any { return peerCache{o} },
	bits.IID_IBitsPeer:                      func(o object) any { return peer{o} },
	bits.IID_IBitsPeerCacheRecord:           func(o object) any { return cacheRecord{o} },
	bits.IID_IEnumBitsPeers:                 func(o object) any { return newEnumPeers(o) },
	bits.IID_IEnumBitsPeerCacheRecords:      func(o object) any { return newEnumRecords(o) },
	bits.IID_IBackgroundCopyCallback:        func(o object) any { return callback{o} },
	bits.IID_IBackgroundCopyCallback2:       func(o object) any { return callback2{callback{o}} },
	bits.IID_IBackgroundCopyCallback3:       func(o object) any { return callback3{callback2{callback{o}}} },

	bits.IID_IBackgroundCopyServerCertificateValidationCallback: func(o object) any { return certificateCallback{o} },
}

// What implements the contract.
var (
	_ bits.Manager                             = manager{}
	_ bits.Job5                                = job5{}
	_ bits.JobHttpOptions3                     = httpOptions3{}
	_ bits.TokenOptions                        = tokenOptions{}
	_ bits.File6                               = file6{}
	_ bits.Error                               = jobError{}
	_ bits.PeerCacheAdministration             = peerCache{}
	_ bits.Peer                                = peer{}
	_ bits.PeerCacheRecord                     = cacheRecord{}
	_ bits.Callback3                           = callback3{}
	_ bits.ServerCertificateValidationCallback = certificateCallback{}
)

// have calls a method that returns an object which is never NULL, and makes of it
// what it is in Go.
func have[T, R, S any](ctx context.Context, p *proxy, wrap func(object) T, f func(*R, **S) result) (T, error) {
	var none T
	got, r := obtain(ctx, p, f)
	switch err := r.error(); {
	case err != nil:
		return none, err
	case got == nil:
		return none, refusedNull(r)
	}
	return wrap(object{got}), nil
}

// may is have for a method that answers S_FALSE when there is none.
func may[T, R, S any](ctx context.Context, p *proxy, wrap func(object) T, f func(*R, **S) result) (T, bool, error) {
	var none T
	got, r := obtain(ctx, p, f)
	if err := r.error(); err != nil || got == nil {
		return none, false, err
	}
	return wrap(object{got}), true, nil
}
