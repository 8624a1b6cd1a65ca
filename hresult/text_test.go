package hresult_test

import (
	"encoding"
	"encoding/json"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/stretchr/testify/require"
)

var (
	_ encoding.TextAppender    = hresult.S_OK
	_ encoding.TextMarshaler   = hresult.S_OK
	_ encoding.TextUnmarshaler = new(hresult.HRESULT)
)

func TestText(t *testing.T) {
	t.Parallel()
	hs := []hresult.HRESULT{0x8007BEEF, 0xFFFFFFFF, 2}
	for _, row := range specRows(t) {
		hs = append(hs, row.value)
	}
	for _, h := range hs {
		text, err := h.MarshalText()
		require.NoError(t, err)
		require.Equal(t, h.String(), string(text))

		text, err = h.AppendText([]byte("code="))
		require.NoError(t, err)
		require.Equal(t, "code="+h.String(), string(text))

		got := ^h
		require.NoError(t, got.UnmarshalText(text[len("code="):]))
		require.Equal(t, h, got)
	}
}

func TestUnmarshalTextRejects(t *testing.T) {
	t.Parallel()
	h := hresult.E_FAIL
	require.ErrorContains(t, h.UnmarshalText([]byte("E_FAILS")), `"E_FAILS"`)
	require.Equal(t, hresult.E_FAIL, h)
}

func TestJSON(t *testing.T) {
	t.Parallel()
	in := map[hresult.HRESULT]hresult.HRESULT{hresult.E_FAIL: hresult.S_OK, 0x8007BEEF: hresult.BG_E_EMPTY}
	b, err := json.Marshal(in)
	require.NoError(t, err)
	require.JSONEq(t, `{"E_FAIL": "S_OK", "0x8007BEEF": "BG_E_EMPTY"}`, string(b))
	var out map[hresult.HRESULT]hresult.HRESULT
	require.NoError(t, json.Unmarshal(b, &out))
	require.Equal(t, in, out)
}
