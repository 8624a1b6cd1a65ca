package updater

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	mu   sync.Mutex
	id   uuid.UUID // of its job, Nil between two
	over bool

	remade bool                    // the job is not the first one
	tries  map[hresult.HRESULT]int // what was done about an error, in this run of the program
	from   map[string]string       // where a file comes from, by File.Path, if not from File.URL
	noted  hresult.HRESULT         // the error that was told last and is waited out
}

func newTask(u *Updater, update Update) *task {
	return &task{u: u, update: update, tries: map[hresult.HRESULT]int{}, from: map[string]string{}}
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
	if !t.mu.TryLock() {
		return false, nil // somebody is at it: a callback, or who waits
	}
	defer t.mu.Unlock()
	if t.over {
		return true, nil
	}
	if t.remade { // somebody may still look at the job before
		if id, err := job.GetId(ctx); err != nil || id != t.id {
			return false, err
		}
	}
	defer func() {
		if t.over = over; errors.Is(err, errAnew) {
			t.u.hold(uuid.Nil, t.id)
			t.id, t.remade = uuid.Nil, true
		}
	}()
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
	items, err := t.items(ctx, job)
	if err != nil {
		return false, err
	}
	apart := slices.ContainsFunc(items, func(i item) bool { return i.unchecked })
	if !apart {
		if good, err := t.verify(ctx, items); err != nil || !good {
			return false, err
		}
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
	if err := errors.Join(err, t.u.saved.set(t.update.Name, uuid.Nil)); err != nil || !apart {
		return true, err
	}
	return t.place(ctx, items)
}
