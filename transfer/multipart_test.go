package transfer_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// partServer is a server whose GETs are answered with a body of this type.
func partServer(size int64, contentType string, body func(n int) io.Reader) http.RoundTripper {
	n := 0
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		resp := &http.Response{
			StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: size,
			Header: make(http.Header), Body: http.NoBody, Request: r,
		}
		if r.Method == http.MethodGet {
			resp.StatusCode, resp.ContentLength = http.StatusPartialContent, -1
			resp.Header.Set("Content-Type", contentType)
			resp.Body = io.NopCloser(body(n))
			n++
		}
		return resp, nil
	})
}

// parts is a body as mime/multipart writes it, of the ranges of a file.
func parts(t testing.TB, content string, ranges ...[2]int) string {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.SetBoundary("b"))
	for _, r := range ranges {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Type":  {"application/octet-stream"},
			"Content-Range": {fmt.Sprintf("bytes %d-%d/%d", r[0], r[1], len(content))},
		})
		require.NoError(t, err)
		_, err = io.WriteString(part, content[r[0]:r[1]+1])
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

const byteranges = "multipart/byteranges; boundary=b"

func TestMultipart(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("0123456789", 1000)
	const last = 9999
	for name, ranges := range map[string][][2]int{
		"one":              {{0, last}},
		"in order":         {{0, 4999}, {5000, last}},
		"backwards":        {{9000, last}, {5000, 8999}, {0, 4999}},
		"middle last":      {{0, 99}, {200, last}, {100, 199}},
		"singles":          {{3, 3}, {1, 1}, {2, 2}, {0, 0}, {4, last}},
		"evens, then odds": {{0, 0}, {2, 2}, {4, 4}, {1, 1}, {3, 3}, {5, last}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := parts(t, content, ranges...)
			for _, reader := range []func(io.Reader) io.Reader{
				func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader, iotest.HalfReader, newFaltering,
			} {
				var moved int64
				rt := partServer(int64(len(content)), byteranges, func(int) io.Reader { return reader(strings.NewReader(body)) })
				d, err := transfer.New(&transfer.Client{Transport: rt}, transfer.Request{
					URL: site, OnMoved: func(n int64) { moved += n },
				}, transfer.State{})
				require.NoError(t, err)
				l := &local{}
				o := attempt(t.Context(), t, d, l, 997, func(*transfer.Wait) bool { return true })
				require.NoError(t, o.err)
				require.True(t, o.Done)
				require.Equal(t, content, string(l.data))
				require.EqualValues(t, len(content), o.Moved)
				require.EqualValues(t, len(content), moved)
				require.NoError(t, d.Close())
			}
		})
	}
}

// faltering gives a Wait instead of every other read.
type faltering struct {
	io.Reader
	n int
}

func newFaltering(r io.Reader) io.Reader { return &faltering{Reader: r} }

func (f *faltering) Read(p []byte) (int, error) {
	if f.n++; f.n%2 == 0 {
		return 0, fmt.Errorf("held: %w", &transfer.Wait{})
	}
	return f.Reader.Read(p[:min(len(p), 100)])
}

// What is missing is asked for, as long as something came that can be gone on
// from.
func TestMultipartLacksParts(t *testing.T) {
	t.Parallel()
	const content = "0123456789"
	bodies := []string{parts(t, content, [2]int{0, 1}, [2]int{8, 9}), parts(t, content, [2]int{2, 9})}
	l, o := fetch(t, partServer(10, byteranges, func(n int) io.Reader { return strings.NewReader(bodies[n]) }), transfer.Request{})
	require.NoError(t, o.err)
	require.Equal(t, content, string(l.data))
}

func TestMultipartForRanges(t *testing.T) {
	t.Parallel()
	const content = "0123456789"
	l, o := fetch(t, partServer(10, byteranges, func(int) io.Reader {
		return strings.NewReader(parts(t, content, [2]int{6, 7}, [2]int{4, 5}))
	}), transfer.Request{Ranges: []bits.FileRange{{InitialOffset: 4, Length: 4}}})
	require.NoError(t, o.err)
	require.Equal(t, "4567", string(l.data))
}

func TestMultipartThatLies(t *testing.T) {
	t.Parallel()
	const (
		lies = hresult.BG_E_INVALID_SERVER_RESPONSE
		head = "--b\r\nContent-Range: bytes 0-9/10\r\n\r\n"
		all  = "0123456789"
		end  = "\r\n--b--\r\n"
	)
	part := func(contentRange string) string {
		return "--b\r\nContent-Type: x/y\r\nContent-Range: " + contentRange + "\r\n\r\n" + all + end
	}
	for name, row := range map[string]struct {
		kind, body string
		code       hresult.HRESULT
		transient  bool
	}{
		"good":                     {byteranges, head + all + end, 0, false},
		"good, no end":             {byteranges, head + all, 0, false},
		"good, bare LF":            {byteranges, strings.ReplaceAll(head+all+end, "\r\n", "\n"), 0, false},
		"good, quoted":             {`MultiPart/ByteRanges ; boundary="b"`, head + all + end, 0, false},
		"good, two empty lines":    {byteranges, "\r\n\r\n" + head + all + end, 0, false},
		"good, 180 bytes":          {byteranges, "--b\r\nX: " + strings.Repeat("x", 175) + "\r\n" + head[5:] + all + end, 0, false},
		"good, white space behind": {byteranges, "--b \t\r\n" + head[5:] + all + end, 0, false},
		"good, total unknown":      {byteranges, part("bytes 0-9/*"), 0, false},
		"three empty lines":        {byteranges, "\r\n\r\n\r\n" + head + all + end, lies, false},
		"181 bytes":                {byteranges, "--b\r\nX: " + strings.Repeat("x", 176) + "\r\n" + head[5:] + all + end, lies, false},
		"an endless line":          {byteranges, "--b\r\nX: " + strings.Repeat("x", 10000), lies, false},
		"a preamble":               {byteranges, "hello\r\n" + head + all + end, lies, false},
		"no boundary":              {"multipart/byteranges", head + all + end, lies, false},
		"a bad type":               {"multipart/byteranges; boundary", head + all + end, lies, false},
		"a long boundary":          {byteranges + strings.Repeat("b", 71), head + all + end, lies, false},
		"another boundary":         {byteranges, "--c\r\n" + head[5:] + all + end, lies, false},
		"no parts":                 {byteranges, "--b--\r\n", lies, false},
		"nothing":                  {byteranges, "", lies, true},
		"cut in a line":            {byteranges, "--b\r\nContent-Ra", lies, true},
		"cut in the data":          {byteranges, head + "0123", lies, true},
		"no Content-Range":         {byteranges, "--b\r\nContent-Type: x/y\r\n\r\n" + all + end, lies, false},
		"two Content-Ranges":       {byteranges, "--b\r\nContent-Range: bytes 0-9/10\r\nContent-Range: bytes 0-9/10\r\n\r\n" + all + end, lies, false},
		"no header":                {byteranges, "--b\r\nnonsense\r\n\r\n" + all + end, lies, false},
		"backwards":                {byteranges, part("bytes 9-0/10"), lies, false},
		"negative":                 {byteranges, part("bytes -1-9/10"), lies, false},
		"overflow":                 {byteranges, part("bytes 0-99999999999999999999/10"), lies, false},
		"outside":                  {byteranges, part("bytes 1-10/*"), lies, false},
		"another total":            {byteranges, part("bytes 0-9/11"), hresult.BG_E_REMOTE_FILE_CHANGED, true},
		"longer than its range":    {byteranges, head + all + "X" + end, lies, false},
		"twice the same":           {byteranges, "--b\r\nContent-Range: bytes 0-4/10\r\n\r\n01234\r\n--b\r\nContent-Range: bytes 4-9/10\r\n\r\n456789" + end, lies, false},
		"twice the same, before":   {byteranges, "--b\r\nContent-Range: bytes 4-8/10\r\n\r\n45678\r\n--b\r\nContent-Range: bytes 0-4/10\r\n\r\n01234" + end, lies, false},
		"twice all":                {byteranges, head + all + "\r\n" + head + all + end, lies, false},
		"the first is missing":     {byteranges, "--b\r\nContent-Range: bytes 1-9/10\r\n\r\n123456789" + end, lies, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, o := fetch(t, partServer(10, row.kind, func(int) io.Reader { return strings.NewReader(row.body) }), transfer.Request{})
			require.LessOrEqual(t, len(l.data), 10)
			if row.code == 0 {
				require.NoError(t, o.err)
				require.Equal(t, all, string(l.data))
				return
			}
			requireError(t, o.err, row.code, row.transient)
		})
	}
}

// A server that scatters a file without end is not followed without end.
func TestMultipartScattered(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("x", 5000)
	var ranges [][2]int
	for i := 0; i < len(content); i += 2 {
		ranges = append(ranges, [2]int{i, i})
	}
	_, o := fetch(t, partServer(5000, byteranges, func(int) io.Reader { return strings.NewReader(parts(t, content, ranges...)) }), transfer.Request{})
	requireError(t, o.err, hresult.BG_E_INVALID_SERVER_RESPONSE, false)
}

// FuzzMultipart looks for panics, endless loops and bytes out of place.
func FuzzMultipart(f *testing.F) {
	const content = "0123456789"
	f.Add(byteranges, parts(f, content, [2]int{0, 9}))
	f.Add(byteranges, parts(f, content, [2]int{5, 9}, [2]int{0, 4}))
	f.Add(byteranges, "\r\n--b\r\nX: y\r\nContent-Range: bytes 0-9/*\r\n\r\n0123456789\r\n--b--")
	f.Add(`multipart/byteranges; boundary="a b"`, "--a b\r\nContent-Range: bytes 0-8/10\r\n\r\n012345678\r\n--a b--\r\n")
	f.Fuzz(func(t *testing.T, kind, body string) {
		rt := partServer(10, "multipart/byteranges;"+kind, func(int) io.Reader { return newFaltering(strings.NewReader(body)) })
		d, err := transfer.New(&transfer.Client{Transport: rt}, transfer.Request{URL: site}, transfer.State{})
		require.NoError(t, err)
		defer d.Close()
		l := &local{}
		o := attempt(t.Context(), t, d, l, 3, func(*transfer.Wait) bool { return true })
		require.LessOrEqual(t, len(l.data), 10)
		require.Equal(t, o.err == nil, o.Done)
		require.LessOrEqual(t, d.State().Held, uint64(10))
		if o.Done {
			require.EqualValues(t, 10, d.State().Held)
		}
	})
}
