package bitsemu_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// Everybody does everything to a few jobs, while servers misbehave, users come and go,
// and the service restarts: after each step the emulator must be what a plain model
// expects, no file may be lost or left, and at the end every job must come to its end.
func TestAgainstModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t, func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) }, bitsemu.ManualTime())
		defer m.close()
		for range rapid.IntRange(5, 60).Draw(t, "steps") {
			m.step()
		}
		m.finish()
	})
}

// The same with an emulator that works by itself, in a bubble whose clock it follows.
func TestAgainstModelThatFollowsTheTime(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 1))
				m := newMachine(t, func(n int, _ string) int { return random.IntN(n) }, bitsemu.FollowTime())
				m.quiet = synctest.Wait
				defer m.close()
				for range 40 {
					m.step()
				}
				m.finish()
			})
		})
	}
}

type testing1 interface {
	require.TestingT
	Helper()
	Logf(string, ...any)
}

// machine is an emulator, its model, and what the steps act upon.
type machine struct {
	testing1
	choose  func(n int, label string) int
	emu     *bitsemu.Emulator
	dir     string // C: and what must stay as it is are in it
	trace   *trace
	jobs    []*modelJob
	scripts []*transfer.Script
	stamp   time.Time                      // of the next version of a remote file
	known   map[[32]byte]bool              // contents of all versions
	left    map[string]bool                // files that may be there: completed ones, and those that could not be deleted
	in      map[string]func(*http.Request) // what handlers do, by path
	callers []token.Token
	closed  bool
	quiet   func() // waits until the emulator works at nothing

	mu sync.Mutex // of what handlers and callbacks change: left, in, and may of jobs
}

const machineFiles = 6

func newMachine(t testing1, choose func(int, string) int, opts ...bitsemu.Option) *machine {
	t.Helper()
	m := &machine{
		testing1: t, choose: choose, quiet: func() {}, trace: newTrace(), known: map[[32]byte]bool{}, left: map[string]bool{},
		in:      map[string]func(*http.Request){},
		callers: []token.Token{actors.alice, actors.bob, actors.bobElevated, actors.system},
		stamp:   time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	var err error
	m.dir, err = os.MkdirTemp("", "machine")
	require.NoError(m, err)
	c := filepath.Join(m.dir, "C")
	require.NoError(m, os.MkdirAll(filepath.Join(c, "Downloads"), 0o700))
	require.NoError(m, os.WriteFile(filepath.Join(m.dir, "outside"), []byte("outside"), 0o600))
	m.emu, err = bitsemu.New(append([]bitsemu.Option{
		bitsemu.Start(time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)), bitsemu.Seed(1), bitsemu.Drive("C:", c), bitsemu.Logger(slog.New(m.trace)),
		bitsemu.Transport(roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, errors.New("nobody is at " + r.URL.String())
		})),
	}, opts...)...)
	require.NoError(m, err)
	m.emu.LogOnSession(actors.alice.User(), aliceSession)
	m.emu.LogOnSession(actors.bob.User(), bobSession)
	for i := range machineFiles {
		s := transfer.NewScript()
		m.scripts = append(m.scripts, s)
		m.version(s, []int64{0, 1, 1000, 70_000, 300_000, 5 << 20}[i])
		require.NoError(m, m.emu.Script(m.remote(i), s))
	}
	require.NoError(m, m.emu.Handle("http://acts", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		act := m.in[r.URL.Path]
		delete(m.in, r.URL.Path)
		m.mu.Unlock()
		if act != nil {
			act(r)
		}
		serveText(w, r, "acted "+r.URL.Path)
	})))
	return m
}

func (m *machine) remote(i int) string { return fmt.Sprintf("http://server/%d", i) }

func (m *machine) close() {
	if m.closed {
		return
	}
	m.closed = true
	for _, s := range m.scripts {
		s.Release()
	}
	require.NoError(m, m.emu.Close())
	require.NoError(m, os.RemoveAll(m.dir))
}

// pick chooses a job, nil when there is none.
func (m *machine) pick() *modelJob {
	if len(m.jobs) == 0 {
		return nil
	}
	if j := m.jobs[m.choose(len(m.jobs), "job")]; !j.dead {
		return j
	}
	return nil
}

func (m *machine) as(t token.Token) context.Context { return token.NewContext(context.Background(), t) }

// step does something, and looks.
func (m *machine) step() {
	m.Helper()
	actions := []func(){
		m.create, m.create, m.addFile, m.addFile, m.resume, m.resume, m.resume, m.suspend, m.cancel, m.complete, m.complete,
		m.set, m.set, m.listen, m.listen, m.rename, m.invalid, m.take, m.helper, m.intrude, m.demand,
		m.settle, m.settle, m.settle, m.advance, m.advance, m.world, m.world, m.logOff, m.restart, m.serverActs, m.serverActs, m.serverActs, m.fault,
	}
	actions[m.choose(len(actions), "action")]()
	m.look()
	for i, j := range m.jobs {
		now := fmt.Sprintf("job %d %s: %c, %d files, callback %t", i, j.id, j.state, len(j.files), j.listener != nil)
		if now != j.logged {
			m.Logf("  %s", now)
		}
		j.logged = now
	}
}
