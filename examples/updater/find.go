package updater

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// attach finds the job of the update, or makes one.
func (t *task) attach(ctx context.Context) (bits.Job, error) {
	id, job, err := t.find(ctx)
	if err != nil {
		return nil, err
	}
	if job == nil {
		id, job, err = t.create(ctx)
	} else if t.u.o.Impersonate != nil {
		// A helper token does not outlive the service, nor the user's session.
		if err = t.relend(ctx, job); errors.Is(err, ErrLoggedOff) {
			err = nil // the job tells when it needs him
		}
	}
	if err != nil {
		return nil, err
	}
	t.hold(id)
	return job, t.u.saved.set(t.update.Name, id)
}

// find looks for a job of an earlier run: by the id that was saved, and by name. One
// that is about other files is of no use, and is cancelled.
func (t *task) find(ctx context.Context) (uuid.UUID, bits.Job, error) {
	id, err := t.u.saved.get(t.update.Name)
	if err != nil {
		return uuid.Nil, nil, err
	}
	m := t.u.service()
	if id != uuid.Nil {
		job, err := m.GetJob(ctx, id)
		switch {
		case err == nil:
			fits, err := t.takeUp(ctx, job)
			if err != nil || fits {
				return id, job, err
			}
		case !errors.Is(err, hresult.BG_E_NOT_FOUND):
			return uuid.Nil, nil, err
		}
	}
	jobs, err := m.EnumJobs(ctx, 0)
	if err != nil {
		return uuid.Nil, nil, err
	}
	for job, err := range bits.All(ctx, jobs) {
		if err != nil {
			return uuid.Nil, nil, err
		}
		name, err := job.GetDisplayName(ctx)
		if err != nil || name != t.name() {
			continue // it may have gone meanwhile
		}
		fits, err := t.takeUp(ctx, job)
		if err != nil {
			return uuid.Nil, nil, err
		}
		if fits {
			id, err := job.GetId(ctx)
			return id, job, err
		}
	}
	return uuid.Nil, nil, nil
}

// takeUp reports whether a job is under way and downloads what the update consists of. One
// that is about something else is cancelled.
func (t *task) takeUp(ctx context.Context, job bits.Job) (bool, error) {
	if id, _ := t.look(); id == uuid.Nil { // else it is the one that we had
		if over, err := isOver(ctx, job); err != nil || over {
			return false, err
		}
	}
	if fits, err := t.fits(ctx, job); err != nil || fits {
		return fits, err
	}
	return false, cancel(ctx, job)
}

func (t *task) fits(ctx context.Context, job bits.Job) (bool, error) {
	items, err := t.items(ctx, job)
	if err != nil || len(items) != len(t.update.Files) {
		return false, err
	}
	for _, i := range items {
		if i.want == nil || i.unchecked != items[0].unchecked ||
			i.remote != i.want.URL && !slices.Contains(i.want.Mirrors, i.remote) {
			return false, nil
		}
	}
	return true, nil
}

// create makes the job. Whether files can be checked before they have their names is known
// when a job has some, and not before: then a job may have been made in vain. It is not one
// that would replace files, since there are services that remove what a job would replace
// when it is cancelled.
func (t *task) create(ctx context.Context) (id uuid.UUID, job bits.Job, err error) {
	if t.u.looks.Load() {
		return t.createFor(ctx, "")
	}
	suffixes := []string{"", unchecked}
	if replaces, err := t.replaces(ctx); err != nil {
		return uuid.Nil, nil, err
	} else if replaces {
		slices.Reverse(suffixes)
	}
	for _, suffix := range suffixes {
		if id, job, err = t.createFor(ctx, suffix); err != nil {
			break
		}
		var can bool
		if can, err = t.looks(ctx, job); err == nil && can == (suffix == "") {
			t.u.looks.Store(can)
			return id, job, nil
		}
		if err = errors.Join(err, cancel(ctx, job)); err != nil {
			break
		}
	}
	if err == nil {
		err = errors.New("updater: the service says now this and now that of IBackgroundCopyFile3")
	}
	return uuid.Nil, nil, err
}

// replaces reports whether a file of the update is there, whatever it is.
func (t *task) replaces(ctx context.Context) (there bool, err error) {
	err = t.u.asUser(ctx, func(context.Context) error {
		for _, f := range t.update.Files {
			file, err := t.u.o.Open(f.Path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			there = true
			if err == nil {
				_ = file.Close() // nothing was read
			}
		}
		return nil
	})
	return there, err
}

// createFor makes the job for files whose names end in suffix, and leaves nothing behind
// when that fails.
func (t *task) createFor(ctx context.Context, suffix string) (uuid.UUID, bits.Job, error) {
	id, job, err := t.u.service().CreateJob(ctx, t.name(), bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		return uuid.Nil, nil, err
	}
	if err := t.furnish(ctx, job, suffix); err != nil {
		return uuid.Nil, nil, errors.Join(fmt.Errorf("updater: %s: %w", t.update.Name, err), cancel(ctx, job))
	}
	return id, job, nil
}

func (t *task) furnish(ctx context.Context, job bits.Job, suffix string) error {
	o := t.u.o
	if err := job.SetMinimumRetryDelay(ctx, seconds(o.RetryDelay)); err != nil {
		return err
	}
	if err := job.SetNoProgressTimeout(ctx, seconds(o.NoProgress)); err != nil {
		return err
	}
	if o.Foreground {
		if err := job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND); err != nil {
			return err
		}
	}
	if o.Impersonate != nil { // before the files: whether they may be created is asked when they are added
		if err := t.lend(ctx, job); err != nil {
			return err
		}
	}
	files := make([]bits.FileInfo, len(t.update.Files))
	for i, f := range t.update.Files {
		files[i] = bits.FileInfo{RemoteName: cmp.Or(t.from[f.Path], f.URL), LocalName: f.Path + suffix}
	}
	return job.AddFileSet(ctx, files)
}

func seconds(d time.Duration) uint32 { return uint32(d / time.Second) }

// name is the display name of the update's job.
func (t *task) name() string { return t.u.o.Prefix + t.update.Name }

// file is the file of the update that goes to a local name, nil for none, and whether it
// is to be checked there. Windows does not look at case.
func (t *task) file(local string) (want *File, apart bool) {
	for i := range t.update.Files {
		switch want = &t.update.Files[i]; {
		case strings.EqualFold(want.Path, local):
			return want, false
		case strings.EqualFold(want.Path+unchecked, local):
			return want, true
		}
	}
	return nil, false
}

// cancel ends a job. One that has ended meanwhile is as good.
func cancel(ctx context.Context, job bits.Job) error {
	ctx = context.WithoutCancel(ctx) // it may be the end of ctx that brings us here
	_, err := job.Cancel(ctx)        // that files are left is a success too
	if errors.Is(err, hresult.BG_E_INVALID_STATE) || errors.Is(err, hresult.BG_E_NOT_FOUND) {
		return nil
	}
	return err
}
