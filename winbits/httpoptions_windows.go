package winbits

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// httpOptions is IBackgroundCopyJobHttpOptions.
type httpOptions struct{ object }

func (h httpOptions) SetClientCertificateByID(ctx context.Context, location bits.CertStoreLocation, storeName string, certHash [20]byte) error {
	return set(ctx, h.proxy, func(p *iBackgroundCopyJobHttpOptions) result {
		return p.SetClientCertificateByID(uint32(location), storeName, &certHash[0])
	})
}

func (h httpOptions) SetClientCertificateByName(ctx context.Context, location bits.CertStoreLocation, storeName, subjectName string) error {
	return set(ctx, h.proxy, func(p *iBackgroundCopyJobHttpOptions) result {
		return p.SetClientCertificateByName(uint32(location), storeName, subjectName)
	})
}

func (h httpOptions) RemoveClientCertificate(ctx context.Context) (hresult.HRESULT, error) {
	return act(ctx, h.proxy, (*iBackgroundCopyJobHttpOptions).RemoveClientCertificate)
}

func (h httpOptions) GetClientCertificate(ctx context.Context) (bits.ClientCertificate, error) {
	var location uint32
	var store, subject text
	var hash []byte
	if err := set(ctx, h.proxy, func(p *iBackgroundCopyJobHttpOptions) result {
		var blob *byte
		r := p.GetClientCertificate(&location, &store, &blob, &subject)
		hash = takeSlice(blob, 20)
		return r
	}); err != nil {
		return bits.ClientCertificate{}, err
	}
	c := bits.ClientCertificate{
		StoreLocation: enum[bits.CertStoreLocation](location), StoreName: store.string, SubjectName: subject.string,
	}
	copy(c.CertHash[:], hash)
	return c, nil
}

func (h httpOptions) SetCustomHeaders(ctx context.Context, requestHeaders *string) error {
	return set(ctx, h.proxy, func(p *iBackgroundCopyJobHttpOptions) result { return p.SetCustomHeaders(requestHeaders) })
}

func (h httpOptions) GetCustomHeaders(ctx context.Context) (requestHeaders string, ok bool, err error) {
	t, ok, err := getOrFalse(ctx, h.proxy, (*iBackgroundCopyJobHttpOptions).GetCustomHeaders)
	return t.string, ok, err
}

func (h httpOptions) SetSecurityFlags(ctx context.Context, flags bits.SecurityFlags) error {
	return set(ctx, h.proxy, func(p *iBackgroundCopyJobHttpOptions) result { return p.SetSecurityFlags(uint32(flags)) })
}

func (h httpOptions) GetSecurityFlags(ctx context.Context) (bits.SecurityFlags, error) {
	v, err := get(ctx, h.proxy, (*iBackgroundCopyJobHttpOptions).GetSecurityFlags)
	return bits.SecurityFlags(v), err
}

// httpOptions2 is IBackgroundCopyJobHttpOptions2.
type httpOptions2 struct{ httpOptions }

func (h httpOptions2) SetHttpMethod(ctx context.Context, method string) error {
	return set(ctx, h.proxy, func(p *iBackgroundCopyJobHttpOptions2) result { return p.SetHttpMethod(method) })
}

func (h httpOptions2) GetHttpMethod(ctx context.Context) (string, error) {
	return getText(ctx, h.proxy, (*iBackgroundCopyJobHttpOptions2).GetHttpMethod)
}

// httpOptions3 is IBackgroundCopyJobHttpOptions3.
type httpOptions3 struct{ httpOptions2 }

func (h httpOptions3) SetServerCertificateValidationInterface(ctx context.Context, callback bits.ServerCertificateValidationCallback) error {
	iids := []uuid.UUID{bits.IID_IUnknown, bits.IID_IBackgroundCopyServerCertificateValidationCallback}
	return h.lend(ctx, callback, iids, certificateVtbl, func(raw *iUnknown) error {
		return set(ctx, h.proxy, func(p *iBackgroundCopyJobHttpOptions3) result {
			return p.SetServerCertificateValidationInterface(raw)
		})
	})
}

func (h httpOptions3) MakeCustomHeadersWriteOnly(ctx context.Context) error {
	return set(ctx, h.proxy, (*iBackgroundCopyJobHttpOptions3).MakeCustomHeadersWriteOnly)
}
