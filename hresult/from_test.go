package hresult_test

import (
	"math"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

func TestFromWin32(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		code uint32
		want hresult.HRESULT
	}{
		{"no error", 0, hresult.S_OK},
		{"ERROR_INVALID_FUNCTION", 1, hresult.HRESULT_FROM_WIN32_ERROR_INVALID_FUNCTION},
		{"ERROR_ACCESS_DENIED", 5, hresult.E_ACCESSDENIED},
		{"ERROR_WINHTTP_NAME_NOT_RESOLVED", 12007, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED},
		{"without a name", 0xBEEF, 0x8007BEEF},
		{"more than 16 bits", 0x12340005, hresult.E_ACCESSDENIED},
		{"highest positive", math.MaxInt32, 0x8007FFFF},
		{"lowest HRESULT", 0x80000000, 0x80000000},
		{"an HRESULT already", 0x80200001, hresult.BG_E_NOT_FOUND},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, hresult.FromWin32(test.code))
		})
	}
}

func TestFromHTTPStatus(t *testing.T) {
	t.Parallel()
	for status := 100; status <= 999; status++ {
		require.Equal(t, hresult.HRESULT(0x80190000+uint32(status)), hresult.FromHTTPStatus(status))
	}
	require.Equal(t, hresult.BG_E_HTTP_ERROR_404, hresult.FromHTTPStatus(404))
	require.Equal(t, hresult.BG_E_HTTP_ERROR_200, hresult.FromHTTPStatus(200))
	for _, status := range []int{math.MinInt32, -404, -1, 0, 99, 1000, 65536 + 404, math.MaxInt32} {
		require.Equal(t, hresult.BG_E_INVALID_SERVER_RESPONSE, hresult.FromHTTPStatus(status), status)
	}
}
