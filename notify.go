package bitsemu

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// notice is something to tell a job's client of, besides what the record has in
// NotifyPending.
type notice struct {
	kind   bits.NotifyFlags
	file   int
	ranges []bits.FileRange
}

// perUser is how many notifications a user gets at once (D
// nn-bits-ibackgroundcopycallback.md).
const perUser = 4

// Command is a command line that a job has for its notification, about to be run.
type Command struct {
	Job        uuid.UUID
	Program    string
	Parameters string
	// As is who it would run as: the user who called SetNotifyCmdLine (D
	// nf-bits1_5-ibackgroundcopyjob2-setnotifycmdline.md).
	As token.Token
}

// touched has JobModification called for a job, at the rate that the job allows.
func (e *Emulator) touched(it *item) {
	if it.listener == nil || it.modified {
		return
	}
	it.modified = true
	e.ripen(it)
}

// tellFile has FileTransferred called for a file.
func (e *Emulator) tellFile(it *item, file int) {
	if it.listener != nil {
		it.notices = append(it.notices, notice{kind: bits.BG_NOTIFY_FILE_TRANSFERRED, file: file})
		e.ripen(it)
	}
}

// ripen looks for something to tell a job's client, now that something has changed.
func (e *Emulator) ripen(it *item) {
	if it.outboxed == nil && !it.telling {
		it.post(&e.outbox)
		e.clock.kick()
	}
}

// post puts an item at the end of an outbox.
func (it *item) post(box *list.List) { it.outbox, it.outboxed = box, box.PushBack(it) }

// unpost takes an item out of the outbox that it is in, if any.
func (it *item) unpost() {
	if it.outboxed != nil {
		it.outbox.Remove(it.outboxed)
		it.outbox, it.outboxed = nil, nil
	}
}

// target is whom a job's events are told: the callback that is registered, else
// the server of its class, else its command line (D registering-a-com-callback.md,
// registering-to-execute-a-program.md).
type target struct {
	callback bits.Callback
	as       token.Token
	clsid    uuid.UUID
	command  *Command
}

// telling is one notification about to be delivered.
type telling struct {
	it       *item
	user     sid.SID
	target   target
	listener *listener // as it was when the telling began
	notice   notice
	err      jobstore.JobError
}

// telling1 takes the next notification that can be delivered out of the outbox.
// What a user who is being told enough cannot get yet waits in a box of his, so that
// nobody looks at it until there is room.
func (e *Emulator) telling1() func() {
	for len(e.room) > 0 {
		user := e.room[len(e.room)-1]
		if box := e.waiting[user]; box != nil && box.Len() > 0 && e.telling[user] < perUser {
			if work := e.tellFrom(box); work != nil {
				return work
			}
			continue
		}
		e.room = e.room[:len(e.room)-1]
	}
	for e.outbox.Len() > 0 {
		if work := e.tellFrom(&e.outbox); work != nil {
			return work
		}
	}
	return nil
}

// tellFrom takes the first item out of a box. It returns nil when there is nothing to
// tell of it, or not yet.
func (e *Emulator) tellFrom(box *list.List) func() {
	it := box.Front().Value.(*item)
	it.unpost()
	t := e.nextTelling(it)
	if t == nil {
		e.release(it)
		return nil
	}
	if e.telling[t.user] >= perUser {
		mine := e.waiting[t.user]
		if mine == nil {
			mine = list.New()
			e.waiting[t.user] = mine
		}
		it.post(mine)
		return nil
	}
	it.telling = true
	e.telling[t.user]++
	return func() { e.tell(t) }
}

// deliverable reports whether the outbox has something that can be delivered.
func (e *Emulator) deliverable() bool {
	for el := e.outbox.Front(); el != nil; el = el.Next() {
		if e.nextTelling(el.Value.(*item)) != nil {
			return true
		}
	}
	for user, box := range e.waiting {
		if box.Len() > 0 && e.telling[user] == 0 {
			return true
		}
	}
	return false
}

// nextTelling is what a job's client is to be told next, nil when that is nothing
// or nobody is there to be told. FileTransferred comes before the others, one at a
// time (D nf-bits3_0-ibackgroundcopycallback2-filetransferred.md).
func (e *Emulator) nextTelling(it *item) *telling {
	now := e.line.Now()
	if it.telling || it.quietTill.After(now) || e.service != serviceRunning || it.entry.Deleted() {
		return nil
	}
	j, err := it.entry.Job()
	if err != nil {
		return nil
	}
	flags := j.NotifyFlags
	if flags.Has(bits.BG_NOTIFY_DISABLE) {
		it.notices, it.modified = nil, false
		return nil
	}
	to := func(n notice) *telling {
		t := &telling{it: it, listener: it.listener, notice: n, err: j.Error, target: target{callback: it.listener.callback, as: it.listener.as}}
		t.user = t.target.as.User()
		return t
	}
	if it.listener != nil {
		for len(it.notices) > 0 {
			n := it.notices[0]
			_, two := it.listener.callback.(bits.Callback2)
			_, three := it.listener.callback.(bits.Callback3)
			if flags.Has(n.kind) && (n.kind == bits.BG_NOTIFY_FILE_TRANSFERRED && two || n.kind == bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED && three) {
				return to(n)
			}
			it.notices = it.notices[1:]
		}
		it.notices = nil
	}
	var kind bits.NotifyFlags
	switch {
	case j.State == bits.BG_JOB_STATE_TRANSFERRED:
		kind = bits.BG_NOTIFY_JOB_TRANSFERRED
	case j.State == bits.BG_JOB_STATE_ERROR:
		kind = bits.BG_NOTIFY_JOB_ERROR
	}
	if kind != 0 && j.NotifyPending.Has(kind) && flags.Has(kind) {
		if it.listener != nil {
			return to(notice{kind: kind})
		}
		t := &telling{it: it, listener: it.listener, notice: notice{kind: kind}, err: j.Error, user: j.Owner.User()}
		if t.target = e.otherTarget(&j); t.target.clsid != uuid.Nil || t.target.command != nil {
			return t
		}
	}
	if it.modified && it.listener != nil {
		if !flags.Has(bits.BG_NOTIFY_JOB_MODIFICATION) {
			it.modified = false
			return nil
		}
		interval := time.Duration(j.MinimumNotificationInterval) * time.Millisecond
		if left := interval - now.Sub(it.toldAt); !it.toldAt.IsZero() && left > 0 {
			e.after(j.ID, timerModified, left)
			return nil
		}
		return to(notice{kind: bits.BG_NOTIFY_JOB_MODIFICATION})
	}
	return nil
}

// otherTarget is whom a job's end is told when no callback is registered.
func (e *Emulator) otherTarget(j *jobstore.Job) target {
	if j.NotifyCLSID != uuid.Nil && e.conf.activate != nil {
		return target{clsid: j.NotifyCLSID, as: j.Owner}
	}
	return target{command: e.commandOf(j), as: j.Owner}
}

// commandOf is a job's command line, nil when it has none or it may not run: it
// never does for jobs of service accounts (D
// nf-bits1_5-ibackgroundcopyjob2-setnotifycmdline.md).
func (e *Emulator) commandOf(j *jobstore.Job) *Command {
	if j.NotifyProgram == "" || service(j.Owner.User()) {
		return nil
	}
	return &Command{Job: j.ID, Program: j.NotifyProgram, Parameters: j.NotifyParameters, As: j.NotifyToken}
}

// tell delivers a notification. No lock is held while the client is called.
func (e *Emulator) tell(t *telling) {
	err := errNoReturn
	defer func() { e.told(t, err) }()
	defer e.inside.enter()()
	err = e.deliver(t)
}

// told notes what has come of a notification.
func (e *Emulator) told(t *telling, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.idle.Broadcast()
	it := t.it
	it.telling = false
	if e.telling[t.user]--; e.telling[t.user] == 0 {
		delete(e.telling, t.user)
	}
	if e.waiting[t.user] != nil {
		e.room = append(e.room, t.user)
	}
	if it.entry.Deleted() {
		return
	}
	switch kind := t.notice.kind; {
	case kind == bits.BG_NOTIFY_JOB_MODIFICATION:
		it.toldAt = e.line.Now() // no page tells of a repetition
	case kind == bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED:
		it.dropNotice(t.notice)
	case err != nil:
		e.log.Debug("notification failed", "job", it.entry.ID(), "kind", kind.String(), "error", err)
		j, jobErr := it.entry.Job()
		if jobErr != nil || it.listener != t.listener {
			break // somebody else has registered meanwhile, and is told at once
		}
		delay := time.Duration(j.MinimumRetryDelay) * time.Second
		it.quietTill = e.line.Now().Add(delay)
		e.after(j.ID, timerTell, delay)
	case kind == bits.BG_NOTIFY_FILE_TRANSFERRED:
		it.dropNotice(t.notice)
		it.quietTill = time.Time{}
	default:
		it.quietTill = time.Time{}
		// What has happened to the job meanwhile, in the callback or elsewhere, may
		// have to be told in its turn: only the same event is done with.
		if it.again&kind == 0 {
			e.patch(it.entry, func(j *jobstore.Job) { j.NotifyPending &^= kind })
		}
		it.again &^= kind
	}
	e.ripen(it)
}

func (it *item) dropNotice(n notice) {
	if len(it.notices) > 0 && it.notices[0].kind == n.kind && it.notices[0].file == n.file {
		it.notices = it.notices[1:]
	}
	if len(it.notices) == 0 {
		it.notices = nil
	}
}

// errNoProgram is what is made of a program that ends with a code other than 0.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("the program ended with code %d", int(c)) }

// deliver calls the client.
func (e *Emulator) deliver(t *telling) (err error) {
	ctx := token.NewContext(context.Background(), t.target.as)
	kind := t.notice.kind
	e.mu.Lock()
	it := t.it
	it.again &^= kind
	if kind == bits.BG_NOTIFY_JOB_MODIFICATION {
		it.modified = false
	}
	e.mu.Unlock()
	job := e.jobFor(it.entry, t.target.as)
	if t.target.clsid != uuid.Nil {
		callback, err := e.conf.activate(t.target.clsid)
		if err == nil && callback != nil {
			t.target.callback = callback
		} else if t.target.command = e.commandNow(it.entry); t.target.command == nil {
			return errors.Join(err, hresult.REGDB_E_CLASSNOTREG)
		}
	}
	if t.target.callback == nil {
		return e.run(*t.target.command)
	}
	callback := t.target.callback
	switch kind {
	case bits.BG_NOTIFY_JOB_TRANSFERRED:
		err = callback.JobTransferred(ctx, job)
	case bits.BG_NOTIFY_JOB_ERROR:
		err = callback.JobError(ctx, job, e.errorObject(it.entry, t.err, t.target.as))
	case bits.BG_NOTIFY_JOB_MODIFICATION:
		err = callback.JobModification(ctx, job)
	case bits.BG_NOTIFY_FILE_TRANSFERRED:
		err = callback.(bits.Callback2).FileTransferred(ctx, job, e.fileObject(it.entry, t.notice.file, t.target.as))
	case bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED:
		err = callback.(bits.Callback3).FileRangesTransferred(ctx, job, e.fileObject(it.entry, t.notice.file, t.target.as), t.notice.ranges)
	}
	// A command line, where there is one, takes the place of a callback that has
	// failed (D nf-bits-ibackgroundcopycallback-jobtransferred.md).
	if err != nil && (kind == bits.BG_NOTIFY_JOB_TRANSFERRED || kind == bits.BG_NOTIFY_JOB_ERROR) {
		if command := e.commandNow(it.entry); command != nil {
			return e.run(*command)
		}
	}
	return err
}

func (e *Emulator) commandNow(entry jobstore.Entry) *Command {
	j, err := entry.Job()
	if err != nil {
		return nil
	}
	return e.commandOf(&j)
}

// run hands a command line to the hook.
func (e *Emulator) run(c Command) error {
	e.audit.add(AuditEntry{
		Time: e.Now(), Job: c.Job, Action: actionRun, Name: c.Program, Token: c.As, Allowed: e.conf.command != nil,
	})
	if e.conf.command == nil {
		return hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND
	}
	if code := e.conf.command(c); code != 0 {
		return exitCode(code)
	}
	return nil
}

// rearm has the end that a job has come to told again, because somebody has
// registered for it anew (D nn-bits-ibackgroundcopycallback.md: a new interface
// gets the event again).
func (e *Emulator) rearm(it *item) {
	var kind bits.NotifyFlags
	switch it.entry.State() {
	case bits.BG_JOB_STATE_TRANSFERRED:
		kind = bits.BG_NOTIFY_JOB_TRANSFERRED
	case bits.BG_JOB_STATE_ERROR:
		kind = bits.BG_NOTIFY_JOB_ERROR
	}
	if kind != 0 {
		it.again |= kind
		e.patch(it.entry, func(j *jobstore.Job) { j.NotifyPending |= kind })
	}
	it.quietTill = time.Time{}
	e.ripen(it)
}

// tellRanges has FileRangesTransferred called for what has come of a file since the last
// call (D nf-bits10_1-ibackgroundcopycallback3-filerangestransferred.md).
func (e *Emulator) tellRanges(it *item, file int, fresh []jobstore.Range) {
	if it.listener == nil || len(fresh) == 0 {
		return
	}
	it.notices = append(it.notices, notice{kind: bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED, file: file, ranges: fileRanges(fresh)})
	e.ripen(it)
}

// patch changes what is no property of the job: its times stay as they are.
func (e *Emulator) patch(entry jobstore.Entry, change func(*jobstore.Job)) {
	err := entry.Update(func(j *jobstore.Job) error { change(j); return nil })
	if err != nil && !errors.Is(err, jobstore.ErrNotFound) {
		e.broken(err)
	}
}
