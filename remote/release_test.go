package remote_test

import (
	"context"
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

// Pointers that nobody has are released at the server, several with a request.
func TestPointersAreReleased(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := dial(t, f.URL)
	m, err := c.Activate(t.Context())
	require.NoError(t, err)
	for range 200 {
		_, err := m.GetJob(t.Context(), bits.IID_IUnknown)
		require.NoError(t, err)
	}
	kept, err := m.GetJob(t.Context(), bits.IID_IUnknown)
	require.NoError(t, err)
	released, requests := 0, 0
	deadline := time.Now().Add(patience)
	for released < 199 && time.Now().Before(deadline) { // one may be in a register
		runtime.GC()
		select {
		case line := <-f.heard:
			if body, ok := strings.CutPrefix(line, "POST /v1/sessions/S/release "); ok {
				var r struct{ Objects []string }
				require.NoError(t, json.Unmarshal([]byte(body), &r))
				released += len(r.Objects)
				requests++
			}
		case <-time.After(time.Millisecond):
		}
	}
	require.GreaterOrEqual(t, released, 199)
	require.Less(t, requests, released)
	runtime.KeepAlive(kept)
	runtime.KeepAlive(m)
}

// A callback that BITS does not have any more is forgotten here too.
func TestCallbacksAreReleased(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	gone := make(chan struct{})
	func() {
		l := &listener{}
		runtime.AddCleanup(l, func(done chan struct{}) { close(done) }, gone)
		for range 3 {
			require.NoError(t, job.SetNotifyInterface(t.Context(), l))
		}
		require.NoError(t, job.SetNotifyInterface(t.Context(), nil))
	}()
	deadline := time.Now().Add(patience)
	for done := false; !done; {
		require.True(t, time.Now().Before(deadline), "it is still held")
		runtime.GC()
		select {
		case <-gone:
			done = true
		case <-time.After(time.Millisecond):
		}
	}
	runtime.KeepAlive(c)
}

// One that is given again while it is being forgotten is not forgotten.
func TestCallbackThatIsGivenAgain(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	called := 0
	l := &listener{transferred: func(context.Context, bits.Job) error { called++; return nil }}
	for range 30 {
		require.NoError(t, job.SetNotifyInterface(t.Context(), l))
		require.NoError(t, job.SetNotifyInterface(t.Context(), nil))
		runtime.GC()
		require.NoError(t, job.SetNotifyInterface(t.Context(), l))
		runtime.GC()
		mine, err := job.GetNotifyInterface(t.Context())
		require.NoError(t, err)
		require.Same(t, l, mine)
	}
	require.NoError(t, job.Resume(t.Context()))
	require.NoError(t, c.Settle(t.Context()))
	require.Equal(t, 1, called)
}

// What a server says of callbacks that are not there does no harm.
func TestReleaseOfNothing(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.stream(t, func(w io.Writer, flush func(), end <-chan struct{}) {
		_, _ = io.WriteString(w, `{"release":"c9","count":1}`+"\n"+`{"release":"c2","count":7}`+"\n"+line("1"))
		flush()
		<-end
	})
	f.say("/callbacks/1", `{}`)
	c := dial(t, f.URL)
	job, err := c.Manager().GetJob(t.Context(), bits.IID_IUnknown)
	require.NoError(t, err)
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{transferred: func(context.Context, bits.Job) error { return nil }}))
	require.JSONEq(t, `{"hresult":"0x00000000"}`, f.wait(t, "POST /v1/sessions/S/callbacks/1 "))
}
