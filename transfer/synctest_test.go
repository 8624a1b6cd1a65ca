package transfer_test

import (
	"bytes"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/transfer"
)

// In a bubble time is made up, and no goroutine may be left in it.
func TestInBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := transfer.NewScript(transfer.Size(1<<20), transfer.Delay(time.Hour), transfer.Rate(1<<17))
		begun := time.Now()

		// The handler waits for the script by itself.
		l, o := fetch(t, transfer.Handler(behind(s)), transfer.Request{})
		require.NoError(t, o.err)
		require.True(t, bytes.Equal(s.Bytes(), l.data))
		// The rate gives 13107 bytes and a bit each tenth of a second.
		require.Equal(t, 2*time.Hour+8*time.Second, time.Since(begun).Round(time.Second))

		// A download asks again when it is told to.
		begun = time.Now()
		d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
		require.NoError(t, err)
		l = &local{}
		o = attempt(t.Context(), t, d, l, 1<<20, func(w *transfer.Wait) bool {
			time.Sleep(time.Until(w.Until))
			return true
		})
		require.NoError(t, o.err)
		require.NoError(t, d.Close())
		require.Equal(t, 2*time.Hour+8*time.Second, time.Since(begun).Round(time.Second))

		// A download that is closed in the middle leaves nothing running.
		d, err = transfer.New(&transfer.Client{Transport: transfer.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}))}, transfer.Request{URL: site, Dynamic: true}, transfer.State{})
		require.NoError(t, err)
		_, err = d.Step(t.Context(), l, 10)
		require.NoError(t, err)
		require.NoError(t, d.Close())
		synctest.Wait()
	})
}

// A held script wakes its waiter from whatever goroutine releases it.
func TestWakeInBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := transfer.NewScript(transfer.Size(100), transfer.HoldAt(10))
		d, err := transfer.New(&transfer.Client{Transport: s}, transfer.Request{URL: site}, transfer.State{})
		require.NoError(t, err)
		defer d.Close()
		woken := make(chan struct{}, 1)
		ctx := transfer.WithWake(t.Context(), func() { woken <- struct{}{} })
		go func() {
			time.Sleep(time.Minute)
			s.Release()
		}()
		l := &local{}
		for {
			res, err := d.Step(ctx, l, 1<<20)
			var wait *transfer.Wait
			if errors.As(err, &wait) {
				<-woken
				continue
			}
			require.NoError(t, err)
			if res.Done {
				break
			}
		}
		require.Equal(t, s.Bytes(), l.data)
	})
}
