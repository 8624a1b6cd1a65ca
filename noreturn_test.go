package bitsemu_test

import (
	"context"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/transfer"
)

// leaves runs something that panics or ends its goroutine, as a test that fails does.
func leaves(t *testing.T, f func()) {
	t.Helper()
	done := make(chan bool)
	go func() {
		returned := false
		defer func() { done <- returned }()
		defer func() { _ = recover() }()
		f()
		returned = true
	}()
	require.False(t, <-done, "it has returned")
}

// A test that fails in a callback ends, and does not hang: the notification counts as
// failed.
func TestCallbackThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]bitsemu.Option{"manual": bitsemu.ManualTime(), "poll": bitsemu.StepOnPoll()} {
		for how, panics := range map[string]bool{"ends": false, "panics": true} {
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, "no return", mode)
				_, remote := s.remote("R1", transfer.Size(kib))
				_, job := s.download(actors.alice, "callback", remote, local1)
				w := s.listen(job, flagT|flagE)
				w.onTransferred = func(context.Context, bits.Job) error {
					if panics {
						panic("no return")
					}
					runtime.Goexit()
					return nil
				}
				s.ok(job.Resume(t.Context()))
				leaves(t, s.emu.Settle)
				w.onTransferred = nil
				s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
				s.emu.Advance(retryDelay)
				s.heard(w, 2, 0)
			})
		}
	}
}

// The same of a transport.
func TestTransportThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	s := newScene(t, "no return")
	s.ok(s.emu.HandleTransport("http://bad.test", transport(func(*http.Request) (*http.Response, error) {
		runtime.Goexit()
		return nil, nil
	})))
	_, job := s.download(actors.alice, "transport", "http://bad.test/R1", local1)
	s.ok(job.Resume(t.Context()))
	leaves(t, s.emu.Settle)
	s.emu.Advance(time.Minute)
	s.state(job, bits.BG_JOB_STATE_ERROR)
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
