package updater

import (
	"context"
	"errors"
	"fmt"
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
			if fits, err := t.fits(ctx, job); err != nil || fits {
				return id, job, err
			}
			if err := cancel(ctx, job); err != nil {
				return uuid.Nil, nil, err
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
		fits, err := t.fits(ctx, job)
		if err != nil {
			return uuid.Nil, nil, err
		}
		if fits {
			id, err := job.GetId(ctx)
			return id, job, err
		}
		if err := cancel(ctx, job); err != nil {
			return uuid.Nil, nil, err
		}
	}
	return uuid.Nil, nil, nil
}

// fits reports whether a job downloads what the update consists of.
func (t *task) fits(ctx context.Context, job bits.Job) (bool, error) {
	n := 0
	err := eachFile(ctx, job, func(file bits.File) error {
		local, err := file.GetLocalName(ctx)
		if err != nil {
			return err
		}
		remote, err := file.GetRemoteName(ctx)
		if err != nil {
			return err
		}
		if want := t.file(local); want != nil && (remote == want.URL || slices.Contains(want.Mirrors, remote)) {
			n++
		} else {
			n = len(t.update.Files) + 1 // a file of something else
		}
		return nil
	})
	return n == len(t.update.Files), err
}

// create makes the job, and leaves nothing behind when that fails.
func (t *task) create(ctx context.Context) (uuid.UUID, bits.Job, error) {
	id, job, err := t.u.service().CreateJob(ctx, t.name(), bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		return uuid.Nil, nil, err
	}
	if err := t.furnish(ctx, job); err != nil {
		return uuid.Nil, nil, errors.Join(fmt.Errorf("updater: %s: %w", t.update.Name, err), cancel(ctx, job))
	}
	return id, job, nil
}

func (t *task) furnish(ctx context.Context, job bits.Job) error {
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
		files[i] = bits.FileInfo{RemoteName: f.URL, LocalName: f.Path}
	}
	return job.AddFileSet(ctx, files)
}

func seconds(d time.Duration) uint32 { return uint32(d / time.Second) }

// name is the display name of the update's job.
func (t *task) name() string { return t.u.o.Prefix + t.update.Name }

// file is the file of the update that goes to a local name, nil for none. Windows does
// not look at case.
func (t *task) file(local string) *File {
	i := slices.IndexFunc(t.update.Files, func(f File) bool { return strings.EqualFold(f.Path, local) })
	if i < 0 {
		return nil
	}
	return &t.update.Files[i]
}

// eachFile calls do with each file of a job.
func eachFile(ctx context.Context, job bits.Job, do func(bits.File) error) error {
	files, err := job.EnumFiles(ctx)
	if err != nil {
		return err
	}
	for file, err := range bits.All(ctx, files) {
		if err != nil {
			return err
		}
		if err := do(file); err != nil {
			return err
		}
	}
	return nil
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
