package bitsemu

import (
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

// failure is why a transfer has ended.
type failure struct {
	code      hresult.HRESULT
	context   bits.ErrorContext
	file      int // index; -1 or absent file: none
	about     bool
	transient bool
	uncounted bool   // does not add to the error count
	untimed   bool   // no timer ends it, an event does
	cause     reason // byFailure when not said
}

// fail brings a job that is at work into BG_JOB_STATE_TRANSIENT_ERROR or
// BG_JOB_STATE_ERROR. Its transfer has been stopped. The record's state is that of
// before: QUEUED for a job that was only waiting, CONNECTING or TRANSFERRING else.
func (e *Emulator) fail(entry jobstore.Entry, f failure) {
	e.failWith(entry, f, func(*jobstore.Job) {}, func() {})
}

// failWith is fail with something to be noted in the record before, and something to be
// done once it is written.
func (e *Emulator) failWith(entry jobstore.Entry, f failure, before func(*jobstore.Job), then func()) {
	now := e.steady()
	from := e.liveState(entry)
	var to bits.JobState
	var deadline time.Duration
	var delay uint32
	e.update(entry, func(j *jobstore.Job) {
		before(j)
		again := !j.NoProgressSince.IsZero()
		to = bits.BG_JOB_STATE_ERROR
		// A job with a custom method does not try again by itself, nor does one that
		// would have to wait longer than it may go without progress (D
		// nf-bits10_2-ibackgroundcopyjobhttpoptions2-sethttpmethod.md,
		// nf-bits-ibackgroundcopyjob-setminimumretrydelay.md,
		// nf-bits-ibackgroundcopyjob-setnoprogresstimeout.md).
		if f.untimed || f.transient && j.HTTPMethod == "" && j.NoProgressTimeout != 0 && j.MinimumRetryDelay <= j.NoProgressTimeout {
			to = bits.BG_JOB_STATE_TRANSIENT_ERROR
		}
		// What fails while connecting is counted from the second time on: the
		// published listing of a job whose server is not found has a count of 0 (O),
		// while each failed retry counts (D nf-bits-ibackgroundcopyjob-geterrorcount.md).
		if !f.uncounted && (j.State == bits.BG_JOB_STATE_TRANSFERRING || again || to == bits.BG_JOB_STATE_ERROR) {
			j.ErrorCount++
		}
		j.Error = jobstore.JobError{Code: f.code, Context: f.context}
		if f.about {
			j.Error.File = uint32(f.file) + 1
		}
		if to == bits.BG_JOB_STATE_TRANSIENT_ERROR && !f.untimed {
			if j.NoProgressSince.IsZero() {
				j.NoProgressSince = now
			}
			deadline = time.Duration(j.NoProgressTimeout)*time.Second - now.Sub(j.NoProgressSince)
			if deadline <= 0 {
				to = bits.BG_JOB_STATE_ERROR
			}
			delay = j.MinimumRetryDelay
			j.RetryTime = now.Add(time.Duration(delay) * time.Second)
		}
		if to == bits.BG_JOB_STATE_ERROR {
			j.NotifyPending |= bits.BG_NOTIFY_JOB_ERROR
			j.RetryTime = time.Time{}
		}
		j.State = to
	})
	then()
	id := entry.ID()
	e.drop(id, timerRetry, timerNoProgress)
	if to == bits.BG_JOB_STATE_TRANSIENT_ERROR && !f.untimed {
		e.after(id, timerRetry, time.Duration(delay)*time.Second)
		e.after(id, timerNoProgress, deadline)
	}
	if f.cause == (reason{}) {
		f.cause = byFailure
	}
	e.entered(entry, from, to, f.cause)
}

// entered notes that a job has come into a state, and tells who is to be told.
func (e *Emulator) entered(entry jobstore.Entry, from, s bits.JobState, why reason) {
	e.log.Debug("job state", "job", entry.ID(), "state", s.String())
	e.noted(entry, from, s, e.logState(entry, s), why)
	it := e.item(entry)
	switch s {
	case bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_TRANSFERRED:
		it.modified = false
		it.again |= bits.BG_NOTIFY_JOB_ERROR | bits.BG_NOTIFY_JOB_TRANSFERRED // in case the end before is being told
		if len(it.notices) == 0 {                                             // a FileTransferred that has failed comes first
			it.quietTill = time.Time{}
		}
		e.drop(entry.ID(), timerRetry, timerNoProgress, timerDownload, timerSlice, timerWake)
		e.ripen(it)
	case bits.BG_JOB_STATE_ACKNOWLEDGED, bits.BG_JOB_STATE_CANCELLED:
	default:
		e.touched(it)
	}
	e.release(it)
}

// requeue puts a job into BG_JOB_STATE_QUEUED, and into the queue if it may run.
func (e *Emulator) requeue(entry jobstore.Entry, why reason) {
	from := entry.State()
	e.update(entry, func(j *jobstore.Job) {
		j.State = bits.BG_JOB_STATE_QUEUED
		j.RetryTime = time.Time{}
	})
	e.drop(entry.ID(), timerRetry)
	e.entered(entry, from, bits.BG_JOB_STATE_QUEUED, why)
	e.enqueue(entry)
}

// enqueue puts a job in BG_JOB_STATE_QUEUED in the line of those that wait for
// their turn, unless its owner is not logged on, or something else keeps it from
// running: then it is BG_JOB_STATE_TRANSIENT_ERROR until that changes.
func (e *Emulator) enqueue(entry jobstore.Entry) {
	if e.service != serviceRunning || entry.State() != bits.BG_JOB_STATE_QUEUED || !e.world.loggedOn(entry.OwnerSID()) {
		return
	}
	if code := e.blockOf(entry); code != hresult.S_OK {
		e.block(entry, code)
		return
	}
	it := e.item(entry)
	if it.run != nil || it.halting > 0 {
		return
	}
	e.dequeue(it)
	it.priority = min(int(entry.Priority()), len(e.ready)-1)
	it.queued = e.ready[it.priority].PushBack(it)
	e.clock.kick()
}

// dequeue takes a job out of the line.
func (e *Emulator) dequeue(it *item) {
	if it.queued != nil {
		e.ready[it.priority].Remove(it.queued)
		it.queued = nil
	}
}

// block brings a job that is at work, or would be, into
// BG_JOB_STATE_TRANSIENT_ERROR for something that only an event ends. That is not
// counted as an error (D nf-bits-ibackgroundcopyjob-geterrorcount.md for the network
// and the bandwidth policy; I for the others).
func (e *Emulator) block(entry jobstore.Entry, code hresult.HRESULT) {
	it := e.item(entry)
	e.dequeue(it)
	if it.run != nil {
		e.stop(it.run, bits.BG_JOB_STATE_QUEUED)
	}
	e.fail(entry, failure{
		code: code, context: bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, untimed: true, uncounted: true, cause: byEvent,
	})
}

// cancel ends a job as its owner, or the service, wants it. It returns
// BG_S_UNABLE_TO_DELETE_FILES when temporary files are left.
func (e *Emulator) cancel(entry jobstore.Entry, within *run, why reason) (hresult.HRESULT, error) {
	from := e.liveState(entry)
	e.halt(entry, within)
	j, err := entry.Job()
	if err != nil {
		return hresult.S_OK, err
	}
	left := !e.discardFiles(&j)
	last, err := entry.Finish(func(j *jobstore.Job) error {
		j.State = bits.BG_JOB_STATE_CANCELLED
		j.ModificationTime = e.Now()
		return nil
	})
	if err != nil {
		return hresult.S_OK, err
	}
	e.sayGoodbye(&j)
	e.over(entry, from, last, why)
	if left {
		return hresult.BG_S_UNABLE_TO_DELETE_FILES, nil
	}
	return hresult.S_OK, nil
}

// halt takes a job off the queue and waits for the step under way, unless it is
// called from within that step. While somebody waits so, the end of the step does not
// put the job into the queue again, where who drives the emulator might be first.
func (e *Emulator) halt(entry jobstore.Entry, within *run) {
	for {
		it := e.items[entry.ID()]
		if it == nil {
			return
		}
		e.dequeue(it)
		if it.run != nil {
			e.stop(it.run, bits.BG_JOB_STATE_QUEUED)
		}
		if it.last == nil || it.last == within {
			return
		}
		it.halting++
		e.idle.Wait()
		it.halting--
	}
}

// over forgets a job that has ended, but for its last record.
func (e *Emulator) over(entry jobstore.Entry, from bits.JobState, last jobstore.Job, why reason) {
	id := entry.ID()
	for kind := timerRetry; kind < timerCancel; kind++ {
		e.drop(id, kind)
	}
	last.Sealed = nil
	e.ended.add(entry, last)
	e.entered(entry, from, last.State, why)
	if it := e.items[id]; it != nil && it.entry == entry {
		e.dequeue(it)
		it.unpost()
		delete(e.items, id)
	}
}
