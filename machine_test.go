package bitsemu_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
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

// version gives a script new content.
func (m *machine) version(s *transfer.Script, size int64) {
	m.stamp = m.stamp.Add(time.Second)
	s.Set(transfer.Seeded(size, uint64(m.stamp.Unix())), transfer.Modified(m.stamp))
	m.known[sha256.Sum256(s.Bytes())] = true
}

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

// is asserts the answer of a call.
func (m *machine) is(want hresult.HRESULT, err error, what string) {
	m.Helper()
	got, ok := hresult.Of(err)
	require.True(m, ok, "%s: %v", what, err)
	require.Equal(m, want, got, "%s: %v", what, err)
}

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

func (m *machine) create() {
	if len(m.jobs) == 6 {
		return
	}
	owner := m.callers[m.choose(len(m.callers), "owner")]
	id, job, err := m.emu.Manager().CreateJob(m.as(owner), "job", bits.BG_JOB_TYPE_DOWNLOAD)
	m.is(hresult.S_OK, err, "CreateJob")
	j := &modelJob{id: id, owner: owner, state: suspended, flags: flagT | flagE}
	m.jobs = append(m.jobs, j)
	m.fetch(j)
	require.NoError(m, job.SetMinimumRetryDelay(m.as(owner), 60))
	if m.choose(6, "high performance") == 0 {
		j.highPerf = true
		m.is(hresult.S_OK, m.job5(j).SetProperty(m.as(owner), bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, bits.PropertyEnable(true)), "HIGH_PERFORMANCE")
	}
	if m.choose(3, "foreground") == 0 {
		require.NoError(m, job.SetPriority(m.as(owner), bits.BG_JOB_PRIORITY_FOREGROUND))
	}
	m.add(j)
}

// fetch gets a pointer to a job for its owner.
func (m *machine) fetch(j *modelJob) {
	var err error
	j.job, err = m.emu.Manager().GetJob(m.as(j.owner), j.id)
	if !j.state.final() {
		m.is(hresult.S_OK, err, "GetJob")
	}
}

func (m *machine) job5(j *modelJob) bits.Job5 {
	i, err := j.job.QueryInterface(m.as(j.owner), bits.IID_IBackgroundCopyJob5)
	require.NoError(m, err)
	return i.(bits.Job5)
}

func (m *machine) addFile() {
	if j := m.pick(); j != nil {
		m.add(j)
	}
}

// add adds a file, which sometimes comes from a server that acts.
func (m *machine) add(j *modelJob) {
	f := &modelFile{local: fmt.Sprintf(`C:\Downloads\%s-%d`, j.id, len(j.files))}
	if i := m.choose(machineFiles+1, "remote"); i < machineFiles {
		f.remote = m.remote(i)
	} else {
		path := fmt.Sprintf("/%s-%d", j.id, len(j.files))
		f.remote = "http://acts" + path
		m.known[sha256.Sum256([]byte("acted "+path))] = true
		act := m.acting(j)
		m.mu.Lock()
		m.in[path] = act
		m.mu.Unlock()
	}
	err := j.job.AddFile(m.as(j.owner), f.remote, f.local)
	if want := j.changes(); want != hresult.S_OK {
		m.is(want, err, "AddFile")
		return
	}
	if errors.Is(err, hresult.HRESULT_FROM_WIN32_ERROR_NOT_LOGGED_ON) {
		return
	}
	m.is(hresult.S_OK, err, "AddFile")
	j.files = append(j.files, f)
}

// acting is what a server does to a job while it answers.
func (m *machine) acting(j *modelJob) func(*http.Request) {
	act := m.choose(6, "server acts")
	return func(r *http.Request) {
		ctx := token.NewContext(r.Context(), j.owner)
		switch act {
		case 0:
			m.allow(j, bySuspend)
			_ = j.job.Suspend(ctx)
		case 1:
			m.allow(j, byCancel)
			m.note(j)
			_, _ = j.job.Cancel(ctx)
		case 2:
			m.allow(j, byComplete)
			m.note(j)
			_, _ = j.job.Complete(ctx)
		case 3:
			m.allow(j, bySuspend+" "+byResume)
			_ = j.job.Suspend(ctx)
			_ = j.job.Resume(ctx)
		case 4:
			_ = j.job.SetPriority(ctx, bits.BG_JOB_PRIORITY_LOW)
		case 5:
			m.emu.Settle()
		}
	}
}

func (m *machine) resume() {
	if j := m.pick(); j != nil {
		m.allow(j, byResume)
		m.is(j.resumes(), j.job.Resume(m.as(j.owner)), "Resume")
	}
}

func (m *machine) suspend() {
	if j := m.pick(); j != nil {
		m.allow(j, bySuspend)
		m.is(j.changes(), j.job.Suspend(m.as(j.owner)), "Suspend")
		if j.state == working || j.state == retrying {
			m.require(j, suspended, "Suspend")
		}
	}
}

// require asserts the state of a job right after a call. An emulator that works by
// itself may have gone on.
func (m *machine) require(j *modelJob, want class, what string) {
	s, err := j.job.GetState(m.as(j.owner))
	require.NoError(m, err)
	require.Equal(m, string(want), string(classOf(s)), what)
}

// note remembers the temporary files of a job that could not be deleted.
func (m *machine) note(j *modelJob) {
	info, err := m.emu.Job(j.id)
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range info.Files {
		if f.TemporaryName != "" {
			m.left[m.host(f.TemporaryName)] = true
		}
		if j.highPerf { // its files are where they belong from the start
			m.left[m.host(f.LocalName)] = true
		}
	}
}

// host is where a file is on this machine.
func (m *machine) host(windows string) string {
	return filepath.Join(m.dir, "C", filepath.FromSlash(strings.ReplaceAll(strings.TrimPrefix(windows, `C:\`), `\`, "/")))
}

func (m *machine) cancel() {
	j := m.pick()
	if j == nil || m.choose(3, "really") > 0 && !j.state.final() {
		return
	}
	m.note(j)
	m.allow(j, byCancel)
	result, err := j.job.Cancel(m.as(j.owner))
	m.is(j.changes(), err, "Cancel")
	if err == nil {
		m.require(j, cancelled, "Cancel")
		if result == hresult.S_OK {
			m.gone(j)
		}
	}
}

// gone takes back what note has remembered: the job has said that nothing is left.
func (m *machine) gone(j *modelJob) {
	if j.highPerf {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.left {
		if strings.Contains(filepath.Base(name), "-") && strings.HasPrefix(filepath.Base(name), j.id.String()) {
			continue // a file that is in its place
		}
		if _, err := os.Stat(name); err != nil {
			delete(m.left, name)
		}
	}
}

func (m *machine) complete() {
	j := m.pick()
	if j == nil || j.state != transferred && m.choose(3, "really") > 0 {
		return
	}
	m.note(j)
	m.allow(j, byComplete)
	result, err := j.job.Complete(m.as(j.owner))
	if want := j.changes(); want != hresult.S_OK {
		m.is(want, err, "Complete")
		return
	}
	if err != nil {
		m.require(j, transferred, "a Complete that has failed")
		return
	}
	m.require(j, acknowledged, "Complete")
	switch result {
	case hresult.S_OK, hresult.BG_S_PARTIAL_COMPLETE:
		m.gone(j)
	default:
		m.is(hresult.BG_S_UNABLE_TO_DELETE_FILES, result, "Complete")
	}
	info, err := m.emu.Job(j.id)
	require.NoError(m, err)
	for _, f := range info.Files {
		require.Equal(m, result == hresult.S_OK, result == hresult.S_OK && f.Completed)
	}
}

// set calls a setter, and reads what it has set.
func (m *machine) set() {
	j := m.pick()
	if j == nil {
		return
	}
	ctx, want := m.as(j.owner), j.changes()
	switch n := uint32(m.choose(4, "value")); m.choose(6, "setter") {
	case 0:
		m.is(want, j.job.SetPriority(ctx, bits.JobPriority(n)), "SetPriority")
		if p, err := j.job.GetPriority(ctx); want == hresult.S_OK {
			require.NoError(m, err)
			require.Equal(m, bits.JobPriority(n), p)
		}
	case 1:
		flags := []bits.NotifyFlags{flagT | flagE, flagT, flagE | flagM, bits.BG_NOTIFY_DISABLE}[n]
		m.is(want, j.job.SetNotifyFlags(ctx, flags), "SetNotifyFlags")
		if want == hresult.S_OK {
			j.flags = flags
		}
	case 2:
		m.is(want, j.job.SetMinimumRetryDelay(ctx, 60*(n+1)), "SetMinimumRetryDelay")
	case 3:
		m.is(want, j.job.SetNoProgressTimeout(ctx, 1000*n), "SetNoProgressTimeout")
	case 4:
		m.is(want, j.job.SetDescription(ctx, strings.Repeat("x", int(n))), "SetDescription")
	case 5:
		flags := bits.BITS_COST_STATE_UNRESTRICTED
		m.is(want, m.job5(j).SetProperty(ctx, bits.BITS_JOB_PROPERTY_ID_COST_FLAGS, bits.PropertyDword(flags)), "COST_FLAGS")
	}
}

// listen registers a callback that does nothing, fails, or acts, or takes it away.
func (m *machine) listen() {
	j := m.pick()
	if j == nil {
		return
	}
	l := &modelListener{trace: m.trace, id: j.id}
	var callback bits.Callback = l
	switch m.choose(7, "listener") {
	case 0:
		l, callback = nil, nil
	case 1:
		fails := 2
		l.act = func(bits.JobState, context.Context, bits.Job) error {
			if fails--; fails >= 0 {
				return hresult.E_FAIL
			}
			return nil
		}
	case 2:
		l.act = func(s bits.JobState, ctx context.Context, job bits.Job) error {
			if s == bits.BG_JOB_STATE_ERROR {
				m.allow(j, byCancel)
				m.note(j)
				_, _ = job.Cancel(ctx)
				return nil
			}
			m.allow(j, byComplete)
			m.note(j)
			_, _ = job.Complete(ctx)
			return nil
		}
	case 3:
		tries := 2
		l.act = func(s bits.JobState, ctx context.Context, job bits.Job) error {
			if tries--; tries >= 0 {
				m.allow(j, byResume)
				_ = job.Resume(ctx)
				m.emu.Settle()
			}
			return nil
		}
	}
	m.is(j.changes(), j.job.SetNotifyInterface(m.as(j.owner), callback), "SetNotifyInterface")
	if !j.state.final() {
		j.listener = l
	}
}

// file is a file of a job.
func (m *machine) file(j *modelJob, i int) bits.File6 {
	files, err := j.job.EnumFiles(m.as(j.owner))
	require.NoError(m, err)
	_, err = files.Skip(m.as(j.owner), uint32(i))
	require.NoError(m, err)
	some, _, err := files.Next(m.as(j.owner), 1)
	require.NoError(m, err)
	require.Len(m, some, 1)
	f, err := some[0].QueryInterface(m.as(j.owner), bits.IID_IBackgroundCopyFile6)
	require.NoError(m, err)
	return f.(bits.File6)
}

// rename has a file come from somewhere else.
func (m *machine) rename() {
	j := m.pick()
	if j == nil || len(j.files) == 0 {
		return
	}
	i := m.choose(len(j.files), "file")
	remote := m.remote(m.choose(machineFiles, "remote"))
	m.is(j.changes(), m.file(j, i).SetRemoteName(m.as(j.owner), remote), "SetRemoteName")
	j.files[i].restarts++
	j.files[i].remote = remote
}

// invalid says that a file that has come is not the right one.
func (m *machine) invalid() {
	j := m.pick()
	if j == nil || len(j.files) == 0 {
		return
	}
	f := j.files[m.choose(len(j.files), "file")]
	m.allow(j, byValidation)
	f.restarts++
	for i := range j.files {
		if j.files[i] == f {
			err := m.file(j, i).SetValidationState(m.as(j.owner), false)
			if !errors.Is(err, hresult.E_PENDING) {
				m.is(j.changes(), err, "SetValidationState")
			}
		}
	}
}

// take has an elevated administrator take a job over.
func (m *machine) take() {
	j := m.pick()
	if j == nil || m.choose(3, "really") > 0 {
		return
	}
	job, err := m.emu.Manager().GetJob(m.as(actors.bobElevated), j.id)
	if j.state.final() {
		m.is(hresult.BG_E_NOT_FOUND, err, "GetJob")
		return
	}
	m.is(hresult.S_OK, err, "GetJob")
	err = job.TakeOwnership(m.as(actors.bobElevated))
	if j.owner.User() == actors.system.User() { // whose integrity level is higher
		m.is(hresult.E_ACCESSDENIED, err, "TakeOwnership")
		return
	}
	m.is(hresult.S_OK, err, "TakeOwnership")
	j.owner, j.helper = actors.bobElevated, false
	m.fetch(j)
}

// helper sets or clears a helper token, and what it is for.
func (m *machine) helper() {
	j := m.pick()
	if j == nil || j.state.final() || j.owner.User() == actors.system.User() {
		return
	}
	i, err := j.job.QueryInterface(m.as(j.owner), bits.IID_IBitsTokenOptions)
	require.NoError(m, err)
	options := i.(bits.TokenOptions)
	switch m.choose(3, "helper") {
	case 0:
		m.is(j.changes(), options.SetHelperToken(m.as(actors.alice)), "SetHelperToken")
		j.helper = !j.state.final()
	case 1:
		m.is(j.changes(), options.ClearHelperToken(m.as(j.owner)), "ClearHelperToken")
		j.helper = false
	case 2:
		flags := bits.HelperTokenFlags(m.choose(4, "flags"))
		m.is(j.changes(), options.SetHelperTokenFlags(m.as(j.owner), flags), "SetHelperTokenFlags")
		got, err := options.GetHelperTokenFlags(m.as(j.owner))
		if require.NoError(m, err); !j.state.final() {
			require.Equal(m, flags, got)
		}
	}
}

// intrude has somebody try to get at a job who may not, or may.
func (m *machine) intrude() {
	j := m.pick()
	if j == nil {
		return
	}
	who := m.callers[m.choose(len(m.callers), "caller")]
	want := hresult.S_OK
	switch {
	case j.state.final():
		want = hresult.BG_E_NOT_FOUND
	case who.User() != j.owner.User() && !who.IsAdmin():
		want = hresult.E_ACCESSDENIED
	}
	_, err := m.emu.Manager().GetJob(m.as(who), j.id)
	m.is(want, err, "GetJob by "+who.String())
}

// demand turns on-demand mode on or off, or asks for a range.
func (m *machine) demand() {
	j := m.pick()
	if j == nil || j.highPerf {
		return
	}
	j.restart()
	on := m.choose(3, "demand") == 0
	m.is(j.changes(), m.job5(j).SetProperty(m.as(j.owner), bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(on)), "ON_DEMAND_MODE")
	if on && len(j.files) > 0 {
		f := m.file(j, m.choose(len(j.files), "file"))
		err := f.RequestFileRanges(m.as(j.owner), []bits.FileRange{{InitialOffset: 10, Length: 100}, {InitialOffset: 500, Length: bits.BG_LENGTH_TO_EOF}})
		if !errors.Is(err, hresult.BG_E_INVALID_RANGE) && !errors.Is(err, hresult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED) {
			m.is(j.changes(), err, "RequestFileRanges")
		}
	}
}

func (m *machine) settle() {
	m.emu.Settle()
	m.heard()
}

func (m *machine) advance() {
	m.emu.Advance([]time.Duration{time.Second, time.Minute, 11 * time.Minute, 3 * time.Hour, 20 * 24 * time.Hour}[m.choose(5, "time")])
	m.heard()
}

// heard asserts that whoever listens was told of the end that a job has come to.
func (m *machine) heard() {
	m.Helper()
	m.quiet()
	for _, j := range m.jobs {
		info, err := m.emu.Job(j.id)
		if err != nil || j.listener == nil || j.flags.Has(bits.BG_NOTIFY_DISABLE) {
			continue
		}
		kind, ends := map[bits.JobState]bits.NotifyFlags{bits.BG_JOB_STATE_TRANSFERRED: flagT, bits.BG_JOB_STATE_ERROR: flagE}[info.State]
		if ends && j.flags.Has(kind) {
			require.True(m, m.trace.toldSince(j.id, info.State), "job %s: nobody was told of %s", j.id, info.State)
		}
	}
}

func (m *machine) world() {
	on := m.choose(2, "on") == 1
	switch m.choose(6, "world") {
	case 0:
		m.emu.NetworkDown()
	case 1:
		m.emu.NetworkUp()
	case 2:
		m.emu.BlockBandwidth(on)
	case 3:
		m.emu.SetBatterySaver(on)
	case 4:
		m.emu.SetGameMode(on)
	case 5:
		cost := bits.BITS_COST_STATE_UNRESTRICTED
		if on {
			cost = bits.BITS_COST_STATE_ROAMING
		}
		m.emu.SetCost(cost)
	}
}

func (m *machine) logOff() {
	who, session := actors.alice, aliceSession
	if m.choose(2, "who") == 1 {
		who, session = actors.bob, bobSession
	}
	if m.choose(2, "off") == 1 {
		for _, j := range m.jobs {
			if j.helper && (who.User() == actors.alice.User() || j.owner.User() == who.User()) {
				m.allow(j, byLogOff)
				j.helper = false
			}
		}
		require.NoError(m, m.emu.LogOff(who.User()))
		return
	}
	m.emu.LogOnSession(who.User(), session)
}

func (m *machine) restart() {
	require.NoError(m, m.emu.Restart())
	for _, j := range m.jobs {
		j.listener, j.helper = nil, false
		if j.highPerf {
			j.restart()
		}
		if !j.state.final() {
			_, err := j.job.GetState(m.as(j.owner))
			m.is(hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE, err, "a pointer of before")
			m.fetch(j)
		} else {
			j.dead = true
		}
	}
}

// serverActs has a server do something.
func (m *machine) serverActs() {
	i := m.choose(machineFiles, "server")
	s := m.scripts[i]
	n := m.choose(4, "n")
	switch m.choose(10, "server does") {
	case 0:
		s.Set(transfer.CutAfter(int64(n*400), 1+n))
	case 1:
		s.Set(transfer.Status([]int{404, 500, 503, 408}[n], 1))
	case 2:
		s.Set(transfer.Hold())
	case 3:
		s.Set(transfer.HoldAt(int64(n * 300)))
	case 4:
		s.Release()
	case 5:
		m.version(s, []int64{0, 10, 5000, 100_000}[n])
		for _, j := range m.jobs {
			j.restart()
		}
	case 6:
		s.Set(transfer.NoRanges())
		for _, j := range m.jobs {
			j.restart()
		}
	case 7:
		s.Set(transfer.Ranges())
	case 8:
		s.Set(transfer.Rate(int64(n * 1000)))
	case 9:
		s.Set(transfer.Delay(time.Duration(n) * time.Second))
	}
}

func (m *machine) fault() {
	ops := []string{"connect", "data", "create", "rename", "delete"}
	require.NoError(m, m.emu.Fail(bitsemu.Fault{
		Op: ops[m.choose(len(ops), "fault")], Code: hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL, Transient: m.choose(2, "transient") == 1,
	}))
}

// look compares the emulator with the model.
func (m *machine) look() {
	m.Helper()
	m.quiet()
	require.NoError(m, m.emu.Check())
	require.Empty(m, m.trace.complaints())
	m.follow()
	for _, j := range m.jobs {
		m.lookAt(j)
	}
	m.lookAround()
}

// follow walks with the jobs along the arrows.
func (m *machine) follow() {
	for _, e := range m.trace.take() {
		for _, j := range m.jobs {
			if j.id == e.job {
				m.move(j, classOf(e.state))
			}
		}
	}
}

// allow lets a job go by the arrows of a call that is about to be made.
func (m *machine) allow(j *modelJob, arrows string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j.may += " " + arrows
}

func (m *machine) move(j *modelJob, to class) {
	m.Helper()
	if j.state != to {
		arrow := string(j.state) + string(to)
		m.mu.Lock()
		may := j.may
		m.mu.Unlock()
		require.True(m, strings.Contains(arrows[j.state], string(to)) || strings.Contains(may, arrow),
			"job %s: there is no arrow %s", j.id, arrow)
		j.state = to
	}
}

func (m *machine) lookAt(j *modelJob) {
	m.Helper()
	info, err := m.emu.Job(j.id)
	if errors.Is(err, hresult.BG_E_NOT_FOUND) {
		require.True(m, j.state.final(), "job %s is not there", j.id)
		return
	}
	require.NoError(m, err)
	if to := classOf(info.State); !j.state.final() || to.final() {
		if to == cancelled && j.state != to {
			m.allow(j, byCancel) // for inactivity
		}
		m.move(j, to)
	}
	m.mu.Lock()
	j.may = ""
	m.mu.Unlock()
	if j.state.final() {
		return
	}
	require.Len(m, info.Files, len(j.files))
	for i, f := range j.files {
		now := info.Files[i].BytesTransferred
		require.True(m, now >= f.held || f.restarts != f.seen || j.highPerf,
			"job %s: progress of file %d goes back from %d to %d", j.id, i, f.held, now)
		f.held, f.seen = now, f.restarts
	}
}

// lookAround looks for files that are not there and for those that should not be.
func (m *machine) lookAround() {
	m.Helper()
	around, err := os.ReadDir(m.dir)
	require.NoError(m, err)
	require.Len(m, around, 2)
	outside, err := os.ReadFile(filepath.Join(m.dir, "outside"))
	require.NoError(m, err)
	require.Equal(m, "outside", string(outside))

	expected := map[string]bool{}
	for _, j := range m.jobs {
		info, err := m.emu.Job(j.id)
		if err != nil {
			continue
		}
		for i := range info.Files {
			f := &info.Files[i]
			if f.Completed || f.Renamed {
				m.checkContent(m.host(f.LocalName))
				m.mu.Lock()
				m.left[m.host(f.LocalName)] = true
				m.mu.Unlock()
			}
			if !info.State.Final() && f.TemporaryName != "" {
				require.True(m, j.highPerf || filepath.Dir(m.host(f.TemporaryName)) == filepath.Dir(m.host(f.LocalName)))
				expected[m.host(f.TemporaryName)] = true
			}
			if j.highPerf {
				expected[m.host(f.LocalName)] = true
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	require.NoError(m, filepath.WalkDir(filepath.Join(m.dir, "C"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			require.True(m, expected[path] || m.left[path], "nobody knows of %s", path)
		}
		return err
	}))
}

// checkContent asserts that a file is a version of a remote one, whole.
func (m *machine) checkContent(path string) {
	m.Helper()
	content, err := os.ReadFile(path)
	require.NoError(m, err)
	require.True(m, m.known[sha256.Sum256(content)], "%s, of %d bytes, is no remote file (%d zero bytes)", path, len(content), bytes.Count(content, []byte{0}))
}

// finish mends everything: all jobs must come to their end.
func (m *machine) finish() {
	m.Helper()
	m.emu.NetworkUp()
	m.emu.BlockBandwidth(false)
	m.emu.SetBatterySaver(false)
	m.emu.SetGameMode(false)
	m.emu.SetCost(bits.BITS_COST_STATE_UNRESTRICTED)
	m.emu.LogOnSession(actors.alice.User(), aliceSession)
	m.emu.LogOnSession(actors.bob.User(), bobSession)
	m.mu.Lock()
	clear(m.in)
	m.mu.Unlock()
	for _, s := range m.scripts {
		s.Set(transfer.Ranges(), transfer.Rate(0), transfer.Delay(0), transfer.Status(200, 0), transfer.CutAfter(0, 0))
		s.Release()
	}
	// What is left of faults and of callbacks that act comes to pass meanwhile.
	for range 20 {
		for _, j := range m.jobs {
			if j.state.final() {
				continue
			}
			j.restart()
			m.allow(j, byResume+" "+byValidation)
			if len(j.files) == 0 {
				m.add(j)
			}
			if j.state.final() {
				continue
			}
			j5 := m.job5(j)
			_ = j5.SetProperty(m.as(j.owner), bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(false))
			_ = j5.SetNoProgressTimeout(m.as(j.owner), 1_209_600)
			i, err := j.job.QueryInterface(m.as(j.owner), bits.IID_IBitsTokenOptions)
			require.NoError(m, err)
			require.NoError(m, i.(bits.TokenOptions).SetHelperTokenFlags(m.as(j.owner), 0))
			m.is(j.resumes(), j.job.Resume(m.as(j.owner)), "Resume")
		}
		m.emu.Advance(10 * time.Minute)
		m.look()
	}
	m.heard()
	for _, j := range m.jobs {
		if j.state.final() {
			continue
		}
		info, err := m.emu.Job(j.id)
		require.NoError(m, err)
		require.Equal(m, bits.BG_JOB_STATE_TRANSFERRED, info.State, "%s", info)
		for try := 0; ; try++ {
			m.allow(j, byComplete)
			result, err := j.job.Complete(m.as(j.owner))
			if err == nil {
				require.Equal(m, hresult.S_OK, result)
				break
			}
			require.Less(m, try, 100, "%v", err) // faults that were left
		}
		m.look()
		m.require(j, acknowledged, "Complete")
	}
	require.Zero(m, m.emu.Len())
}
