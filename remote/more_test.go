package remote_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// A service that follows the time calls by itself, several callbacks beside each other.
func TestRealTime(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.FollowTime())
	_, at := listening(t, emu, socket(t))
	c := dial(t, at, remote.As(alice))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	const jobs = 20
	results := make(chan error, jobs)
	l := &listener{transferred: func(ctx context.Context, job bits.Job) error {
		_, err := job.Complete(ctx)
		results <- err
		return err
	}}
	for i := range jobs {
		url := fmt.Sprintf("http://files.test/%d", i)
		require.NoError(t, emu.Script(url, transfer.NewScript(transfer.Size(1000))))
		_, job, err := c.Manager().CreateJob(ctx, "job", bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		require.NoError(t, job.AddFile(ctx, url, fmt.Sprintf(`C:\Downloads\%d`, i)))
		require.NoError(t, job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
		require.NoError(t, job.SetNotifyInterface(ctx, l))
		require.NoError(t, job.Resume(ctx))
	}
	for range jobs {
		select {
		case err := <-results:
			require.NoError(t, err)
		case <-ctx.Done():
			require.FailNow(t, "callbacks do not come")
		}
	}
	require.Eventually(t, func() bool { return emu.Len() == 0 }, patience, time.Millisecond)
}

// Many goroutines may use one client.
func TestOneClientForMany(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	_, at := listening(t, emu, "127.0.0.1:0")
	c := dial(t, at)
	m := c.As(alice)
	var all sync.WaitGroup
	errs := make(chan error, 16)
	for range 16 {
		all.Add(1)
		go func() {
			defer all.Done()
			_, job, err := m.CreateJob(t.Context(), "job", bits.BG_JOB_TYPE_DOWNLOAD)
			for range 20 {
				if err == nil {
					_, err = job.GetState(t.Context())
				}
			}
			errs <- err
		}()
	}
	all.Wait()
	for range 16 {
		require.NoError(t, <-errs)
	}
	require.Equal(t, 16, emu.Len())
}

// Two that find the session gone open one new one.
func TestSessionIsOpenedOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := dial(t, f.URL)
	f.on("/v1/sessions", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"session":"T","lease":"1h"}`) })
	f.refuse("/v1/sessions/S/activate", http.StatusNotFound, `{"error":{"code":"not-found","message":"no such session"}}`)
	f.say("/v1/sessions/T", `{}`)
	var all sync.WaitGroup
	for range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			_, err := c.Activate(t.Context())
			if err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	opened := 0
	for len(f.heard) > 0 {
		if strings.HasPrefix(<-f.heard, "POST /v1/sessions ") {
			opened++
		}
	}
	require.Equal(t, 2, opened, "the first and the second")
	f.refuse("/v1/sessions/T/activate", http.StatusNotFound, `{"error":{"code":"not-found","message":"no such session"}}`)
	f.refuse("/v1/sessions", http.StatusTooManyRequests, `{"error":{"code":"limit","message":"too many"}}`)
	_, err := c.Activate(t.Context())
	require.ErrorIs(t, err, hresult.RPC_E_OUT_OF_RESOURCES)
}

// A client that is closed while it opens a session has none.
func TestCloseWhileASessionIsOpened(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c, err := remote.Dial(t.Context(), f.URL)
	require.NoError(t, err)
	f.refuse("/v1/sessions/S/activate", http.StatusNotFound, `{"error":{"code":"not-found","message":"no such session"}}`)
	opening, closed := make(chan struct{}), make(chan struct{})
	f.on("/v1/sessions", func(w http.ResponseWriter, _ *http.Request) {
		close(opening)
		<-closed
		fmt.Fprint(w, `{"session":"T","lease":"1h"}`)
	})
	done := make(chan error, 1)
	go func() {
		_, err := c.Activate(context.WithoutCancel(t.Context()))
		done <- err
	}()
	<-opening
	require.NoError(t, c.Close())
	close(closed)
	require.ErrorContains(t, <-done, "the client is closed")
}

// Callbacks that nobody has, or that cannot be called, are answered.
func TestCallsThatGoNowhere(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	next := make(chan struct{}, 400)
	f.stream(t, func(w io.Writer, flush func(), end <-chan struct{}) {
		_, _ = io.WriteString(w, strings.Replace(line("1"), `"c1"`, `"c7"`, 1)+strings.Replace(line("2"), "JobTransferred", "NoMethod", 1)+
			strings.Replace(line("3"), "CopyCallback", "CopyCallback3", 1))
		flush()
		for n := range 300 { // more than are kept in mind
			select {
			case <-next:
				_, _ = io.WriteString(w, strings.Replace(line(fmt.Sprint(n+10)), `"c1"`, `"c7"`, 1))
				flush()
			case <-end:
				return
			}
		}
		<-end
	})
	for n := range 400 {
		f.say(fmt.Sprintf("/callbacks/%d", n), `{}`)
	}
	c := dial(t, f.URL)
	job, err := c.Manager().GetJob(t.Context(), bits.IID_IUnknown)
	require.NoError(t, err)
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{transferred: func(context.Context, bits.Job) error { return nil }}))
	got := map[string]string{}
	for len(got) < 303 {
		call, body, _ := strings.Cut(f.wait(t, "POST /v1/sessions/S/callbacks/"), " ")
		got[call] = body
		next <- struct{}{}
	}
	require.JSONEq(t, `{"hresult":"0x80010108"}`, got["1"])
	require.JSONEq(t, `{"hresult":"0x80010108"}`, got["2"])
	require.JSONEq(t, `{"hresult":"0x00000000"}`, got["3"])
	require.JSONEq(t, `{"hresult":"0x80010108"}`, got["300"])
}

// A caller without a name is nobody in particular, and the length of an answer need not
// be known before.
func TestSmallThings(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := dial(t, f.URL)
	m, err := c.Activate(t.Context())
	require.NoError(t, err)
	f.on("/GetErrorDescription", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"hresult":"0x00000000",`)
		_ = http.NewResponseController(w).Flush()
		fmt.Fprint(w, `"results":{"value":"text"}}`)
	})
	text, err := m.GetErrorDescription(token.NewContext(t.Context(), token.Token{}), hresult.E_FAIL, 0x409)
	require.NoError(t, err)
	require.Equal(t, "text", text)
	f.on("/GetErrorDescription", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"hresult":"0x00000000",`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	_, err = m.GetErrorDescription(t.Context(), hresult.E_FAIL, 0x409)
	require.ErrorIs(t, err, unavailable)
	_, err = c.Look(t.Context(), "a\x00b")
	require.ErrorIs(t, err, hresult.E_INVALIDARG)
}
