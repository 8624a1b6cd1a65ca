package bits

import (
	"context"

	"github.com/bitsemu/bitsemu/sid"
)

// TokenOptions is IBitsTokenOptions.
type TokenOptions interface {
	SetHelperTokenFlags(ctx context.Context, flags HelperTokenFlags) error
	GetHelperTokenFlags(ctx context.Context) (HelperTokenFlags, error)
	SetHelperToken(ctx context.Context) error
	ClearHelperToken(ctx context.Context) error
	GetHelperTokenSid(ctx context.Context) (sid.SID, error)
}
