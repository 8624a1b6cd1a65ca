package bitsupload_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/stretchr/testify/require"
)

func TestFailTheNthFragment(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	srv.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, Times: 2, Status: 503, Code: hresult.E_FAIL})
	c.Exchange(fragment("bytes 0-4/10", "AAAAA"), accepted(5))
	for range 2 {
		c.Exchange(fragment("bytes 5-9/10", "BBBBB"), strings.NewReplacer("400", "503", "0x80070057", "0x80004005").Replace(badRequest))
	}
	require.Empty(t, srv.Unmet())
	c.Exchange(fragment("bytes 5-9/10", "BBBBB"), accepted(10))
}

func TestFaults(t *testing.T) {
	t.Parallel()
	t.Run("bare", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		srv.Inject(bitsupload.Fault{Status: 502, Bare: true})
		got := c.Do(closeSession)
		require.Equal(t, 502, got.Status())
		require.NotContains(t, got.Header, "bits-packet-type")
		require.Len(t, srv.Sessions(), 1)
	})
	t.Run("context", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		srv.Inject(bitsupload.Fault{Status: 500, Code: hresult.E_FAIL, Context: bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION})
		c.Exchange(closeSession, strings.NewReplacer("400", "500", "0x80070057", "0x80004005", "0x5\n", "0x7\n").Replace(badRequest))
	})
	t.Run("forget", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		srv.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Forget: true})
		c.Exchange(fragment("bytes 0-4/10", "AAAAA"), unknown)
		require.Empty(t, srv.Files.Names())
	})
	t.Run("cut", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		srv.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, CutAfter: 3})
		c.Send(fragment("bytes 0-4/10", "AAAAA"))
		c.Gone()
		require.Equal(t, uint64(3), srv.Sessions()[0].Next)
	})
	t.Run("lost answer", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		srv.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Lose: true})
		c.Send(fragment("bytes 0-4/5", "AAAAA"))
		c.Gone()
		holds(t, srv, "AAAAA")
	})
	t.Run("lost answer of its own", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		srv.Inject(bitsupload.Fault{Lose: true, Status: 503})
		c.Send(closeSession)
		c.Gone()
		require.Len(t, srv.Sessions(), 1)
	})
	t.Run("call", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		paths := make(chan string, 10)
		srv.Inject(bitsupload.Fault{Times: -1, Do: func(r *http.Request) { paths <- r.URL.Path }})
		c.Exchange(fragment("bytes 0-4/5", "AAAAA"), accepted(5))
		c.Exchange(closeSession, good)
		require.Len(t, paths, 2)
		require.Empty(t, srv.Unmet())
		srv.ClearFaults()
		c.Exchange(closeSession, unknown)
		require.Len(t, paths, 2)
	})
	t.Run("delay", func(t *testing.T) {
		t.Parallel()
		clock := newClock()
		srv, c := opened(t, func(o *bitsupload.Options) { o.Clock = clock })
		reached := make(chan struct{})
		srv.Inject(bitsupload.Fault{Do: func(*http.Request) { close(reached) }, Delay: time.Hour})
		c.Send(closeSession)
		<-reached
		require.Eventually(t, func() bool { return clock.asleep.Load() == 1 }, 5*time.Second, time.Millisecond)
		require.Len(t, srv.Sessions(), 1)
		clock.Advance(time.Hour)
		wiretest.CheckAnswer(t, good, c.Answer())
	})
	t.Run("delay in real time", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		srv.Inject(bitsupload.Fault{Delay: 20 * time.Millisecond})
		start := time.Now()
		c.Exchange(closeSession, good)
		require.GreaterOrEqual(t, time.Since(start), 20*time.Millisecond)
	})
	t.Run("a client that does not wait", func(t *testing.T) {
		t.Parallel()
		srv, c := opened(t)
		reached := make(chan struct{})
		srv.Inject(bitsupload.Fault{Do: func(*http.Request) { close(reached) }, Delay: time.Hour})
		c.Send(closeSession)
		<-reached
		require.NoError(t, c.Close())
		require.Eventually(t, func() bool { return len(srv.Sessions()) == 0 }, 5*time.Second, time.Millisecond)
	})
}

// watched notes what RunT has to say.
type watched struct {
	testing.TB
	cleanup []func()
	said    []string
}

func (w *watched) Helper()                      {}
func (w *watched) Cleanup(f func())             { w.cleanup = append(w.cleanup, f) }
func (w *watched) Errorf(f string, args ...any) { w.said = append(w.said, fmt.Sprintf(f, args...)) }
func (w *watched) Fatalf(f string, args ...any) { w.Errorf(f, args...); panic(w) }
func (w *watched) end() {
	for _, f := range w.cleanup {
		f()
	}
}

func TestRunTTellsOfFaultsThatMetNothing(t *testing.T) {
	t.Parallel()
	w := &watched{}
	srv := bitsupload.RunT(w)
	srv.Inject(bitsupload.Fault{Packet: bitsupload.Ping, Status: 500})
	srv.Inject(bitsupload.Fault{Packet: bitsupload.Ping, Times: -1})
	require.Len(t, srv.Unmet(), 2)
	w.end()
	require.Len(t, w.said, 2)
	require.Contains(t, w.said[0], "a fault met too few packets")
}

func TestRunTTellsOfBadOptions(t *testing.T) {
	t.Parallel()
	w := &watched{}
	require.Panics(t, func() { bitsupload.RunT(w, func(o *bitsupload.Options) { o.MaxSessions = -1 }) })
	require.Contains(t, w.said[0], "MaxSessions")
}

func TestForget(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(createSession, strings.Replace(created, "01}", "02}", 1))
	srv.Forget("A0000000-0000-4000-8000-000000000002")
	require.Len(t, srv.Sessions(), 1)
	srv.Forget("")
	require.Empty(t, srv.Sessions())
	c.Exchange(closeSession, unknown)
}
