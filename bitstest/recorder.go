package bitstest

import (
	"context"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// kind is an event of a job.
type kind string

const (
	transferred     kind = "JobTransferred"
	failed          kind = "JobError"
	modification    kind = "JobModification"
	fileTransferred kind = "FileTransferred"
)

// event is a call of a callback.
type event struct {
	kind  kind
	job   uuid.UUID
	state bits.JobState     // of the job when it was told
	local string            // name of the file of a fileTransferred
	code  hresult.HRESULT   // of the error of a failed
	place bits.ErrorContext // of that error
	err   error             // what went wrong while the event was recorded
}

// recorder is a callback that keeps what it is told, and then does what the case
// wants.
type recorder struct {
	onTransferred func(ctx context.Context, job bits.Job) error
	onError       func(ctx context.Context, job bits.Job, jobError bits.Error) error

	mu     sync.Mutex
	events []event
}

func (r *recorder) add(ctx context.Context, k kind, job bits.Job, more func(*event) error) {
	ev := event{kind: k}
	ev.job, ev.err = job.GetId(ctx)
	if ev.err == nil {
		ev.state, ev.err = job.GetState(ctx)
	}
	if ev.err == nil && more != nil {
		ev.err = more(&ev)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, ev)
}

func (r *recorder) JobTransferred(ctx context.Context, job bits.Job) error {
	r.add(ctx, transferred, job, nil)
	if r.onTransferred != nil {
		return r.onTransferred(ctx, job)
	}
	return nil
}

func (r *recorder) JobError(ctx context.Context, job bits.Job, jobError bits.Error) error {
	r.add(ctx, failed, job, func(ev *event) (err error) {
		ev.place, ev.code, err = jobError.GetError(ctx)
		return err
	})
	if r.onError != nil {
		return r.onError(ctx, job, jobError)
	}
	return nil
}

func (r *recorder) JobModification(ctx context.Context, job bits.Job) error {
	r.add(ctx, modification, job, nil)
	return nil
}

func (r *recorder) FileTransferred(ctx context.Context, job bits.Job, file bits.File) error {
	r.add(ctx, fileTransferred, job, func(ev *event) (err error) {
		ev.local, err = file.GetLocalName(ctx)
		return err
	})
	return nil
}

// heard are the events so far, all of which must be of job.
func (e *env) heard(r *recorder, job bits.Job) []event {
	e.Helper()
	want, err := job.GetId(e.ctx)
	e.ok(err)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ev := range r.events {
		e.ok(ev.err)
		require.Equal(e, want, ev.job, "the callback is told of another job")
	}
	return slices.Clone(r.events)
}

// count is how many of the events are of this kind.
func count(events []event, k kind) int {
	n := 0
	for _, ev := range events {
		if ev.kind == k {
			n++
		}
	}
	return n
}

// hears lets time pass until the callback of the job is told of this.
func (e *env) hears(r *recorder, job bits.Job, k kind) event {
	e.Helper()
	e.until("the callback hears "+string(k), func() bool { return count(e.heard(r, job), k) > 0 })
	events := e.heard(r, job)
	return events[slices.IndexFunc(events, func(ev event) bool { return ev.kind == k })]
}

// later lets as much time pass as another job takes from its Resume to its
// JobTransferred: what has not been told until then is not told.
func (e *env) later() {
	e.Helper()
	job, _ := e.download("file/100")
	r := &recorder{}
	e.ok(job.SetNotifyInterface(e.ctx, r))
	e.ok(job.Resume(e.ctx))
	e.hears(r, job, transferred)
}
