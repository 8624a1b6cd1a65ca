package transfer_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

func TestPieces(t *testing.T) {
	t.Parallel()
	for _, foreground := range []bool{false, true} {
		s := transfer.NewScript(transfer.Size(10_000))
		d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site, Foreground: foreground}, transfer.State{})
		require.NoError(t, err)
		transfer.SetPiece(d, 4000)
		l := &local{}
		require.NoError(t, attempt(t.Context(), t, d, l, 1<<20, nil).err)
		require.NoError(t, d.Close())
		require.True(t, bytes.Equal(s.Bytes(), l.data))
		require.Equal(t, []string{"HEAD", "GET bytes=0-3999", "GET bytes=4000-7999", "GET bytes=8000-9999"}, methods(s))
	}
}

// The real size of a piece, without fetching as much.
func TestPieceSize(t *testing.T) {
	t.Parallel()
	const two int64 = 2 << 30
	for _, row := range []struct {
		size       int64
		foreground bool
		want       string
	}{
		{two - 1, false, "GET bytes=0-2147483646"},
		{two - 1, true, "GET"},
		{two, true, "GET bytes=0-2147483647"},
		{two + 1, true, "GET bytes=0-2147483647"},
		{1 << 60, true, "GET bytes=0-2147483647"},
		{1 << 60, false, "GET bytes=0-2147483647"},
	} {
		s := transfer.NewScript(transfer.Size(row.size))
		d := start(t, s, transfer.Request{Foreground: row.foreground})
		_, err := d.Step(t.Context(), &local{}, 10)
		require.NoError(t, err)
		require.NoError(t, d.Close())
		require.Equal(t, row.want, methods(s)[1])
	}

	// The place of the rest counts.
	s := transfer.NewScript(transfer.Size(two + 10))
	d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site, Foreground: true}, transfer.State{Size: uint64(two) + 10, Held: uint64(two)})
	require.NoError(t, err)
	l := &local{}
	var at int64
	dst := writerAt(func(p []byte, place int64) (int, error) {
		at = place
		return l.WriteAt(p, place-two)
	})
	for done := false; !done; {
		res, err := d.Step(t.Context(), dst, 1<<20)
		require.NoError(t, err)
		done = res.Done
	}
	require.NoError(t, d.Close())
	require.Equal(t, two, at)
	require.Len(t, l.data, 10)

	// A server without ranges does not do for as much.
	s = transfer.NewScript(transfer.Size(two), transfer.NoRanges())
	d = start(t, s, transfer.Request{Foreground: true})
	_, err = d.Step(t.Context(), &local{}, 10)
	requireError(t, err, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, false)

	// Nor does a job that takes ranges of a file: each has an end.
	s = transfer.NewScript(transfer.Size(1 << 40))
	d = start(t, s, transfer.Request{Ranges: []bits.FileRange{{InitialOffset: 1 << 39, Length: bits.BG_LENGTH_TO_EOF}}})
	_, err = d.Step(t.Context(), &local{}, 10)
	require.NoError(t, err)
	require.Equal(t, "GET bytes=549755813888-551903297535", methods(s)[1])
}
