package bitsemu

import (
	"errors"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/transfer"
)

// outcome notes how a step has ended.
func (e *Emulator) outcome(r *run, err error) {
	it := r.it
	var wait *transfer.Wait
	var failed *transferError
	var remote *transfer.Error
	switch {
	case err == nil, errors.Is(err, errStale):
		r.turn = e.turns.PushBack(r)
	case errors.As(err, &wait):
		if r.woken {
			r.woken = false
			r.turn = e.turns.PushBack(r)
		} else if !wait.Until.IsZero() {
			e.after(it.entry.ID(), timerWake, wait.Until.Sub(e.Now()))
		}
	case errors.Is(err, errNothingLeft):
		e.flush(r, func(j *jobstore.Job) {
			j.State = bits.BG_JOB_STATE_SUSPENDED
			for i := range j.Files {
				if !fetched(&j.Files[i]) {
					return
				}
			}
			e.markTransferred(j)
		})
		e.endRun(r)
	case errors.As(err, &failed):
		e.failRun(r, failed.failure)
	case errors.As(err, &remote):
		if remote.RemoteName != "" && r.index >= 0 {
			index := r.index
			e.update(it.entry, func(j *jobstore.Job) { j.Files[index].RemoteName = remote.RemoteName })
		}
		if remote.Context == bits.BG_ERROR_CONTEXT_LOCAL_FILE {
			if l := local(err); l.transient {
				remote.Transient = true
			}
		}
		e.failRun(r, failure{
			code: remote.Code, context: remote.Context, transient: remote.Transient, file: r.index, about: r.index >= 0,
		})
	default:
		code, ok := hresult.Of(err)
		if !ok {
			code = hresult.E_FAIL
		}
		e.log.Warn("transfer failed inside the emulator", "job", it.entry.ID(), "error", err)
		e.failRun(r, failure{code: code, context: bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER})
	}
}

// failRun ends a run by a failure.
func (e *Emulator) failRun(r *run, f failure) {
	entry := r.it.entry
	if r.job.HTTPMethod != "" || r.job.DynamicContent {
		r.held.Store(0) // the next attempt begins with the first byte
	}
	used := e.line.Now().Sub(r.began)
	e.failWith(entry, f, func(j *jobstore.Job) {
		j.DownloadTime += used
		r.show(j)
	}, func() { e.unhook(r) })
}
