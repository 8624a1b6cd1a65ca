package bitsupload_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/stretchr/testify/require"
)

func TestOtherMethods(t *testing.T) {
	t.Parallel()
	_, c := opened(t)
	for _, method := range []string{"GET", "PUT", "POST", "bits_post"} {
		got := c.Do(method + " /up/a.txt HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n")
		require.Equal(t, 405, got.Status())
		require.Equal(t, "BITS_POST", got.Header["allow"])
		require.NotContains(t, got.Header, "bits-packet-type")
	}
	for _, path := range []string{
		"/up/BITS-Sessions/{none}/response", "/up/BITS-Sessions/%7Ba0000000-0000-4000-8000-000000000001%7D/response",
		"/other/BITS-Sessions/%7Ba0000000-0000-4000-8000-000000000001%7D/response",
	} {
		require.Equal(t, 404, c.Do("GET "+path+" HTTP/1.1\nHost: localhost\n\n").Status(), path)
	}
	require.Equal(t, 405, c.Do("GET /up/BITS-Sessions/%7Ba0000000-0000-4000-8000-000000000001%7D/request HTTP/1.1\nHost: x\n\n").Status())

	_, c = opened(t, func(o *bitsupload.Options) {
		o.Other = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) })
	})
	require.Equal(t, 299, c.Do("GET /up/a.txt HTTP/1.1\nHost: localhost\n\n").Status())
}

func TestHTTP10(t *testing.T) {
	t.Parallel()
	_, c := serve(t)
	require.Equal(t, 505, c.Do(strings.Replace(createSession, "HTTP/1.1", "HTTP/1.0", 1)).Status())
}

func TestMaxSessions(t *testing.T) {
	t.Parallel()
	_, c := opened(t, func(o *bitsupload.Options) { o.MaxSessions = 1 })
	c.Exchange(createSession, strings.NewReplacer("400", "503", "0x80070057", "0x801901f7").Replace(badRequest))
	c.Exchange(closeSession, good)
	c.Exchange(createSession, strings.Replace(created, "01}", "03}", 1))
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	_, c := serve(t, func(o *bitsupload.Options) {
		o.Authorize = func(r *http.Request) (string, error) {
			if user := r.Header.Get("X-User"); user != "" {
				return user, nil
			}
			return "", errors.New("who?")
		}
		o.Notify = bitsupload.Notification{Type: bitsupload.NotifyByValue, URL: "x", Handler: answers()}
	})
	as := func(user, text string) string { return strings.Replace(text, "Host:", "X-User: "+user+"\nHost:", 1) }
	denied := strings.NewReplacer("400", "403", "0x80070057", "0x80070005").Replace(badRequest)
	c.Exchange(createSession, denied)
	c.Exchange(as("ann", createSession), created)
	c.Exchange(as("bob", fragment("bytes 0-4/5", "AAAAA")), unknown)
	require.Equal(t, 200, c.Do(as("ann", fragment("bytes 0-4/5", "AAAAA"))).Status())
	get := "GET " + replyPath + " HTTP/1.1\nHost: x\n\n"
	require.Equal(t, 403, c.Do(get).Status())
	require.Equal(t, 404, c.Do(as("bob", get)).Status())
	require.Equal(t, "reply", c.Do(as("ann", get)).Body)
}

func TestStripPrefix(t *testing.T) {
	t.Parallel()
	files := &bitsupload.Memory{}
	srv, err := bitsupload.New(files, bitsupload.Options{
		NewID:  func() string { return "1" },
		Notify: bitsupload.Notification{Type: bitsupload.NotifyByValue, URL: "x", Handler: answers()},
	})
	require.NoError(t, err)
	hs := httptest.NewServer(http.StripPrefix("/bits", srv))
	defer hs.Close()
	c := wiretest.Dial(t, hs.URL)
	there := strings.NewReplacer("/up/a.txt", "/bits/up/a.txt", "{a0000000-0000-4000-8000-000000000001}", "1")
	c.Exchange(there.Replace(createSession), there.Replace(created))
	got := c.Do(there.Replace(fragment("bytes 0-4/5", "AAAAA")))
	require.Equal(t, "http://localhost/bits/up/BITS-Sessions/1/response", got.Header["bits-reply-url"])
	require.Equal(t, "reply", c.Do("GET /bits/up/BITS-Sessions/1/response HTTP/1.1\nHost: x\n\n").Body)
}

func TestIdentifiersThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "a/b", "..", "a:b", "{../x}", "BITS-Sessions", strings.Repeat("x", 101), "a\nb"} {
		srv, c := serve(t, func(o *bitsupload.Options) { o.NewID = func() string { return id } })
		c.Exchange(createSession, strings.NewReplacer("400", "500", "0x80070057", "0x80004005").Replace(badRequest))
		require.Empty(t, srv.Sessions())
		require.Empty(t, srv.Files.Names())
	}
	_, c := serve(t, func(o *bitsupload.Options) { o.NewID = func() string { return "same" } })
	require.Equal(t, 200, c.Do(createSession).Status())
	require.Equal(t, 500, c.Do(createSession).Status())
}

func TestOptionsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*bitsupload.Options){
		"session timeout": func(o *bitsupload.Options) { o.SessionTimeout = -1 },
		"idle timeout":    func(o *bitsupload.Options) { o.IdleTimeout = -1 },
		"fallback":        func(o *bitsupload.Options) { o.HostFallback = -1 },
		"fragment":        func(o *bitsupload.Options) { o.MaxFragmentSize = -1 },
		"sessions":        func(o *bitsupload.Options) { o.MaxSessions = -1 },
		"created":         func(o *bitsupload.Options) { o.CreatedStatus = 204 },
		"conflict":        func(o *bitsupload.Options) { o.ConflictStatus = 404 },
		"fallback alone":  func(o *bitsupload.Options) { o.HostFallback = time.Second },
		"long fallback":   func(o *bitsupload.Options) { o.HostID = "x"; o.HostFallback = 1 << 62 },
		"host":            func(o *bitsupload.Options) { o.HostID = "a/b" },
	} {
		var o bitsupload.Options
		change(&o)
		_, err := bitsupload.New(&bitsupload.Memory{}, o)
		require.ErrorContains(t, err, "bitsupload: ", name)
		srv, err := bitsupload.New(&bitsupload.Memory{}, bitsupload.Options{})
		require.NoError(t, err)
		require.ErrorContains(t, srv.Configure(change), "bitsupload: ", name)
		require.Equal(t, 14*24*time.Hour, srv.Options().SessionTimeout, "nothing is changed")
		require.Equal(t, 200, srv.Options().CreatedStatus)
	}
}

func TestT25HostID(t *testing.T) {
	t.Parallel()
	_, c := serve(t, func(o *bitsupload.Options) { o.HostID = "127.0.0.2" })
	c.Exchange(createSession, strings.Replace(created, "Accept", "BITS-Host-Id: 127.0.0.2\nAccept", 1))
	_, c = serve(t, func(o *bitsupload.Options) { o.HostID = "127.0.0.2"; o.HostFallback = time.Minute })
	c.Exchange(createSession, strings.Replace(created, "Accept", "BITS-Host-Id: 127.0.0.2\nBITS-Host-Id-Fallback-Timeout: 60\nAccept", 1))
}
