package winbits

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// manager is IBackgroundCopyManager.
type manager struct{ object }

func (m manager) CreateJob(ctx context.Context, displayName string, jobType bits.JobType) (uuid.UUID, bits.Job, error) {
	var id uuid.UUID
	j, err := have(ctx, m.proxy, newJob, func(p *iBackgroundCopyManager, out **iBackgroundCopyJob) result {
		return p.CreateJob(displayName, uint32(jobType), &id, out)
	})
	if err != nil {
		return uuid.Nil, nil, err
	}
	return id, j, nil
}

func (m manager) GetJob(ctx context.Context, jobID uuid.UUID) (bits.Job, error) {
	return have(ctx, m.proxy, newJob, func(p *iBackgroundCopyManager, out **iBackgroundCopyJob) result {
		return p.GetJob(jobID, out)
	})
}

func (m manager) EnumJobs(ctx context.Context, flags bits.EnumFlags) (bits.EnumJobs, error) {
	return have(ctx, m.proxy, newEnumJobs, func(p *iBackgroundCopyManager, out **iEnumBackgroundCopyJobs) result {
		return p.EnumJobs(uint32(flags), out)
	})
}

func (m manager) GetErrorDescription(ctx context.Context, code hresult.HRESULT, languageID uint32) (string, error) {
	return getText(ctx, m.proxy, func(p *iBackgroundCopyManager, v *text) result {
		return p.GetErrorDescription(uint32(code), languageID, v)
	})
}
