package sid_test

import (
	"encoding"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/sid"
)

var (
	_ encoding.TextAppender    = sid.SID{}
	_ encoding.TextMarshaler   = sid.SID{}
	_ encoding.TextUnmarshaler = (*sid.SID)(nil)
)

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	texts := []string{"", "S-1-0", "S-1-5", "S-1-0xffffffffffff"} // more than Parse takes
	for _, v := range vectors {
		texts = append(texts, v.text)
	}
	for _, want := range texts {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			s := sid.Everyone
			require.NoError(t, s.UnmarshalText([]byte(want)))
			require.Equal(t, want, s.String())
			got, err := s.MarshalText()
			require.NoError(t, err)
			require.Equal(t, want, string(got))
			got, err = s.AppendText([]byte("owner "))
			require.NoError(t, err)
			require.Equal(t, "owner "+want, string(got))
		})
	}
}

func TestUnmarshalTextRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"S-1", "S-1-5-", "root", "ZZ", "DA"} {
		s := sid.Everyone
		err := s.UnmarshalText([]byte(text))
		_, want := sid.Parse(text)
		require.Error(t, want)
		require.Equal(t, want, err)
		require.Equal(t, sid.Everyone, s, "changed by a failure")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	type record struct {
		Owner sid.SID            `json:"owner"`
		Other sid.SID            `json:"other,omitzero"`
		Jobs  map[sid.SID]string `json:"jobs"`
	}
	want := record{Owner: sid.LocalSystem, Jobs: map[sid.SID]string{sid.BuiltinAdministrators: "a", sid.NTAuthority: "b"}}
	data, err := json.Marshal(want)
	require.NoError(t, err)
	require.Equal(t, `{"owner":"S-1-5-18","jobs":{"S-1-5":"b","S-1-5-32-544":"a"}}`, string(data))
	var got record
	require.NoError(t, json.Unmarshal(data, &got))
	require.Equal(t, want, got)

	require.NoError(t, json.Unmarshal([]byte(`{"owner":"", "other":"sy"}`), &got))
	require.True(t, got.Owner.IsZero())
	require.Equal(t, sid.LocalSystem, got.Other)

	var refused *sid.Error
	require.ErrorAs(t, json.Unmarshal([]byte(`{"owner":"root"}`), &got), &refused)
	require.Equal(t, "root", refused.Input)
}

func TestTextAllocations(t *testing.T) {
	s := sid.MustParse(account)
	buf := make([]byte, 0, 64)
	require.Zero(t, testing.AllocsPerRun(100, func() { buf, _ = s.AppendText(buf[:0]) }))
	require.Equal(t, 1.0, testing.AllocsPerRun(100, func() { text = s.String() }))
}
