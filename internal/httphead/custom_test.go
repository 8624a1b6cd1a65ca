package httphead_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/httphead"
)

// taken are reserved in the tests.
var taken = []string{"Range", "If-Range", "Content-Length"}

func custom(lines string) (http.Header, error) {
	return httphead.Custom(lines, func(name string) bool { return slices.Contains(taken, name) })
}

func TestCustom(t *testing.T) {
	t.Parallel()
	h, err := custom("X-A: 1\r\nx-a:2\r\n\r\nX-Empty:\r\nX-Text:  a: b\t\r\nX-Latin: \xe4\r\nRange: bytes=0-1\r\nif-range: x\r\nContent-Length: 5")
	require.NoError(t, err)
	require.Equal(t, http.Header{
		"X-A": {"1", "2"}, "X-Empty": {""}, "X-Text": {"a: b"}, "X-Latin": {"\xe4"},
	}, h)

	for text, want := range map[string]string{
		"X-A":                         `1 of the custom headers: there is no colon`,
		"X-A: 1\r\nX B: 2\r\n":        `2 of the custom headers: what is before the colon is no name of a header`,
		": 2\r\n":                     `1 of the custom headers: what is before the colon is no name of a header`,
		" X-A: 2\r\n":                 `1 of the custom headers: what is before the colon is no name of a header`,
		"X-A: 1\nX-Evil: 2":           `1 of the custom headers: the value of X-A has a control character`,
		"X-A: 1\rX-Evil: 2":           `1 of the custom headers: the value of X-A has a control character`,
		"X-A: \x00":                   `1 of the custom headers: the value of X-A has a control character`,
		"X-A: \x7f":                   `1 of the custom headers: the value of X-A has a control character`,
		"\n\nGET / HTTP/1.1\r\n\r\n":  `1 of the custom headers: there is no colon`,
		"X-Ä: 1":                      `1 of the custom headers: what is before the colon is no name of a header`,
		"X-A: 1\r\n\r\nGET / HTTP/1.": `3 of the custom headers: there is no colon`,
	} {
		_, err := custom(text)
		require.EqualError(t, err, "line "+want, "%q", text)
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("X-A: 1\r\nX-B: 2\r\n")
	f.Add("X-A: 1\nX-B: 2\r\n")
	f.Add("Host: x\r\nRange: bytes=0-")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := custom(text)
		if err != nil {
			return
		}
		// What is sent has as many headers as there are lines, none of them another's.
		var sent strings.Builder
		require.NoError(t, h.Write(&sent))
		lines := 0
		for _, values := range h {
			lines += len(values)
		}
		require.Equal(t, lines, strings.Count(sent.String(), "\n"))
		require.LessOrEqual(t, lines, strings.Count(text, "\r\n")+1)
		for _, name := range taken {
			require.Empty(t, h.Values(name))
		}
	})
}

func TestBlock(t *testing.T) {
	t.Parallel()
	require.Equal(t, "HTTP/1.0 206 Part\r\nA: 1\r\nB: 2\r\nB: 3\r\n\r\n", httphead.Block(&http.Response{
		Status: "206 Part", StatusCode: 206, ProtoMajor: 1, ProtoMinor: 0, ContentLength: -1,
		Header: http.Header{"B": {"2", "3"}, "A": {"1"}},
	}))
	require.Equal(t, "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\n", httphead.Block(&http.Response{
		StatusCode: 404, ContentLength: 5,
	}))
}
