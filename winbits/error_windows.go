package winbits

import (
	"context"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// jobError is IBackgroundCopyError.
type jobError struct{ object }

func newError(o object) bits.Error { return jobError{o} }

func (e jobError) GetError(ctx context.Context) (bits.ErrorContext, hresult.HRESULT, error) {
	var place, code uint32
	if err := set(ctx, e.proxy, func(p *iBackgroundCopyError) result { return p.GetError(&place, &code) }); err != nil {
		return 0, 0, err
	}
	return enum[bits.ErrorContext](place), hresult.HRESULT(code), nil
}

func (e jobError) GetFile(ctx context.Context) (bits.File, error) {
	return have(ctx, e.proxy, newFile, (*iBackgroundCopyError).GetFile)
}

func (e jobError) GetErrorDescription(ctx context.Context, languageID uint32) (string, error) {
	return getText(ctx, e.proxy, func(p *iBackgroundCopyError, v *text) result { return p.GetErrorDescription(languageID, v) })
}

func (e jobError) GetErrorContextDescription(ctx context.Context, languageID uint32) (string, error) {
	return getText(ctx, e.proxy, func(p *iBackgroundCopyError, v *text) result {
		return p.GetErrorContextDescription(languageID, v)
	})
}

func (e jobError) GetProtocol(ctx context.Context) (string, error) {
	return getText(ctx, e.proxy, (*iBackgroundCopyError).GetProtocol)
}
