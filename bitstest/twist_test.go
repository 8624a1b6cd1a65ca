package bitstest_test

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// twist changes objects on their way from a service to its caller. A function that
// is nil changes nothing.
type twist struct {
	manager func(bits.Manager) bits.Manager
	job     func(bits.Job5) bits.Job5
	file    func(bits.File6) bits.File6
	http    func(bits.JobHttpOptions3) bits.JobHttpOptions3
	token   func(bits.TokenOptions) bits.TokenOptions
	jobs    func(bits.EnumJobs) bits.EnumJobs
	files   func(bits.EnumFiles) bits.EnumFiles
}

func (t *twist) of(m bits.Manager) bits.Manager {
	return apply(t.manager, bits.Manager(twistedManager{m, t}))
}

func apply[T any](f func(T) T, v T) T {
	if f == nil {
		return v
	}
	return f(v)
}

// twisted queries an object and twists what it finds.
func twisted[T any](ctx context.Context, from bits.Unknown, twist func(T) T) (T, error) {
	v, err := bits.Query[T](ctx, from)
	if err != nil {
		var none T
		return none, err
	}
	return apply(twist, v), nil
}

type twistedManager struct {
	bits.Manager
	t *twist
}

func (m twistedManager) CreateJob(ctx context.Context, name string, typ bits.JobType) (uuid.UUID, bits.Job, error) {
	id, job, err := m.Manager.CreateJob(ctx, name, typ)
	if err != nil {
		return id, nil, err
	}
	job, err = m.t.ofJob(ctx, job)
	return id, job, err
}

func (m twistedManager) GetJob(ctx context.Context, id uuid.UUID) (bits.Job, error) {
	job, err := m.Manager.GetJob(ctx, id)
	if err != nil {
		return nil, err
	}
	return m.t.ofJob(ctx, job)
}

func (m twistedManager) EnumJobs(ctx context.Context, flags bits.EnumFlags) (bits.EnumJobs, error) {
	jobs, err := m.Manager.EnumJobs(ctx, flags)
	if err != nil {
		return nil, err
	}
	return apply(m.t.jobs, jobs), nil
}

func (t *twist) ofJob(ctx context.Context, job bits.Job) (bits.Job5, error) {
	return twisted(ctx, job, func(j bits.Job5) bits.Job5 { return apply(t.job, bits.Job5(twistedJob{j, t})) })
}

func (t *twist) ofFile(ctx context.Context, file bits.File) (bits.File6, error) {
	return twisted(ctx, file, func(f bits.File6) bits.File6 { return apply(t.file, bits.File6(twistedFile{f, t})) })
}

type twistedJob struct {
	bits.Job5
	t *twist
}

func (j twistedJob) QueryInterface(ctx context.Context, iid uuid.UUID) (any, error) {
	switch {
	case slices.Contains([]uuid.UUID{
		bits.IID_IBackgroundCopyJob, bits.IID_IBackgroundCopyJob2, bits.IID_IBackgroundCopyJob3,
		bits.IID_IBackgroundCopyJob4, bits.IID_IBackgroundCopyJob5,
	}, iid):
		return j.t.ofJob(ctx, j.Job5)
	case slices.Contains([]uuid.UUID{
		bits.IID_IBackgroundCopyJobHttpOptions, bits.IID_IBackgroundCopyJobHttpOptions2, bits.IID_IBackgroundCopyJobHttpOptions3,
	}, iid):
		return twisted(ctx, j.Job5, j.t.http)
	case iid == bits.IID_IBitsTokenOptions:
		return twisted(ctx, j.Job5, j.t.token)
	}
	return j.Job5.QueryInterface(ctx, iid)
}

func (j twistedJob) EnumFiles(ctx context.Context) (bits.EnumFiles, error) {
	files, err := j.Job5.EnumFiles(ctx)
	if err != nil {
		return nil, err
	}
	return apply(j.t.files, bits.EnumFiles(twistedFiles{files, j.t})), nil
}

type twistedFiles struct {
	bits.EnumFiles
	t *twist
}

func (f twistedFiles) Next(ctx context.Context, celt uint32) ([]bits.File, hresult.HRESULT, error) {
	files, answer, err := f.EnumFiles.Next(ctx, celt)
	for i := range files {
		if files[i], err = f.t.ofFile(ctx, files[i]); err != nil {
			return nil, answer, err
		}
	}
	return files, answer, err
}

type twistedFile struct {
	bits.File6
	t *twist
}

func (f twistedFile) QueryInterface(ctx context.Context, iid uuid.UUID) (any, error) {
	if major, _, ok := bits.IIDVersion(iid); ok && major > 0 && iid != bits.IID_IBackgroundCopyJob {
		if inner, err := f.File6.QueryInterface(ctx, iid); err != nil {
			return inner, err
		}
		return f.t.ofFile(ctx, f.File6)
	}
	return f.File6.QueryInterface(ctx, iid)
}
