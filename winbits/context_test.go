package winbits_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winbits"
)

func TestConnectElsewhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is BITS here")
	}
	t.Parallel()
	_, err := winbits.Connect(t.Context())
	require.ErrorIs(t, err, hresult.E_NOTIMPL)
	require.ErrorContains(t, err, runtime.GOOS)
}

func TestModelTokenIsNobody(t *testing.T) {
	t.Parallel()
	ctx := token.NewContext(t.Context(), token.LocalSystem())
	_, err := winbits.Connect(ctx)
	require.ErrorIs(t, err, hresult.CO_E_FAILEDTOIMPERSONATE)
	_, err = winbits.Connect(winbits.NewContext(ctx, 0), winbits.Serial())
	require.NotErrorIs(t, err, hresult.CO_E_FAILEDTOIMPERSONATE)
	_, err = winbits.Connect(context.WithValue(ctx, contextKey{}, 1))
	require.ErrorIs(t, err, hresult.CO_E_FAILEDTOIMPERSONATE)
}

type contextKey struct{}
