package bits_test

import (
	"iter"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

func toyPeers(n int) (*toyEnum[bits.Peer, bits.EnumPeers], []bits.Peer) {
	peers := make([]bits.Peer, n)
	for i := range peers {
		peers[i] = &toyPeer{}
	}
	return &toyEnum[bits.Peer, bits.EnumPeers]{items: peers}, peers
}

func collect[T any](seq iter.Seq2[T, error]) (all []T, err error) {
	for v, err := range seq {
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
	return all, nil
}

func TestAllGivesEveryElementOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 7} {
		enum, peers := toyPeers(n)
		got, err := collect(bits.All(t.Context(), bits.EnumPeers(enum)))
		require.NoError(t, err)
		require.Len(t, got, n)
		for i := range got {
			require.Same(t, peers[i], got[i])
		}
		got, err = collect(bits.All(t.Context(), enum))
		require.NoError(t, err)
		require.Empty(t, got, "the position is behind the last")
	}
}

func TestAllGoesOnWhereItWasLeft(t *testing.T) {
	t.Parallel()
	enum, peers := toyPeers(5)
	result, err := enum.Skip(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, hresult.S_OK, result)
	for peer, err := range bits.All(t.Context(), enum) {
		require.NoError(t, err)
		require.Same(t, peers[1], peer)
		break
	}
	clone, err := enum.Clone(t.Context())
	require.NoError(t, err)
	for _, e := range []bits.EnumPeers{enum, clone} {
		got, err := collect(bits.All(t.Context(), e))
		require.NoError(t, err)
		require.Len(t, got, 3)
		require.Same(t, peers[2], got[0])
	}
	require.NoError(t, enum.Reset(t.Context()))
	got, err := collect(bits.All(t.Context(), enum))
	require.NoError(t, err)
	require.Len(t, got, 5)
}

func TestAllEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	enum, peers := toyPeers(3)
	enum.err, enum.failAt = hresult.E_OUTOFMEMORY, 2
	var errs []error
	var got []bits.Peer
	for peer, err := range bits.All(t.Context(), enum) {
		got, errs = append(got, peer), append(errs, err)
	}
	require.Equal(t, []error{nil, nil, hresult.E_OUTOFMEMORY}, errs)
	require.Equal(t, []bits.Peer{peers[0], peers[1], nil}, got)
}

func TestAllOfNothing(t *testing.T) {
	t.Parallel()
	_, err := collect(bits.All[bits.Job, bits.EnumJobs](t.Context(), nil))
	require.ErrorIs(t, err, hresult.E_POINTER)
	require.ErrorContains(t, err, "bits: no enumerator of bits.Job: ")

	var jobs bits.EnumJobs
	_, err = collect(bits.All(t.Context(), jobs))
	require.ErrorIs(t, err, hresult.E_POINTER)
}
