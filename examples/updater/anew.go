package updater

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// Not every service has all of BITS: interfaces came with later versions, and services of
// other makers answer E_NOTIMPL to what they leave out. What an update can do without is
// done without. Where there is
//
//   - no IBackgroundCopyFile3, and so no temporary name, the files come under names beside
//     their own, and get theirs when they have been checked;
//   - no IBackgroundCopyFile2, and so no other address for a file, a new job has it;
//   - no GetTimes, no job is an orphan;
//   - no call for an event, [Pending.Wait] finds it out.

// lacks reports whether the service does not have what was asked for.
func lacks(err error) bool {
	return errors.Is(err, hresult.E_NOINTERFACE) || errors.Is(err, hresult.E_NOTIMPL)
}

// errAnew says that the job has ended and the update needs another one.
var errAnew = errors.New("updater: a new job is needed")

// unchecked ends the names of files that could not be checked before they have one.
const unchecked = ".unchecked"

// item is a file of a job.
type item struct {
	bits.File
	want          *File // of the update; nil for a file of something else
	local, remote string
	unchecked     bool
}

// items are the files of a job.
func (t *task) items(ctx context.Context, job bits.Job) ([]item, error) {
	var items []item
	files, err := job.EnumFiles(ctx)
	if err != nil {
		return nil, err
	}
	for file, err := range bits.All(ctx, files) {
		if err != nil {
			return nil, err
		}
		i := item{File: file}
		if i.local, err = file.GetLocalName(ctx); err != nil {
			return nil, err
		}
		if i.remote, err = file.GetRemoteName(ctx); err != nil {
			return nil, err
		}
		i.want, i.unchecked = t.file(i.local)
		items = append(items, i)
	}
	return items, nil
}

// looks reports whether the files of a job can be looked at before they have their names.
func (t *task) looks(ctx context.Context, job bits.Job) (bool, error) {
	items, err := t.items(ctx, job)
	if err != nil {
		return false, err
	}
	for _, i := range items {
		if _, err := bits.Query[bits.File3](ctx, i.File); err != nil {
			if lacks(err) {
				return false, nil
			}
			return false, err
		}
	}
	return true, nil
}

// isOver reports whether a job is in a final state. Some services can still find it then.
func isOver(ctx context.Context, job bits.Job) (bool, error) {
	state, err := job.GetState(ctx)
	return state == bits.BG_JOB_STATE_ACKNOWLEDGED || state == bits.BG_JOB_STATE_CANCELLED, err
}

// place checks the files of a job that is over and gives them their names, or has them
// fetched by another job.
func (t *task) place(ctx context.Context, items []item) (over bool, err error) {
	for _, i := range items {
		good, err := t.isGood(ctx, i, i.local)
		if err != nil {
			return true, errors.Join(err, t.discard(ctx, items))
		}
		if good {
			continue
		}
		if err := t.discard(ctx, items); err != nil {
			return true, err
		}
		e := &JobError{
			Code: hresult.BG_E_VALIDATION_FAILED, Context: bits.BG_ERROR_CONTEXT_LOCAL_FILE,
			Remote: i.remote, Local: i.want.Path, Text: "the file is not what it must be",
		}
		t.tries[e.Code]++
		t.from[i.want.Path] = i.remote
		how := "fetching it again"
		if t.tries[e.Code] > 1 {
			mirror := i.want.after(i.remote)
			if mirror == "" {
				return true, fmt.Errorf("updater: %s: %w", t.update.Name, e)
			}
			t.from[i.want.Path] = mirror
			how = "trying " + mirror
		}
		t.u.note("%s: %v; %s", t.update.Name, e, how)
		return false, errAnew
	}
	for _, i := range items {
		if err := t.u.asUser(ctx, func(context.Context) error { return t.u.o.Rename(i.local, i.want.Path) }); err != nil {
			return true, errors.Join(fmt.Errorf("updater: %s: %w", i.want.Path, err), t.discard(ctx, items))
		}
	}
	return true, nil
}

// discard removes files that were not checked, or are not good.
func (t *task) discard(ctx context.Context, items []item) error {
	return t.u.asUser(ctx, func(context.Context) error {
		var all error
		for _, i := range items {
			if err := t.u.o.Remove(i.local); err != nil && !errors.Is(err, fs.ErrNotExist) {
				all = errors.Join(all, fmt.Errorf("updater: %s: %w", i.local, err))
			}
		}
		return all
	})
}

// again ends a job that cannot be told to fetch a file from elsewhere.
func (t *task) again(ctx context.Context, job bits.Job) error {
	if err := errors.Join(cancel(ctx, job), t.u.saved.set(t.update.Name, uuid.Nil)); err != nil {
		return err
	}
	return errAnew
}
