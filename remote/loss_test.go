package remote_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/serve"
)

// A service that starts anew is found again by Activate, as in one's own process.
func TestRestartOfTheService(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	ctx := t.Context()
	m := c.Manager()
	_, err := m.EnumJobs(ctx, 0)
	require.NoError(t, err)
	require.NoError(t, c.Restart(ctx))
	_, err = job.GetState(ctx)
	require.ErrorIs(t, err, unavailable)
	_, err = m.EnumJobs(ctx, 0)
	require.ErrorIs(t, err, unavailable)
	m, err = c.Activate(ctx)
	require.NoError(t, err)
	_, err = m.EnumJobs(ctx, 0)
	require.NoError(t, err)
	require.NoError(t, c.Stop(ctx))
	require.NoError(t, c.Start(ctx))
	require.NoError(t, c.Disable(ctx))
	_, err = c.Activate(ctx)
	require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED)
	_, err = c.As(bob).EnumJobs(ctx, 0)
	require.ErrorIs(t, err, hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED)
	require.NoError(t, c.Enable(ctx))
	_, err = c.Activate(ctx)
	require.NoError(t, err)
}

// So is a server that starts anew, with jobs that are still there.
func TestRestartOfTheServer(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	at := socket(t)
	first, err := serve.New(emu)
	require.NoError(t, err)
	run := func(s *serve.Server) <-chan error {
		l, err := serve.Listen(at)
		require.NoError(t, err)
		done := make(chan error, 1)
		go func() { done <- s.Serve(l) }()
		return done
	}
	done := run(first)
	ctx := t.Context()
	c, err := remote.Dial(ctx, at, remote.As(alice))
	require.NoError(t, err)
	m := c.Manager()
	id, job, err := m.CreateJob(ctx, "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.SetNotifyInterface(ctx, &listener{}))

	require.NoError(t, first.Close())
	require.NoError(t, <-done)
	_, err = job.GetState(ctx)
	require.ErrorIs(t, err, unavailable)
	require.ErrorContains(t, err, "cannot be reached")
	_, err = c.Activate(ctx)
	require.ErrorIs(t, err, unavailable)
	require.ErrorIs(t, c.Settle(ctx), unavailable)

	second, err := serve.New(emu)
	require.NoError(t, err)
	done = run(second)
	_, err = job.GetState(ctx)
	require.ErrorIs(t, err, unavailable, "pointers are dead")
	_, err = m.GetJob(ctx, id)
	require.ErrorIs(t, err, unavailable)
	m, err = c.Activate(ctx)
	require.NoError(t, err)
	job, err = m.GetJob(ctx, id)
	require.NoError(t, err)
	_, err = job.GetState(ctx)
	require.NoError(t, err)

	require.NoError(t, second.Close())
	require.NoError(t, <-done)
	require.NoError(t, c.Close(), "the session has gone with the server")
	require.NoError(t, c.Close())
}

// What a closed client made is dead.
func TestClose(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	_, at := listening(t, emu, socket(t))
	c, err := remote.Dial(t.Context(), at, remote.As(alice))
	require.NoError(t, err)
	m := c.Manager()
	_, job, err := m.CreateJob(t.Context(), "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{}))
	require.NoError(t, c.Close())
	for _, call := range []func() error{
		func() error { _, err := job.GetState(t.Context()); return err },
		func() error { _, err := m.EnumJobs(t.Context(), 0); return err },
		func() error { _, err := c.As(bob).EnumJobs(t.Context(), 0); return err },
		func() error { _, err := c.Activate(t.Context()); return err },
		func() error { _, err := c.Info(t.Context()); return err },
		func() error { return c.Settle(t.Context()) },
	} {
		require.ErrorIs(t, call(), unavailable)
		require.ErrorContains(t, call(), "the client is closed")
	}
}

// A server that does not end the session is told of.
func TestCloseThatFails(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c, err := remote.Dial(t.Context(), f.URL)
	require.NoError(t, err)
	f.refuse("/v1/sessions/S", http.StatusInternalServerError, `{"error":{"code":"panic","message":"a defect"}}`)
	require.ErrorIs(t, c.Close(), hresult.RPC_E_SERVERFAULT)
}

// Close ends the contexts of callbacks, and waits for them.
func TestCloseDuringACallback(t *testing.T) {
	t.Parallel()
	emu, _, _ := started(t)
	_, at := listening(t, emu, socket(t))
	c, err := remote.Dial(t.Context(), at, remote.As(alice))
	require.NoError(t, err)
	_, job, err := c.Manager().CreateJob(t.Context(), "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(t.Context(), url, `C:\Downloads\b`))
	begun, ended := make(chan struct{}), false
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{transferred: func(ctx context.Context, job bits.Job) error {
		close(begun)
		<-ctx.Done()
		_, err := job.GetState(ctx)
		ended = err != nil
		return err
	}}))
	require.NoError(t, job.Resume(t.Context()))
	settled := make(chan struct{})
	go func() {
		defer close(settled)
		emu.Settle()
	}()
	<-begun
	require.NoError(t, c.Close())
	require.True(t, ended)
	<-settled
}

// A session that is not used is kept by its stream, opened in time before the lease ends.
func TestSessionIsKept(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.lease = "30ms"
	f.stream(t)
	dial(t, f.URL)
	f.wait(t, "GET /v1/sessions/S/callbacks")
}

// A session that the server has ended is over.
func TestSessionThatHasEnded(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := dial(t, f.URL)
	m, err := c.Activate(t.Context())
	require.NoError(t, err)
	job, err := m.GetJob(t.Context(), bits.IID_IUnknown)
	require.NoError(t, err)
	f.say("/objects/2/GetState", `{"hresult":"0x00000000","results":{"value":"BG_JOB_STATE_QUEUED"}}`)
	_, err = job.GetState(t.Context())
	require.NoError(t, err)
	f.refuse("/callbacks", 404, `{"error":{"code":"not-found","message":"no such session"}}`)
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{}), "the stream is opened beside it")
	f.wait(t, "GET /v1/sessions/S/callbacks")
	require.Eventually(t, func() bool {
		_, err := job.GetState(t.Context())
		return err != nil
	}, patience, time.Millisecond)
	_, err = job.GetState(t.Context())
	require.ErrorIs(t, err, unavailable)
	require.ErrorContains(t, err, "the session has ended")
}
