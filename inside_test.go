package bitsemu_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/transfer"
)

const patience = 30 * time.Second

func serveText(w http.ResponseWriter, r *http.Request, content string) {
	http.ServeContent(w, r, "a", time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), strings.NewReader(content))
}

var clocks = map[string][]bitsemu.Option{"manual": nil, "follow": {bitsemu.FollowTime()}}

// comesTo waits until a job is in a state.
func comesTo(t *testing.T, emu *bitsemu.Emulator, job bits.Job, want bits.JobState) {
	t.Helper()
	require.Eventually(t, func() bool {
		emu.Settle()
		s, err := job.GetState(t.Context())
		return err == nil && s == want
	}, patience, time.Millisecond, want)
}

// What a handler or a callback calls does not wait for the work that waits for it.
func TestInsideNobodyWaitsForHimself(t *testing.T) {
	t.Parallel()
	calls := map[string]func(*testing.T, *bitsemu.Emulator){
		"Settle":  func(_ *testing.T, emu *bitsemu.Emulator) { emu.Settle() },
		"Advance": func(_ *testing.T, emu *bitsemu.Emulator) { emu.Advance(time.Millisecond) },
		"Close":   func(t *testing.T, emu *bitsemu.Emulator) { require.ErrorContains(t, emu.Close(), "called by one") },
		"Restart": func(t *testing.T, emu *bitsemu.Emulator) { require.NoError(t, emu.Restart()) },
	}
	for clock, opts := range clocks {
		for name, call := range calls {
			t.Run(clock+"/handler/"+name, func(t *testing.T) {
				t.Parallel()
				emu := bitsemu.RunT(t, opts...)
				called := false
				require.NoError(t, emu.Handle("http://server", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if !called {
						called = true
						call(t, emu)
					}
					serveText(w, r, "content")
				})))
				id, job := downloadOf(t, emu, "http://server/a", `C:\Downloads\a`)
				require.NoError(t, job.Resume(t.Context()))
				endsWithin(t, patience, name+" by a handler", func() {
					emu.Settle()
					if name == "Restart" {
						emu.Settle()
						job, _ = emu.Manager().GetJob(t.Context(), id)
					}
					comesTo(t, emu, job, bits.BG_JOB_STATE_TRANSFERRED)
				})
			})
			t.Run(clock+"/callback/"+name, func(t *testing.T) {
				t.Parallel()
				emu := bitsemu.RunT(t, opts...)
				require.NoError(t, emu.Script("http://server/a", transfer.NewScript(transfer.Size(10))))
				_, job := downloadOf(t, emu, "http://server/a", `C:\Downloads\a`)
				called := make(chan struct{}, 1)
				require.NoError(t, job.SetNotifyInterface(t.Context(), &callbackOf{transferred: func(context.Context, bits.Job) error {
					call(t, emu)
					called <- struct{}{}
					return nil
				}}))
				require.NoError(t, job.Resume(t.Context()))
				endsWithin(t, patience, name+" by a callback", func() {
					emu.Settle()
					<-called
				})
			})
		}
	}
}

// A job that is cancelled while its first bytes are on their way leaves no file.
func TestCancelledWhileAFileIsMade(t *testing.T) {
	t.Parallel()
	for clock, opts := range clocks {
		// An empty file is made once HEAD has told that it is one.
		for method, content := range map[string]string{http.MethodHead: "", http.MethodGet: "content"} {
			t.Run(clock+"/"+method, func(t *testing.T) {
				t.Parallel()
				emu := bitsemu.RunT(t, opts...)
				var job bits.Job
				done := make(chan struct{})
				require.NoError(t, emu.HandleTransport("http://server", roundTrip(func(r *http.Request) (*http.Response, error) {
					resp, err := transfer.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						serveText(w, r, content)
					})).RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
					if r.Method == method {
						_, cancelErr := job.Cancel(r.Context())
						require.NoError(t, cancelErr)
						close(done)
					}
					return resp, err
				})))
				id, aJob := downloadOf(t, emu, "http://server/a", `C:\Downloads\a`)
				job = aJob
				require.NoError(t, job.Resume(t.Context()))
				endsWithin(t, patience, "the transfer", func() {
					emu.Settle()
					<-done
					emu.Settle()
				})
				emu.CheckState(t, id, bits.BG_JOB_STATE_CANCELLED)
				require.Empty(t, filesBelow(t, emu, `C:\Downloads`))
			})
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// While the service is stopped nothing happens to jobs, and what they wait for happens
// after it has started again.
func TestStoppedServiceHasNoTimers(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	require.NoError(t, emu.Script("http://server/a", transfer.NewScript(transfer.Size(10), transfer.Status(503, 1))))
	id, job := downloadOf(t, emu, "http://server/a", `C:\Downloads\a`)
	require.NoError(t, job.Resume(t.Context()))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	require.NoError(t, emu.Stop())
	emu.Advance(100 * 24 * time.Hour)
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	require.NoError(t, emu.StartService())
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
}

// A server that does not answer the news of a cancelled upload keeps nobody waiting.
func TestCloseDoesNotWaitForFarewells(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.FollowTime())
	require.NoError(t, os.WriteFile(filepath.Join(emu.Path(`C:\Downloads`), "up"), []byte("content"), 0o600))
	files, err := bitsupload.New(&bitsupload.Memory{}, bitsupload.Options{})
	require.NoError(t, err)
	fragments, asked := make(chan struct{}, 8), make(chan struct{}, 8)
	require.NoError(t, emu.Handle("http://server", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("BITS-Packet-Type") {
		case "Fragment":
			fragments <- struct{}{}
			<-r.Context().Done()
		case "Cancel-Session":
			asked <- struct{}{}
			<-r.Context().Done()
		default:
			files.ServeHTTP(w, r)
		}
	})))
	_, job, err := emu.Manager().CreateJob(t.Context(), "up", bits.BG_JOB_TYPE_UPLOAD)
	require.NoError(t, err)
	require.NoError(t, job.AddFile(t.Context(), "http://server/up", `C:\Downloads\up`))
	require.NoError(t, job.Resume(t.Context()))
	endsWithin(t, patience, "the end of the upload", func() {
		<-fragments
		_, err := job.Cancel(t.Context())
		require.NoError(t, err)
		<-asked
		require.NoError(t, emu.Close())
	})
}
