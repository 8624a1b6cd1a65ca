package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// TestRandomly does to a download whatever may happen to it and then leaves it
// alone: it ends with the bytes of one version of the file, the one whose time
// stamp it tells.
func TestRandomly(t *testing.T) {
	t.Parallel()
	handlers := map[bool]func(s *transfer.Script) http.RoundTripper{
		false: func(s *transfer.Script) http.RoundTripper { return s },
		true:  func(s *transfer.Script) http.RoundTripper { return transfer.Handler(behind(s)) },
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := newClock()
		stamp := time.Unix(1_600_000_000, 0)
		version := uint64(0)
		size := func() int64 { return rapid.Int64Range(0, 50_000).Draw(rt, "size") }
		s := transfer.NewScript(transfer.Size(size()), transfer.Modified(stamp))
		versions := map[string][]byte{stamp.UTC().Format(http.TimeFormat): s.Bytes()}
		// Behind a handler whatever is held is held in the call, which this test cannot.
		inHandler := rapid.Bool().Draw(rt, "handler")
		request := transfer.Request{URL: site, Foreground: rapid.Bool().Draw(rt, "foreground")}
		var moved int64
		request.OnMoved = func(n int64) { moved += n }
		client := &transfer.Client{Transport: handlers[inHandler](s)}
		d, err := transfer.New(client, request, transfer.State{Size: bits.BG_SIZE_UNKNOWN})
		require.NoError(rt, err)
		defer func() { _ = d.Close() }()
		l := &local{}
		done := false
		step := func(ctx context.Context, maxBytes int64) error {
			before := d.State().Held
			moved = 0
			res, err := d.Step(ctx, l, maxBytes)
			if res.Restarted {
				l.data = nil
				require.Zero(rt, d.State().Held)
			} else {
				require.EqualValues(rt, d.State().Held-before, res.Moved)
				require.Equal(rt, moved, res.Moved)
			}
			require.LessOrEqual(rt, res.Moved, max(maxBytes, 0))
			require.Len(rt, l.data, int(d.State().Held))
			done = res.Done
			if done {
				require.NoError(rt, err)
			}
			return err
		}
		actions := map[string]func(){
			"step": func() { _ = step(c.context(t), rapid.Int64Range(-1, 10_000).Draw(rt, "max")) },
			"cut":  func() { s.Set(transfer.CutAfter(rapid.Int64Range(0, 10_000).Draw(rt, "after"), 1)) },
			"status": func() {
				s.Set(transfer.Status(rapid.SampledFrom([]int{503, 404, 412, 416, 500, 200, 206}).Draw(rt, "status"), 1))
			},
			"unreachable": func() { s.Set(transfer.Unreachable(hresult.BG_E_NETWORK_DISCONNECTED, 1)) },
			"change": func() {
				version++
				stamp = stamp.Add(time.Second)
				s.Set(transfer.Seeded(size(), version), transfer.Modified(stamp))
				versions[stamp.UTC().Format(http.TimeFormat)] = s.Bytes()
			},
			"restart the service": func() {
				state := d.State()
				require.NoError(rt, d.Close())
				d, err = transfer.New(client, request, state)
				require.NoError(rt, err)
			},
			"cancel": func() {
				ctx, cancel := context.WithCancel(c.context(t))
				cancel()
				require.ErrorIs(rt, step(ctx, 100), context.Canceled)
			},
			"ranges": func() {
				if rapid.Bool().Draw(rt, "has") {
					s.Set(transfer.Ranges())
				} else {
					s.Set(transfer.NoRanges())
				}
			},
		}
		if !inHandler {
			actions["hold"] = func() { s.Set(transfer.HoldAt(rapid.Int64Range(0, 50_000).Draw(rt, "at"))) }
			actions["hold all"] = func() { s.Set(transfer.Hold()) }
			actions["release"] = s.Release
			actions["rate"] = func() { s.Set(transfer.Rate(rapid.Int64Range(0, 100_000).Draw(rt, "rate"))) }
			actions["delay"] = func() { s.Set(transfer.Delay(time.Duration(rapid.IntRange(0, 3).Draw(rt, "delay")) * time.Second)) }
			actions["time"] = func() { c.until(&transfer.Wait{Until: c.Now().Add(time.Second)}) }
		}
		names := []string{"step", "step", "step", "step"}
		for _, name := range []string{"step", "cut", "status", "unreachable", "change", "restart the service", "cancel", "ranges", "hold", "hold all", "release", "rate", "delay", "time"} {
			if actions[name] != nil {
				names = append(names, name)
			}
		}
		for range rapid.IntRange(0, 60).Draw(rt, "actions") {
			actions[rapid.SampledFrom(names).Draw(rt, "action")]()
		}

		s.Set(transfer.Ranges(), transfer.Rate(0), transfer.Delay(0), transfer.Status(0, 0), transfer.CutAfter(0, 0),
			transfer.Unreachable(0, 0))
		s.Release()
		var wait *transfer.Wait
		done = false
		for range 100 {
			if err := step(c.context(t), 1<<20); errors.As(err, &wait) {
				require.True(rt, c.until(wait))
			}
			if done {
				break
			}
		}
		require.True(rt, done)
		require.True(rt, bytes.Equal(versions[d.State().LastModified], l.data))
		require.EqualValues(rt, len(l.data), d.State().Size)
	})
}
