package serve_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/token"
)

// load is many clients that call at once: nine reads of a state, and one change that is
// durable.
type load struct {
	clients int
	lasting time.Duration
	ids     []uuid.UUID // a job for each client
}

const changeEvery = 10

// measured is what came of it.
type measured struct {
	calls    int
	seconds  float64
	p50, p99 time.Duration
	memory   uint64 // in use while the clients are there, client and server together
}

func (m measured) String() string {
	return fmt.Sprintf("%9.0f calls/s   p50 %10v   p99 %10v   %6.1f MB", float64(m.calls)/m.seconds, m.p50.Round(time.Microsecond), m.p99.Round(time.Microsecond), float64(m.memory)/1e6)
}

// run has all clients call for as long as the load lasts. connect makes a client, which
// reads or changes a job.
func (l load) run(t *testing.T, connect func(client int) (read, change func() error)) measured {
	t.Helper()
	took := make([][]time.Duration, l.clients)
	ready, start := new(sync.WaitGroup), make(chan struct{})
	var ended sync.WaitGroup
	errs := make(chan error, l.clients)
	ready.Add(l.clients)
	var end time.Time
	for i := range l.clients {
		ended.Go(func() {
			read, change := connect(i)
			errs <- read() // connected
			ready.Done()
			<-start
			for n := i; ; n++ {
				call := read
				if n%changeEvery == 0 {
					call = change
				}
				began := time.Now()
				if began.After(end) {
					return
				}
				if err := call(); err != nil {
					errs <- err
					return
				}
				took[i] = append(took[i], time.Since(began))
			}
		})
	}
	ready.Wait()
	for range l.clients {
		require.NoError(t, <-errs)
	}
	began := time.Now()
	end = began.Add(l.lasting)
	close(start)
	time.Sleep(l.lasting / 2)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	ended.Wait()
	seconds := time.Since(began).Seconds()
	select {
	case err := <-errs:
		require.NoError(t, err)
	default:
	}
	all := slices.Concat(took...)
	require.NotEmpty(t, all)
	slices.Sort(all)
	return measured{len(all), seconds, all[len(all)/2], all[len(all)*99/100], memory.HeapInuse + memory.StackInuse}
}

// Many clients at once, in process and over HTTP, on one store. With SERVE_LOAD they are a
// thousand and the figures are printed (make load); without, it is enough that all is well.
func TestLoad(t *testing.T) {
	t.Parallel()
	l := load{clients: 50, lasting: 200 * time.Millisecond}
	full := os.Getenv("SERVE_LOAD") != ""
	if full {
		l = load{clients: 1000, lasting: 8 * time.Second}
	}
	system := token.LocalSystem()
	emu, err := bitsemu.New(bitsemu.Store(filepath.Join(t.TempDir(), "jobs.db")), bitsemu.Drive("C:", t.TempDir()),
		bitsemu.DefaultCaller(system), bitsemu.Transport(bitsemu.LocalNetwork()))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emu.Close()) })
	m := emu.As(system)
	for i := range l.clients {
		id, _, err := m.CreateJob(t.Context(), fmt.Sprint(i), bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		l.ids = append(l.ids, id)
	}
	say := func(what string, m measured) {
		if full {
			t.Logf("%-28s%s", what, m)
		}
	}
	say("in process", l.run(t, func(i int) (read, change func() error) {
		ctx := token.NewContext(t.Context(), system)
		on := func(do func(bits.Job) error) func() error {
			return func() error {
				m, err := emu.Activate(ctx)
				if err != nil {
					return err
				}
				job, err := m.GetJob(ctx, l.ids[i])
				if err != nil {
					return err
				}
				return do(job)
			}
		}
		return on(func(j bits.Job) error { _, err := j.GetState(ctx); return err }), on(func(j bits.Job) error { return j.SetDescription(ctx, "changed") })
	}))
	unix := serve.RunT(t, emu)
	say("unix socket", l.run(t, l.over(t, unix, "")))
	s, err := serve.New(emu, serve.BearerToken("0123456789abcdef"))
	require.NoError(t, err)
	listener, err := serve.Listen("127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.Serve(listener) }()
	say("loopback TCP", l.run(t, l.over(t, serve.Address(listener), "0123456789abcdef")))
	require.NoError(t, s.Shutdown(context.Background()))
	require.NoError(t, <-served)
	say("in process, pointers held", l.run(t, func(i int) (read, change func() error) {
		ctx := t.Context()
		job, err := emu.As(system).GetJob(ctx, l.ids[i])
		if err != nil {
			return func() error { return err }, nil
		}
		return func() error { _, err := job.GetState(ctx); return err }, func() error { return job.SetDescription(ctx, "changed") }
	}))
	say("unix socket, package remote", l.run(t, func(i int) (read, change func() error) {
		fail := func(err error) (read, change func() error) {
			return func() error { return err }, func() error { return err }
		}
		c, err := remote.Dial(t.Context(), unix, remote.As(system))
		if err != nil {
			return fail(err)
		}
		t.Cleanup(func() { require.NoError(t, c.Close()) })
		job, err := c.Manager().GetJob(t.Context(), l.ids[i])
		if err != nil {
			return fail(err)
		}
		return func() error { _, err := job.GetState(t.Context()); return err }, func() error { return job.SetDescription(t.Context(), "changed") }
	}))
}

// over makes clients that have a connection each.
func (l load) over(t *testing.T, address, bearer string) func(int) (read, change func() error) {
	base := address
	dial := func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(address, "http://"))
	}
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		base = "http://localhost"
		dial = func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "unix", path) }
	}
	return func(i int) (read, change func() error) {
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }}
		t.Cleanup(transport.CloseIdleConnections)
		call := func(method, body string) func() error {
			return func() error {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/jobs/"+l.ids[i].String()+"/"+method, strings.NewReader(body))
				if err != nil {
					return err
				}
				if bearer != "" {
					r.Header.Set("Authorization", "Bearer "+bearer)
				}
				resp, err := transport.RoundTrip(r)
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				text, err := io.ReadAll(resp.Body)
				if err == nil && !strings.Contains(string(text), `"S_OK"`) {
					err = fmt.Errorf("%s: %s", method, text)
				}
				return err
			}
		}
		return call("GetState", `{"caller":"system"}`), call("SetDescription", `{"caller":"system","args":["changed"]}`)
	}
}
