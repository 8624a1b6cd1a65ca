package inspect_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/inspect"
)

// house is a page behind a door, on a port.
type house struct {
	*testing.T
	door *inspect.Door
	addr string
	end  func() error
}

func newHouse(t *testing.T) *house {
	door := inspect.NewDoor(inspect.New(inspect.Live(bitsemu.RunT(t))))
	l, err := inspect.Listen("127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- door.Serve(ctx, l) }()
	end := func() error { cancel(); return <-ended }
	h := &house{t, door, l.Addr().String(), end}
	t.Cleanup(func() { require.NoError(t, end()) })
	return h
}

// browser is one that keeps cookies, and runs no script.
func (h *house) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(h, err)
	transport := &http.Transport{}
	h.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport}
}

func (h *house) get(c *http.Client, path string, change ...func(*http.Request)) (int, string) {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), http.MethodGet, "http://"+h.addr+path, nil)
	require.NoError(h, err)
	for _, f := range change {
		f(req)
	}
	return h.do(c, req)
}

func (h *house) do(c *http.Client, req *http.Request) (int, string) {
	h.Helper()
	resp, err := c.Do(req)
	require.NoError(h, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(h, err)
	return resp.StatusCode, string(text)
}

// enter gives a key, as the form does.
func (h *house) enter(c *http.Client, key, origin string) (int, string) {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), http.MethodPost, "http://"+h.addr+"/inspect/enter", strings.NewReader(url.Values{"key": {key}}.Encode()))
	require.NoError(h, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	return h.do(c, req)
}

func TestDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.browser()
	status, text := h.get(c, "/")
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, text, "This page is for who has its link.")
	status, text = h.get(c, "/inspect/api/queue")
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, text, `"error"`)

	link := h.door.Link(h.addr)
	before, key, ok := strings.Cut(link, "#")
	require.True(t, ok)
	require.Equal(t, "http://"+h.addr+"/inspect/enter", before)
	status, text = h.get(c, "/inspect/enter")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "The key, please")
	for _, path := range []string{"enter.js", "app.css", "icon.svg"} {
		status, _ = h.get(c, "/inspect/"+path)
		require.Equal(t, http.StatusOK, status, path)
	}
	status, _ = h.enter(c, "wrong", "")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = h.enter(c, "", "")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = h.enter(c, key, "http://evil.example")
	require.Equal(t, http.StatusForbidden, status)
	status, text = h.enter(c, key, "http://"+h.addr)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, text, "The queue is empty.")
	status, _ = h.get(c, "/inspect/api/queue")
	require.Equal(t, http.StatusOK, status)

	// The key is good once, for one browser.
	other := h.browser()
	status, _ = h.enter(other, key, "")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = h.enter(other, h.door.Link(h.addr), "") // the whole link
	require.Equal(t, http.StatusOK, status)
}

// Of many links and browsers the latest are remembered.
func TestDoorForgets(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, second := h.door.Link(h.addr), ""
	for range 100 {
		second = h.door.Link(h.addr)
	}
	status, _ := h.enter(h.browser(), first, "")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = h.enter(h.browser(), second, "")
	require.Equal(t, http.StatusOK, status)
}

func TestDoorToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	bearer := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	status, _ := h.get(h.browser(), "/inspect/api/queue", bearer(h.door.Token()))
	require.Equal(t, http.StatusOK, status)
	status, _ = h.get(h.browser(), "/inspect/api/queue", bearer(h.door.Token()+"x"))
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = h.get(h.browser(), "/inspect/api/queue", func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "bitsemu-inspect", Value: h.door.Token()})
	})
	require.Equal(t, http.StatusUnauthorized, status)
}

// A page of the web that has a name of its own resolve to this machine gets nothing.
func TestDoorHost(t *testing.T) {
	t.Parallel()
	door := inspect.NewDoor(inspect.New(inspect.Live(bitsemu.RunT(t))))
	for host, allowed := range map[string]bool{
		"127.0.0.1:80": true, "localhost:80": true, "LOCALHOST": true, "[::1]:80": true, "[::1]": true, "127.0.0.2": true,
		"evil.example": false, "evil.example:80": false, "localhost.evil.example": false, "10.0.0.1:80": false, "": false,
	} {
		req := httptest.NewRequest(http.MethodGet, "/inspect/api/queue", nil)
		req.Host = host
		req.Header.Set("Authorization", "Bearer "+door.Token())
		w := httptest.NewRecorder()
		door.ServeHTTP(w, req)
		require.Equal(t, allowed, w.Code == http.StatusOK, "%s: %d", host, w.Code)
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "10.0.0.1:0", "example.com:0", "127.0.0.1", "[::]:0"} {
		_, err := inspect.Listen(address)
		require.Error(t, err, address)
	}
	l, err := inspect.Listen("localhost:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.Error(t, inspect.NewDoor(http.NotFoundHandler()).Serve(t.Context(), l), "it is closed")
}
