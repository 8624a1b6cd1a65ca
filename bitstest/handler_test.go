package bitstest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bitstest"
)

// ask sends a request to a handler on a server of its own.
func ask(t *testing.T, server *httptest.Server, method, path string, header ...string) (*http.Response, []byte, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, nil)
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := *server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(bitstest.Handler())
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func TestContentIsAPrefixOfLongerContent(t *testing.T) {
	t.Parallel()
	require.Empty(t, bitstest.Content(0))
	require.Equal(t, bitstest.Content(100000)[:1000], bitstest.Content(1000))
	require.NotEqual(t, bitstest.Content(100000)[1000:2000], bitstest.Content(1000))
}

func TestHandler(t *testing.T) {
	t.Parallel()
	server := serve(t)
	content := bitstest.Content(1000)
	tests := map[string]struct {
		method, path string
		header       []string
		status       int
		length       int64
		body         []byte
	}{
		"file":                  {"GET", "/file/1000", nil, 200, 1000, content},
		"file with a name":      {"GET", "/file/1000/some/name", nil, 200, 1000, content},
		"length of a file":      {"HEAD", "/file/1000", nil, 200, 1000, nil},
		"empty file":            {"GET", "/file/0", nil, 200, 0, nil},
		"range":                 {"GET", "/file/1000", []string{"Range", "bytes=10-19"}, 206, 10, content[10:20]},
		"range behind the end":  {"GET", "/file/1000", []string{"Range", "bytes=2000-"}, 416, 0, nil},
		"no size":               {"GET", "/file/x", nil, 400, 0, nil},
		"negative size":         {"GET", "/file/-1", nil, 400, 0, nil},
		"too large":             {"GET", "/file/1000000000", nil, 400, 0, nil},
		"without ranges":        {"GET", "/noranges/1000", []string{"Range", "bytes=10-19"}, 200, 1000, content},
		"length without ranges": {"HEAD", "/noranges/1000", nil, 200, 1000, nil},
		"length not told":       {"GET", "/nolength/1000", nil, 200, -1, content},
		"no length":             {"HEAD", "/nolength/1000", nil, 200, -1, nil},
		"slow":                  {"GET", "/slow/4/1/1000", nil, 200, 1000, content},
		"status":                {"GET", "/status/503", nil, 503, 0, nil},
		"no status":             {"GET", "/status/99", nil, 400, 0, nil},
		"redirect":              {"GET", "/redirect/302/file/1000", nil, 302, 0, nil},
		"nobody":                {"GET", "/auth/basic/user/secret/1000", nil, 401, 0, nil},
		"user":                  {"GET", "/auth/basic/user/secret/1000", []string{"Authorization", "Basic dXNlcjpzZWNyZXQ="}, 200, 1000, content},
		"other user":            {"GET", "/auth/basic/other/secret/1000", []string{"Authorization", "Basic dXNlcjpzZWNyZXQ="}, 401, 0, nil},
		"with the header":       {"GET", "/needs/X-A/b/1000", []string{"X-A", "b"}, 200, 1000, content},
		"with another header":   {"GET", "/needs/X-A/b/1000", []string{"X-A", "c"}, 403, 0, nil},
		"method":                {"POST", "/method/POST/1000", nil, 200, 1000, content},
		"length for a method":   {"HEAD", "/method/POST/1000", nil, 200, 1000, nil},
		"other method":          {"GET", "/method/POST/1000", nil, 405, 0, nil},
		"unknown path":          {"GET", "/unknown", nil, 404, 0, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, body, err := ask(t, server, tt.method, tt.path, tt.header...)
			require.NoError(t, err)
			require.Equal(t, tt.status, resp.StatusCode)
			if resp.StatusCode > 299 {
				return
			}
			require.Equal(t, tt.length, resp.ContentLength)
			require.Equal(t, string(tt.body), string(body))
			if tt.length >= 0 {
				modified, err := http.ParseTime(resp.Header.Get("Last-Modified"))
				require.NoError(t, err)
				require.True(t, modified.Before(time.Now()))
			}
		})
	}
}

func TestRedirectLeadsToTheRestOfThePath(t *testing.T) {
	t.Parallel()
	resp, _, err := ask(t, serve(t), "GET", "/redirect/307/file/1000")
	require.NoError(t, err)
	require.Equal(t, 307, resp.StatusCode)
	require.Equal(t, "/file/1000", resp.Header.Get("Location"))
}

func TestFlakyComesRound(t *testing.T) {
	t.Parallel()
	server := serve(t)
	for _, want := range []int{503, 503, 200, 200} {
		resp, _, err := ask(t, server, "GET", "/flaky/one/2/1000")
		require.NoError(t, err)
		require.Equal(t, want, resp.StatusCode)
	}
	resp, _, err := ask(t, server, "GET", "/flaky/other/2/1000")
	require.NoError(t, err)
	require.Equal(t, 503, resp.StatusCode)
}

func TestCutLosesTheConnection(t *testing.T) {
	t.Parallel()
	server := serve(t)
	_, _, err := ask(t, server, "HEAD", "/cut/one/1/100000")
	require.NoError(t, err)
	resp, body, err := ask(t, server, "GET", "/cut/one/1/100000")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, int64(100000), resp.ContentLength)
	require.Equal(t, bitstest.Content(100000)[:len(body)], body)
	require.Len(t, body, 50000)
	_, body, err = ask(t, server, "GET", "/cut/one/1/100000", "Range", "bytes=50000-")
	require.NoError(t, err)
	require.Equal(t, bitstest.Content(100000)[50000:], body)
}

func TestCutWholeLosesTheConnection(t *testing.T) {
	t.Parallel()
	server := serve(t)
	_, body, err := ask(t, server, "GET", "/cutwhole/one/1/100000")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Len(t, body, 50000)
	resp, body, err := ask(t, server, "GET", "/cutwhole/one/1/100000", "Range", "bytes=50000-")
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, bitstest.Content(100000), body)
}

func TestChangedIsAnotherFileOnceCut(t *testing.T) {
	t.Parallel()
	server := serve(t)
	before, _, err := ask(t, server, "HEAD", "/changed/one/100000/70000")
	require.NoError(t, err)
	require.Equal(t, int64(100000), before.ContentLength)
	_, body, err := ask(t, server, "GET", "/changed/one/100000/70000")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Len(t, body, 50000)
	after, body, err := ask(t, server, "GET", "/changed/one/100000/70000")
	require.NoError(t, err)
	require.Equal(t, bitstest.Content(70000), body)
	require.NotEqual(t, before.Header.Get("Last-Modified"), after.Header.Get("Last-Modified"))
}

func TestOnceIsServedOnce(t *testing.T) {
	t.Parallel()
	server := serve(t)
	for _, tt := range []struct {
		method, header string
		want           int
	}{
		{"HEAD", "", 200}, {"GET", "bytes=0-499", 206}, {"HEAD", "", 200}, {"GET", "bytes=500-999", 206}, {"GET", "", 404}, {"HEAD", "", 404},
	} {
		resp, _, err := ask(t, server, tt.method, "/once/one/1000", "Range", tt.header)
		require.NoError(t, err)
		require.Equal(t, tt.want, resp.StatusCode)
	}
}
