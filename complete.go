package bitsemu

import (
	"context"
	"errors"
	"fmt"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// Complete implements [bits.Job].
func (j *job) Complete(ctx context.Context) (hresult.HRESULT, error) {
	const method = iJob + "Complete"
	caller, err := j.enter(ctx, method, tokenopts.ModifyJob)
	if err != nil {
		return hresult.S_OK, err
	}
	e := j.e
	e.mu.Lock()
	defer e.mu.Unlock()
	state := e.liveState(j.entry)
	if state.Final() || j.entry.Deleted() ||
		j.entry.Type() != bits.BG_JOB_TYPE_DOWNLOAD && state != bits.BG_JOB_STATE_TRANSFERRED {
		return hresult.S_OK, j.failedWith(ctx, method, fmt.Errorf("in %s: %w", state, hresult.BG_E_INVALID_STATE))
	}
	if err := e.present(j.entry.Owner().User()); err != nil {
		return hresult.S_OK, j.failedWith(ctx, method, err)
	}
	e.halt(j.entry, runOf(ctx))
	r, err := j.entry.Job()
	if err != nil {
		if errors.Is(err, jobstore.ErrNotFound) {
			err = hresult.BG_E_INVALID_STATE
		}
		return hresult.S_OK, j.failedWith(ctx, method, err)
	}
	result, err := e.complete(j.entry, &r)
	if err != nil {
		// The job stays, and what has been renamed is there to be used (D
		// nf-bits-ibackgroundcopyjob-complete.md).
		e.update(j.entry, func(now *jobstore.Job) {
			now.Files, now.State = r.Files, bits.BG_JOB_STATE_TRANSFERRED
		})
		e.changed(j.entry, state, bits.BG_JOB_STATE_TRANSFERRED, j.reason(ctx, method))
		return hresult.S_OK, j.failedWith(ctx, method, err)
	}
	last, err := j.entry.Finish(func(now *jobstore.Job) error {
		now.Files, now.State, now.ModificationTime = r.Files, bits.BG_JOB_STATE_ACKNOWLEDGED, e.Now()
		return nil
	})
	if err != nil {
		return hresult.S_OK, j.failedWith(ctx, method, err)
	}
	e.over(j.entry, state, last, j.reason(ctx, method))
	e.logCompleted(&r, caller)
	return result, nil
}

func (e *Emulator) logCompleted(r *jobstore.Job, caller token.Token) {
	e.events.Append(eventlog.JobCompleted(e.Now(), titled(r), caller.User(), len(r.Files)))
}

// complete puts the files of a job in their place, and removes what is there of the
// others. It notes in r how far it has come.
func (e *Emulator) complete(entry jobstore.Entry, r *jobstore.Job) (hresult.HRESULT, error) {
	if r.Type != bits.BG_JOB_TYPE_DOWNLOAD {
		if r.ReplyTemporaryName != "" {
			if err := e.place(r, tokenopts.ReplyFile, r.ReplyTemporaryName, r.ReplyFileName); err != nil {
				return hresult.S_OK, err
			}
		}
		for i := range r.Files {
			r.Files[i].Completed = true
		}
		return hresult.S_OK, nil
	}
	for i := range r.Files {
		f := &r.Files[i]
		if !fetched(f) || f.Renamed {
			continue
		}
		if !r.HighPerformance {
			if err := e.place(r, tokenopts.TemporaryFile, f.TemporaryName, f.LocalName); err != nil {
				return hresult.S_OK, err
			}
		}
		f.Renamed, f.Completed, f.TemporaryName = true, true, ""
		f.ValidationState = true // it is taken for valid (D peer-caching.md)
	}
	partial, left := false, false
	for i := range r.Files {
		f := &r.Files[i]
		if f.Completed {
			continue
		}
		partial = true
		if f.TemporaryName != "" && !r.HighPerformance && !e.discard(r, tokenopts.TemporaryFile, f.TemporaryName) {
			left = true
		}
		f.TemporaryName = ""
	}
	switch {
	case left:
		return hresult.BG_S_UNABLE_TO_DELETE_FILES, nil
	case partial || len(r.Files) == 0:
		return hresult.BG_S_PARTIAL_COMPLETE, nil
	}
	return hresult.S_OK, nil
}

// place renames a temporary file, as its identity.
func (e *Emulator) place(r *jobstore.Job, resource tokenopts.Resource, from, to string) error {
	if err := e.access(r, resource, actionRename, to); err != nil {
		return err
	}
	if err := e.faulty("rename", r); err != nil {
		return err
	}
	source, err := winpath.Parse(from)
	if err != nil {
		return err
	}
	target, err := winpath.Parse(to)
	if err != nil {
		return err
	}
	return e.disk.Rename(source, target)
}
