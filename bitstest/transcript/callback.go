package transcript

import (
	"context"
	"fmt"
	"slices"

	"github.com/bitsemu/bitsemu/bits"
)

// lent is a callback as the service gets it. It shows the interfaces that the
// callback has.
type lent struct {
	s        *sink
	of       string // the object that it was given to
	callback *Callback
	inner    bits.Callback
}

func (l *lent) label() string { return l.callback.Name }

type (
	lent2 struct {
		*lent
		inner bits.Callback2
	}
	lent3 struct {
		lent2
		inner bits.Callback3
	}
)

func (o object) lend(name string) (*Callback, *sink) {
	r := o.s.r
	r.mu.Lock()
	defer r.mu.Unlock()
	c := &Callback{Of: o.name}
	r.callbacks = append(r.callbacks, c)
	c.Name = fmt.Sprintf("%s%d", name, len(r.callbacks))
	return c, o.s
}

func (o object) lendCallback(inner bits.Callback) bits.Callback {
	if inner == nil {
		return nil
	}
	c, s := o.lend("callback")
	l := &lent{s: s, of: o.name, callback: c, inner: inner}
	switch inner := inner.(type) {
	case bits.Callback3:
		return lent3{lent2{l, inner}, inner}
	case bits.Callback2:
		return lent2{l, inner}
	}
	return l
}

// unlendCallback is the callback that was lent as c.
func unlendCallback(c bits.Callback) bits.Callback {
	switch c := c.(type) {
	case lent3:
		return c.inner
	case lent2:
		return c.inner
	case *lent:
		return c.inner
	}
	return c
}

// event is an event under way.
type event struct {
	callback *Callback
	sink     *sink
	text     string
}

// event begins one: calls that are made by what it is given go below it.
func (l *lent) event() *event { return newEvent(l.s.r, l.callback) }

func newEvent(r *recorder, c *Callback) *event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &event{c, &sink{r: r, event: &Event{After: r.last()}, objects: map[string]int{}}, ""}
}

// end ends it, and returns what the callback returned.
func (e *event) end(text string, err error) error {
	r := e.sink.r
	ev := e.sink.event
	result := bits.ResultOf(err)
	ev.Call = Call{Text: text, Failed: result.Failed(), Answer: result.String()}
	r.mu.Lock()
	defer r.mu.Unlock()
	if text == modification {
		ev.Calls = nil // as many are told as happen to be
	}
	if n := len(e.callback.Events); n > 0 {
		if before := e.callback.Events[n-1]; before.Call == ev.Call && slices.Equal(before.Calls, ev.Calls) {
			return err
		}
	}
	e.callback.Events = append(e.callback.Events, *ev)
	return err
}

const modification = "JobModification(job)"

func (e *event) job(inner bits.Job) bits.Job {
	if inner == nil {
		return nil
	}
	return recordJob{object{e.sink, "job", inner}, inner}
}

func (e *event) file(inner bits.File) bits.File {
	if inner == nil {
		return nil
	}
	return recordFile{object{e.sink, "file", inner}, inner}
}

func (l *lent) JobTransferred(ctx context.Context, job bits.Job) error {
	e := l.event()
	return e.end("JobTransferred(job)", l.inner.JobTransferred(ctx, e.job(job)))
}

func (l *lent) JobError(ctx context.Context, job bits.Job, jobError bits.Error) error {
	e := l.event()
	if jobError != nil {
		jobError = recordError{object{e.sink, "error", jobError}, jobError}
	}
	return e.end("JobError(job, error)", l.inner.JobError(ctx, e.job(job), jobError))
}

func (l *lent) JobModification(ctx context.Context, job bits.Job) error {
	e := l.event()
	return e.end(modification, l.inner.JobModification(ctx, e.job(job)))
}

func (l lent2) FileTransferred(ctx context.Context, job bits.Job, file bits.File) error {
	e := l.event()
	return e.end("FileTransferred(job, file)", l.inner.FileTransferred(ctx, e.job(job), e.file(file)))
}

func (l lent3) FileRangesTransferred(ctx context.Context, job bits.Job, file bits.File, ranges []bits.FileRange) error {
	e := l.event()
	text := fmt.Sprintf("FileRangesTransferred(job, file, %s)", l.s.r.mask.value(ranges))
	return e.end(text, l.inner.FileRangesTransferred(ctx, e.job(job), e.file(file), ranges))
}

// lentValidation is a certificate callback as the service gets it.
type lentValidation struct {
	r        *recorder
	callback *Callback
	inner    bits.ServerCertificateValidationCallback
}

func (l *lentValidation) label() string { return l.callback.Name }

func (o object) lendValidation(inner bits.ServerCertificateValidationCallback) bits.ServerCertificateValidationCallback {
	if inner == nil {
		return nil
	}
	c, s := o.lend("validation")
	return &lentValidation{s.r, c, inner}
}

func (l *lentValidation) ValidateServerCertificate(ctx context.Context, job bits.Job, file bits.File,
	certData []byte, certEncodingType uint32, certStoreData []byte) error {
	e := newEvent(l.r, l.callback)
	err := l.inner.ValidateServerCertificate(ctx, e.job(job), e.file(file), certData, certEncodingType, certStoreData)
	return e.end(fmt.Sprintf("ValidateServerCertificate(job, file, %d)", certEncodingType), err)
}
