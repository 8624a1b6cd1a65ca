package bitsemu_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

// class is a state, or those three in which a job is at work or waits for its turn,
// between which the engine goes as it likes.
type class byte

const (
	suspended    class = 'S'
	working      class = 'A'
	retrying     class = 'X'
	failed       class = 'E'
	transferred  class = 'D'
	acknowledged class = 'K'
	cancelled    class = 'Z'
)

func classOf(s bits.JobState) class {
	return [...]class{working, working, working, suspended, failed, retrying, transferred, acknowledged, cancelled}[s]
}

func (c class) final() bool { return c == acknowledged || c == cancelled }

// arrows are the ways of a job that need no call: spec job-states, sections 3 to 6. A
// job that has waited or worked comes to an end, or waits again; SUSPENDED is the end of
// what was asked for in on-demand mode.
var arrows = map[class]string{working: "AXEDS", retrying: "AXE"}

// The arrows of calls and events: section 2, and where the others name one.
const (
	byResume     = "SA XA EA DA"
	bySuspend    = "AS XS"
	byCancel     = "SZ AZ XZ EZ DZ"
	byComplete   = "SK AK XK EK DK SD AD XD ED" // to D when a file cannot be renamed
	byValidation = "SE AE XE EE DE"
	byLogOff     = "SE AE XE EE"
)

// modelJob is what is expected of a job.
type modelJob struct {
	id    uuid.UUID
	job   bits.Job // for its owner
	owner token.Token
	state class // that was seen last
	files []*modelFile

	flags    bits.NotifyFlags
	listener *modelListener // nil: none is registered
	helper   bool           // a helper token is set
	may      string         // arrows of calls that are being made, or were made since the last look
	logged   string
	highPerf bool
	dead     bool // it is over, and the pointer to it was of an earlier run of the service
}

type modelFile struct {
	remote, local string
	held          uint64
	restarts      int // of the reasons to begin the file anew that there have been
	seen          int // of them when the progress was looked at
}

// restart notes a reason for a job's files to begin anew.
func (j *modelJob) restart() {
	for _, f := range j.files {
		f.restarts++
	}
}

// modelListener is a callback as a client of the model registers it. What it is told is
// in the trace.
type modelListener struct {
	trace *trace
	id    uuid.UUID
	act   func(bits.JobState, context.Context, bits.Job) error // what it does when told of an end
}

func (l *modelListener) JobTransferred(ctx context.Context, job bits.Job) error {
	return l.told(ctx, job, bits.BG_JOB_STATE_TRANSFERRED)
}

func (l *modelListener) JobError(ctx context.Context, job bits.Job, _ bits.Error) error {
	return l.told(ctx, job, bits.BG_JOB_STATE_ERROR)
}

func (l *modelListener) JobModification(context.Context, bits.Job) error { return nil }

func (l *modelListener) told(ctx context.Context, job bits.Job, s bits.JobState) error {
	l.trace.tell(l.id, s) // who has registered it may have lost the job to another user, and may not ask
	if l.act == nil {
		return nil
	}
	return l.act(s, ctx, job)
}

// trace is what has happened to jobs, in order: the states that they have entered, as
// the emulator logs them, and what their clients were told.
type trace struct {
	mu      sync.Mutex
	now     int
	entries []traced
	entered map[uuid.UUID]traced                // the last
	told    map[uuid.UUID]map[bits.JobState]int // when
	wrong   []string
}

type traced struct {
	at    int
	job   uuid.UUID
	state bits.JobState
}

func newTrace() *trace {
	return &trace{entered: map[uuid.UUID]traced{}, told: map[uuid.UUID]map[bits.JobState]int{}}
}

func (t *trace) tell(id uuid.UUID, s bits.JobState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now++
	if t.told[id] == nil {
		t.told[id] = map[bits.JobState]int{}
	}
	t.told[id][s] = t.now
}

// take removes and returns what was entered since the last call.
func (t *trace) take() []traced {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.entries
	t.entries = nil
	return all
}

// toldSince reports whether a client has been told of the state that a job has entered
// last, if that is the state.
func (t *trace) toldSince(id uuid.UUID, s bits.JobState) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	last := t.entered[id]
	return last.state != s || t.told[id][s] > last.at
}

// complaints are what the emulator itself has found wrong.
func (t *trace) complaints() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.wrong, "\n")
}

// Enabled, Handle, WithAttrs and WithGroup implement [slog.Handler].
func (t *trace) Enabled(context.Context, slog.Level) bool { return true }

func (t *trace) Handle(_ context.Context, r slog.Record) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.Level > slog.LevelDebug {
		text := r.Message
		r.Attrs(func(a slog.Attr) bool { text += fmt.Sprintf(" %s", a); return true })
		t.wrong = append(t.wrong, text)
	}
	if r.Message != "job state" {
		return nil
	}
	t.now++
	e := traced{at: t.now}
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "job":
			e.job, _ = a.Value.Any().(uuid.UUID)
		case "state":
			for s := bits.BG_JOB_STATE_QUEUED; s <= bits.BG_JOB_STATE_CANCELLED; s++ {
				if s.String() == a.Value.String() {
					e.state = s
				}
			}
		}
		return true
	})
	t.entries = append(t.entries, e)
	t.entered[e.job] = e
	return nil
}

func (t *trace) WithAttrs([]slog.Attr) slog.Handler { return t }
func (t *trace) WithGroup(string) slog.Handler      { return t }

// answers of the four calls that change states, for a job in a state: section 2.
func (j *modelJob) resumes() hresult.HRESULT {
	switch {
	case j.state.final():
		return hresult.BG_E_INVALID_STATE
	case len(j.files) == 0:
		return hresult.BG_E_EMPTY
	}
	return hresult.S_OK
}

func (j *modelJob) changes() hresult.HRESULT {
	if j.state.final() {
		return hresult.BG_E_INVALID_STATE
	}
	return hresult.S_OK
}
