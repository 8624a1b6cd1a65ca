package bitsemu

import (
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
)

// timer is something that falls due for a job.
type timer struct {
	id   uuid.UUID
	kind timerKind
}

type timerKind uint8

const (
	timerRetry      timerKind = iota // a transient error is tried again
	timerNoProgress                  // the no-progress timeout is over
	timerDownload                    // the maximum download time is used up
	timerInactive                    // nothing has happened for the inactivity timeout
	timerSlice                       // a background job has had its slice
	timerWake                        // a source can go on
	timerTell                        // a notification is repeated
	timerModified                    // JobModification may be called again
	timerCancel                      // an upload that was cancelled tells the server again
)

// awaited reports whether a program that polls waits for the timer.
func (t timer) awaited() bool {
	switch t.kind {
	case timerRetry, timerWake, timerTell, timerSlice, timerNoProgress:
		return true
	}
	return false
}

// after sets a job's timer to go off after d.
func (e *Emulator) after(id uuid.UUID, kind timerKind, d time.Duration) {
	t, when := timer{id, kind}, e.line.Now().Add(max(0, d))
	e.line.At(t, when)
	if e.clock.mode == clockPoll && t.awaited() {
		e.soon.At(t, when)
	}
	e.clock.kick()
}

// drop removes a job's timers.
func (e *Emulator) drop(id uuid.UUID, kinds ...timerKind) {
	for _, kind := range kinds {
		e.line.At(timer{id, kind}, time.Time{})
		e.soon.At(timer{id, kind}, time.Time{})
	}
}

// fire does what a timer is for.
func (e *Emulator) fire(t timer) {
	e.soon.At(t, time.Time{})
	if t.kind == timerCancel {
		e.farewells = append(e.farewells, t.id)
		return
	}
	entry, err := e.store.Lookup(t.id)
	if err != nil {
		return
	}
	switch t.kind {
	case timerRetry:
		e.retry(entry)
	case timerNoProgress:
		e.giveUp(entry)
	case timerDownload:
		if it := e.items[t.id]; it != nil && it.run != nil {
			e.stop(it.run, bits.BG_JOB_STATE_QUEUED)
			e.fail(entry, failure{
				code: hresult.BG_E_MAXDOWNLOAD_TIMEOUT, context: bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, cause: byTimeout,
			})
		}
	case timerInactive:
		e.expire(entry)
	case timerSlice:
		e.sliceOver(entry)
	case timerWake:
		if it := e.items[t.id]; it != nil && it.run != nil {
			e.resumeTurn(it.run)
		}
	case timerTell:
		e.ripen(e.item(entry))
	case timerModified:
		e.ripen(e.item(entry))
	}
}

// retry puts a job whose retry delay is over into the queue again, unless what
// keeps it from running is nothing that a timer ends.
func (e *Emulator) retry(entry jobstore.Entry) {
	if entry.State() == bits.BG_JOB_STATE_TRANSIENT_ERROR && e.blockOf(entry) == hresult.S_OK {
		e.requeue(entry, byRetry)
	}
}

// giveUp ends a job in an error that has made no progress for too long. The code
// stays that of the last transient error (I).
func (e *Emulator) giveUp(entry jobstore.Entry) {
	if entry.State() != bits.BG_JOB_STATE_TRANSIENT_ERROR {
		return // it is being tried; the outcome will tell
	}
	e.update(entry, func(j *jobstore.Job) {
		j.State = bits.BG_JOB_STATE_ERROR
		j.RetryTime = time.Time{}
		j.NotifyPending |= bits.BG_NOTIFY_JOB_ERROR
	})
	e.drop(entry.ID(), timerRetry)
	e.entered(entry, bits.BG_JOB_STATE_TRANSIENT_ERROR, bits.BG_JOB_STATE_ERROR, byNoProgress)
}

// expire cancels a job that nobody has cared for (D group-policies.md).
func (e *Emulator) expire(entry jobstore.Entry) {
	j, err := entry.Job()
	if err != nil || e.conf.policy.JobInactivityTimeout <= 0 {
		return
	}
	active := j.LastActivity
	if it := e.items[entry.ID()]; it != nil && !it.active.IsZero() && it.active.Add(e.skew).After(active) {
		active = it.active.Add(e.skew)
	}
	if left := e.conf.policy.JobInactivityTimeout - e.steady().Sub(active); left > 0 {
		e.after(entry.ID(), timerInactive, left)
		return
	}
	e.log.Debug("job cancelled for inactivity", "job", entry.ID())
	_, _ = e.cancel(entry, nil, byInactivity) // nobody is there to be told of files that are left
}
