package bitsemu

import (
	"container/list"
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

// run is a job's transfer from its turn until it stops for whatever reason. It is
// stepped: [run.advance] does a bounded piece of work without mu, in whatever
// goroutine, one at a time; what comes of it is noted with mu held. The fields
// above the line belong to mu, those below it to the step under way.
type run struct {
	e        *Emulator
	it       *item
	ctx      context.Context
	cancel   context.CancelFunc
	state    bits.JobState // BG_JOB_STATE_CONNECTING or BG_JOB_STATE_TRANSFERRING
	priority int
	began    time.Time     // on the line
	turn     *list.Element // in turns
	busy     bool          // a step is under way
	over     bool          // what the step does is not wanted any more
	woken    bool          // the source can go on, said during the step
	restart  bool          // names or settings have changed: begin the file anew

	index   int           // the file under way, -1 for none
	size    uint64        // of it, as the record has it
	held    atomic.Uint64 // bytes of it that are there
	remote  transfer.State
	inPlace bool // ranges of it are fetched on demand
	asked   []jobstore.Range
	headers string
	temp    string // its temporary name, not in the record yet
	dirty   bool   // the record does not know all of this
	flushed time.Time

	// ---- of the step

	job   jobstore.Job // as it was when the file was begun
	fetch transfer.Download
	up    *uploading
	file  *os.File
	path  winpath.Path
}

// stepBytes is how much one step moves at most.
const stepBytes = 4 << 20

// start gives a job its turn.
func (e *Emulator) start(it *item) {
	e.dequeue(it)
	if it.last != nil {
		return // the end of that step puts it into the queue again
	}
	j, err := it.entry.Job()
	if err != nil {
		e.broken(err)
		return
	}
	if j.DynamicContent && j.Priority != bits.BG_JOB_PRIORITY_FOREGROUND {
		// What cannot be throttled does not come in the background (D
		// ne-bits5_0-bits_job_property_id.md): the job waits for SetPriority (I).
		e.release(it)
		return
	}
	r := &run{e: e, it: it, state: bits.BG_JOB_STATE_CONNECTING, priority: it.priority, began: e.line.Now(), index: -1}
	r.ctx, r.cancel = context.WithCancel(context.WithValue(context.Background(), runKey{}, r))
	r.ctx = transfer.WithNow(r.ctx, e.Now)
	r.ctx = transfer.WithWake(r.ctx, func() { e.wake(r) })
	it.run = r
	e.running[r] = struct{}{}
	if r.priority != 0 {
		e.background = r
	}
	if j.MaximumDownloadTime != 0 {
		e.after(j.ID, timerDownload, time.Duration(j.MaximumDownloadTime)*time.Second-j.DownloadTime)
	}
	e.logStart(&j)
	e.changed(it.entry, j.State, r.state, byTurn)
	e.touched(it)
	r.turn = e.turns.PushBack(r)
}

// runKey finds the run in the context of what it asks others to do.
type runKey struct{}

// runOf is the run that a call comes from within, such as a handler that answers a
// request of the job and calls a method of it.
func runOf(ctx context.Context) *run {
	r, _ := ctx.Value(runKey{}).(*run)
	return r
}

// stop takes a run off its job, and leaves the job's record in a state. The step
// under way, if any, comes to nothing; item.last tells that it is there.
func (e *Emulator) stop(r *run, state bits.JobState) {
	e.flush(r, func(j *jobstore.Job) { j.State = state })
	e.unhook(r)
}

// unhook takes a run off its job, whose record has been seen to.
func (e *Emulator) unhook(r *run) {
	r.over = true
	r.cancel()
	if r.turn != nil {
		e.turns.Remove(r.turn)
		r.turn = nil
	}
	delete(e.running, r)
	if e.background == r {
		e.background = nil
	}
	r.it.run = nil
	e.drop(r.it.entry.ID(), timerDownload, timerSlice, timerWake)
	if r.busy {
		r.it.last = r
	} else {
		r.close()
	}
	e.clock.kick()
}

// close gives back what a run has open. No step is under way.
func (r *run) close() {
	if r.fetch != nil {
		_ = r.fetch.Close() // nothing depends on it
		r.fetch = nil
	}
	if r.up != nil {
		r.up.close()
		r.up = nil
	}
	r.closeFile()
}

func (r *run) closeFile() {
	if r.file != nil {
		_ = r.file.Close() // what it could tell is told by the next to open the file
		r.file = nil
	}
}

// flush writes to the record what only the run knows, and what else is to change.
func (e *Emulator) flush(r *run, also func(*jobstore.Job)) {
	used := e.line.Now().Sub(r.began)
	r.began = e.line.Now()
	e.update(r.it.entry, func(j *jobstore.Job) {
		j.DownloadTime += used
		r.show(j)
		also(j)
	})
	r.flushed = e.line.Now()
}

// keep writes to the record how far a run has come that goes on.
func (e *Emulator) keep(r *run) {
	e.flush(r, func(*jobstore.Job) {})
}

// show puts what only the run knows into a record.
func (r *run) show(j *jobstore.Job) {
	j.State = r.state
	if r.up != nil {
		r.up.show(j)
	}
	if r.index < 0 || r.index >= len(j.Files) {
		return
	}
	f := &j.Files[r.index]
	if r.temp != "" {
		f.TemporaryName = r.temp // or nobody would remove it
	}
	if !r.dirty {
		return
	}
	f.BytesTotal, f.BytesTransferred = r.size, r.held.Load()
	f.OriginBytes = f.BytesTransferred
	f.ETag, f.RemoteModified = r.remote.ETag, httpTime(r.remote.LastModified)
	if r.headers != "" {
		f.ResponseHeaders = r.headers
	}
}

// dispatch gives turns: to all foreground jobs, and to one background job, of the
// highest priority that there is (D life-cycle-of-a-bits-job.md,
// ne-bits-bg_job_priority.md).
func (e *Emulator) dispatch() {
	if e.service != serviceRunning {
		return
	}
	for front := e.ready[0].Front(); front != nil; front = e.ready[0].Front() {
		e.start(front.Value.(*item))
	}
	for {
		best := e.ready[1].Front()
		for p := 2; best == nil && p < len(e.ready); p++ {
			best = e.ready[p].Front()
		}
		if best == nil {
			return
		}
		it := best.Value.(*item)
		if r := e.background; r != nil {
			if it.priority >= r.priority {
				if it.priority == r.priority {
					e.sliceFor(r)
				}
				return
			}
			e.preempt(r)
		}
		e.start(it)
	}
}

// dispatchable reports whether dispatch would do something.
func (e *Emulator) dispatchable() bool {
	if e.service != serviceRunning {
		return false
	}
	if e.ready[0].Len() > 0 {
		return true
	}
	for p := 1; p < len(e.ready); p++ {
		if e.ready[p].Len() > 0 {
			return e.background == nil || p < e.background.priority
		}
	}
	return false
}

// preempt puts a running job back into the queue.
func (e *Emulator) preempt(r *run) {
	it, was := r.it, r.state
	e.stop(r, bits.BG_JOB_STATE_QUEUED)
	e.changed(it.entry, was, bits.BG_JOB_STATE_QUEUED, byPreemption)
	e.touched(it)
	if it.last == nil {
		e.enqueue(it.entry)
	}
}

// sliceFor has the slice of a background job come to its end when others of its
// priority wait.
func (e *Emulator) sliceFor(r *run) {
	id := r.it.entry.ID()
	if _, set := e.line.When(timer{id, timerSlice}); !set {
		e.after(id, timerSlice, e.conf.slice-e.line.Now().Sub(r.began))
	}
}

func (e *Emulator) sliceOver(entry jobstore.Entry) {
	if it := e.items[entry.ID()]; it != nil && it.run != nil && e.ready[it.run.priority].Len() > 0 {
		e.preempt(it.run)
	}
}

// work is the next thing to do that is due, nil when there is none: to be called
// without mu by whoever drives the emulator.
func (e *Emulator) work() func() {
	if e.closed {
		return nil
	}
	for {
		t, due := e.line.Due(e.line.Now())
		if !due {
			break
		}
		e.fire(t)
	}
	e.dispatch()
	if work := e.telling1(); work != nil {
		return work
	}
	if work := e.farewell(); work != nil {
		return work
	}
	if e.clock.mode == clockFollow && e.steps >= e.conf.workers {
		return nil
	}
	front := e.turns.Front()
	if front == nil {
		return nil
	}
	r := e.turns.Remove(front).(*run)
	r.turn, r.busy = nil, true
	e.steps++
	return func() { e.step(r) }
}

// step does one piece of a transfer and notes what has come of it.
func (e *Emulator) step(r *run) {
	err := errNoReturn
	defer func() { e.stepped(r, err) }()
	err = r.advance()
}

// errNoReturn is what has become of the client's code that has panicked or ended its
// goroutine.
var errNoReturn = errors.New("what was called did not return")

// stepped notes what has come of a step.
func (e *Emulator) stepped(r *run, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.idle.Broadcast()
	r.busy = false
	e.steps--
	if r.over {
		r.close()
		if r.it.last == r {
			r.it.last = nil
			e.enqueue(r.it.entry)
			e.release(r.it)
		}
		return
	}
	if len(e.running) > maxOpen {
		r.closeFile()
	}
	e.outcome(r, err)
}

// maxOpen is how many running jobs may keep a file open between their steps.
const maxOpen = 128

// wake lets a run go on that waits for its source.
func (e *Emulator) wake(r *run) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resumeTurn(r)
}

func (e *Emulator) resumeTurn(r *run) {
	if r.over || r.turn != nil {
		return
	}
	if r.busy {
		r.woken = true
		return
	}
	r.turn = e.turns.PushBack(r)
	e.clock.kick()
}

// refresh has a running job begin its file anew, because names or settings have
// changed. It goes on where it was if the new file is the same.
func (e *Emulator) refresh(entry jobstore.Entry) {
	if it := e.items[entry.ID()]; it != nil && it.run != nil {
		it.run.restart = true
		e.resumeTurn(it.run)
	}
}

// transferError is a failure of a run.
type transferError struct{ failure }

func (t *transferError) Error() string { return t.code.Error() }

// Unwrap gives the HRESULT.
func (t *transferError) Unwrap() error { return t.code }

// local is a failure that has to do with a file of this machine.
func local(err error) *transferError {
	code := winpath.Code(err)
	return &transferError{failure{
		code: code, context: bits.BG_ERROR_CONTEXT_LOCAL_FILE, about: true,
		// A full disk, and a file that somebody has open, may be better later (I).
		transient: code == hresult.HRESULT_FROM_WIN32_ERROR_DISK_FULL || code == hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION,
	}}
}

// httpTime reads a Last-Modified header.
func httpTime(s string) time.Time {
	for _, layout := range []string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// as tells a token in words, for the audit.
func as(t token.Token) string {
	if t.IsZero() {
		return "nobody"
	}
	return t.String()
}
