package bitsemu

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
)

// clockMode is what makes the time go on, and the work be done.
type clockMode uint8

const (
	clockManual clockMode = iota // Advance
	clockPoll                    // Advance, and those who ask for a job's state
	clockFollow                  // time.Now
)

// clock tells the emulated time. The time of its hands is what timers go by, and
// only goes forward; the wall clock may be set (D
// nf-bits-ibackgroundcopyjob-setminimumretrydelay.md: timers do not follow it).
type clock struct {
	mode    clockMode
	hands   *atomic.Int64 // manual: nanoseconds since base
	skew    *atomic.Int64 // of the wall clock
	base    time.Time
	started time.Time // of the real clock

	driving bool      // somebody is in Advance
	target  time.Time // of Advance
	kicked  chan struct{}
	done    chan struct{}
	workers *sync.WaitGroup
}

func newClock(mode clockMode, start time.Time) clock {
	return clock{
		mode: mode, hands: new(atomic.Int64), skew: new(atomic.Int64),
		base: start.Round(0), started: time.Now(), target: start.Round(0),
		kicked: make(chan struct{}, 1), done: make(chan struct{}), workers: new(sync.WaitGroup),
	}
}

func (c *clock) now() time.Time {
	if c.mode == clockFollow {
		return c.base.Add(time.Since(c.started))
	}
	return c.base.Add(time.Duration(c.hands.Load()))
}

// set moves the hands of a manual clock.
func (c *clock) set(now time.Time) { c.hands.Store(int64(now.Sub(c.base))) }

// kick tells the goroutine that follows the time to look for work.
func (c *clock) kick() {
	if c.mode == clockFollow {
		select {
		case c.kicked <- struct{}{}:
		default:
		}
	}
}

// begin starts what follows the time.
func (c *clock) begin(e *Emulator) {
	if c.mode == clockFollow {
		c.workers.Go(e.follow)
	}
}

func (c *clock) end() {
	close(c.done)
	c.workers.Wait()
}

// Now is the time that the emulated machine's clock shows.
func (e *Emulator) Now() time.Time {
	return e.clock.now().Add(time.Duration(e.clock.skew.Load()))
}

// SetClock sets the clock of the emulated machine, as its user may do. Timers of
// jobs go on as if he had not, until the service restarts (D
// nf-bits-ibackgroundcopyjob-setminimumretrydelay.md).
func (e *Emulator) SetClock(t time.Time) {
	e.clock.skew.Store(int64(t.Sub(e.clock.now())))
}

// steady is the time that timers go by, where they are kept in records: it follows the
// clock as it was set when the service started (D
// nf-bits-ibackgroundcopyjob-setminimumretrydelay.md, group-policies.md).
func (e *Emulator) steady() time.Time { return e.clock.now().Add(e.skew) }

// Settle lets the emulator do all that is due now, and returns when only the
// passing of time or an event could change anything. When the time is followed it
// waits for that. A source that a test holds is not waited for.
//
// Called by a callback, a hook or a handler of the emulator, it returns at once, and
// with a manual clock also when others call it while a callback is being called.
func (e *Emulator) Settle() { e.Advance(0) }

// Advance moves the time by d, does all that falls due meanwhile, in order and
// each at its time, and returns when it is done. When the time is followed it
// sleeps for d instead. Called by a callback, a hook or a handler of the emulator, and
// with a manual clock also while a callback is being called, it leaves the work to
// the call of Advance that is under way and returns at once.
func (e *Emulator) Advance(d time.Duration) {
	within := e.inside.here()
	if e.clock.mode == clockFollow {
		time.Sleep(d)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.clock.kick()
		if !within {
			e.wait(e.settled)
		}
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock.target = e.clock.target.Add(max(0, d))
	for e.clock.driving {
		if within || len(e.telling) > 0 {
			return
		}
		e.idle.Wait()
	}
	e.clock.driving = true
	defer e.driven()
	for !e.closed {
		if work := e.work(); work != nil {
			e.without(work)
			continue
		}
		when, ok := e.line.Next()
		if !ok || when.After(e.clock.target) {
			break
		}
		e.setTime(when)
	}
	e.setTime(e.clock.target)
}

// driven ends what began with driving.
func (e *Emulator) driven() {
	e.clock.driving = false
	e.idle.Broadcast()
}

// without does work without mu. The client's code that it calls may panic or end its
// goroutine, as a test does that fails in a callback: mu is held then too, for whoever
// has locked it to unlock.
func (e *Emulator) without(work func()) {
	e.mu.Unlock()
	defer e.mu.Lock()
	work()
}

// setTime moves the time of a manual clock forward.
func (e *Emulator) setTime(now time.Time) {
	e.line.Set(now)
	e.clock.set(e.line.Now())
}

// settled reports whether all that is due has been done.
func (e *Emulator) settled() bool {
	when, ok := e.line.Next()
	due := ok && !when.After(e.clock.now())
	return e.closed || !due && e.steps == 0 && len(e.telling) == 0 && e.turns.Len() == 0 && !e.deliverable() && !e.dispatchable() &&
		(len(e.farewells) == 0 || e.service != serviceRunning)
}

// wait waits for something that steps and deliveries bring about. It is called
// with mu held and has it held when it returns.
func (e *Emulator) wait(until func() bool) {
	for !until() {
		e.idle.Wait()
	}
}

// poll does one piece of work for who asks about a job, see [StepOnPoll].
func (e *Emulator) poll() {
	if e.clock.mode != clockPoll {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.clock.driving || e.closed {
		return
	}
	e.clock.driving = true
	defer e.driven()
	work := e.work()
	// The time goes on to what the program waits for, by way of all that falls due
	// before it.
	if awaited, ok := e.soon.Next(); ok && work == nil {
		for work == nil {
			when, ok := e.line.Next()
			if !ok || when.After(awaited) {
				break
			}
			e.setTime(when)
			e.clock.target = e.line.Now()
			work = e.work()
		}
	}
	if work != nil {
		e.without(work)
	}
}

// shown is what a program that polls has been told of a job.
type shown struct {
	state    bits.JobState
	progress bool // GetProgress may go with the GetState before it
}

// pollState is poll for GetState. A state that the job has come to meanwhile is told
// before anything else is done.
func (e *Emulator) pollState(entry jobstore.Entry) {
	if e.clock.mode != clockPoll {
		return
	}
	id := entry.ID()
	e.mu.Lock()
	last, known := e.shown[id]
	news := known && last.state != e.liveState(entry)
	e.mu.Unlock()
	if !news {
		e.poll()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if entry.Deleted() {
		delete(e.shown, id)
	} else {
		e.shown[id] = shown{e.liveState(entry), true}
	}
}

// pollProgress is poll for GetProgress.
func (e *Emulator) pollProgress(entry jobstore.Entry) {
	if e.clock.mode != clockPoll {
		return
	}
	e.mu.Lock()
	last, known := e.shown[entry.ID()]
	if known {
		e.shown[entry.ID()] = shown{state: last.state}
	}
	e.mu.Unlock()
	if !last.progress {
		e.poll()
	}
}

// follow does what falls due while the real time goes on.
func (e *Emulator) follow() {
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	for {
		e.mu.Lock()
		e.line.Set(e.clock.now())
		for {
			work := e.work()
			if work == nil {
				break
			}
			e.clock.workers.Go(func() {
				work()
				e.clock.kick()
			})
		}
		next := time.Hour
		if when, ok := e.line.Next(); ok {
			next = max(0, when.Sub(e.clock.now()))
		}
		e.idle.Broadcast()
		e.mu.Unlock()
		alarm.Reset(next)
		select {
		case <-e.clock.kicked:
		case <-alarm.C:
		case <-e.clock.done:
			return
		}
	}
}
