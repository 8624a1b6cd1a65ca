package upload_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

func TestT24StatusOfTheApplication(t *testing.T) {
	t.Parallel()
	for status, transient := range map[int]bool{
		301: false, 304: false, 307: false, 306: true, 308: true, 400: false, 403: false, 404: false, 410: false,
		408: true, 409: true, 500: true, 502: true, 503: true, 501: false, 505: false, 201: true, 204: true,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			code := hresult.FromHTTPStatus(status)
			text := failure(status, code.Hex(), "0x7", "BITS-Received-Content-Range: 5")
			if status == 204 || status == 304 {
				text = strings.Replace(text, "Content-Length: 0\n", "Connection: close\n", 1)
			}
			srv := wiretest.Serve(t, created, text)
			j := newJob(t, srv.URL()+"/up/order.txt", "order", func(r *upload.Request) { r.Reply = true })
			wants(t, j.fails(), code, application, transient)

			// The next attempt sends the last fragment and nothing else.
			srv.Requests()
			srv.Play(ack(5, "BITS-Reply-URL: http://elsewhere/reply"), ended)
			require.NoError(t, j.run())
			require.Equal(t, []string{"Fragment bytes 0-4/5", "Close-Session"}, heads(srv.Requests()))
		})
	}
}

func TestT18Close(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer string
		again  bool
	}{
		"503":              {bare(503), true},
		"500 with another": {failure(500, "0x80200020", "0x5"), true},
		"cut":              {wiretest.Cut, true},
		"500 unknown":      {lost, false},
		"400":              {bare(400), false},
		"404":              {bare(404), false},
		"200 without id":   {bare(200, "BITS-Packet-Type: Ack"), false},
		"201":              {answer(201), false},
		"200 that is bare": {bare(200), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, created, ack(1), row.answer)
			j := newJob(t, srv.URL()+"/up/a.txt", "x")
			if row.again {
				require.True(t, j.fails().Transient)
				require.True(t, j.state.Finished)
				require.False(t, j.state.Closed)
				before := srv.Requests()
				srv.Play(ended)
				require.NoError(t, j.run())
				got := srv.Requests()
				require.Len(t, got, 1)
				require.Equal(t, before[2].Raw, got[0].Raw)
			} else {
				require.NoError(t, j.run())
				require.Len(t, srv.Requests(), 3)
			}
			require.True(t, j.state.Closed)
			require.Empty(t, j.state.Session)
		})
	}
}

func TestT19Cancel(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, answers ...string) (*wiretest.Server, *job) {
		srv := wiretest.Serve(t, append([]string{created, ack(5)}, answers...)...)
		j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5))
		for range 2 {
			_, err := j.step()
			require.NoError(t, err)
		}
		srv.Requests()
		return srv, j
	}
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		srv, j := start(t, ended)
		require.NoError(t, j.upload.Cancel(t.Context()))
		require.True(t, j.upload.State().Closed)
		require.NoError(t, j.upload.Cancel(t.Context()))
		got := srv.Requests()
		require.Len(t, got, 1)
		wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: `+srv.Host()+`
BITS-Packet-Type: Cancel-Session
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Length: 0

`, got[0])
		r, err := j.step()
		require.NoError(t, err)
		require.True(t, r.Done)
	})
	t.Run("T19d again after a 503", func(t *testing.T) {
		t.Parallel()
		srv, j := start(t, bare(503), wiretest.Cut, ended)
		for range 2 {
			var e *transfer.Error
			require.ErrorAs(t, j.upload.Cancel(t.Context()), &e)
			require.True(t, e.Transient)
			require.False(t, j.upload.State().Closed)
		}
		require.NoError(t, j.upload.Cancel(t.Context()))
		require.Equal(t, []string{"Cancel-Session", "Cancel-Session", "Cancel-Session"}, heads(srv.Requests()))
	})
	t.Run("T19e unknown session", func(t *testing.T) {
		t.Parallel()
		_, j := start(t, lost)
		require.NoError(t, j.upload.Cancel(t.Context()))
	})
	t.Run("400", func(t *testing.T) {
		t.Parallel()
		_, j := start(t, bare(400))
		require.NoError(t, j.upload.Cancel(t.Context()))
	})
	t.Run("T19f no session", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t)
		j := newJob(t, srv.URL()+"/up/a.txt", "x")
		j.restart()
		require.NoError(t, j.upload.Cancel(t.Context()))
		require.Empty(t, srv.Requests())
	})
}

func TestT20CutInTheMiddle(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, wiretest.CutAfter(300))
	j := newJob(t, srv.URL()+"/up/a.txt", strings.Repeat("A", 1000), fragmentsOf(500))
	wants(t, j.fails(), hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, remote, true)
	srv.Requests()
	srv.Play(failure(416, "0x0", "0x5", "BITS-Received-Content-Range: 300"), ack(800), ack(1000), ended)
	j.restart()
	require.NoError(t, j.run())
	require.Equal(t, []string{
		"Fragment bytes 0-499/1000", "Fragment bytes 300-799/1000", "Fragment bytes 800-999/1000", "Close-Session",
	}, heads(srv.Requests()))
}

func TestT20Restart(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, ack(500), ack(1000), ended)
	j := newJob(t, srv.URL()+"/up/a.txt", strings.Repeat("A", 1000), fragmentsOf(500))
	for range 2 {
		_, err := j.step()
		require.NoError(t, err)
	}
	require.NoError(t, j.upload.Close())
	require.NoError(t, j.upload.Close())
	_, err := j.step()
	require.ErrorIs(t, err, fs.ErrClosed)
	srv.Requests()

	j.restart()
	r, err := j.step()
	require.NoError(t, err)
	require.True(t, r.Connected)
	require.Empty(t, srv.Requests(), "a known session needs no contact")
	require.NoError(t, j.run())
	got := srv.Requests()
	require.Equal(t, []string{"Fragment bytes 500-999/1000", "Close-Session"}, heads(got))
	require.Equal(t, session, got[0].Header["bits-session-id"])
}

func TestT22UploadReply(t *testing.T) {
	t.Parallel()
	reply := func(r *upload.Request) { r.Reply = true }
	for name, row := range map[string]struct{ header, want string }{
		"absolute": {"http://localhost/up/BITS-Sessions/%7B1%7D/response", "http://localhost/up/BITS-Sessions/%7B1%7D/response"},
		"relative": {"BITS-Sessions/r", "HOST/up/BITS-Sessions/r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, created, ack(5, "BITS-Reply-URL: "+row.header), ended)
			j := newJob(t, srv.URL()+"/up/order.txt?ACCOUNT=1", "order", reply)
			for range 2 {
				_, err := j.step()
				require.NoError(t, err)
			}
			require.Equal(t, strings.Replace(row.want, "HOST", srv.URL(), 1), j.state.ReplyURL)
			require.Equal(t, "BITS_POST /up/order.txt?ACCOUNT=1 HTTP/1.1", srv.Requests()[1].Start)

			// After a restart the reply is still there, and the session not closed.
			j.restart()
			r, err := j.step()
			require.NoError(t, err)
			require.True(t, r.Uploaded)
			require.False(t, r.Done)
			require.Empty(t, srv.Requests())
			require.NoError(t, j.run())
			require.Equal(t, []string{"Close-Session"}, heads(srv.Requests()))
		})
	}
	for name, text := range map[string]string{
		"no URL": ack(5), "no URL of http": ack(5, "BITS-Reply-URL: file:///etc/passwd"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, created, text)
			j := newJob(t, srv.URL()+"/up/order.txt", "order", reply)
			wants(t, j.fails(), hresult.BG_E_INVALID_SERVER_RESPONSE, remote, false)
			require.False(t, j.state.Finished)
		})
	}
	t.Run("T23c plain upload", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, created, ack(5, "BITS-Reply-URL: http://localhost/reply"), ended)
		j := newJob(t, srv.URL()+"/up/order.txt", "order")
		require.NoError(t, j.run())
		require.Empty(t, j.state.ReplyURL)
	})
}

func TestCancelledContext(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created)
	j := newJob(t, srv.URL()+"/up/a.txt", "x")
	_, err := j.step()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	j.ctx = ctx
	_, err = j.step()
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, session, j.state.Session)
}

func TestCancelledInTheMiddle(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, wiretest.CutAfter(5), ack(10), ended)
	ctx, cancel := context.WithCancel(t.Context())
	j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", func(r *upload.Request) {
		r.OnMoved = func(int64) { cancel() }
	})
	_, err := j.step()
	require.NoError(t, err)
	j.ctx = ctx
	_, err = j.step()
	require.ErrorIs(t, err, context.Canceled)
	j.ctx = t.Context()
	require.NoError(t, j.run())
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t)
	srv.Close()
	j := newJob(t, srv.URL()+"/up/a.txt", "x")
	wants(t, j.fails(), hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, remote, true)
}
