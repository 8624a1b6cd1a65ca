package bitsupload_test

import (
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/stretchr/testify/require"
)

// serveStorage is serve with another storage.
func serveStorage(t testing.TB, s bitsupload.Storage, change ...func(*bitsupload.Options)) (*bitsupload.Server, *wiretest.Conn) {
	t.Helper()
	var o bitsupload.Options
	for _, c := range append(change, numbered) {
		c(&o)
	}
	srv, err := bitsupload.New(s, o)
	require.NoError(t, err)
	hs := httptest.NewServer(srv)
	t.Cleanup(func() {
		hs.Close()
		require.NoError(t, srv.Close())
	})
	return srv, wiretest.Dial(t, hs.URL)
}

func TestPathsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/", "/..", "/../a", "/up/../a.txt", "/up/%2e%2e/a.txt", "/up/..%2fa.txt", "/%2e%2e%2f%2e%2e%2fetc/passwd",
		"//a.txt", "/up//a.txt", "/up/", "/up/.", "/up/./a.txt", "/up/%5c..%5ca.txt", "/C:/a.txt", "/up/a.txt:stream",
		"/up/a%00.txt", "/up/a%0a.txt", "/up/a.txt.", "/up/a.txt%20", "/up/a*.txt", "/up/%ff.txt",
		"/up/BITS-Sessions/x/request", "/up/bits-sessions/x", "/" + strings.Repeat("x", 256), "/" + strings.Repeat("x/", 2100) + "x",
	} {
		t.Run(fmt.Sprintf("%.30q", path), func(t *testing.T) {
			t.Parallel()
			d, dir := directory(t)
			srv, c := serveStorage(t, d)
			c.Exchange(strings.Replace(createSession, "/up/a.txt", path, 1), badRequest)
			require.Empty(t, srv.Sessions())
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, left, 1)
			c.Exchange(createSession, created)
		})
	}
}

func TestNoSuchDirectory(t *testing.T) {
	t.Parallel()
	d, dir := directory(t)
	srv, c := serveStorage(t, d)
	notFound := strings.NewReplacer("400", "404", "0x80070057", "0x80190194").Replace(badRequest)
	c.Exchange(strings.Replace(createSession, "/up/a", "/down/a", 1), notFound)
	require.NoDirExists(t, filepath.Join(dir, "down"))

	require.NoError(t, os.Mkdir(filepath.Join(dir, "up", "a.txt"), 0o700))
	c.Exchange(createSession, strings.NewReplacer("400", "403", "0x80070057", "0x80070005").Replace(badRequest))
	require.NoError(t, srv.Configure(func(o *bitsupload.Options) { o.AllowOverwrite = true }))
	c.Exchange(createSession, strings.NewReplacer("400", "403", "0x80070057", "0x80070005").Replace(badRequest))
}

func TestUploadToADirectory(t *testing.T) {
	t.Parallel()
	d, dir := directory(t)
	_, c := serveStorage(t, d)
	c.Exchange(createSession, created)
	c.Exchange(fragment("bytes 0-4/10", "AAAAA"), accepted(5))
	require.NoFileExists(t, filepath.Join(dir, "up", "a.txt"))
	c.Exchange(fragment("bytes 5-9/10", "BBBBB"), accepted(10))
	got, err := os.ReadFile(filepath.Join(dir, "up", "a.txt"))
	require.NoError(t, err)
	require.Equal(t, "AAAAABBBBB", string(got))
	c.Exchange(closeSession, good)
	left, err := os.ReadDir(filepath.Join(dir, "up"))
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func TestCloseLeavesNothing(t *testing.T) {
	t.Parallel()
	d, dir := directory(t)
	srv, c := serveStorage(t, d)
	c.Exchange(createSession, created)
	c.Exchange(fragment("bytes 0-4/10", "AAAAA"), accepted(5))
	require.NoError(t, srv.Close())
	left, err := os.ReadDir(filepath.Join(dir, "up"))
	require.NoError(t, err)
	require.Empty(t, left)
	c.Exchange(fragment("bytes 5-9/10", "BBBBB"), unknown)
}

func TestLongHeaders(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 4097)
	for name, request := range map[string]string{
		"protocols": strings.Replace(createSession, "{7df", "{"+long+"} {7df", 1),
		"session":   strings.Replace(fragment("bytes 0-4/5", "AAAAA"), "{a000", long+"{a000", 1),
		"session 2": strings.Replace(fragment("bytes 0-4/5", "AAAAA"), "{a000", strings.Repeat("x", 101)+"{a000", 1),
		"range":     fragment("bytes 0-4/5"+long, "AAAAA"),
		"name":      strings.Replace(fragment("bytes 0-4/5", "AAAAA"), "Host", "Content-Name: "+long+"\nHost", 1),
		"no id":     strings.Replace(fragment("bytes 0-4/5", "AAAAA"), "{a0000000-0000-4000-8000-000000000001}", "", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := opened(t)
			c.Exchange(request, badRequest)
			c.Exchange(fragment("bytes 0-4/5", "AAAAA"), accepted(5))
		})
	}
	t.Run("beyond the server", func(t *testing.T) {
		t.Parallel()
		_, c := opened(t)
		_, _ = c.Write([]byte(wiretest.Wire(strings.Replace(createSession, "Host", "X: "+strings.Repeat("x", 2<<20)+"\nHost", 1))))
		_, err := io.ReadAll(c)
		_ = err // an answer or a cut, the server decides
	})
}

func TestSlowClient(t *testing.T) {
	t.Parallel()
	srv, c := opened(t, func(o *bitsupload.Options) { o.IdleTimeout = 50 * time.Millisecond })
	whole := fragment("bytes 0-9/10", "AAAAABBBBB")
	c.Send(whole[:len(whole)-7])
	wiretest.CheckAnswer(t, refused(408, 3, "0x80190198", "0x5"), c.Answer())
	c.Gone()
	c = wiretest.Dial(t, srv.URL)
	c.Exchange(fragment("bytes 3-9/10", "AABBBBB"), accepted(10))
	holds(t, srv, "AAAAABBBBB")
}

func TestSlowClientWithAnErrorToCome(t *testing.T) {
	t.Parallel()
	// An answer that does not depend on the body comes even when the body does not:
	// it waits as long as draining may take.
	srv, c := opened(t, func(o *bitsupload.Options) { o.MaxUploadSize = 5; o.IdleTimeout = 50 * time.Millisecond })
	whole := fragment("bytes 0-9/10", "AAAAABBBBB")
	start := time.Now()
	c.Send(whole[:len(whole)-7])
	wiretest.CheckAnswer(t, refused(500, 0, "0x80200020", "0x5"), c.Answer())
	require.Less(t, time.Since(start), 15*time.Second)
	require.Zero(t, srv.Stats().Stored)
}

func TestSecondRequestWaits(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	whole := fragment("bytes 0-9/10", "AAAAABBBBB")
	c.Send(whole[:len(whole)-5])
	require.Eventually(t, func() bool { return srv.Stats().Packets[bitsupload.Fragment] == 1 }, 5*time.Second, time.Millisecond)
	second := wiretest.Dial(t, srv.URL)
	second.Send(fragment("bytes 5-9/10", "XXXXX"))
	require.Eventually(t, func() bool { return srv.Stats().Packets[bitsupload.Fragment] == 2 }, 5*time.Second, time.Millisecond)
	_, err := c.Write([]byte("BBBBB"))
	require.NoError(t, err)
	wiretest.CheckAnswer(t, accepted(10), c.Answer())
	wiretest.CheckAnswer(t, accepted(10), second.Answer())
	holds(t, srv, "AAAAABBBBB")
}

func TestCutRequestsLeaveTheServerWell(t *testing.T) {
	t.Parallel()
	srv, _ := opened(t)
	whole := fragment("bytes 0-9/10", "AAAAABBBBB")
	for _, n := range []int{1, 20, 100, len(whole) - 10} {
		c, err := net.Dial("tcp", strings.TrimPrefix(srv.URL, "http://"))
		require.NoError(t, err)
		_, err = c.Write([]byte(wiretest.Wire(whole))[:n])
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
	wiretest.Dial(t, srv.URL).Exchange(whole, accepted(10))
	holds(t, srv, "AAAAABBBBB")
}
