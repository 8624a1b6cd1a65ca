package bitsemu

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/seal"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// SnapshotVersion is the version of snapshots that this package writes, and the
// latest that it reads.
const SnapshotVersion = 1

// Snapshot is all jobs, and what the emulated machine is like, at one moment: a plain
// value that encoding/json writes and reads, with the names of the fields here and of
// [jobstore.Job]; what is zero is left out.
//
// It has neither secrets (passwords, user names, custom headers) nor the content of
// files nor callbacks.
type Snapshot struct {
	Version  int
	Build    winver.Build // for the reader; Restore does not mind another
	Time     time.Time
	Service  string // "running", "stopped" or "disabled"
	Offline  bool   `json:",omitzero"`
	Cost     bits.CostState
	LoggedOn []SnapshotSession `json:",omitzero"`
	Jobs     []jobstore.Job
}

// SnapshotSession is a session of a user who is logged on.
type SnapshotSession struct {
	User    sid.SID
	Session token.Session
}

// Snapshot takes a snapshot. Jobs that run are in it with the progress that they have
// made, in the state in which a client sees them.
func (e *Emulator) Snapshot() (Snapshot, error) {
	jobs, err := e.Jobs()
	if err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{Version: SnapshotVersion, Build: e.conf.build, Time: e.Now(), Jobs: make([]jobstore.Job, len(jobs))}
	for i, j := range jobs {
		s.Jobs[i] = j.Job
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s.Service, s.Offline, s.Cost = e.service.String(), e.world.offline, e.world.cost
	for who, u := range e.world.users {
		for session := range u.sessions {
			s.LoggedOn = append(s.LoggedOn, SnapshotSession{who, session})
		}
	}
	slices.SortFunc(s.LoggedOn, func(a, b SnapshotSession) int {
		return cmp.Or(a.User.Compare(b.User), cmp.Compare(a.Session, b.Session))
	})
	return s, nil
}

// Restore makes the emulator be as a snapshot tells, in place of what it is: its jobs
// leave the queue without a trace but for their files, the service restarts, and all
// interface pointers are dead. Explicit credentials and custom headers are not in a
// snapshot, and the jobs are without them. A temporary file that is not there, or shorter
// than it was, is fetched anew.
//
// It fails with E_INVALIDARG for a snapshot of a later version, before anything has
// changed.
func (e *Emulator) Restore(s Snapshot) error {
	service := serviceStateOf(s.Service)
	switch {
	case s.Version < 1 || s.Version > SnapshotVersion:
		return fmt.Errorf("bitsemu: Restore: a snapshot of version %d; this package reads 1 to %d: %w", s.Version, SnapshotVersion, hresult.E_INVALIDARG)
	case service > serviceDisabled:
		return fmt.Errorf("bitsemu: Restore: the service of the snapshot is %q: %w", s.Service, hresult.E_INVALIDARG)
	}
	for i := range s.Jobs {
		if s.Jobs[i].State.Final() || s.Jobs[i].Owner.IsZero() {
			return fmt.Errorf("bitsemu: Restore: job %s is over, or has no owner: %w", bits.GUIDString(s.Jobs[i].ID), hresult.E_INVALIDARG)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stopService(serviceStopped)
	var errs []error
	for entry := range e.store.All().All() {
		errs = append(errs, ignoreMissing(e.store.Delete(entry.ID())))
	}
	e.clock.skew.Store(int64(s.Time.Sub(e.clock.now())))
	e.world.offline, e.world.cost = s.Offline, s.Cost
	for _, u := range e.world.users {
		clear(u.sessions)
	}
	e.familiar.clear()
	for _, l := range s.LoggedOn {
		e.world.user(l.User).sessions[l.Session] = struct{}{}
	}
	for i := range s.Jobs {
		j := s.Jobs[i]
		j.Files = slices.Clone(j.Files)
		errs = append(errs, e.withoutSecrets(&j))
		_, err := e.store.Create(j)
		errs = append(errs, err)
		e.history.add(StateChange{Time: e.Now(), Job: j.ID, New: true, To: j.State, Why: byRestore})
	}
	if service == serviceRunning {
		errs = append(errs, e.startService())
	}
	e.service = service
	return errors.Join(errs...)
}

// serviceStateOf is the state of a name, one above all for none.
func serviceStateOf(name string) serviceState {
	return serviceState(slices.Index([]string{serviceStopped.String(), serviceRunning.String(), serviceDisabled.String()}, name))
}

// withoutSecrets leaves a job those credentials that have no secret.
func (e *Emulator) withoutSecrets(j *jobstore.Job) error {
	var s seal.Secrets
	for _, c := range j.Credentials {
		if c.Implicit {
			s.Set(bits.ImplicitCredentials(c.Target, c.Scheme))
		}
	}
	return e.sealSecrets(j, s)
}
