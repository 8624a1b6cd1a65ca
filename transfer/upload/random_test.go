package upload_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// chaos is the way between a client and a server on which packets are lost, cut,
// repeated and overtaken.
type chaos struct {
	t      *rapid.T
	server http.RoundTripper
	srv    *bitsupload.Server
	calm   bool
	small  bool // a 413 was injected

	old []packet // that were sent before
}

// packet is a packet that can be sent again.
type packet struct {
	request *http.Request
	body    []byte
}

var errCut = io.ErrUnexpectedEOF

func (c *chaos) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.calm {
		return c.server.RoundTrip(r)
	}
	p := packet{r, nil}
	if r.Body != nil {
		var err error
		p.body, err = io.ReadAll(r.Body)
		require.NoError(c.t, err)
		require.Len(c.t, p.body, int(r.ContentLength))
	}
	c.old = append(c.old, p)
	switch rapid.SampledFrom([]string{
		"pass", "pass", "pass", "pass", "lose", "cut", "no answer", "twice", "an old one before", "an old one after",
		"forget", "busy", "too big",
	}).Draw(c.t, "what happens") {
	case "lose":
		return nil, errCut
	case "cut":
		if len(p.body) > 0 {
			_ = c.send(p, rapid.IntRange(0, len(p.body)-1).Draw(c.t, "at"))
		}
		return nil, errCut
	case "no answer":
		_ = c.send(p, len(p.body))
		return nil, errCut
	case "twice":
		_ = c.send(p, len(p.body))
	case "an old one before":
		c.sendOld()
	case "an old one after":
		answer, err := c.whole(p)
		c.sendOld()
		return answer, err
	case "forget":
		c.srv.Forget("")
	case "busy":
		c.srv.Inject(bitsupload.Fault{Status: 503})
	case "too big":
		c.srv.Inject(bitsupload.Fault{Status: 413})
		c.small = true
	}
	return c.whole(p)
}

func (c *chaos) sendOld() {
	p := rapid.SampledFrom(c.old).Draw(c.t, "which")
	_ = c.send(p, len(p.body))
}

// whole sends a packet as it is.
func (c *chaos) whole(p packet) (*http.Response, error) {
	return c.server.RoundTrip(p.copy(len(p.body)))
}

// send sends a packet with n bytes of its body, and drops the answer.
func (c *chaos) send(p packet, n int) error {
	answer, err := c.server.RoundTrip(p.copy(n))
	if err == nil {
		err = answer.Body.Close()
	}
	return err
}

func (p packet) copy(n int) *http.Request {
	r := p.request.Clone(p.request.Context())
	if r.Body != nil {
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(p.body[:n]), failingReader{}))
	}
	return r
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errCut }

// TestFileIsTheSameOrTheErrorIsRight uploads through chaos, with restarts that know
// what was remembered some time ago. Whatever happens, a file that appears is the
// local one, an error is one that the server has given, and once there is peace the
// upload ends well, unless the file has appeared before and may not be replaced.
func TestFileIsTheSameOrTheErrorIsRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		content := bytes.Repeat([]byte("0123456789abcdefghijklm"), rapid.IntRange(0, 8000).Draw(rt, "length"))
		overwrite := rapid.Bool().Draw(rt, "overwrite")
		reply := rapid.Bool().Draw(rt, "reply")
		o := bitsupload.Options{
			AllowOverwrite: overwrite, StrictRanges: rapid.Bool().Draw(rt, "strict"), CommitAtClose: rapid.Bool().Draw(rt, "at close"),
		}
		if reply {
			o.Notify = bitsupload.Notification{
				Type: bitsupload.NotifyByValue, URL: "app",
				Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("BITS-Copy-File-To-Destination", "1")
					n, err := io.Copy(w, r.Body) // the reply is the file
					if err != nil || n != int64(len(content)) {
						panic(http.ErrAbortHandler)
					}
				}),
			}
		}
		files := &bitsupload.Memory{}
		srv, err := bitsupload.New(files, o)
		require.NoError(rt, err)
		way := &chaos{t: rt, server: transfer.Handler(srv), srv: srv}
		client := &transfer.Client{Transport: way}
		request := upload.Request{
			URL: "http://host/a", Size: uint64(len(content)), Reply: reply,
			FragmentSize: int64(1 + len(content)/rapid.IntRange(1, 20).Draw(rt, "fragments")),
		}
		appeared := func() bool {
			got, err := files.ReadFile("a")
			require.True(rt, err == nil || errors.Is(err, fs.ErrNotExist))
			if err == nil {
				require.True(rt, bytes.Equal(content, got), "the file is another")
			}
			return err == nil
		}

		states := []upload.State{{}}
		u, err := upload.New(client, request, upload.State{})
		require.NoError(rt, err)
		done := false
		for range 1000 {
			there := appeared()
			way.calm = way.calm || rapid.IntRange(0, 30).Draw(rt, "peace") == 0
			if !way.calm && rapid.IntRange(0, 9).Draw(rt, "kill") == 0 {
				require.NoError(rt, u.Close())
				u, err = upload.New(client, request, rapid.SampledFrom(states).Draw(rt, "remembered"))
				require.NoError(rt, err)
			}
			r, err := u.Step(rt.Context(), bytes.NewReader(content), 0)
			states = append(states, u.State())
			if err == nil {
				if r.Uploaded && !r.Done && reply && way.calm {
					checkReply(rt, client, u.State().ReplyURL, content)
				}
				if done = r.Done; done {
					break
				}
				continue
			}
			var e *transfer.Error
			require.ErrorAs(rt, err, &e)
			switch {
			case e.Transient:
				require.False(rt, way.calm && e.Status != http.StatusServiceUnavailable, "%v", e)
			case e.Code == hresult.E_ACCESSDENIED:
				require.False(rt, overwrite)
				require.True(rt, there || appeared())
				done = true
			default:
				require.Equal(rt, hresult.FromHTTPStatus(413), e.Code)
				require.True(rt, way.small)
			}
			if done {
				break
			}
		}
		require.True(rt, done, "no end")
		srv.ClearFaults()
		require.NoError(rt, srv.Close())
		if appeared() {
			require.Equal(rt, []string{"a"}, files.Names())
		}
	})
}

// checkReply fetches a reply that is there, unless the server has forgotten it.
func checkReply(t *rapid.T, client *transfer.Client, url string, content []byte) {
	d, err := transfer.New(client, transfer.Request{URL: url, Foreground: true}, transfer.State{})
	require.NoError(t, err)
	defer d.Close()
	got := &writer{}
	for {
		r, err := d.Step(t.Context(), got, 1<<20)
		if errors.Is(err, hresult.FromHTTPStatus(404)) {
			return
		}
		require.NoError(t, err)
		if r.Done {
			require.True(t, bytes.Equal(content, got.b), "the reply is another")
			return
		}
	}
}

type writer struct{ b []byte }

func (w *writer) WriteAt(p []byte, off int64) (int, error) {
	w.b = append(w.b[:off], p...)
	return len(p), nil
}

func TestPacketsAreCopiedWell(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequest("POST", "http://x/", strings.NewReader("abc"))
	require.NoError(t, err)
	_, err = io.ReadAll(packet{r, []byte("abc")}.copy(3).Body)
	require.ErrorIs(t, err, errCut, "a body that is read beyond its length is an error")
}
