package bits

import (
	"context"
	"fmt"
	"reflect"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/hresult"
)

// iids are the interfaces of this package.
var iids = map[reflect.Type]uuid.UUID{
	reflect.TypeFor[Unknown](): IID_IUnknown,

	reflect.TypeFor[Manager]():   IID_IBackgroundCopyManager,
	reflect.TypeFor[Job]():       IID_IBackgroundCopyJob,
	reflect.TypeFor[Job2]():      IID_IBackgroundCopyJob2,
	reflect.TypeFor[Job3]():      IID_IBackgroundCopyJob3,
	reflect.TypeFor[Job4]():      IID_IBackgroundCopyJob4,
	reflect.TypeFor[Job5]():      IID_IBackgroundCopyJob5,
	reflect.TypeFor[File]():      IID_IBackgroundCopyFile,
	reflect.TypeFor[File2]():     IID_IBackgroundCopyFile2,
	reflect.TypeFor[File3]():     IID_IBackgroundCopyFile3,
	reflect.TypeFor[File4]():     IID_IBackgroundCopyFile4,
	reflect.TypeFor[File5]():     IID_IBackgroundCopyFile5,
	reflect.TypeFor[File6]():     IID_IBackgroundCopyFile6,
	reflect.TypeFor[Error]():     IID_IBackgroundCopyError,
	reflect.TypeFor[EnumJobs]():  IID_IEnumBackgroundCopyJobs,
	reflect.TypeFor[EnumFiles](): IID_IEnumBackgroundCopyFiles,

	reflect.TypeFor[JobHttpOptions]():  IID_IBackgroundCopyJobHttpOptions,
	reflect.TypeFor[JobHttpOptions2](): IID_IBackgroundCopyJobHttpOptions2,
	reflect.TypeFor[JobHttpOptions3](): IID_IBackgroundCopyJobHttpOptions3,
	reflect.TypeFor[TokenOptions]():    IID_IBitsTokenOptions,

	reflect.TypeFor[Callback]():  IID_IBackgroundCopyCallback,
	reflect.TypeFor[Callback2](): IID_IBackgroundCopyCallback2,
	reflect.TypeFor[Callback3](): IID_IBackgroundCopyCallback3,

	reflect.TypeFor[ServerCertificateValidationCallback](): IID_IBackgroundCopyServerCertificateValidationCallback,

	reflect.TypeFor[PeerCacheAdministration](): IID_IBitsPeerCacheAdministration,
	reflect.TypeFor[Peer]():                    IID_IBitsPeer,
	reflect.TypeFor[PeerCacheRecord]():         IID_IBitsPeerCacheRecord,
	reflect.TypeFor[EnumPeers]():               IID_IEnumBitsPeers,
	reflect.TypeFor[EnumPeerCacheRecords]():    IID_IEnumBitsPeerCacheRecords,
}

// IIDOf returns the identifier of an interface of this package, for instance
// IID_IBackgroundCopyJob5 of [Job5], and false for any other type.
func IIDOf[T any]() (uuid.UUID, bool) {
	iid, ok := iids[reflect.TypeFor[T]()]
	return iid, ok
}

// Query asks from for another of its interfaces, as QueryInterface does in COM:
//
//	options, err := bits.Query[bits.TokenOptions](ctx, job)
//
// An object can have interfaces that a type assertion would not find, and refuse
// those that it would find; so Query is the way from one to another.
//
// Errors: what [Unknown.QueryInterface] answers, above all E_NOINTERFACE and
// E_ACCESSDENIED. Besides, E_NOINTERFACE if T is no interface of this package or
// if what the object returns is no T, and E_POINTER if from is nil (C).
func Query[T any](ctx context.Context, from Unknown) (T, error) {
	var none T
	iid, ok := IIDOf[T]()
	if !ok {
		return none, fmt.Errorf("bits: %v is no interface of BITS: %w", reflect.TypeFor[T](), hresult.E_NOINTERFACE)
	}
	if from == nil {
		return none, fmt.Errorf("bits: no object to ask for %s: %w", IIDName(iid), hresult.E_POINTER)
	}
	object, err := from.QueryInterface(ctx, iid)
	if err != nil {
		return none, err
	}
	t, ok := object.(T)
	if !ok {
		return none, fmt.Errorf("bits: %T answers for %s with a %T, which is none: %w",
			from, IIDName(iid), object, hresult.E_NOINTERFACE)
	}
	return t, nil
}
