package bits_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

func TestResultOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want hresult.HRESULT
	}{
		"none":               {nil, hresult.S_OK},
		"a failure":          {hresult.E_ABORT, hresult.E_ABORT},
		"a wrapped failure":  {fmt.Errorf("while at it: %w", hresult.E_ABORT), hresult.E_ABORT},
		"another success":    {hresult.S_FALSE, hresult.S_FALSE},
		"an error of Go":     {io.EOF, hresult.E_FAIL},
		"several, one known": {errors.Join(io.EOF, hresult.E_ACCESSDENIED), hresult.E_ACCESSDENIED},
	}
	for name, row := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, row.want, bits.ResultOf(row.err))
		})
	}
}
