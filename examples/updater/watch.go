package updater

import (
	"context"
	"errors"
	"sync"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// Pending is an update that [Updater.Start] has started.
type Pending struct {
	t    *task
	done chan struct{}
	once sync.Once
	err  error
}

// Start starts an update, or takes up the job of an earlier run, and returns. BITS calls
// when something happens. Call [Pending.Wait] or [Pending.Stop].
func (u *Updater) Start(ctx context.Context, update Update) (*Pending, error) {
	p := &Pending{t: newTask(u, update), done: make(chan struct{})}
	if err := p.listen(ctx); err != nil {
		p.t.leave()
		return nil, err
	}
	return p, nil
}

// listen finds the job, registers for its events, and sets it going. An event that has
// happened already is told too.
func (p *Pending) listen(ctx context.Context) error {
	job, err := p.t.attach(ctx)
	if err != nil {
		return err
	}
	if err := job.SetNotifyFlags(ctx, bits.BG_NOTIFY_JOB_TRANSFERRED|bits.BG_NOTIFY_JOB_ERROR|bits.BG_NOTIFY_JOB_MODIFICATION); err != nil {
		return err
	}
	if err := job.SetNotifyInterface(ctx, events{p}); err != nil {
		return err
	}
	state, err := job.GetState(ctx)
	if err == nil && state == bits.BG_JOB_STATE_SUSPENDED {
		err = job.Resume(ctx)
	}
	return err
}

// Done is closed when the files are in their place, or the update has failed.
func (p *Pending) Done() <-chan struct{} { return p.done }

// Err is why the update has failed, nil if it has not. It is valid once Done is closed.
func (p *Pending) Err() error { return p.err }

// Wait waits until the update is done, or ctx ends. Every [Options.Poll] it looks for
// itself: a service that is restarted forgets its callbacks, and not every one calls for
// everything.
func (p *Pending) Wait(ctx context.Context) error {
	for {
		select {
		case <-p.done:
			return p.err
		default:
		}
		if err := p.t.u.o.Sleep(ctx, p.t.u.o.Poll); err != nil {
			return err
		}
		err := p.check(ctx)
		if lost(err) && p.t.u.o.Activate != nil {
			continue // it has gone once more, in the middle of this
		}
		if err != nil {
			p.end(err)
		}
	}
}

// check registers again with a service that has been restarted, or for another job, and
// does what no callback has done.
func (p *Pending) check(ctx context.Context) error {
	id, over := p.t.look()
	if over {
		return nil // a callback is about to say so
	}
	if id == uuid.Nil {
		return p.listen(ctx)
	}
	job, err := p.t.u.service().GetJob(ctx, id)
	switch {
	case lost(err):
		if err := p.t.u.reconnect(ctx, err); err != nil {
			return err
		}
		return p.listen(ctx)
	case errors.Is(err, hresult.BG_E_NOT_FOUND):
		if _, over := p.t.look(); !over {
			return errors.Join(ErrCancelled, p.t.u.saved.set(p.t.update.Name, uuid.Nil))
		}
		return nil
	case err != nil:
		return err
	}
	if err = p.step(ctx, job); errors.Is(err, ErrLoggedOff) {
		return nil
	}
	return err
}

// Stop stops listening. The job goes on without the program.
func (p *Pending) Stop(ctx context.Context) error {
	id, over := p.t.look()
	if p.end(context.Canceled); over || id == uuid.Nil {
		return nil
	}
	job, err := p.t.u.service().GetJob(ctx, id)
	if err != nil {
		return err
	}
	return job.SetNotifyInterface(ctx, nil)
}

func (p *Pending) end(err error) {
	p.once.Do(func() {
		p.err = err
		close(p.done)
		p.t.leave()
	})
}

// events is the callback of a pending update.
type events struct{ p *Pending }

// JobTransferred implements [bits.Callback].
func (e events) JobTransferred(ctx context.Context, job bits.Job) error { return e.step(ctx, job) }

// JobError implements [bits.Callback].
func (e events) JobError(ctx context.Context, job bits.Job, _ bits.Error) error {
	return e.step(ctx, job)
}

// JobModification implements [bits.Callback].
func (e events) JobModification(ctx context.Context, job bits.Job) error { return e.step(ctx, job) }

// step deals with an event. What it returns makes BITS tell the event again later, which
// is right while the user is away, and for nothing else. A service that goes meanwhile is
// found out by Wait.
func (e events) step(ctx context.Context, job bits.Job) error {
	select {
	case <-e.p.done:
		return nil
	default:
	}
	return e.p.step(ctx, job)
}

// step fails when it is to be tried again.
func (p *Pending) step(ctx context.Context, job bits.Job) error {
	over, err := p.t.step(ctx, job)

	switch {
	case errors.Is(err, ErrLoggedOff), lost(err):
		return err
	case errors.Is(err, errAnew): // check makes another job
	case over || err != nil:
		p.end(err)
	}
	return nil
}
