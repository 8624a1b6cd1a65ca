package transfer_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	transient := map[int]bool{408: true, 409: true}
	for status := 500; status <= 599; status++ {
		transient[status] = status != 501 && status != 505
	}
	statuses := []int{201, 202, 203, 204, 205, 206, 304, 305, 306, 309, 399, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409,
		410, 411, 413, 414, 415, 417, 429, 449, 451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 599, 600, 999}
	for _, status := range statuses {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s := transfer.NewScript(transfer.Size(10), transfer.Status(status, 1))
			_, o := fetch(t, s, transfer.Request{})
			e := errorOf(t, o.err, hresult.FromHTTPStatus(status), transient[status])
			require.Equal(t, status, e.Status)
			require.Equal(t, []string{"HEAD"}, methods(s), "no fallback to GET")

			// The same to GET.
			if status == 206 {
				return
			}
			d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
			require.NoError(t, err)
			defer d.Close()
			_, err = d.Step(t.Context(), &local{}, 100)
			require.NoError(t, err)
			s.Set(transfer.Status(status, 1))
			_, err = d.Step(t.Context(), &local{}, 100)
			requireError(t, err, hresult.FromHTTPStatus(status), transient[status])
		})
	}
}

// Answers to HEAD that a library would not give.
func TestRawHead(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK"
	for name, row := range map[string]struct {
		answer    string
		code      hresult.HRESULT
		transient bool
	}{
		"no length":          {raw("", ok), hresult.BG_E_MISSING_FILE_SIZE, false},
		"no length, 1.0":     {raw("", "HTTP/1.0 200 OK"), hresult.BG_E_INSUFFICIENT_HTTP_SUPPORT, false},
		"negative length":    {raw("", ok, "Content-Length: -5"), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"huge length":        {raw("", ok, "Content-Length: 99999999999999999999"), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"length of words":    {raw("", ok, "Content-Length: many"), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"two lengths":        {raw("", ok, "Content-Length: 5", "Content-Length: 6"), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"chunked":            {raw("", ok, "Transfer-Encoding: chunked"), hresult.BG_E_MISSING_FILE_SIZE, false},
		"gzip":               {raw("", ok, "Content-Length: 5", "Content-Encoding: gzip"), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"no HTTP":            {"SSH-2.0-OpenSSH_9.6\r\n\r\n", hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"no status":          {raw("", "HTTP/1.1 abc"), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"a header too large": {raw("", ok, "X: "+strings.Repeat("x", 11<<20)), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
		"closed":             {"", hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, true},
		"cut":                {ok + "\r\nContent-Length: 5\r\n", hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRawServer(t, func(*http.Request, int) string { return row.answer })
			_, o := fetch(t, network(t), transfer.Request{URL: s.url})
			requireError(t, o.err, row.code, row.transient)
		})
	}
}

// Answers to GET, of a file of ten bytes.
func TestRawGet(t *testing.T) {
	t.Parallel()
	const (
		ok, part = "HTTP/1.1 200 OK", "HTTP/1.1 206 Partial Content"
		all      = "0123456789"
		whole    = "Content-Range: bytes 0-9/10"
		lies     = hresult.BG_E_INVALID_SERVER_RESPONSE
		lost     = hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR
		noRanges = hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT
		changed  = hresult.BG_E_REMOTE_FILE_CHANGED
	)
	type row struct {
		answer     string
		foreground bool
		code       hresult.HRESULT
		transient  bool
		held       string
	}
	for name, row := range map[string]row{
		"good":                   {answer: raw(all, part, whole, "Content-Length: 10"), held: all},
		"good, in any case":      {answer: raw(all, part, "CONTENT-RANGE: BYTES 0-9/10", "Content-Length: 10"), held: all},
		"good, total unknown":    {answer: raw(all, part, "Content-Range: bytes 0-9/*", "Content-Length: 10"), held: all},
		"good, up to the close":  {answer: raw(all, part, whole), held: all},
		"good, 1.0":              {answer: raw(all, "HTTP/1.0 206 Partial Content", whole), held: all},
		"good, identity":         {answer: raw(all, part, whole, "Content-Encoding: identity"), held: all},
		"good, chunked":          {answer: raw("4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n", part, whole, "Transfer-Encoding: chunked"), held: all},
		"chunks without an end":  {answer: raw("a\r\n0123456789\r\n", part, whole, "Transfer-Encoding: chunked"), held: all},
		"chunks with nonsense":   {answer: raw("4\r\n0123\r\nz\r\n", part, whole, "Transfer-Encoding: chunked"), code: lies, held: "0123"},
		"chunks, too short":      {answer: raw("4\r\n0123\r\n0\r\n\r\n", part, whole, "Transfer-Encoding: chunked"), code: lies, transient: true, held: "0123"},
		"chunks, too long":       {answer: raw("b\r\n0123456789X\r\n0\r\n\r\n", part, whole, "Transfer-Encoding: chunked"), code: lies, held: all},
		"cut":                    {answer: raw("0123", part, whole, "Content-Length: 10"), code: lost, transient: true, held: "0123"},
		"short, up to the close": {answer: raw("0123", part, whole), code: lies, transient: true, held: "0123"},
		"short by its length":    {answer: raw("0123", part, whole, "Content-Length: 4"), code: lies, transient: true, held: "0123"},
		"long by its length":     {answer: raw(all+"X", part, whole, "Content-Length: 11"), code: lies},
		"long, up to the close":  {answer: raw(all+"X", part, whole), code: lies, held: all},
		"another first":          {answer: raw(all[1:], part, "Content-Range: bytes 1-9/10"), code: lies},
		"behind the last":        {answer: raw(all, part, "Content-Range: bytes 0-10/11"), code: changed, transient: true},
		"behind the last, no total": {
			answer: raw(all, part, "Content-Range: bytes 0-10/*"), code: lies,
		},
		"no Content-Range":   {answer: raw(all, part), code: lies},
		"backwards":          {answer: raw(all, part, "Content-Range: bytes 9-0/10"), code: lies},
		"behind its total":   {answer: raw(all, part, "Content-Range: bytes 0-10/10"), code: lies},
		"negative first":     {answer: raw(all, part, "Content-Range: bytes -1-9/10"), code: lies},
		"negative total":     {answer: raw(all, part, "Content-Range: bytes 0-9/-10"), code: lies},
		"overflowing last":   {answer: raw(all, part, "Content-Range: bytes 0-18446744073709551615/18446744073709551616"), code: lies},
		"largest last":       {answer: raw(all, part, "Content-Range: bytes 0-9223372036854775807/*"), code: lies},
		"another unit":       {answer: raw(all, part, "Content-Range: lines 0-9/10"), code: lies},
		"without a total":    {answer: raw(all, part, "Content-Range: bytes 0-9"), code: lies},
		"gzip":               {answer: raw(all, part, whole, "Content-Encoding: gzip"), code: lies},
		"200":                {answer: raw(all, ok, "Content-Length: 10"), code: noRanges},
		"200, 1.0":           {answer: raw(all, "HTTP/1.0 200 OK"), code: hresult.BG_E_INSUFFICIENT_HTTP_SUPPORT},
		"416":                {answer: raw("", "HTTP/1.1 416 Range Not Satisfiable", "Content-Range: bytes */10"), code: changed, transient: true},
		"412":                {answer: raw("", "HTTP/1.1 412 Precondition Failed"), code: changed, transient: true},
		"total":              {answer: raw(all, part, "Content-Range: bytes 0-9/11"), code: changed, transient: true},
		"fg: good":           {answer: raw(all, ok, "Content-Length: 10"), foreground: true, held: all},
		"fg: good, 1.0":      {answer: raw(all, "HTTP/1.0 200 OK"), foreground: true, held: all},
		"fg: short":          {answer: raw("0123", ok), foreground: true, code: lies, transient: true, held: "0123"},
		"fg: long":           {answer: raw(all+"X", ok), foreground: true, code: lies, held: all},
		"fg: another length": {answer: raw(all+"X", ok, "Content-Length: 11"), foreground: true, code: changed, transient: true},
		"fg: 206":            {answer: raw(all, part, whole), foreground: true, code: lies},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := rawFile(t, 10, row.answer)
			d, err := transfer.New(&transfer.Client{Transport: network(t)},
				transfer.Request{URL: s.url, Foreground: row.foreground}, transfer.State{})
			require.NoError(t, err)
			defer d.Close()
			l := &local{}
			o := attempt(t.Context(), t, d, l, 1<<20, nil)
			if row.code == 0 {
				require.NoError(t, o.err)
				require.True(t, o.Done)
			} else {
				requireError(t, o.err, row.code, row.transient)
			}
			require.Equal(t, row.held, string(l.data))
			require.EqualValues(t, len(row.held), d.State().Held)
		})
	}
}

// A server may send less than was asked for; the rest is asked for.
func TestShorterPart(t *testing.T) {
	t.Parallel()
	s := newRawServer(t, func(r *http.Request, n int) string {
		if r.Method == http.MethodHead {
			return raw("", "HTTP/1.1 200 OK", "Content-Length: 10")
		}
		at := (n - 2) * 4
		last := min(at+3, 9)
		return raw("0123456789"[at:last+1], "HTTP/1.1 206 Partial Content", fmt.Sprintf("Content-Range: bytes %d-%d/10", at, last))
	})
	l, o := fetch(t, network(t), transfer.Request{URL: s.url})
	require.NoError(t, o.err)
	require.Equal(t, "0123456789", string(l.data))
	var asked []string
	for _, r := range s.requests[1:] {
		asked = append(asked, r.Header.Get("Range"))
	}
	require.Equal(t, []string{"bytes=0-9", "bytes=4-9", "bytes=8-9"}, asked)
}

func TestThirdChange(t *testing.T) {
	t.Parallel()
	s := rawFile(t, 10, raw("", "HTTP/1.1 412 Precondition Failed"))
	d, err := transfer.New(&transfer.Client{Transport: network(t)}, transfer.Request{URL: s.url}, transfer.State{})
	require.NoError(t, err)
	defer d.Close()
	for range 2 { // attempts, each of which counts anew
		o := attempt(t.Context(), t, d, &local{}, 1<<20, nil)
		requireError(t, o.err, hresult.BG_E_REMOTE_FILE_CHANGED, true)
		require.Equal(t, 3, o.restarts)
	}
	require.Len(t, s.requests, 12)
}

func TestInvalidRange(t *testing.T) {
	t.Parallel()
	const eof = bits.BG_LENGTH_TO_EOF
	for name, row := range map[string]struct {
		size   int64
		ranges []bits.FileRange
		good   bool
	}{
		"inside":             {10, []bits.FileRange{{InitialOffset: 9, Length: 1}}, true},
		"one too long":       {10, []bits.FileRange{{InitialOffset: 0, Length: 11}}, false},
		"begins at the end":  {10, []bits.FileRange{{InitialOffset: 10, Length: 1}}, false},
		"to the end, at it":  {10, []bits.FileRange{{InitialOffset: 10, Length: eof}}, false},
		"far beyond":         {10, []bits.FileRange{{InitialOffset: 1 << 62, Length: eof}}, false},
		"overflow":           {10, []bits.FileRange{{InitialOffset: 1, Length: eof - 1}}, false},
		"no bytes":           {10, []bits.FileRange{{InitialOffset: 1, Length: 0}}, false},
		"the second":         {10, []bits.FileRange{{Length: 10}, {InitialOffset: 10, Length: 1}}, false},
		"all of nothing":     {0, []bits.FileRange{{Length: eof}}, true},
		"a byte of nothing":  {0, []bits.FileRange{{Length: 1}}, false},
		"larger than a file": {1<<63 - 2, []bits.FileRange{{Length: eof}, {InitialOffset: 0, Length: eof}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := transfer.NewScript(transfer.Size(row.size))
			_, o := fetch(t, s, transfer.Request{Ranges: row.ranges})
			if row.good {
				require.NoError(t, o.err)
				require.True(t, o.Done)
				return
			}
			requireError(t, o.err, hresult.BG_E_INVALID_RANGE, false)
			require.Equal(t, []string{"HEAD"}, methods(s))
		})
	}

	t.Run("416", func(t *testing.T) {
		t.Parallel()
		s := rawFile(t, 10, raw("", "HTTP/1.1 416 Range Not Satisfiable"))
		_, o := fetch(t, network(t), transfer.Request{URL: s.url, Ranges: []bits.FileRange{{InitialOffset: 3, Length: 4}}})
		requireError(t, o.err, hresult.BG_E_INVALID_RANGE, false)
	})
	t.Run("no range support", func(t *testing.T) {
		t.Parallel()
		for _, foreground := range []bool{false, true} {
			s := transfer.NewScript(transfer.Size(10), transfer.NoRanges())
			_, o := fetch(t, s, transfer.Request{Foreground: foreground, Ranges: []bits.FileRange{{Length: 9}}})
			requireError(t, o.err, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, false)
		}
	})
}

func TestCustomMethod(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"POST", "PUT", "X-GET", "HEAD"} {
		s := transfer.NewScript(transfer.Size(1<<20), transfer.CutAfter(1000, 1), transfer.NoRanges())
		request := transfer.Request{URL: site, Method: method, Foreground: true}
		d, err := transfer.New(&transfer.Client{Transport: s}, request, transfer.State{Size: 1 << 20, Held: 7})
		require.NoError(t, err)
		l := &local{}
		if method != "HEAD" {
			o := attempt(t.Context(), t, d, l, 1<<20, nil)
			requireError(t, o.err, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, false)
			require.Equal(t, 1, o.restarts)
			require.EqualValues(t, 1<<20, d.State().Size)
			s.Set(transfer.Status(503, 1))
			o = attempt(t.Context(), t, d, l, 1<<20, nil)
			requireError(t, o.err, hresult.BG_E_HTTP_ERROR_503, false)
		}
		o := attempt(t.Context(), t, d, l, 1<<20, nil)
		require.NoError(t, o.err)
		require.NoError(t, d.Close())
		if method == "HEAD" {
			require.Empty(t, l.data)
			require.Equal(t, []string{method}, methods(s))
			continue
		}
		require.True(t, bytes.Equal(s.Bytes(), l.data))
		require.Equal(t, []string{method, method, method}, methods(s))
	}
}

func TestMaxSize(t *testing.T) {
	t.Parallel()
	const size = 1000
	for name, row := range map[string]struct {
		limit   uint64
		request transfer.Request
		opts    []transfer.ScriptOption
		gets    int
		good    bool
	}{
		"enough":                 {limit: size, good: true, gets: 1},
		"too little":             {limit: size - 1},
		"too little, dynamic":    {limit: size - 1, request: transfer.Request{Dynamic: true}, gets: 1},
		"enough, unknown":        {limit: size, request: transfer.Request{Dynamic: true}, opts: []transfer.ScriptOption{transfer.NoLength()}, good: true, gets: 1},
		"too little, unknown":    {limit: size - 1, request: transfer.Request{Dynamic: true}, opts: []transfer.ScriptOption{transfer.NoLength()}, gets: 1},
		"enough for the range":   {limit: 10, request: transfer.Request{Ranges: []bits.FileRange{{Length: 10}}}, good: true, gets: 1},
		"little for the range":   {limit: 10, request: transfer.Request{Ranges: []bits.FileRange{{Length: 11}}}},
		"the largest that it is": {limit: 1<<64 - 1, good: true, gets: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := transfer.NewScript(append(row.opts, transfer.Size(size))...)
			row.request.MaxSize = row.limit
			l, o := fetch(t, s, row.request)
			if row.good {
				require.NoError(t, o.err)
				require.NotEmpty(t, l.data)
			} else {
				requireError(t, o.err, hresult.BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, false)
				require.LessOrEqual(t, uint64(len(l.data)), row.limit)
			}
			gets := 0
			for _, r := range s.Requests() {
				if r.Method == http.MethodGet {
					gets++
				}
			}
			require.Equal(t, row.gets, gets)
		})
	}
}
