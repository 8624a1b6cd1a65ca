package updater

import (
	"context"
	"errors"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// CleanUp cancels jobs of the program that are older than [Options.MaxAge] and not under
// way in this run of it, and returns how many. Their age counts from when they were made:
// one that BITS still tries is an orphan too if nobody has come back to it.
func (u *Updater) CleanUp(ctx context.Context) (int, error) {
	jobs, err := u.service().EnumJobs(ctx, 0)
	if err != nil {
		return 0, err
	}
	n := 0
	for job, err := range bits.All(ctx, jobs) {
		if err != nil {
			return n, err
		}
		orphan, err := u.orphan(ctx, job)
		if err == nil && orphan {
			err = cancel(ctx, job)
		}
		switch {
		case errors.Is(err, hresult.BG_E_NOT_FOUND): // it has gone by itself
		case err != nil:
			return n, err
		case orphan:
			n++
		}
	}
	return n, nil
}

func (u *Updater) orphan(ctx context.Context, job bits.Job) (bool, error) {
	name, err := job.GetDisplayName(ctx)
	if err != nil || !strings.HasPrefix(name, u.o.Prefix) {
		return false, err
	}
	id, err := job.GetId(ctx)
	if err != nil || u.held(id) {
		return false, err
	}
	times, err := job.GetTimes(ctx)
	if lacks(err) {
		return false, nil
	}
	return err == nil && u.o.Now().Sub(times.CreationTime) > u.o.MaxAge, err
}
