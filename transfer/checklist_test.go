package transfer_test

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// The rows of the check list for a download test server, each against the three
// kinds of servers.

func TestPlainFile(t *testing.T) { // 1
	t.Parallel()
	stamp := time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC)
	eachWay(t, []transfer.ScriptOption{transfer.Size(3 << 20), transfer.Modified(stamp)},
		func(t *testing.T, s *transfer.Script, w way) {
			var moved int64
			d, err := transfer.New(&transfer.Client{Transport: w.rt}, transfer.Request{
				URL: w.url, OnMoved: func(n int64) { moved += n },
			}, transfer.State{Size: bits.BG_SIZE_UNKNOWN})
			require.NoError(t, err)
			l := &local{}

			res, err := d.Step(t.Context(), l, 1<<20)
			require.NoError(t, err)
			require.True(t, res.Connected)
			require.Contains(t, res.Headers, "HTTP/1.1 200 OK\r\n")
			require.Contains(t, res.Headers, "\r\nLast-Modified: Sat, 02 Jan 2021 03:04:05 GMT\r\n")
			require.Empty(t, l.data)

			o := attempt(t.Context(), t, d, l, 1<<20, nil)
			require.NoError(t, o.err)
			require.True(t, o.Done)
			require.True(t, bytes.Equal(s.Bytes(), l.data))
			require.EqualValues(t, 3<<20, o.Moved)
			require.EqualValues(t, 3<<20, moved)
			require.Equal(t, []string{"HEAD", "GET bytes=0-3145727"}, methods(s))
			modified, ok := d.State().Modified()
			require.True(t, ok)
			require.True(t, stamp.Equal(modified), modified)
			require.Equal(t, transfer.State{
				Size: 3 << 20, LastModified: "Sat, 02 Jan 2021 03:04:05 GMT", Held: 3 << 20,
			}, d.State())
			require.NoError(t, d.Close())
		})
}

func TestNoContentLength(t *testing.T) { // 2
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(100), transfer.NoLength()},
		func(t *testing.T, s *transfer.Script, w way) {
			_, o := fetch(t, w.rt, transfer.Request{URL: w.url})
			requireError(t, o.err, hresult.BG_E_MISSING_FILE_SIZE, false)
			require.Equal(t, []string{"HEAD"}, methods(s))
			require.False(t, o.Connected)
		})
}

func TestRangeIgnored(t *testing.T) { // 3, 4
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(1 << 20), transfer.NoRanges()},
		func(t *testing.T, s *transfer.Script, w way) {
			l, o := fetch(t, w.rt, transfer.Request{URL: w.url})
			requireError(t, o.err, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, false)
			require.True(t, o.Connected)
			require.Empty(t, l.data)

			l, o = fetch(t, w.rt, transfer.Request{URL: w.url, Foreground: true})
			require.NoError(t, o.err)
			require.True(t, bytes.Equal(s.Bytes(), l.data))
			require.Equal(t, []string{"HEAD", "GET bytes=0-1048575", "HEAD", "GET"}, methods(s))
		})
}

func TestForegroundCutWithoutRanges(t *testing.T) { // 5
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(1 << 20), transfer.NoRanges(), transfer.CutAfter(1<<19, 1)},
		func(t *testing.T, s *transfer.Script, w way) {
			d, err := transfer.New(&transfer.Client{Transport: w.rt}, transfer.Request{URL: w.url, Foreground: true}, transfer.State{})
			require.NoError(t, err)
			defer d.Close()
			l := &local{}
			o := attempt(t.Context(), t, d, l, 1<<20, nil)
			requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, true)
			require.EqualValues(t, 1<<19, d.State().Held, "what came is kept")
			require.True(t, bytes.Equal(s.Bytes()[:1<<19], l.data))

			o = attempt(t.Context(), t, d, l, 1<<20, nil)
			requireError(t, o.err, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, false)
			require.Equal(t, []string{"HEAD", "GET", "HEAD", "GET bytes=524288-1048575"}, methods(s))
		})
}

func TestRemoteFileChanges(t *testing.T) { // 6, 7
	t.Parallel()
	later := time.Date(2022, 2, 2, 2, 2, 2, 0, time.UTC)
	for name, change := range map[string][]transfer.ScriptOption{
		"time":     {transfer.Seeded(1<<20, 2), transfer.Modified(later)},
		"size":     {transfer.Seeded(1<<20+1, 2)},
		"smaller":  {transfer.Seeded(1<<18, 2)},
		"emptied":  {transfer.Content(nil)},
		"both":     {transfer.Seeded(1<<21, 2), transfer.Modified(later)},
		"no stamp": {transfer.Seeded(1<<21, 2), transfer.Modified(time.Time{})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWay(t, []transfer.ScriptOption{transfer.Size(1 << 20), transfer.CutAfter(1<<19, 1)},
				func(t *testing.T, s *transfer.Script, w way) {
					d, err := transfer.New(&transfer.Client{Transport: w.rt}, transfer.Request{URL: w.url}, transfer.State{})
					require.NoError(t, err)
					defer d.Close()
					l := &local{}
					o := attempt(t.Context(), t, d, l, 1<<20, nil)
					requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, true)
					s.Set(change...)

					o = attempt(t.Context(), t, d, l, 1<<20, nil)
					require.NoError(t, o.err)
					require.True(t, o.Done)
					require.Equal(t, 1, o.restarts)
					require.True(t, bytes.Equal(s.Bytes(), l.data), "wholly the new one")
					require.EqualValues(t, len(l.data), d.State().Size)
				})
		})
	}
}

// A change between two GETs of an attempt shows in the answer to the second:
// by its status with a stamp that can be asked for, by the total without.
func TestRemoteFileChangesWithinAttempt(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		before, change []transfer.ScriptOption
		status         string
	}{
		"412": {nil, []transfer.ScriptOption{transfer.Seeded(1<<20, 2), transfer.Modified(time.Now())}, "412"},
		"total": {
			[]transfer.ScriptOption{transfer.Modified(time.Time{})},
			[]transfer.ScriptOption{transfer.Seeded(1<<21, 2)}, "206",
		},
		"ETag": {
			[]transfer.ScriptOption{transfer.Modified(time.Time{}), transfer.ETag(`"1"`)},
			[]transfer.ScriptOption{transfer.Seeded(1<<20, 2), transfer.ETag(`"2"`)}, "206",
		},
		"earlier": {nil, []transfer.ScriptOption{transfer.Seeded(1<<20, 2), transfer.Modified(time.Unix(0, 0))}, "206"},
		"416": {
			[]transfer.ScriptOption{transfer.Modified(time.Time{})},
			[]transfer.ScriptOption{transfer.Seeded(1<<18, 2)}, "416",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWay(t, append([]transfer.ScriptOption{transfer.Size(1 << 20)}, row.before...),
				func(t *testing.T, s *transfer.Script, w way) {
					l := &local{}
					d, err := transfer.New(&transfer.Client{Transport: w.rt}, transfer.Request{URL: w.url}, transfer.State{})
					require.NoError(t, err)
					defer d.Close()
					// Half of it is there from an attempt that was abandoned.
					s.Set(transfer.CutAfter(1<<19, 1))
					o := attempt(t.Context(), t, d, l, 1<<20, nil)
					require.Error(t, o.err)
					res, err := d.Step(t.Context(), l, 1<<20) // HEAD
					require.NoError(t, err)
					require.True(t, res.Connected)
					require.False(t, res.Restarted)
					s.Set(row.change...)

					res, err = d.Step(t.Context(), l, 1<<20)
					require.NoError(t, err)
					require.True(t, res.Restarted)
					require.Zero(t, res.Moved)
					require.Contains(t, res.Headers, row.status)
					require.Zero(t, d.State().Held)
					l.data = nil

					o = attempt(t.Context(), t, d, l, 1<<20, nil)
					require.NoError(t, o.err)
					require.Zero(t, o.restarts)
					require.True(t, bytes.Equal(s.Bytes(), l.data))
				})
		})
	}
}

func TestFinishedFileIsLeftAlone(t *testing.T) { // 8
	t.Parallel()
	first, second := transfer.NewScript(transfer.Size(1000)), transfer.NewScript(transfer.Size(1000))
	_, o := fetch(t, first, transfer.Request{})
	require.NoError(t, o.err)
	first.Set(transfer.Seeded(2000, 3))
	_, o = fetch(t, second, transfer.Request{})
	require.NoError(t, o.err)
	require.Len(t, first.Requests(), 2)
}

func TestEmptyFile(t *testing.T) { // 10
	t.Parallel()
	eachWay(t, nil, func(t *testing.T, s *transfer.Script, w way) {
		// A script of its own, whose handler sends Content-Length 0.
		for range 2 {
			l, o := fetch(t, w.rt, transfer.Request{URL: w.url})
			require.NoError(t, o.err)
			require.True(t, o.Done)
			require.True(t, o.Connected)
			require.Empty(t, l.data)
		}
		require.Equal(t, []string{"HEAD", "HEAD"}, methods(s))
	})
}

func TestUnavailableTwice(t *testing.T) { // 11
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(1 << 20), transfer.CutAfter(1<<19, 1)},
		func(t *testing.T, s *transfer.Script, w way) {
			d, err := transfer.New(&transfer.Client{Transport: w.rt}, transfer.Request{URL: w.url}, transfer.State{})
			require.NoError(t, err)
			l := &local{}
			require.Error(t, attempt(t.Context(), t, d, l, 1<<20, nil).err)
			state := d.State()
			require.NoError(t, d.Close())

			// Each attempt is made by a service that knows the state only.
			s.Set(transfer.Status(http.StatusServiceUnavailable, 2))
			for range 2 {
				d, err = transfer.New(&transfer.Client{Transport: w.rt}, transfer.Request{URL: w.url}, state)
				require.NoError(t, err)
				o := attempt(t.Context(), t, d, l, 1<<20, nil)
				e := errorOf(t, o.err, hresult.BG_E_HTTP_ERROR_503, true)
				require.Equal(t, 503, e.Status)
				require.Equal(t, w.url, e.URL)
				require.Equal(t, state, d.State())
				require.NoError(t, d.Close())
			}
			d, err = transfer.New(&transfer.Client{Transport: w.rt}, transfer.Request{URL: w.url}, state)
			require.NoError(t, err)
			o := attempt(t.Context(), t, d, l, 1<<20, nil)
			require.NoError(t, o.err)
			require.NoError(t, d.Close())
			require.EqualValues(t, 1<<19, o.Moved)
			require.True(t, bytes.Equal(s.Bytes(), l.data))
			require.Equal(t, []string{
				"HEAD", "GET bytes=0-1048575", "HEAD", "HEAD", "HEAD", "GET bytes=524288-1048575",
			}, methods(s))
		})
}

func TestDynamicContent(t *testing.T) { // 12
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(1 << 20), transfer.NoLength(), transfer.CutAfter(1<<19, 1)},
		func(t *testing.T, s *transfer.Script, w way) {
			d, err := transfer.New(&transfer.Client{Transport: w.rt},
				transfer.Request{URL: w.url, Foreground: true, Dynamic: true}, transfer.State{})
			require.NoError(t, err)
			defer d.Close()
			l := &local{}
			o := attempt(t.Context(), t, d, l, 1<<20, nil)
			requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, true)
			require.Equal(t, bits.BG_SIZE_UNKNOWN, d.State().Size)

			o = attempt(t.Context(), t, d, l, 1<<20, nil)
			require.NoError(t, o.err)
			require.True(t, o.Connected)
			require.Equal(t, 1, o.restarts, "from byte 0 on")
			require.True(t, bytes.Equal(s.Bytes(), l.data))
			require.Equal(t, []string{"GET", "GET"}, methods(s))
			require.EqualValues(t, 1<<20, d.State().Size)
		})
}

func TestRanges(t *testing.T) { // 13
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(1 << 20)}, func(t *testing.T, s *transfer.Script, w way) {
		ranges := []bits.FileRange{
			{InitialOffset: 500_000, Length: 300_000},
			{InitialOffset: 7, Length: 1},
			{InitialOffset: 1<<20 - 5, Length: bits.BG_LENGTH_TO_EOF},
		}
		l, o := fetch(t, w.rt, transfer.Request{URL: w.url, Ranges: ranges})
		require.NoError(t, o.err)
		b := s.Bytes()
		want := append(append(append([]byte(nil), b[500_000:800_000]...), b[7]), b[1<<20-5:]...)
		require.True(t, bytes.Equal(want, l.data))
		require.Equal(t, []string{"HEAD", "GET bytes=500000-799999", "GET bytes=7-7", "GET bytes=1048571-1048575"}, methods(s))

		// In place they stand where they stood.
		l, o = fetch(t, w.rt, transfer.Request{URL: w.url, Ranges: ranges, InPlace: true})
		require.NoError(t, o.err)
		require.EqualValues(t, 300_006, o.Moved)
		want = make([]byte, 1<<20)
		copy(want[500_000:], b[500_000:800_000])
		want[7] = b[7]
		copy(want[1<<20-5:], b[1<<20-5:])
		require.True(t, bytes.Equal(want, l.data))
	})
}

func TestLowerCaseHeaders(t *testing.T) { // 14
	t.Parallel()
	s := newRawServer(t, func(r *http.Request, _ int) string {
		if r.Method == http.MethodHead {
			return raw("", "HTTP/1.1 200 OK", "content-length: 5", "last-modified: Sat, 02 Jan 2021 03:04:05 GMT")
		}
		return raw("hello", "HTTP/1.1 206 Partial Content", "content-length: 5", "content-range: bytes 0-4/5",
			"last-modified: Sat, 02 Jan 2021 03:04:05 GMT")
	})
	l, o := fetch(t, network(t), transfer.Request{URL: s.url})
	require.NoError(t, o.err)
	require.Equal(t, "hello", string(l.data))
	require.Equal(t, "Sat, 02 Jan 2021 03:04:05 GMT", s.requests[1].Header.Get("If-Unmodified-Since"))
}

func TestUnauthorized(t *testing.T) { // 15
	t.Parallel()
	eachWay(t, []transfer.ScriptOption{transfer.Size(10), transfer.Status(http.StatusUnauthorized, transfer.Always)},
		func(t *testing.T, s *transfer.Script, w way) {
			_, o := fetch(t, w.rt, transfer.Request{URL: w.url})
			requireError(t, o.err, hresult.BG_E_HTTP_ERROR_401, false)
			require.Len(t, s.Requests(), 1)
		})
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(10),
		transfer.Unreachable(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, 1))
	_, o := fetch(t, s, transfer.Request{})
	requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, true)
	_, o = fetch(t, s, transfer.Request{})
	require.NoError(t, o.err)

	s.Set(transfer.Unreachable(hresult.BG_E_NETWORK_DISCONNECTED, 1))
	_, o = fetch(t, s, transfer.Request{Dynamic: true})
	requireError(t, o.err, hresult.BG_E_NETWORK_DISCONNECTED, true)
}
