package winbits

import (
	"context"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/sid"
)

// tokenOptions is IBitsTokenOptions.
type tokenOptions struct{ object }

func (t tokenOptions) SetHelperTokenFlags(ctx context.Context, flags bits.HelperTokenFlags) error {
	return set(ctx, t.proxy, func(p *iBitsTokenOptions) result { return p.SetHelperTokenFlags(uint32(flags)) })
}

func (t tokenOptions) GetHelperTokenFlags(ctx context.Context) (bits.HelperTokenFlags, error) {
	v, err := get(ctx, t.proxy, (*iBitsTokenOptions).GetHelperTokenFlags)
	return bits.HelperTokenFlags(v), err
}

func (t tokenOptions) SetHelperToken(ctx context.Context) error {
	return set(ctx, t.proxy, (*iBitsTokenOptions).SetHelperToken)
}

func (t tokenOptions) ClearHelperToken(ctx context.Context) error {
	return set(ctx, t.proxy, (*iBitsTokenOptions).ClearHelperToken)
}

func (t tokenOptions) GetHelperTokenSid(ctx context.Context) (sid.SID, error) {
	return getSID(ctx, t.proxy, (*iBitsTokenOptions).GetHelperTokenSid)
}
