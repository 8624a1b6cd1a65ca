package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
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

// listener is a callback whose calls a test answers.
type listener struct {
	transferred func(ctx context.Context, job bits.Job) error
	failed      func(ctx context.Context, job bits.Job, e bits.Error) error
}

func (l *listener) JobTransferred(ctx context.Context, job bits.Job) error {
	return l.transferred(ctx, job)
}

func (l *listener) JobError(ctx context.Context, job bits.Job, e bits.Error) error {
	return l.failed(ctx, job, e)
}

func (l *listener) JobModification(context.Context, bits.Job) error { return nil }

// fileListener also hears of files.
type fileListener struct {
	listener
	file func(ctx context.Context, job bits.Job, file bits.File) error
}

func (l *fileListener) FileTransferred(ctx context.Context, job bits.Job, file bits.File) error {
	return l.file(ctx, job, file)
}

// byValue is a callback that cannot be compared.
type byValue struct {
	bits.Callback
	_ []int
}

const url = "http://files.test/a"

// started is an emulator with a client of its service and a job with a file.
func started(t *testing.T) (*bitsemu.Emulator, *remote.Client, bits.Job) {
	t.Helper()
	emu := bitsemu.RunT(t)
	require.NoError(t, emu.Script(url, transfer.NewScript(transfer.Size(1000))))
	_, at := listening(t, emu, socket(t))
	c := dial(t, at, remote.As(alice))
	_, job, err := c.Manager().CreateJob(t.Context(), "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(t.Context(), url, `C:\Downloads\a`))
	return emu, c, job
}

// A callback may call the job, and complete it.
func TestCallback(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	ctx := t.Context()
	var told []string
	var mu sync.Mutex
	tell := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, fmt.Sprintf(format, args...))
	}
	l := &fileListener{file: func(ctx context.Context, job bits.Job, file bits.File) error {
		name, err := file.GetLocalName(ctx)
		tell("file %s", name)
		return err
	}}
	l.transferred = func(ctx context.Context, job bits.Job) error {
		caller, _ := token.FromContext(ctx)
		tell("transferred, told to alice: %t", caller.User() == alice.User())
		hr, err := job.Complete(ctx)
		tell("completed: %s", hr.String())
		return err
	}
	require.NoError(t, job.SetNotifyFlags(ctx, bits.BG_NOTIFY_JOB_TRANSFERRED|bits.BG_NOTIFY_FILE_TRANSFERRED))
	require.NoError(t, job.SetNotifyInterface(ctx, l))
	mine, err := job.GetNotifyInterface(ctx)
	require.NoError(t, err)
	require.Same(t, l, mine)
	require.NoError(t, job.Resume(ctx))
	require.NoError(t, c.Settle(ctx))
	require.Equal(t, []string{`file C:\Downloads\a`, "transferred, told to alice: true", "completed: S_OK"}, told)
	state, err := job.GetState(ctx)
	require.NoError(t, err)
	require.Equal(t, bits.BG_JOB_STATE_ACKNOWLEDGED, state)
}

// What a callback returns is what BITS hears, also when it is not called a second time
// because it cannot be.
func TestWhatCallbacksReturn(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	ctx := t.Context()
	returns := []error{errors.New("no HRESULT"), hresult.E_ACCESSDENIED, hresult.S_FALSE, nil}
	calls, exited := 0, false
	l := &listener{transferred: func(context.Context, bits.Job) error {
		if !exited {
			exited = true
			runtime.Goexit() // as a test that fails does
		}
		calls++
		return returns[min(calls, len(returns))-1]
	}}
	require.NoError(t, job.SetNotifyInterface(ctx, l))
	require.NoError(t, job.Resume(ctx))
	for range 100 {
		require.NoError(t, c.Advance(ctx, 60e9))
		if calls == len(returns) {
			break
		}
	}
	require.Len(t, returns, calls)
	require.True(t, exited)
}

func TestCallbackOfAnError(t *testing.T) {
	t.Parallel()
	emu, c, job := started(t)
	require.NoError(t, emu.Script(url, transfer.NewScript(transfer.Status(404, transfer.Always))))
	var code hresult.HRESULT
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{failed: func(ctx context.Context, job bits.Job, e bits.Error) (err error) {
		_, code, err = e.GetError(ctx)
		return err
	}}))
	require.NoError(t, job.Resume(t.Context()))
	require.NoError(t, c.Settle(t.Context()))
	require.Equal(t, hresult.BG_E_HTTP_ERROR_404, code)
}

// A callback is the client's own value, and only that client's.
func TestWhoseCallback(t *testing.T) {
	t.Parallel()
	_, c, job := started(t)
	ctx := t.Context()
	none, err := job.GetNotifyInterface(ctx)
	require.NoError(t, err)
	require.Nil(t, none)
	for _, one := range []bits.Callback{&listener{}, byValue{}, &fileListener{}, byValue{}} {
		require.NoError(t, job.SetNotifyInterface(ctx, one))
		got, err := job.GetNotifyInterface(ctx)
		require.NoError(t, err)
		require.IsType(t, one, got)
	}
	other := dial(t, strings.TrimPrefix(c.String(), "bitsemu at "), remote.As(alice))
	id, err := job.GetId(ctx)
	require.NoError(t, err)
	same, err := other.Manager().GetJob(ctx, id)
	require.NoError(t, err)
	foreign, err := same.GetNotifyInterface(ctx)
	require.NoError(t, err)
	require.NotNil(t, foreign)
	require.ErrorIs(t, foreign.JobTransferred(ctx, same), hresult.RPC_E_DISCONNECTED)
	require.ErrorIs(t, same.SetNotifyInterface(ctx, foreign), hresult.E_INVALIDARG)
	require.NoError(t, job.SetNotifyInterface(ctx, nil))
	none, err = job.GetNotifyInterface(ctx)
	require.NoError(t, err)
	require.Nil(t, none)
}

// A line of a fake's stream.
func line(call string) string {
	return `{"call":"` + call + `","callback":"c1","interface":"IBackgroundCopyCallback","method":"JobTransferred","caller":null,"args":{"job":{"object":"9","interface":"IBackgroundCopyJob"}}}` + "\n"
}

// A stream that breaks is opened again, and what comes a second time is called once.
func TestStreamThatBreaks(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	begun, finish := make(chan string), make(chan struct{})
	f.stream(t,
		func(w io.Writer, flush func(), _ <-chan struct{}) {
			_, _ = io.WriteString(w, "\n \n"+line("1"))
			flush()
			<-begun
			_, _ = io.WriteString(w, "no JSON\n{}\n"+line("1")+line("2")[:30]) // twice, and cut off
		},
		func(w io.Writer, flush func(), end <-chan struct{}) {
			_, _ = io.WriteString(w, line("1")+line("2"))
			flush()
			<-begun
			close(finish)
			<-end
		})
	f.say("/callbacks/1", `{}`)
	f.refuse("/callbacks/2", 404, `{"error":{"code":"not-found","message":"nobody waits"}}`)
	c := dial(t, f.URL)
	job, err := c.Manager().GetJob(t.Context(), bits.IID_IUnknown)
	require.NoError(t, err)
	n := 0
	var mu sync.Mutex
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{transferred: func(context.Context, bits.Job) error {
		mu.Lock()
		n++
		mu.Unlock()
		begun <- "one"
		<-finish
		return hresult.E_FAIL
	}}))
	require.Equal(t, `{"hresult":"0x80004005"}`, f.wait(t, "POST /v1/sessions/S/callbacks/1 "))
	require.Equal(t, 2, n)
}

// An answer that does not arrive is sent again, also when the call comes again.
func TestAnswerThatIsLost(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	done := make(chan struct{})
	f.stream(t, func(w io.Writer, flush func(), end <-chan struct{}) {
		for {
			_, _ = io.WriteString(w, line("1"))
			flush()
			select {
			case <-done:
				return
			case <-end:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	var answers, calls atomic.Int32
	f.on("/callbacks/1", func(w http.ResponseWriter, _ *http.Request) {
		switch n := answers.Add(1); {
		case n <= 5:
			panic(http.ErrAbortHandler)
		case n == 6:
			close(done)
		}
		fmt.Fprint(w, `{}`)
	})
	c := dial(t, f.URL)
	job, err := c.Manager().GetJob(t.Context(), bits.IID_IUnknown)
	require.NoError(t, err)
	require.NoError(t, job.SetNotifyInterface(t.Context(), &listener{transferred: func(context.Context, bits.Job) error {
		calls.Add(1)
		return nil
	}}))
	select {
	case <-done:
	case <-time.After(patience):
		require.FailNow(t, "no answer has arrived")
	}
	require.EqualValues(t, 1, calls.Load())
}

// rangeListener hears of everything.
type rangeListener struct{ fileListener }

func (*rangeListener) FileRangesTransferred(context.Context, bits.Job, bits.File, []bits.FileRange) error {
	return nil
}

// The server is told what a callback can do, since it can call no more than that.
func TestWhatACallbackCanDo(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.stream(t)
	c := dial(t, f.URL)
	job, err := c.Manager().GetJob(t.Context(), bits.IID_IUnknown)
	require.NoError(t, err)
	for iface, callback := range map[string]bits.Callback{
		"IBackgroundCopyCallback": &listener{}, "IBackgroundCopyCallback2": &fileListener{}, "IBackgroundCopyCallback3": &rangeListener{},
	} {
		require.NoError(t, job.SetNotifyInterface(t.Context(), callback))
		require.Contains(t, f.wait(t, "POST /v1/sessions/S/objects/2/SetNotifyInterface "), `"interface":"`+iface+`"`)
	}
}
