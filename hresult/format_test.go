package hresult_test

import (
	"fmt"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

var _ fmt.Formatter = hresult.S_OK

func TestFormat(t *testing.T) {
	t.Parallel()
	const h = hresult.E_NOTIMPL
	for _, test := range []struct{ format, want string }{
		{"%v", h.Error()},
		{"%+v", h.Error()},
		{"%s", h.Error()},
		{"%.9s", "E_NOTIMPL"},
		{"%-12.9s|", "E_NOTIMPL   |"},
		{"%q", `"` + h.Error() + `"`},
		{"%#v", "hresult.HRESULT(0x80004001)"},
		{"%x", "80004001"},
		{"%#X", "0X80004001"},
		{"%d", "2147500033"},
		{"%+12d", " +2147500033"},
		{"%o", "20000040001"},
		{"%O", "0o20000040001"},
		{"%b", "10000000000000000100000000000001"},
		{"%t", "%!t(string=" + h.Error() + ")"},
	} {
		t.Run(test.format, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, fmt.Sprintf(test.format, h))
		})
	}
	require.Equal(t, "80004001 0x80070005", fmt.Sprintf("%08x 0x%08x", h, hresult.E_ACCESSDENIED))
	require.Equal(t, "resume: "+h.Error(), fmt.Errorf("resume: %w", h).Error())
	require.Equal(t, "00000001", fmt.Sprintf("%08x", hresult.S_FALSE))
}
