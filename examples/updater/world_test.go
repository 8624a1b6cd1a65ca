package updater_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/examples/updater"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	origin = "http://updates.test/app.msi"
	mirror = "http://mirror.test/app.msi"
	// unit is an eighth of the update, and what the server sends in a second.
	unit = 64 << 10

	local = `C:\Downloads\app.msi`
)

var aliceSID = sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")

// world is the surroundings of an updater.
type world struct {
	t       *testing.T
	emu     *bitsemu.Emulator
	manager bits.Manager
	content []byte
	script  *transfer.Script // at origin
	spare   *transfer.Script // at mirror
	options updater.Options
	bubble  bool
	watch   bool // Start and Wait instead of Fetch

	mu     sync.Mutex
	notes  []string
	events []event
	seen   updater.Progress
	sleeps int
}

// event is something that happens once to the world.
type event struct {
	when func(*world) bool
	do   func()
}

// mode is a way in which an updater and the emulator can be brought together.
type mode struct {
	name   string
	clock  bitsemu.Option
	watch  bool
	bubble bool
	remote bool // the service is behind a socket
}

var modes = []mode{
	{name: "polling, manual time", clock: bitsemu.ManualTime()},
	{name: "polling, step on poll", clock: bitsemu.StepOnPoll()},
	{name: "polling, time followed", clock: bitsemu.FollowTime(), bubble: true},
	{name: "callbacks, manual time", clock: bitsemu.ManualTime(), watch: true},
	{name: "callbacks, step on poll", clock: bitsemu.StepOnPoll(), watch: true},
	{name: "callbacks, time followed", clock: bitsemu.FollowTime(), watch: true, bubble: true},
	{name: "polling, manual time, another process", clock: bitsemu.ManualTime(), remote: true},
	{name: "callbacks, manual time, another process", clock: bitsemu.ManualTime(), watch: true, remote: true},
}

// inEachMode runs a test in every mode.
func inEachMode(t *testing.T, test func(w *world), opts ...bitsemu.Option) {
	t.Helper()
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			run := func(t *testing.T) { test(newWorld(t, m, opts...)) }
			if m.bubble {
				synctest.Test(t, run)
			} else {
				run(t)
			}
		})
	}
}

func newWorld(t *testing.T, m mode, opts ...bitsemu.Option) *world {
	w := &world{t: t, emu: bitsemu.RunT(t, append(slices.Clip(opts), m.clock)...), watch: m.watch, bubble: m.bubble}
	w.script = transfer.NewScript(transfer.Size(8*unit), transfer.Rate(1*unit))
	w.content = w.script.Bytes()
	w.spare = transfer.NewScript(transfer.Content(w.content))
	require.NoError(t, w.emu.Script(origin, w.script))
	require.NoError(t, w.emu.Script(mirror, w.spare))
	w.manager = w.emu.Manager()
	w.options = updater.Options{
		StateFile: filepath.Join(t.TempDir(), "jobs.json"),
		Activate:  w.emu.Activate,
		Open:      func(name string) (io.ReadCloser, error) { return os.Open(w.emu.Path(name)) },
		Now:       w.emu.Now,
		Progress:  w.progress,
		Note:      w.note,
		Sleep: func(ctx context.Context, d time.Duration) error {
			switch {
			case m.bubble:
				time.Sleep(d)
			case m.watch || m.clock == nil:
				w.emu.Advance(d)
			case strings.Contains(m.name, "manual"):
				w.emu.Advance(d)
			}
			return w.slept(ctx)
		},
	}
	if m.remote {
		const secret = "for where there are no unix sockets"
		client, err := remote.Dial(t.Context(), serve.RunT(t, w.emu, serve.BearerToken(secret)), remote.Token(secret))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, client.Close()) })
		w.manager, w.options.Activate = client.Manager(), client.Activate
	}
	return w
}

// at has something happen once so many bytes are there.
func (w *world) at(bytes uint64, do func()) {
	w.when(func(w *world) bool { return w.seen.BytesTransferred >= bytes }, do)
}

func (w *world) when(when func(*world) bool, do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, event{when, do})
}

// progress notes how far the updater says that it is.
func (w *world) progress(p updater.Progress) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = p
}

func (w *world) note(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes = append(w.notes, line)
}

// slept lets happen what is to happen, between two looks of the updater.
func (w *world) slept(ctx context.Context) error {
	w.mu.Lock()
	if w.sleeps++; w.sleeps > 5000 {
		w.mu.Unlock()
		return errors.New("this takes too long")
	}
	var due []event
	w.events = slices.DeleteFunc(w.events, func(e event) bool {
		if !e.when(w) {
			return false
		}
		due = append(due, e)
		return true
	})
	w.mu.Unlock()
	for _, e := range due {
		e.do()
	}
	return context.Cause(ctx)
}

func (w *world) updater() *updater.Updater {
	w.t.Helper()
	u, err := updater.New(w.manager, w.options)
	require.NoError(w.t, err)
	return u
}

// update is one of a file, with a mirror if said.
func (w *world) update(mirrors ...string) updater.Update {
	return updater.Update{Name: "app 2.0", Files: []updater.File{{
		URL: origin, Mirrors: mirrors, Path: local, SHA256: sha256.Sum256(w.content),
	}}}
}

// fetch runs an updater to its end.
func (w *world) fetch(ctx context.Context, update updater.Update) error {
	w.t.Helper()
	u := w.updater()
	if !w.watch {
		return u.Fetch(ctx, update)
	}
	p, err := u.Start(ctx, update)
	if err != nil {
		return err
	}
	err = p.Wait(ctx)
	if err != nil {
		_ = p.Stop(context.WithoutCancel(ctx)) // the job may be over
	}
	return err
}

// fetched checks that the update is there, and that nothing is left.
func (w *world) fetched(err error) {
	w.t.Helper()
	require.NoError(w.t, err, "%s\n%s", w.told(), w.script)
	w.emu.CheckFile(w.t, local, w.content)
	w.clean()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Empty(w.t, w.events, "what was to happen has happened")
}

// clean checks that there is no job, no temporary file and no id left.
func (w *world) clean() {
	w.t.Helper()
	require.Zero(w.t, w.emu.Len())
	found, err := os.ReadDir(w.emu.Path(`C:\Downloads`))
	require.NoError(w.t, err)
	for _, f := range found {
		require.Equal(w.t, "app.msi", f.Name())
	}
	if w.options.StateFile == "" {
		return
	}
	text, err := os.ReadFile(w.options.StateFile)
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(w.t, err)
		require.Equal(w.t, "{}\n", string(text))
	}
}

// told is what the updater has noted.
func (w *world) told() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.notes, "\n")
}

// nothingTwice checks that no byte was sent twice, but for those that were on their way
// when somebody pulled the plug.
func (w *world) nothingTwice() {
	w.t.Helper()
	most := len(w.content)
	if w.bubble {
		most += 1 << 20 / 10 * 2
	}
	require.LessOrEqual(w.t, sent(w.script), int64(most))
}

// sent is how many bytes a script has sent.
func sent(s *transfer.Script) (n int64) {
	for _, r := range s.Requests() {
		if r.Method == "GET" {
			n += r.Sent
		}
	}
	return n
}

// impersonate lends somebody's token, while he is logged on.
func (w *world) impersonate(t *token.Token) func(context.Context) (context.Context, func(), error) {
	return func(ctx context.Context) (context.Context, func(), error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if t.IsZero() {
			return nil, nil, updater.ErrLoggedOff
		}
		return token.NewContext(ctx, *t), func() {}, nil
	}
}
