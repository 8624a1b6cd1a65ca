package updater

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// ErrCancelled is what becomes of an update whose job somebody has cancelled.
var ErrCancelled = errors.New("updater: somebody has cancelled the job")

// task is an update under way.
type task struct {
	u      *Updater
	update Update

	// mu: a callback and who waits for it may come at once.
	mu    sync.Mutex
	id    uuid.UUID // of its job
	over  bool
	tries map[hresult.HRESULT]int // what was done about an error, in this run of the program
	noted hresult.HRESULT         // the error that was told last and is waited out
}

func newTask(u *Updater, update Update) *task {
	return &task{u: u, update: update, tries: map[hresult.HRESULT]int{}}
}

// hold makes a job the task's.
func (t *task) hold(id uuid.UUID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.u.hold(id, t.id)
	t.id = id
}

// leave lets go of the task's job.
func (t *task) leave() { t.hold(uuid.Nil) }

// look tells which job is the task's, and whether it is over.
func (t *task) look() (id uuid.UUID, over bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.id, t.over
}

// step looks at the job and does what there is to do. It reports whether that was the
// last of it: the files are in their place, or the update has failed.
func (t *task) step(ctx context.Context, job bits.Job) (over bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return true, nil
	}
	defer func() { t.over = over }()
	state, err := job.GetState(ctx)
	if err != nil {
		return false, err
	}
	if err := t.report(ctx, job, state); err != nil {
		return false, err
	}
	switch state {
	case bits.BG_JOB_STATE_TRANSFERRING:
		t.noted = hresult.S_OK
	case bits.BG_JOB_STATE_SUSPENDED: // it is new, or the program ended before it could say so
		return false, job.Resume(ctx)
	case bits.BG_JOB_STATE_TRANSIENT_ERROR: // BITS tries again by itself
		e, err := errorOf(ctx, job)
		if err == nil && e != nil && e.Code != t.noted {
			t.noted = e.Code
			t.u.note("%s: %v; BITS tries again", t.update.Name, e)
		}
		return false, err
	case bits.BG_JOB_STATE_ERROR:
		return t.mend(ctx, job)
	case bits.BG_JOB_STATE_TRANSFERRED:
		return t.finish(ctx, job)
	case bits.BG_JOB_STATE_ACKNOWLEDGED:
		return true, nil
	case bits.BG_JOB_STATE_CANCELLED:
		return true, errors.Join(ErrCancelled, t.u.saved.set(t.update.Name, uuid.Nil))
	}
	return false, nil
}

// report tells how far the job is.
func (t *task) report(ctx context.Context, job bits.Job, state bits.JobState) error {
	if t.u.o.Progress == nil {
		return nil
	}
	p, err := job.GetProgress(ctx)
	if err != nil {
		return err
	}
	t.u.o.Progress(Progress{Name: t.update.Name, State: state, JobProgress: p})
	return nil
}

// finish checks what has come, and has BITS give the files their names.
func (t *task) finish(ctx context.Context, job bits.Job) (over bool, err error) {
	if good, err := t.verify(ctx, job); err != nil || !good {
		return false, err
	}
	result, err := job.Complete(ctx)
	if errors.Is(err, hresult.BG_E_TOKEN_REQUIRED) && t.u.o.Impersonate != nil {
		if err := t.lend(ctx, job); err != nil {
			return false, err
		}
		result, err = job.Complete(ctx)
	}
	switch {
	case err != nil:
		return false, fmt.Errorf("updater: %s: %w", t.update.Name, err)
	case result == hresult.BG_S_PARTIAL_COMPLETE:
		err = fmt.Errorf("updater: %s: not all files are there: %w", t.update.Name, result)
	}
	return true, errors.Join(err, t.u.saved.set(t.update.Name, uuid.Nil))
}
