//go:build !windows

package winbits

import (
	"context"
	"fmt"
	"runtime"

	"github.com/bitsemu/bitsemu/hresult"
)

func connect(ctx context.Context, _ options) (*Service, error) {
	if _, err := handleOf(ctx); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("winbits: there is no BITS on %s: %w", runtime.GOOS, hresult.E_NOTIMPL)
}
