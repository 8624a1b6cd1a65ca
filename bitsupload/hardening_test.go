package bitsupload_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
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

// failingStorage fails where it is told to.
type failingStorage struct {
	bitsupload.Storage
	create, open, write, commit, stat, remove, closing error
}

func (s *failingStorage) Stat(name string) (fs.FileInfo, error) {
	if s.stat != nil {
		return nil, s.stat
	}
	return s.Storage.Stat(name)
}

func (s *failingStorage) Create(name string) (bitsupload.File, error) {
	if s.create != nil {
		return nil, s.create
	}
	return s.Storage.Create(name)
}

func (s *failingStorage) Open(name string) (bitsupload.File, error) {
	if s.open != nil {
		return nil, s.open
	}
	f, err := s.Storage.Open(name)
	return failingFile{f, s}, err
}

func (s *failingStorage) Commit(from, to string, overwrite bool) error {
	if s.commit != nil {
		return s.commit
	}
	return s.Storage.Commit(from, to, overwrite)
}

func (s *failingStorage) Remove(name string) error {
	if s.remove != nil {
		return s.remove
	}
	return s.Storage.Remove(name)
}

type failingFile struct {
	bitsupload.File
	s *failingStorage
}

func (f failingFile) WriteAt(p []byte, off int64) (int, error) {
	if f.s.write != nil {
		return 0, f.s.write
	}
	return f.File.WriteAt(p, off)
}

func (f failingFile) Close() error { return f.s.closing }

func TestStorageFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	t.Run("on creation", func(t *testing.T) {
		t.Parallel()
		s := &failingStorage{Storage: &bitsupload.Memory{}, stat: broken}
		srv, c := serveStorage(t, s)
		internal := strings.NewReplacer("400", "500", "0x80070057", "0x80004005").Replace(badRequest)
		c.Exchange(createSession, internal)
		s.stat, s.create = nil, broken
		c.Exchange(createSession, internal)
		s.create = fs.ErrPermission
		c.Exchange(createSession, strings.NewReplacer("400", "403", "0x80070057", "0x80070005").Replace(badRequest))
		s.create = hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL
		c.Exchange(createSession, strings.NewReplacer("400", "500", "0x80070057", "0x80070070").Replace(badRequest))
		require.Empty(t, srv.Sessions())
	})
	t.Run("on the way", func(t *testing.T) {
		t.Parallel()
		s := &failingStorage{Storage: &bitsupload.Memory{}}
		_, c := serveStorage(t, s)
		c.Exchange(createSession, created)
		internal := refused(500, 0, "0x80004005", "0x5")
		s.open = broken
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), internal)
		s.open, s.write = nil, broken
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), internal)
		s.write = nil
		s.closing = broken
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), strings.Replace(internal, "Range: 0", "Range: 5", 1))
		s.closing, s.commit = nil, broken
		c.Exchange(fragment("bytes 5-9/10", "BBBBB"), strings.Replace(internal, "Range: 0", "Range: 10", 1))
		s.commit = nil
		c.Exchange(fragment("bytes 5-9/10", "BBBBB"), accepted(10))
		require.Equal(t, "AAAAABBBBB", content(t, s, "up/a.txt"))
		s.remove = broken // the client has no use for this
		c.Exchange(closeSession, good)
	})
	t.Run("on notification", func(t *testing.T) {
		t.Parallel()
		s := &failingStorage{Storage: &bitsupload.Memory{}}
		app := answers()
		_, c := serveStorage(t, s, func(o *bitsupload.Options) {
			o.Notify = bitsupload.Notification{Type: bitsupload.NotifyByValue, URL: "x", Handler: app}
		})
		c.Exchange(createSession, created)
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), accepted(5))
		fails := func(code, context string) {
			t.Helper()
			c.Exchange(fragment("bytes 5-9/10", "BBBBB"), refused(500, 10, code, context))
		}
		s.create = broken
		fails("0x80072efd", "0x7")
		s.create, s.open = nil, broken
		fails("0x80072efd", "0x7")
		s.open, s.stat = nil, broken
		fails("0x80072efd", "0x7")
		s.stat, s.remove = nil, broken
		fails("0x80004005", "0x5")
		s.remove = nil
		require.Equal(t, 200, c.Do(fragment("bytes 5-9/10", "BBBBB")).Status())
		s.open = broken
		require.Equal(t, 404, c.Do("GET "+replyPath+" HTTP/1.1\nHost: x\n\n").Status())
	})
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

// FuzzServer sends whole requests to a server: whatever comes, the session that is
// there goes on, and nothing but its file is stored.
func FuzzServer(f *testing.F) {
	f.Add("BITS_POST", "/up/b.txt", "Create-Session", "bytes 0-4/5", "{7df0354d-249b-430f-820d-3d2a9bef4931}", []byte("AAAAA"))
	f.Add("BITS_POST", "/up/a.txt", "Fragment", "bytes 0-4/5", "1", []byte("AAAAA"))
	f.Add("BITS_POST", "/../a.txt", "Fragment", "bytes 0-18446744073709551614/18446744073709551615", "1", []byte{})
	f.Add("GET", "/up/BITS-Sessions/1/response", "", "", "", []byte{})
	f.Fuzz(func(t *testing.T, method, path, packet, contentRange, id string, body []byte) {
		files := &bitsupload.Memory{}
		next := 0
		srv, err := bitsupload.New(files, bitsupload.Options{NewID: func() string { next++; return fmt.Sprint(next) }})
		require.NoError(t, err)
		do := func(method, path, packet, contentRange, id string, body []byte) *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
			r.Method, r.URL.Path, r.RequestURI = method, path, path
			r.Header = http.Header{
				"Bits-Packet-Type": {packet}, "Content-Range": {contentRange}, "Bits-Session-Id": {id},
				"Bits-Supported-Protocols": {id}, "Content-Length": {fmt.Sprint(len(body))},
			}
			w := httptest.NewRecorder()
			srv.ServeHTTP(w, r)
			return w
		}
		const protocol = "{7df0354d-249b-430f-820d-3d2a9bef4931}"
		require.Equal(t, 200, do("BITS_POST", "/victim", "Create-Session", "", protocol, nil).Code)
		w := do(method, path, packet, contentRange, id, body)
		if w.Code == 0 || method == "BITS_POST" && header(w.Header(), "BITS-Packet-Type") == "" {
			t.Fatalf("answer %+v", w)
		}
		for _, name := range files.Names() {
			if !fs.ValidPath(name) || strings.ContainsAny(name, "\\:") {
				t.Fatalf("%q is stored", name)
			}
		}
		if path == "/victim" && id == "1" {
			return
		}
		require.Equal(t, 200, do("BITS_POST", "/victim", "Fragment", "bytes 0-4/5", "1", []byte("AAAAA")).Code)
		got, err := files.ReadFile("victim")
		require.NoError(t, err)
		require.Equal(t, "AAAAA", string(got))
	})
}

// TestAnyFragmentsInAnyOrder sends pieces at random, some cut short: the server
// never takes a byte from where it does not belong, and always tells where it stands.
func TestAnyFragmentsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		strict := rapid.Bool().Draw(rt, "strict")
		files := &bitsupload.Memory{}
		srv, err := bitsupload.New(files, bitsupload.Options{StrictRanges: strict, NewID: func() string { return "1" }})
		require.NoError(rt, err)
		total := rapid.IntRange(1, 200_000).Draw(rt, "total")
		want := make([]byte, total)
		for i := range want {
			want[i] = byte(i * 31 >> 3)
		}
		send := func(packet, contentRange string, length int, body io.Reader) *httptest.ResponseRecorder {
			r := httptest.NewRequest("BITS_POST", "/a", body)
			r.ContentLength = int64(length)
			r.Header = http.Header{
				"Bits-Packet-Type": {packet}, "Bits-Session-Id": {"1"}, "Content-Range": {contentRange}, "Content-Length": {fmt.Sprint(length)},
				"Bits-Supported-Protocols": {"{7df0354d-249b-430f-820d-3d2a9bef4931}"},
			}
			w := httptest.NewRecorder()
			srv.ServeHTTP(w, r)
			return w
		}
		require.Equal(rt, 200, send("Create-Session", "", 0, nil).Code)
		next := 0 // what the server must have
		for range rapid.IntRange(1, 30).Draw(rt, "pieces") {
			first := rapid.IntRange(0, total-1).Draw(rt, "first")
			if rapid.Bool().Draw(rt, "in order") {
				first = min(next, total-1)
			}
			length := rapid.IntRange(1, total-first).Draw(rt, "length")
			sent := length
			if rapid.IntRange(0, 3).Draw(rt, "cut") == 0 {
				sent = rapid.IntRange(0, length).Draw(rt, "sent")
			}
			w := send("Fragment", fmt.Sprintf("bytes %d-%d/%d", first, first+length-1, total), length,
				&early{bytes.NewReader(want[first : first+sent])})
			status := 200
			switch {
			case next == total:
			case first > next, first < next && strict:
				status = 416
			case first+length <= next: // nothing new, so nobody looks
			case sent < length:
				next, status = max(next, first+sent), 400
			default:
				next = max(next, first+length)
			}
			require.Equal(rt, status, w.Code)
			require.Equal(rt, fmt.Sprint(next), header(w.Header(), "BITS-Received-Content-Range"))
		}
		if next < total {
			require.Equal(rt, []string{"BITS-Sessions/1/request"}, files.Names())
			require.Equal(rt, 200, send("Fragment", fmt.Sprintf("bytes %d-%d/%d", next, total-1, total), total-next,
				bytes.NewReader(want[next:])).Code)
		}
		got, err := files.ReadFile("a")
		require.NoError(rt, err)
		require.True(rt, bytes.Equal(want, got), "the file is another")
	})
}

// early is the body of a request whose connection is cut.
type early struct{ r io.Reader }

func (e *early) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
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
