package bitsemu_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

// The acceptance scenarios S01 to S20 are sequences of calls that programs in the wild
// really make of BITS. They share the people, the machine and the servers below.

// Flags of SetNotifyFlags, as scenarios write them.
const (
	flagT = bits.BG_NOTIFY_JOB_TRANSFERRED
	flagE = bits.BG_NOTIFY_JOB_ERROR
	flagM = bits.BG_NOTIFY_JOB_MODIFICATION
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// Local names in a directory that is there, and that everybody may write to.
const (
	local1 = `C:\Downloads\L1`
	local2 = `C:\Downloads\L2`
	local3 = `C:\Downloads\L3`
)

// actors are the people of the scenarios.
var actors = makeActors()

type scenarioCast struct {
	alice, bob, bobFiltered, bobElevated, carolRunAs token.Token
	system, networkService, localService             token.Token
}

// sessions of the users who are logged on interactively.
const (
	aliceSession token.Session = 1
	bobSession   token.Session = 2
)

func makeActors() scenarioCast {
	const machine = "S-1-5-21-1004336348-1177238915-682003330-"
	alice, bob, carol := sid.MustParse(machine+"1001"), sid.MustParse(machine+"1002"), sid.MustParse(machine+"1003")
	return scenarioCast{
		alice:          token.User(alice, token.WithSession(aliceSession)),
		bob:            token.User(bob, token.WithSession(bobSession)),
		bobFiltered:    token.FilteredAdmin(bob, token.WithSession(bobSession)),
		bobElevated:    token.ElevatedAdmin(bob, token.WithSession(bobSession)),
		carolRunAs:     token.RunAs(carol),
		system:         token.LocalSystem(),
		networkService: token.NetworkService(),
		localService:   token.LocalService(),
	}
}

// scene is where a scenario is played: a machine with the actors on it, and the step
// that is being played, which every assertion names.
type scene struct {
	t        *testing.T
	emu      *bitsemu.Emulator
	scenario string
	line     string
	follows  bool // the service works by itself, between any two calls of the test
}

// play plays a scenario, or a part of it, on a machine whose clock the test moves, and
// again in a bubble on one that follows the time and works by itself.
func play(t *testing.T, scenario, part string, act func(*scene), opts ...bitsemu.Option) {
	t.Helper()
	t.Run(part+"/manual", func(t *testing.T) {
		t.Parallel()
		act(newScene(t, scenario, opts...))
	})
	t.Run(part+"/follow", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t, scenario, append(opts[:len(opts):len(opts)], bitsemu.FollowTime())...)
			s.follows = true
			act(s)
		})
	})
}

func newScene(t *testing.T, scenario string, opts ...bitsemu.Option) *scene {
	t.Helper()
	opts = append([]bitsemu.Option{bitsemu.Windows(winver.Windows10_1809)}, opts...)
	s := &scene{t: t, emu: bitsemu.RunT(t, opts...), scenario: scenario}
	s.emu.LogOnSession(actors.alice.User(), aliceSession)
	s.emu.LogOnSession(actors.bob.User(), bobSession)
	s.step("0", "")
	return s
}

// step says which line of the scenario follows, and the letters of its evidence.
func (s *scene) step(number, evidence string) {
	s.line = s.scenario + " step " + number + " [" + evidence + "]"
}

// as is the context of a thread that has somebody's token: to impersonate is to use it,
// to revert is to use that of somebody else again.
func (s *scene) as(who token.Token) context.Context {
	return token.NewContext(s.t.Context(), who)
}

// ok asserts S_OK.
func (s *scene) ok(err error) {
	s.t.Helper()
	require.NoError(s.t, err, s.line)
}

// fails asserts the HRESULT of a call that fails.
func (s *scene) fails(err error, code hresult.HRESULT) {
	s.t.Helper()
	require.Error(s.t, err, "%s: wants %s", s.line, code)
	got, known := hresult.Of(err)
	require.True(s.t, known, "%s: no HRESULT in %v", s.line, err)
	require.Equal(s.t, code, got, "%s: %v", s.line, err)
}

// is asserts a value.
func (s *scene) is(want, got any) {
	s.t.Helper()
	require.Equal(s.t, want, got, s.line)
}

// holds asserts a condition.
func (s *scene) holds(condition bool, why string, args ...any) {
	s.t.Helper()
	require.Truef(s.t, condition, s.line+": "+why, args...)
}

// result is what a call has returned besides its error.
type result[T any] struct {
	value T
	err   error
}

// got takes the results of a call: got(job.GetState(ctx)).is(s, bits.BG_JOB_STATE_QUEUED).
func got[T any](value T, err error) result[T] { return result[T]{value, err} }

// ok asserts S_OK, and returns the value.
func (r result[T]) ok(s *scene) T {
	s.t.Helper()
	s.ok(r.err)
	return r.value
}

// is asserts S_OK and the value.
func (r result[T]) is(s *scene, want T) {
	s.t.Helper()
	s.ok(r.err)
	s.is(want, r.value)
}

// fails asserts the HRESULT of a call that fails.
func (r result[T]) fails(s *scene, code hresult.HRESULT) {
	s.t.Helper()
	s.fails(r.err, code)
}

// create is CreateJob as somebody, with the manager of a program that runs as him.
func (s *scene) create(who token.Token, name string, kind bits.JobType) (uuid.UUID, bits.Job) {
	s.t.Helper()
	id, job, err := s.emu.As(who).CreateJob(s.t.Context(), name, kind)
	s.ok(err)
	return id, job
}

// download is a download job of somebody with files, pairs of remote and local names.
func (s *scene) download(who token.Token, name string, files ...string) (uuid.UUID, bits.Job) {
	s.t.Helper()
	id, job := s.create(who, name, bits.BG_JOB_TYPE_DOWNLOAD)
	for i := 0; i+1 < len(files); i += 2 {
		s.ok(job.AddFile(s.t.Context(), files[i], files[i+1]))
	}
	return id, job
}

// query is QueryInterface by somebody.
func query[T any](s *scene, who token.Token, from bits.Unknown) T {
	s.t.Helper()
	return got(bits.Query[T](s.as(who), from)).ok(s)
}

// remote puts a remote file on the test server, and returns it with its remote name.
func (s *scene) remote(name string, opts ...transfer.ScriptOption) (*transfer.Script, string) {
	s.t.Helper()
	url := "http://server.test/" + name
	script := transfer.NewScript(opts...)
	s.ok(s.emu.Script(url, script))
	return script, url
}

// private puts a remote file on a server of its own that asks who is there, and
// returns it with its remote name.
func (s *scene) private(name string, policy transfer.Policy, opts ...transfer.ScriptOption) (*transfer.Script, string) {
	s.t.Helper()
	script := transfer.NewScript(opts...)
	s.ok(s.emu.HandleTransport("http://private.test/"+name, transfer.ProtectTransport(script, policy)))
	return script, "http://private.test/" + name
}

// directory makes a directory where only some may read and write.
func (s *scene) directory(path string, users ...token.Token) {
	s.t.Helper()
	s.ok(os.MkdirAll(s.emu.Path(path), 0o700))
	sids := []sid.SID{}
	for _, u := range users {
		sids = append(sids, u.User())
	}
	s.ok(s.emu.RestrictTo(path, sids...))
}

// files lists a directory.
func (s *scene) files(path string) []string {
	s.t.Helper()
	entries, err := os.ReadDir(s.emu.Path(path))
	s.ok(err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// state asserts the state of a job.
func (s *scene) state(job bits.Job, want bits.JobState) {
	s.t.Helper()
	got(job.GetState(s.t.Context())).is(s, want)
}

// settles lets the emulator do what is due, and asserts the state of a job then.
func (s *scene) settles(job bits.Job, want bits.JobState) {
	s.t.Helper()
	s.emu.Settle()
	s.state(job, want)
}

// anyContext is an error context that is not asserted.
const anyContext bits.ErrorContext = 99

// failed asserts the error of a job.
func (s *scene) failed(job bits.Job, code hresult.HRESULT, context bits.ErrorContext) bits.Error {
	s.t.Helper()
	object := got(job.GetError(s.t.Context())).ok(s)
	s.errorIs(object, code, context)
	return object
}

// errorIs asserts what an error object says.
func (s *scene) errorIs(object bits.Error, code hresult.HRESULT, context bits.ErrorContext) {
	s.t.Helper()
	where, why, err := object.GetError(s.t.Context())
	s.ok(err)
	s.is(code, why)
	if context != anyContext {
		s.is(context, where)
	}
}

// flawless asserts that a job has no error.
func (s *scene) flawless(job bits.Job) {
	s.t.Helper()
	got(job.GetError(s.t.Context())).fails(s, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
}

// jobFiles are the files of a job.
func (s *scene) jobFiles(job bits.Job) []bits.File {
	s.t.Helper()
	enum := got(job.EnumFiles(s.t.Context())).ok(s)
	count := got(enum.GetCount(s.t.Context())).ok(s)
	files, _, err := enum.Next(s.t.Context(), count)
	s.ok(err)
	return files
}

// listed are the jobs that somebody's EnumJobs lists.
func (s *scene) listed(who token.Token, flags bits.EnumFlags) []uuid.UUID {
	s.t.Helper()
	enum := got(s.emu.As(who).EnumJobs(s.t.Context(), flags)).ok(s)
	ids := []uuid.UUID{}
	for {
		jobs, result, err := enum.Next(s.t.Context(), 1)
		s.ok(err)
		if result == hresult.S_FALSE {
			return ids
		}
		ids = append(ids, got(jobs[0].GetId(s.t.Context())).ok(s))
	}
}

// did lists what was done for a job with files, requests and challenges: actions
// with the token that was used, "create S-1-5-18" or "request nobody", in order.
func (s *scene) did(id uuid.UUID) []string {
	lines := []string{}
	for _, a := range s.emu.AuditOf(id) {
		who := "nobody"
		if !a.Token.IsZero() {
			who = a.Token.User().String()
		}
		line := a.Action + " " + who
		if !a.Allowed {
			line += " refused"
		}
		lines = append(lines, line)
	}
	return lines
}

// ranges are the Range headers of the GET requests that a remote file has got.
func ranges(script *transfer.Script) []string {
	headers := []string{}
	for _, r := range script.Requests() {
		if r.Method == "GET" {
			headers = append(headers, strings.TrimPrefix(r.Range, "bytes="))
		}
	}
	return headers
}

// witness is a callback that writes down what it is told, and does what a test wants.
type witness struct {
	onTransferred func(context.Context, bits.Job) error
	onError       func(context.Context, bits.Job, bits.Error) error
	onModified    func(context.Context, bits.Job) error

	mu                            sync.Mutex
	transferred, errors, modified int
	callers                       []token.Token // whom it was called as
}

var _ bits.Callback = (*witness)(nil)

func (w *witness) hear(ctx context.Context, count *int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*count++
	caller, _ := token.FromContext(ctx)
	w.callers = append(w.callers, caller)
}

func (w *witness) JobTransferred(ctx context.Context, job bits.Job) error {
	w.hear(ctx, &w.transferred)
	if w.onTransferred != nil {
		return w.onTransferred(ctx, job)
	}
	return nil
}

func (w *witness) JobError(ctx context.Context, job bits.Job, object bits.Error) error {
	w.hear(ctx, &w.errors)
	if w.onError != nil {
		return w.onError(ctx, job, object)
	}
	return nil
}

func (w *witness) JobModification(ctx context.Context, job bits.Job) error {
	w.hear(ctx, &w.modified)
	if w.onModified != nil {
		return w.onModified(ctx, job)
	}
	return nil
}

// heard is how often the witness was called: JobTransferred, JobError.
func (w *witness) heard() (transferred, errors int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.transferred, w.errors
}

// modifications is how often JobModification was called.
func (w *witness) modifications() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.modified
}

// as are the users whom the witness was called as, each once.
func (w *witness) as() map[sid.SID]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	users := map[sid.SID]bool{}
	for _, c := range w.callers {
		users[c.User()] = true
	}
	return users
}

// heard asserts how often a witness has been told of the end of a job's transfer.
func (s *scene) heard(w *witness, transferred, errors int) {
	s.t.Helper()
	t, e := w.heard()
	s.is([2]int{transferred, errors}, [2]int{t, e})
}

// listen registers a witness.
func (s *scene) listen(job bits.Job, flags bits.NotifyFlags) *witness {
	s.t.Helper()
	w := &witness{}
	s.ok(job.SetNotifyInterface(s.t.Context(), w))
	s.ok(job.SetNotifyFlags(s.t.Context(), flags))
	return w
}

// only are the lines of [scene.did] about some actions.
func only(lines []string, actions ...string) []string {
	some := []string{}
	for _, line := range lines {
		if action, _, _ := strings.Cut(line, " "); slices.Contains(actions, action) {
			some = append(some, line)
		}
	}
	return some
}
