package bitsemu

import (
	"container/list"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// item is what the service keeps in memory of a job besides the store's record.
// Most jobs have none: one is made when a job is queued, runs, or has somebody to
// be told of it, and given up when nothing is left in it.
type item struct {
	entry jobstore.Entry

	queued   *list.Element // in ready
	priority int           // of the line it is in
	run      *run          // the transfer under way
	last     *run          // one that was stopped while a step of it is still under way
	halting  int           // those who wait for the end of that step, to change the job then
	active   time.Time     // of the latest progress, on the line

	listener  *listener // SetNotifyInterface
	validator *validator
	notices   []notice
	outbox    *list.List // the one it is in: the emulator's, or that of a user who has enough to do
	outboxed  *list.Element
	telling   bool
	modified  bool             // JobModification is due
	toldAt    time.Time        // of the last JobModification
	quietTill time.Time        // a notification has failed and is repeated then
	again     bits.NotifyFlags // events that are to be told once more, said while they are being told
}

// listener is a callback that a client has registered.
type listener struct {
	callback bits.Callback
	as       token.Token // who registered it: it is called as that user
}

// validator is a client's check of server certificates, and what it has accepted.
type validator struct {
	callback bits.ServerCertificateValidationCallback
	as       token.Token
	accepted map[string]bool // by server and certificate
}

// item is the item of a job, made if there is none.
func (e *Emulator) item(entry jobstore.Entry) *item {
	it := e.items[entry.ID()]
	if it == nil || it.entry != entry {
		it = &item{entry: entry}
		e.items[entry.ID()] = it
	}
	return it
}

// release gives an item up that has nothing in it.
func (e *Emulator) release(it *item) {
	if it.queued == nil && it.run == nil && it.last == nil && it.halting == 0 && it.listener == nil && it.validator == nil &&
		it.notices == nil && it.outboxed == nil && !it.telling && it.quietTill.IsZero() && e.items[it.entry.ID()] == it {
		delete(e.items, it.entry.ID())
	}
}

// endings are the last records of jobs that are over, for interface pointers that
// are still held. Only so many are kept, the latest.
type endings struct {
	records map[jobstore.Entry]*jobstore.Job
	order   []jobstore.Entry
}

const maxEndings = 4096

func (x *endings) add(entry jobstore.Entry, j jobstore.Job) {
	if x.records == nil {
		x.records = map[jobstore.Entry]*jobstore.Job{}
	}
	if len(x.order) == maxEndings {
		delete(x.records, x.order[0])
		x.order = x.order[1:]
	}
	x.records[entry] = &j
	x.order = append(x.order, entry)
}

// record reads a job as it is now, with the progress of a transfer under way, and
// as it was last when it is over.
func (e *Emulator) record(entry jobstore.Entry) (jobstore.Job, error) {
	// Under the lock: the record and what only the run knows must be of one moment, or
	// progress would seem to go back.
	e.mu.Lock()
	defer e.mu.Unlock()
	if !entry.Deleted() {
		j, err := entry.Job()
		if err == nil {
			if it := e.items[entry.ID()]; it != nil && it.run != nil {
				it.run.show(&j)
				if it.run.up != nil {
					it.run.up.preview(&j)
				}
			}
			return j, nil
		}
		if !entry.Deleted() {
			return j, err
		}
	}
	if j := e.ended.records[entry]; j != nil {
		copied := *j
		copied.Files = append([]jobstore.File(nil), j.Files...)
		return copied, nil
	}
	return entry.Job() // which tells that it is not there
}

// stateOf is the state of a job as a client sees it.
func (e *Emulator) stateOf(entry jobstore.Entry) bits.JobState {
	state := entry.State()
	if entry.Deleted() || !active(state) {
		return state
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.liveState(entry)
}

// liveState is stateOf with mu held.
func (e *Emulator) liveState(entry jobstore.Entry) bits.JobState {
	if it := e.items[entry.ID()]; it != nil && it.run != nil {
		return it.run.state
	}
	return entry.State()
}

// active reports whether a state is one of the three in which a job is at work or
// waits for its turn.
func active(s bits.JobState) bool {
	return s == bits.BG_JOB_STATE_QUEUED || s == bits.BG_JOB_STATE_CONNECTING || s == bits.BG_JOB_STATE_TRANSFERRING
}

// update changes a job's record from within the engine. A record that cannot be
// changed is logged and kept in mind: the emulator is broken then, and says so. That a
// job fails, or is tried again, is nothing that it is kept for: only its client and
// progress put the inactivity timeout off (D group-policies.md).
func (e *Emulator) update(entry jobstore.Entry, change func(*jobstore.Job)) {
	err := entry.Update(func(j *jobstore.Job) error {
		change(j)
		j.ModificationTime = e.Now()
		if it := e.items[entry.ID()]; it != nil && !it.active.IsZero() {
			if at := it.active.Add(e.skew); at.After(j.LastActivity) {
				j.LastActivity = at
			}
		}
		return nil
	})
	if err != nil {
		e.broken(err)
	}
}

// broken keeps the first error of the store that no caller could be told of.
func (e *Emulator) broken(err error) {
	if e.closed {
		return // a call that came too late
	}
	e.log.Warn("the store failed", "error", err)
	if e.storeErr == nil {
		e.storeErr = err
	}
}
