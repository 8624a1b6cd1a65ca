package transfer_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	some := []bits.FileRange{{Length: 1}}
	for name, row := range map[string]struct {
		request transfer.Request
		code    hresult.HRESULT
		text    string
	}{
		"no URL":       {transfer.Request{URL: "http://[::1"}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_INVALID_URL, "missing ']'"},
		"no scheme":    {transfer.Request{URL: `\\server\share\f`}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_UNRECOGNIZED_SCHEME, `scheme ""`},
		"ftp":          {transfer.Request{URL: "ftp://a/b"}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_UNRECOGNIZED_SCHEME, `scheme "ftp"`},
		"no host":      {transfer.Request{URL: "http:///b"}, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_INVALID_URL, "without a host"},
		"method":       {transfer.Request{URL: site, Method: "GET /x"}, hresult.E_INVALIDARG, `"GET /x" is no method`},
		"header":       {transfer.Request{URL: site, Header: "X"}, hresult.E_INVALIDARG, "line 1 of the custom headers: there is no colon"},
		"ranges, POST": {transfer.Request{URL: site, Method: "POST", Ranges: some}, hresult.BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, "POST"},
		"ranges, dyn":  {transfer.Request{URL: site, Dynamic: true, Ranges: some}, hresult.BG_E_UNSUPPORTED_JOB_CONFIGURATION, "dynamic"},
	} {
		_, err := transfer.New(&transfer.Client{}, row.request, transfer.State{})
		requireError(t, err, row.code, false)
		require.ErrorContains(t, err, row.text, name)
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(10))
	d, err := transfer.New(&transfer.Client{Transport: s, UserAgent: "Microsoft BITS/7.5"}, transfer.Request{URL: site, Header: "X-A: 1\r\n"}, transfer.State{})
	require.NoError(t, err)
	require.NoError(t, attempt(t.Context(), t, d, &local{}, 100, nil).err)
	require.NoError(t, d.Close())
	for i, r := range s.Requests() {
		want := map[string][]string{
			"Accept": {"*/*"}, "Accept-Encoding": {"identity"}, "Connection": {"Keep-Alive"}, "User-Agent": {"Microsoft BITS/7.5"},
			"X-A": {"1"},
		}
		if i == 1 {
			want["Range"] = []string{"bytes=0-9"}
			want["If-Unmodified-Since"] = []string{"Thu, 02 Jan 2020 03:04:05 GMT"}
		}
		require.Equal(t, want, map[string][]string(r.Header))
	}

	// Some may be set, others not.
	s = transfer.NewScript(transfer.Size(10))
	_, o := fetch(t, s, transfer.Request{Header: "User-Agent: me\r\nAccept: text/plain\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip"})
	require.NoError(t, o.err)
	h := s.Requests()[0].Header
	require.Equal(t, "me", h.Get("User-Agent"))
	require.Equal(t, "text/plain", h.Get("Accept"))
	require.Equal(t, "identity", h.Get("Accept-Encoding"))
	require.Empty(t, h.Get("Range"))
}

// A state that somebody has damaged neither reaches the server nor hurts.
func TestBadState(t *testing.T) {
	t.Parallel()
	for name, state := range map[string]transfer.State{
		"more than there is": {Size: 10, Held: 11},
		"far more":           {Size: 10, Held: 1 << 63},
		"a stamp with lines": {Size: 10, LastModified: "x\r\nX-Evil: 1", Held: 11},
	} {
		s := transfer.NewScript(transfer.Size(10))
		d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, state)
		require.NoError(t, err)
		l := &local{}
		o := attempt(t.Context(), t, d, l, 100, nil)
		require.NoError(t, o.err, name)
		require.Equal(t, 1, o.restarts, name)
		require.Equal(t, s.Bytes(), l.data, name)
		require.NoError(t, d.Close())
	}
}

func TestStateModified(t *testing.T) {
	t.Parallel()
	want := time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, text := range []string{
		"Sat, 02 Jan 2021 03:04:05 GMT", "Saturday, 02-Jan-21 03:04:05 GMT", "Sat Jan  2 03:04:05 2021", "2021-01-02T04:04:05+01:00",
	} {
		got, ok := transfer.State{LastModified: text}.Modified()
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	_, ok := transfer.State{LastModified: "yesterday"}.Modified()
	require.False(t, ok)
}
