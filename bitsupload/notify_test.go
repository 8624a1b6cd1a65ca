package bitsupload_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/stretchr/testify/require"
)

// application is a server application that notes what it was told.
type application struct {
	http.HandlerFunc
	mu   sync.Mutex
	told []string // method, URL, headers of the protocol, body
}

func (a *application) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	text := fmt.Sprintf("%s http://%s%s %d\n", r.Method, r.Host, r.URL.RequestURI(), r.ContentLength)
	for _, name := range []string{"BITS-Original-Request-URL", "BITS-Request-DataFile-Name", "BITS-Response-DataFile-Name"} {
		if v := header(r.Header, name); v != "" {
			text += name + ": " + v + "\n"
		}
	}
	a.mu.Lock()
	a.told = append(a.told, text+"\n"+string(body))
	a.mu.Unlock()
	a.HandlerFunc(w, r)
}

func (a *application) Told() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.told
}

func header(h http.Header, name string) string {
	for key, values := range h {
		if strings.EqualFold(key, name) {
			return values[0]
		}
	}
	return ""
}

// answers is an application that answers with these statuses, and 200 from then on.
func answers(statuses ...int) *application {
	a := &application{}
	n := 0
	a.HandlerFunc = func(w http.ResponseWriter, _ *http.Request) {
		if n++; n <= len(statuses) {
			w.WriteHeader(statuses[n-1])
			return
		}
		_, _ = io.WriteString(w, "reply")
	}
	return a
}

// order is the upload-reply job of T22, with its texts.
type order struct {
	*bitsupload.TestServer
	*wiretest.Conn
}

// of writes a text of the fixture for the order.
func of(text string) string {
	return strings.ReplaceAll(text, "/up/a.txt", "/up/order.txt?ACCOUNT=1")
}

const (
	replyPath = "/up/BITS-Sessions/%7Ba0000000-0000-4000-8000-000000000001%7D/response"
	replyURL  = "http://localhost" + replyPath
)

func newOrder(t *testing.T, n bitsupload.Notification, change ...func(*bitsupload.Options)) order {
	if n.URL == "" {
		n.URL = "http://localhost/app/bag"
	}
	srv, c := serve(t, append(change, func(o *bitsupload.Options) { o.Notify = n })...)
	c.Exchange(of(createSession), created)
	return order{srv, c}
}

func (o order) last() wiretest.Message { return o.Do(of(fragment("bytes 0-4/5", "order"))) }

func replied(url string) string {
	return strings.Replace(accepted(5), "Content-Length", "BITS-Reply-URL: "+url+"\nContent-Length", 1)
}

// get fetches a reply.
func (o order) get(method string, extra ...string) wiretest.Message {
	return o.Do(method + " " + replyPath + " HTTP/1.1\nHost: localhost\n" + strings.Join(append(extra, ""), "\n") + "\n")
}

func TestT22ByValue(t *testing.T) {
	t.Parallel()
	app := answers()
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Handler: app})
	wiretest.CheckAnswer(t, replied(replyURL), o.last())
	require.Equal(t, []string{
		"POST http://localhost/app/bag?ACCOUNT=1 5\nBITS-Original-Request-URL: http://localhost/up/order.txt?ACCOUNT=1\n\norder",
	}, app.Told())
	require.Equal(t, []string{"up/BITS-Sessions/{a0000000-0000-4000-8000-000000000001}/response"}, o.Files.Names(),
		"no file under its name, and the data is gone")

	o.Send("HEAD " + replyPath + " HTTP/1.1\nHost: localhost\n\n")
	require.NoError(t, o.Conn.Close())
	o.Conn = wiretest.Dial(t, o.TestServer.URL)
	got := o.get("GET")
	require.Equal(t, 200, got.Status())
	require.Equal(t, "reply", got.Body)
	require.NotEmpty(t, got.Header["last-modified"])
	got = o.get("GET", "Range: bytes=1-2")
	require.Equal(t, 206, got.Status())
	require.Equal(t, "ep", got.Body)
	require.Equal(t, "bytes 1-2/5", got.Header["content-range"])

	// The last fragment again: the stored answer, and the application hears nothing.
	wiretest.CheckAnswer(t, replied(replyURL), o.last())
	require.Len(t, app.Told(), 1)

	o.Exchange(of(closeSession), good)
	require.Equal(t, 404, o.get("GET").Status())
	require.Empty(t, o.Files.Names())
	require.Equal(t, 1, o.Stats().Notifications)
}

func TestT22Head(t *testing.T) {
	t.Parallel()
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Handler: answers()})
	o.last()
	r, err := http.Head(o.URL + replyPath)
	require.NoError(t, err)
	defer http.DefaultClient.CloseIdleConnections()
	require.NoError(t, r.Body.Close())
	require.Equal(t, int64(5), r.ContentLength)
	require.Equal(t, 200, r.StatusCode)
}

func TestT22EmptyReply(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]bitsupload.NotificationType{
		"by value": bitsupload.NotifyByValue, "by reference": bitsupload.NotifyByReference,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
			o := newOrder(t, bitsupload.Notification{Type: kind, Handler: silent})
			wiretest.CheckAnswer(t, replied(replyURL), o.last())
			got := o.get("GET")
			require.Equal(t, 200, got.Status())
			require.Empty(t, got.Body)
		})
	}
}

func TestT23ByReference(t *testing.T) {
	t.Parallel()
	var o order
	app := &application{HandlerFunc: func(_ http.ResponseWriter, r *http.Request) {
		data, err := o.Files.ReadFile(header(r.Header, "BITS-Request-DataFile-Name"))
		if err == nil && string(data) == "order" {
			_ = o.Files.WriteFile(header(r.Header, "BITS-Response-DataFile-Name"), []byte("reply"))
		}
	}}
	o = newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByReference, Handler: app})
	wiretest.CheckAnswer(t, replied(replyURL), o.last())
	const dir = "memory:up/BITS-Sessions/{a0000000-0000-4000-8000-000000000001}/"
	require.Equal(t, []string{
		"POST http://localhost/app/bag?ACCOUNT=1 0\nBITS-Original-Request-URL: http://localhost/up/order.txt?ACCOUNT=1\n" +
			"BITS-Request-DataFile-Name: " + dir + "request\nBITS-Response-DataFile-Name: " + dir + "response\n\n",
	}, app.Told())
	require.Equal(t, "reply", o.get("GET").Body)
	o.Exchange(of(closeSession), good)
	require.Empty(t, o.Files.Names())
}

func TestT23StaticReplyAndCopy(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"1": "1", "any": "whatever", "empty": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("BITS-Static-Response-URL", "http://localhost/static/pkg.bin")
				w.Header().Set("BITS-Copy-File-To-Destination", value)
			})
			o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByReference, Handler: app})
			wiretest.CheckAnswer(t, replied("http://localhost/static/pkg.bin"), o.last())
			require.Equal(t, 404, o.get("GET").Status())
			o.Exchange(of(closeSession), good)
			require.Equal(t, []string{"up/order.txt"}, o.Files.Names())
			got, err := o.Files.ReadFile("up/order.txt")
			require.NoError(t, err)
			require.Equal(t, "order", string(got))
		})
	}
}

func TestT19CancelOfUploadReply(t *testing.T) {
	t.Parallel()
	app := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("BITS-Copy-File-To-Destination", "1")
		_, _ = io.WriteString(w, "reply")
	})
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Handler: app})
	o.last()
	require.Equal(t, "reply", o.get("GET").Body)
	o.Exchange(of(cancelSession), good)
	require.Equal(t, 404, o.get("GET").Status())
	require.Equal(t, []string{"up/order.txt"}, o.Files.Names())
}

func TestT24ApplicationErrors(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 304, 307, 306, 308, 400, 403, 404, 410, 408, 409, 500, 502, 503, 501, 505, 201, 204} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			app := answers(status)
			o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Handler: app})
			want := refused(status, 5, hresult.FromHTTPStatus(status).Hex(), "0x7")
			got := o.last()
			if got.Header["content-length"] == "" { // net/http has none where there is no body
				require.Contains(t, []int{204, 304}, status)
				want = strings.Replace(want, "Content-Length: 0\n", "", 1)
			}
			wiretest.CheckAnswer(t, want, got)
			got = o.last()
			if status == 403 { // is not posted again
				wiretest.CheckAnswer(t, want, got)
				require.Len(t, app.Told(), 1)
				return
			}
			wiretest.CheckAnswer(t, replied(replyURL), got)
			require.Len(t, app.Told(), 2)
			require.Equal(t, app.Told()[0], app.Told()[1])
			require.Equal(t, "reply", o.get("GET").Body)
		})
	}
}

func TestT24SilentApplication(t *testing.T) {
	t.Parallel()
	clock := newClock()
	asked := make(chan struct{})
	app := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-r.Context().Done()
	})
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Handler: app},
		func(o *bitsupload.Options) { o.Clock = clock })
	o.Send(of(fragment("bytes 0-4/5", "order")))
	<-asked
	require.Eventually(t, func() bool { return clock.asleep.Load() == 1 }, 5*time.Second, time.Millisecond)
	clock.Advance(5 * time.Minute)
	wiretest.CheckAnswer(t, refused(500, 5, "0x80072ee2", "0x7"), o.Answer())
}

func TestT24UnreachableApplication(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, URL: "http://" + l.Addr().String()})
	wiretest.CheckAnswer(t, refused(500, 5, "0x80072efd", "0x7"), o.last())
}

func TestApplicationOnTheNetwork(t *testing.T) {
	t.Parallel()
	app := answers()
	there := httptest.NewServer(app)
	defer there.Close()
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, URL: there.URL + "/bag?x=1"})
	wiretest.CheckAnswer(t, replied(replyURL), o.last())
	require.Contains(t, app.Told()[0], "/bag?x=1&ACCOUNT=1 5\n")
	require.Equal(t, "reply", o.get("GET").Body)
}

func TestRelativeNotificationURL(t *testing.T) {
	t.Parallel()
	app := answers()
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Handler: app, URL: "bag.asp"})
	wiretest.CheckAnswer(t, replied(replyURL), o.last())
	require.Contains(t, app.Told()[0], "POST http://localhost/up/bag.asp?ACCOUNT=1 5\n")
}

func TestEmptyFileByValue(t *testing.T) {
	t.Parallel()
	app := answers()
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Handler: app})
	o.Do(of(fragment("bytes */0", "")))
	require.Contains(t, app.Told()[0], "http://localhost/app/bag?ACCOUNT=1 0\n")
}

func TestCopyThatCannotBe(t *testing.T) {
	t.Parallel()
	app := answers()
	app.HandlerFunc = func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("BITS-Copy-File-To-Destination", "1") }
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Handler: app})
	require.NoError(t, o.Files.WriteFile("up/order.txt", nil))
	wiretest.CheckAnswer(t, refused(403, 5, "0x80070005", "0x5"), o.last())
	require.Equal(t, 404, o.get("GET").Status(), "no reply before all is done")
	require.NoError(t, o.Configure(func(o *bitsupload.Options) { o.AllowOverwrite = true }))
	wiretest.CheckAnswer(t, replied(replyURL), o.last())
	require.Len(t, app.Told(), 2)
}

// broken is a transport whose answer ends early.
type broken struct{}

func (broken) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Request: r, Body: io.NopCloser(&cut{})}, nil
}

type cut struct{ n int }

func (c *cut) Read(p []byte) (int, error) {
	if c.n++; c.n > 1 {
		return 0, errors.New("cut")
	}
	return copy(p, "rep"), nil
}

func TestReplyThatBreaksOff(t *testing.T) {
	t.Parallel()
	o := newOrder(t, bitsupload.Notification{Type: bitsupload.NotifyByValue, Transport: broken{}})
	for range 2 { // the half reply of the first is not in the way of the second
		wiretest.CheckAnswer(t, refused(500, 5, "0x80072efd", "0x7"), o.last())
		require.Equal(t, 404, o.get("GET").Status())
	}
}

func TestNotificationsThatCannotBe(t *testing.T) {
	t.Parallel()
	h := http.NotFoundHandler()
	for name, n := range map[string]bitsupload.Notification{
		"type":     {Type: 3, URL: "http://x"},
		"no URL":   {Type: 1},
		"https":    {Type: 1, URL: "https://x/"},
		"no URL 2": {Type: 2, URL: "http://[::1"},
		"long":     {Type: 1, URL: "http://x/" + strings.Repeat("x", 2200)},
		"timeout":  {Type: 1, URL: "http://x/", Timeout: -1},
		"both":     {Type: 1, URL: "http://x/", Handler: h, Transport: http.DefaultTransport},
	} {
		_, err := bitsupload.New(&bitsupload.Memory{}, bitsupload.Options{Notify: n})
		require.ErrorContains(t, err, "bitsupload: ", name)
	}
}
