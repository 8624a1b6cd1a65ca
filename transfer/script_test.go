package transfer_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// get sends a request of another client than a download.
func get(t testing.TB, rt http.RoundTripper, method, target string, header ...string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader("body"))
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

func TestScriptAnswers(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Content([]byte("0123456789")), transfer.ETag(`"1"`), transfer.Header("x-a", "1"), transfer.Header("x-b", "2"))
	s.Set(transfer.Header("x-b", ""))
	for name, row := range map[string]struct {
		header []string
		status int
		body   string
		answer map[string]string
	}{
		"whole":     {nil, 200, "0123456789", map[string]string{"Content-Length": "10", "Etag": `"1"`, "X-A": "1", "X-B": "", "Accept-Ranges": "bytes"}},
		"part":      {[]string{"Range", "bytes=2-4"}, 206, "234", map[string]string{"Content-Range": "bytes 2-4/10"}},
		"longer":    {[]string{"Range", "bytes=8-20"}, 206, "89", map[string]string{"Content-Range": "bytes 8-9/10"}},
		"behind":    {[]string{"Range", "bytes=10-20"}, 416, "", map[string]string{"Content-Range": "bytes */10"}},
		"suffix":    {[]string{"Range", "bytes=-3"}, 200, "0123456789", nil},
		"open":      {[]string{"Range", "bytes=3-"}, 200, "0123456789", nil},
		"lines":     {[]string{"Range", "lines=1-2"}, 200, "0123456789", nil},
		"unchanged": {[]string{"If-Unmodified-Since", "Thu, 02 Jan 2020 03:04:05 GMT"}, 200, "0123456789", nil},
		"changed":   {[]string{"If-Unmodified-Since", "Thu, 02 Jan 2020 03:04:04 GMT"}, 412, "", nil},
	} {
		resp, body, err := get(t, s, http.MethodGet, site, row.header...)
		require.NoError(t, err, name)
		require.Equal(t, row.status, resp.StatusCode, name)
		require.Equal(t, row.body, body, name)
		require.EqualValues(t, len(row.body), resp.ContentLength, name)
		for key, value := range row.answer {
			require.Equal(t, value, resp.Header.Get(key), name)
		}
	}
	resp, body, err := get(t, s, http.MethodHead, site, "Range", "bytes=2-4")
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode)
	require.EqualValues(t, 10, resp.ContentLength)
	require.Empty(t, body)

	s = transfer.NewScript(transfer.NoRanges(), transfer.HTTP10(), transfer.NoLength(), transfer.Size(-5))
	resp, _, err = get(t, s, http.MethodGet, site, "Range", "bytes=2-4")
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.0", resp.Proto)
	require.False(t, resp.ProtoAtLeast(1, 1))
	require.EqualValues(t, -1, resp.ContentLength)
	s.Set(transfer.Ranges(), transfer.Size(100))
	resp, body, err = get(t, s, http.MethodGet, site, "Range", "bytes=2-4")
	require.NoError(t, err)
	require.Equal(t, 206, resp.StatusCode)
	require.Equal(t, string(s.Bytes()[2:5]), body)
}

// Any part of a file that is made up is the same as that part of the whole.
func TestScriptSize(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Seeded(1003, 7))
	all := s.Bytes()
	require.Len(t, all, 1003)
	require.NotEqual(t, all, transfer.NewScript(transfer.Seeded(1003, 8)).Bytes())
	require.Equal(t, transfer.NewScript(transfer.Size(9)).Bytes(), transfer.NewScript(transfer.Seeded(20, 0)).Bytes()[:9])
	for first := range 20 {
		for last := first; last < 40; last++ {
			_, body, err := get(t, s, http.MethodGet, site, "Range", (&httpRange{first, last}).String())
			require.NoError(t, err)
			require.Equal(t, all[first:last+1], []byte(body))
		}
	}
}

func TestScriptRequests(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(100), transfer.CutAfter(50, 1), transfer.Status(500, 1))
	_, _, err := get(t, s, http.MethodPost, site, "Authorization", transfer.Basic("alice", "word"))
	require.NoError(t, err)
	_, body, err := get(t, s, http.MethodGet, site, "Range", "bytes=10-99", "Authorization", transfer.Simulated(bits.BG_AUTH_SCHEME_NTLM, "S-1-5-18"))
	require.Error(t, err)
	require.Equal(t, string(s.Bytes()[10:60]), body)
	s.Set(transfer.Unreachable(hresult.BG_E_NETWORK_DISCONNECTED, transfer.Always))
	_, _, err = get(t, s, http.MethodGet, "https://a/b?c", "Authorization", "Digest username=\"bob\", x=y")
	require.ErrorIs(t, err, hresult.BG_E_NETWORK_DISCONNECTED)
	require.Equal(t, "POST http://www.example.com/file  -> 500, 0 bytes\n"+
		"GET http://www.example.com/file bytes=10-99 -> 206, 50 bytes\n"+
		"GET https://a/b?c  -> 0, 0 bytes\n", s.String())
	var who []string
	for _, r := range s.Requests() {
		who = append(who, r.Principal)
		r.Header.Set("Authorization", "changed")
	}
	require.Equal(t, []string{"alice", "S-1-5-18", "bob"}, who)
	require.Equal(t, transfer.Basic("alice", "word"), s.Requests()[0].Header.Get("Authorization"))
}

// Clients that know nothing of Wait wait.
func TestScriptWithOtherClients(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(100), transfer.Delay(20*time.Millisecond), transfer.HoldAt(50), transfer.Rate(1000))
	begun := time.Now()
	done := make(chan struct{})
	go func() {
		defer close(done)
		resp, err := s.RoundTrip(httptest.NewRequest(http.MethodGet, site, nil))
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		if b, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(s.Bytes(), b) {
			t.Errorf("%q, %v", b, err)
		}
	}()
	require.Eventually(t, func() bool {
		r := s.Requests()
		return len(r) == 1 && r[0].Sent == 50
	}, 10*time.Second, time.Millisecond)
	s.Release()
	<-done
	require.GreaterOrEqual(t, time.Since(begun), 120*time.Millisecond)

	// Their contexts end it, in the request and in the body.
	for _, o := range []transfer.ScriptOption{transfer.Hold(), transfer.HoldAt(10), transfer.Delay(time.Hour)} {
		s := transfer.NewScript(transfer.Size(100), o)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		resp, err := s.RoundTrip((&http.Request{Method: http.MethodGet, URL: &url.URL{Scheme: "http", Host: "a"}}).WithContext(ctx))
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			require.NoError(t, resp.Body.Close())
			_, closed := resp.Body.Read(make([]byte, 1))
			require.Error(t, closed)
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
		cancel()
	}
}

func TestScriptContentIsCopied(t *testing.T) {
	t.Parallel()
	b := []byte("hello")
	s := transfer.NewScript(transfer.Content(b))
	b[0] = 'j'
	require.Equal(t, "hello", string(s.Bytes()))
	resp, err := s.RoundTrip(&http.Request{Method: http.MethodGet, URL: &url.URL{}})
	require.NoError(t, err)
	s.Set(transfer.Content([]byte("other")))
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "hello", string(got), "an answer keeps its content")
	require.NoError(t, resp.Body.Close())
	_, err = resp.Body.Read(make([]byte, 1))
	require.Error(t, err)
	require.True(t, bytes.Equal([]byte("other"), s.Bytes()))
}
