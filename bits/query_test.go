package bits_test

import (
	"io"
	"io/fs"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

func TestQueryAsksForTheIIDOfTheType(t *testing.T) {
	t.Parallel()
	all := map[string]any{
		"IBackgroundCopyManager": &toyManager{}, "IBitsPeerCacheAdministration": &toyManager{},
		"IBackgroundCopyError": &toyError{}, "IBitsPeer": &toyPeer{}, "IBitsPeerCacheRecord": &toyRecord{},
		"IEnumBackgroundCopyJobs":                            &toyEnum[bits.Job, bits.EnumJobs]{},
		"IEnumBackgroundCopyFiles":                           &toyEnum[bits.File, bits.EnumFiles]{},
		"IEnumBitsPeers":                                     &toyEnum[bits.Peer, bits.EnumPeers]{},
		"IEnumBitsPeerCacheRecords":                          &toyEnum[bits.PeerCacheRecord, bits.EnumPeerCacheRecords]{},
		"IBitsTokenOptions":                                  &toyJob{},
		"IBackgroundCopyServerCertificateValidationCallback": &toyCallback{},
	}
	for _, name := range []string{"", "2", "3", "4", "5", "6"} {
		all["IBackgroundCopyJob"+name] = &toyJob{}
		all["IBackgroundCopyJobHttpOptions"+name] = &toyJob{}
		all["IBackgroundCopyFile"+name] = &toyFile{}
		all["IBackgroundCopyCallback"+name] = &toyCallback{}
	}
	for _, c := range contracts {
		t.Run(c.com, func(t *testing.T) {
			t.Parallel()
			object := all[c.com]
			from := &toy{answers: map[uuid.UUID]any{c.iid: object}}
			got, err := c.query(t.Context(), from)
			require.NoError(t, err)
			require.Same(t, object, got)

			_, err = c.query(t.Context(), &toy{})
			require.Equal(t, hresult.E_NOINTERFACE, err, "an older BITS")
		})
	}
}

func TestQueryOnAJob(t *testing.T) {
	t.Parallel()
	manager := newToyManager()
	_, job, err := manager.CreateJob(t.Context(), "a", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)

	options, err := bits.Query[bits.TokenOptions](t.Context(), job)
	require.NoError(t, err)
	require.NoError(t, options.SetHelperTokenFlags(t.Context(), bits.BG_TOKEN_NETWORK))
	flags, err := job.(*toyJob).GetHelperTokenFlags(t.Context())
	require.NoError(t, err)
	require.Equal(t, bits.BG_TOKEN_NETWORK, flags)

	job5, err := bits.Query[bits.Job5](t.Context(), job)
	require.NoError(t, err)
	id, err := job5.GetId(t.Context())
	require.NoError(t, err)
	require.Equal(t, uuid.UUID{15: 1}, id)

	cache, err := bits.Query[bits.PeerCacheAdministration](t.Context(), manager)
	require.NoError(t, err)
	peers, ok, err := cache.EnumPeers(t.Context())
	require.NoError(t, err)
	require.False(t, ok)
	require.Nil(t, peers)
}

func TestQueryPassesTheCallerOn(t *testing.T) {
	t.Parallel()
	from := &toy{}
	_, err := bits.Query[bits.Job2](token.NewContext(t.Context(), token.NetworkService()), from)
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	caller, ok := token.FromContext(from.ctx)
	require.True(t, ok)
	require.True(t, caller.Equal(token.NetworkService()))
}

func TestQueryReturnsWhatRefuses(t *testing.T) {
	t.Parallel()
	refusal := &fs.PathError{Op: "query", Path: "job", Err: hresult.E_ACCESSDENIED}
	job, err := bits.Query[bits.Job2](t.Context(), &toy{refuse: refusal})
	require.Nil(t, job)
	require.Same(t, refusal, err)
	require.ErrorIs(t, err, fs.ErrPermission)
}

func TestQueryForWhatIsNoInterface(t *testing.T) {
	t.Parallel()
	from := &toy{}
	_, err := bits.Query[io.Reader](t.Context(), from)
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	require.ErrorContains(t, err, "bits: io.Reader is no interface of BITS: ")
	_, err = bits.Query[*toyJob](t.Context(), from)
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	_, err = bits.Query[bits.Enumerator[bits.Job, bits.EnumJobs]](t.Context(), from)
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	require.Nil(t, from.ctx, "the object was not asked")

	iid, ok := bits.IIDOf[error]()
	require.False(t, ok)
	require.Equal(t, uuid.Nil, iid)
}

func TestQueryOnNothing(t *testing.T) {
	t.Parallel()
	_, err := bits.Query[bits.Job2](t.Context(), nil)
	require.ErrorIs(t, err, hresult.E_POINTER)
	require.ErrorContains(t, err, "bits: no object to ask for IBackgroundCopyJob2: ")
}

func TestQueryFindsAWrongAnswer(t *testing.T) {
	t.Parallel()
	for _, answer := range []any{&toyFile{}, nil} {
		from := &toy{answers: map[uuid.UUID]any{bits.IID_IBackgroundCopyJob2: answer}}
		job, err := bits.Query[bits.Job2](t.Context(), from)
		require.Nil(t, job)
		require.ErrorIs(t, err, hresult.E_NOINTERFACE)
		require.ErrorContains(t, err, "bits: *bits_test.toy answers for IBackgroundCopyJob2 with a ")
		require.NotErrorIs(t, err, fs.ErrInvalid)
	}
}
