package bitsemu

import (
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// Option changes how an [Emulator] is made.
type Option func(*config)

// config is what the options have said. It does not change once an emulator is
// made of it.
type config struct {
	build    winver.Build
	store    string
	start    time.Time
	seed     *int64
	clock    clockMode
	logger   *slog.Logger
	network  http.RoundTripper
	drives   map[string]string
	shares   map[string]fs.FS
	caller   token.Token
	policy   Policy
	slice    time.Duration
	workers  int
	command  func(Command) int
	activate func(clsid uuid.UUID) (bits.Callback, error)
	keyFile  string
}

func defaults() config {
	return config{
		build:   winver.Windows11_24H2,
		caller:  token.User(somebody, token.WithSession(defaultSession)),
		policy:  DefaultPolicy(),
		slice:   5 * time.Minute,
		workers: 64,
		drives:  map[string]string{},
		shares:  map[string]fs.FS{},
	}
}

// Windows emulates BITS as the Windows build b has it, instead of that of
// [winver.Windows11_24H2].
func Windows(b winver.Build) Option { return func(c *config) { c.build = b } }

// Store keeps the jobs in the file at path, which is made when it is not there.
// Without this option the jobs are thrown away when the emulator is closed.
func Store(path string) Option { return func(c *config) { c.store = path } }

// KeyFile names the file with the key for secrets in the store: path with
// ".key" behind it if not said. Whoever has both files can read them.
func KeyFile(path string) Option { return func(c *config) { c.keyFile = path } }

// Start is the emulated time at which a manual clock begins. If not said it is
// the time of the real clock for [New] and 2024-01-02 03:04:05 UTC for [RunT].
func Start(t time.Time) Option { return func(c *config) { c.start = t } }

// Seed makes the GUIDs of jobs and the names of temporary files a function of
// seed, so that two runs give the same. [RunT] has a seed made of the test's name.
func Seed(seed int64) Option { return func(c *config) { c.seed = &seed } }

// ManualTime has the time stand still until [Emulator.Advance] moves it, and
// nothing happen until [Emulator.Settle] or Advance is called. No goroutine is
// started. It is what [RunT] does if not told otherwise.
func ManualTime() Option { return func(c *config) { c.clock = clockManual } }

// FollowTime has the emulator follow [time.Now] and do its work in goroutines of
// its own, as the real service does. Inside a testing/synctest bubble it follows
// the time of that. It is what [New] does if not told otherwise.
func FollowTime() Option { return func(c *config) { c.clock = clockFollow } }

// StepOnPoll is [ManualTime] for programs that poll and whose sleeping a test
// cannot reach: each call of GetState and GetProgress first lets the emulator do
// one piece of work, and when there is none to do moves the time to the next
// retry or delay that a job is waiting for. It never moves the time for the sake
// of a job that waits for something else.
//
// A program that looks often enough misses nothing: a state that the job has come to
// since it was last asked for is told before anything else is done, and a GetProgress
// after a GetState of the job tells of the same moment.
func StepOnPoll() Option { return func(c *config) { c.clock = clockPoll } }

// Logger gets what the emulator does, at level Debug, and what goes wrong inside
// of it, at level Warn. Without this option nothing is logged. Secrets never are.
func Logger(l *slog.Logger) Option { return func(c *config) { c.logger = l } }

// Transport sends the requests to hosts for which [Emulator.Handle] and
// [Emulator.Script] name nobody. Without this option that is the real network for
// [New], and for [RunT] the addresses of this machine alone, while all other
// names are not resolved.
func Transport(rt http.RoundTripper) Option { return func(c *config) { c.network = rt } }

// Drive maps a drive or a directory of it, such as "C:" or `D:\data`, to a
// directory of this machine. Jobs reach nothing outside of the directories that
// are mapped.
func Drive(path, dir string) Option { return func(c *config) { c.drives[path] = dir } }

// Share maps a share, such as `\\server\public`, to a directory of this machine.
// Files can be read from it and written to it.
func Share(unc, dir string) Option { return func(c *config) { c.drives[unc] = dir } }

// ShareFS maps a share to a file system to be read from.
func ShareFS(unc string, files fs.FS) Option { return func(c *config) { c.shares[unc] = files } }

// DefaultCaller makes t the caller of whoever does not say who he is, which is an
// ordinary interactive user if not said, and never an administrator.
func DefaultCaller(t token.Token) Option { return func(c *config) { c.caller = t } }

// Policies sets the group policies and limits that are in force.
func Policies(p Policy) Option { return func(c *config) { c.policy = p } }

// TimeSlice is how long a background job transfers while others of its priority
// wait: 5 minutes if not said (C: the page says only that there are slices).
func TimeSlice(d time.Duration) Option { return func(c *config) { c.slice = d } }

// Workers bounds the transfers that move data at the same moment when the time is
// followed: 64 if not said. All others that are due take turns with them.
func Workers(n int) Option { return func(c *config) { c.workers = max(1, n) } }

// CommandHook gets the command lines that jobs have for their notification. It
// returns the exit code of the program. Without this option no program is there,
// which is a notification that has failed. Nothing is ever executed.
func CommandHook(run func(Command) int) Option { return func(c *config) { c.command = run } }

// ActivationHook makes the callback for a job's
// BITS_JOB_PROPERTY_NOTIFICATION_CLSID, as COM would start the server of that
// class. Without this option no class is registered.
func ActivationHook(activate func(clsid uuid.UUID) (bits.Callback, error)) Option {
	return func(c *config) { c.activate = activate }
}
