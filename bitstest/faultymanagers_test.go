package bitstest_test

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

type managerOfFinalJobs struct {
	bits.Manager
	kept map[uuid.UUID]bits.Job
}

func (m managerOfFinalJobs) CreateJob(ctx context.Context, name string, t bits.JobType) (uuid.UUID, bits.Job, error) {
	id, job, err := m.Manager.CreateJob(ctx, name, t)
	m.kept[id] = job
	return id, job, err
}

func (m managerOfFinalJobs) GetJob(ctx context.Context, id uuid.UUID) (bits.Job, error) {
	if job, ok := m.kept[id]; ok {
		return job, nil
	}
	return m.Manager.GetJob(ctx, id)
}

type managerOfLongNames struct{ bits.Manager }

func (m managerOfLongNames) CreateJob(ctx context.Context, name string, t bits.JobType) (uuid.UUID, bits.Job, error) {
	return m.Manager.CreateJob(ctx, name[:min(len(name), 256)], t)
}

type managerOfTexts struct{ bits.Manager }

func (managerOfTexts) GetErrorDescription(context.Context, hresult.HRESULT, uint32) (string, error) {
	return "some text", nil
}

type managerOfDownloads struct{ bits.Manager }

func (m managerOfDownloads) CreateJob(ctx context.Context, name string, _ bits.JobType) (uuid.UUID, bits.Job, error) {
	return m.Manager.CreateJob(ctx, name, bits.BG_JOB_TYPE_DOWNLOAD)
}

// managerForAll takes everybody for LocalSystem.
type managerForAll struct{ bits.Manager }

func (m managerForAll) GetJob(ctx context.Context, id uuid.UUID) (bits.Job, error) {
	return m.Manager.GetJob(token.NewContext(ctx, token.LocalSystem()), id)
}

func (m managerForAll) EnumJobs(ctx context.Context, flags bits.EnumFlags) (bits.EnumJobs, error) {
	return m.Manager.EnumJobs(token.NewContext(ctx, token.LocalSystem()), flags)
}

type jobsNeverShort struct{ bits.EnumJobs }

func (l jobsNeverShort) Next(ctx context.Context, celt uint32) ([]bits.Job, hresult.HRESULT, error) {
	jobs, _, err := l.EnumJobs.Next(ctx, celt)
	return jobs, hresult.S_OK, err
}

func (l jobsNeverShort) Skip(ctx context.Context, celt uint32) (hresult.HRESULT, error) {
	_, err := l.EnumJobs.Skip(ctx, celt)
	return hresult.S_OK, err
}

type filesClonedAtTheStart struct{ bits.EnumFiles }

func (l filesClonedAtTheStart) Clone(ctx context.Context) (bits.EnumFiles, error) {
	clone, err := l.EnumFiles.Clone(ctx)
	if err == nil {
		err = clone.Reset(ctx)
	}
	return clone, err
}

type filesNotReset struct{ bits.EnumFiles }

func (filesNotReset) Reset(context.Context) error { return nil }
