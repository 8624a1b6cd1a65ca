package inspect

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/winver"
)

// Source is what is looked at.
type Source interface {
	// Queue is all jobs as they are now, and what is known of the machine.
	Queue() (Queue, error)
	// Job finds a job, also one that is over if the source still knows it. It fails with
	// BG_E_NOT_FOUND.
	Job(id uuid.UUID) (jobstore.Job, error)
	// Memory is what no store keeps, nil where it is not known.
	Memory() Memory
}

// Queue is a queue at one moment. Its jobs have no secrets.
type Queue struct {
	Name  string // of the store
	Build winver.Build
	// Assumed says that the build is nobody's but the reader's choice.
	Assumed bool
	Time    time.Time
	Jobs    []jobstore.Job
	Machine *Machine // nil where it is not known
}

// Machine is what surrounds a queue.
type Machine struct {
	Service  string // "running", "stopped" or "disabled"
	Offline  bool
	LoggedOn map[sid.SID]bool
}

// Memory is what an emulator has seen since it was made. [bitsemu.Emulator] is one.
type Memory interface {
	History() []bitsemu.StateChange
	HistoryOf(job uuid.UUID) []bitsemu.StateChange
	Audit() []bitsemu.AuditEntry
	AuditOf(job uuid.UUID) []bitsemu.AuditEntry
	Events() []bitsemu.Event
}

// Live is the source that looks at an emulator.
func Live(emu *bitsemu.Emulator) Source { return live{emu} }

type live struct{ emu *bitsemu.Emulator }

func (l live) Queue() (Queue, error) {
	s, err := l.emu.Snapshot()
	if err != nil {
		return Queue{}, err
	}
	return queueOf(l.emu.String(), s), nil
}

func queueOf(name string, s bitsemu.Snapshot) Queue {
	m := &Machine{Service: s.Service, Offline: s.Offline, LoggedOn: map[sid.SID]bool{}}
	for _, on := range s.LoggedOn {
		m.LoggedOn[on.User] = true
	}
	return Queue{Name: name, Build: s.Build, Time: s.Time, Jobs: s.Jobs, Machine: m}
}

func (l live) Job(id uuid.UUID) (jobstore.Job, error) {
	info, err := l.emu.Job(id)
	return info.Job, err
}

func (l live) Memory() Memory { return l.emu }

// Stored is the source that looks at a store, which may have been opened to be read
// alone. The rules are shown as a build has them that the reader chooses: a store does
// not tell of which one it is.
func Stored(store *jobstore.Store, build winver.Build) Source { return stored{store, build} }

type stored struct {
	store *jobstore.Store
	build winver.Build
}

func (s stored) Queue() (Queue, error) {
	q := Queue{Name: s.store.String(), Build: s.build, Assumed: true, Time: time.Now(), Jobs: make([]jobstore.Job, 0, s.store.Len())}
	for j, err := range s.store.Jobs() {
		if err != nil {
			return Queue{}, err
		}
		j.Sealed = nil
		q.Jobs = append(q.Jobs, j)
	}
	return q, nil
}

func (s stored) Job(id uuid.UUID) (jobstore.Job, error) {
	j, err := s.store.Get(id)
	j.Sealed = nil
	return j, err
}

func (s stored) Memory() Memory { return nil }

// Saved is the source that looks at a snapshot.
func Saved(name string, snapshot bitsemu.Snapshot) Source { return saved{name, snapshot} }

type saved struct {
	name string
	snap bitsemu.Snapshot
}

func (s saved) Queue() (Queue, error) { return queueOf(s.name, s.snap), nil }

func (s saved) Job(id uuid.UUID) (jobstore.Job, error) {
	for _, j := range s.snap.Jobs {
		if j.ID == id {
			return j, nil
		}
	}
	return jobstore.Job{}, fmt.Errorf("%s has no job %s: %w", s.name, bits.GUIDString(id), jobstore.ErrNotFound)
}

func (s saved) Memory() Memory { return nil }
