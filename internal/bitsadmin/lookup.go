package bitsadmin

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// guid reads a job's identifier, which has braces.
func guid(arg string) (uuid.UUID, bool) {
	if !strings.HasPrefix(arg, "{") || !strings.HasSuffix(arg, "}") {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(arg)
	return id, err == nil
}

// all are the jobs that an enumerator has, as they are now.
func all(ctx context.Context, m bits.Manager, flags bits.EnumFlags) ([]bits.Job, error) {
	enum, err := m.EnumJobs(ctx, flags)
	if err != nil {
		return nil, err
	}
	n, err := enum.GetCount(ctx)
	if err != nil {
		return nil, err
	}
	jobs, _, err := enum.Next(ctx, n)
	return jobs, err
}

// job finds the job that the first argument names, by identifier or by name, and takes
// it off the arguments.
func (c *call) job() (bits.Job, error) {
	name := c.args[0]
	c.args = c.args[1:]
	if id, ok := guid(name); ok {
		j, err := c.manager().GetJob(c.ctx, id)
		return j, unable("get job", err)
	}
	// His own first: an administrator would find those of others under their names too.
	for _, flags := range []bits.EnumFlags{0, bits.BG_JOB_ENUM_ALL_USERS} {
		jobs, err := all(c.ctx, c.manager(), flags)
		if flags != 0 && err != nil {
			break // he may not look at those of others
		}
		if err != nil {
			return nil, unable("enum jobs", err)
		}
		var found []bits.Job
		for _, j := range jobs {
			n, err := j.GetDisplayName(c.ctx)
			if err != nil {
				return nil, unable("get job", err)
			}
			if n == name {
				found = append(found, j)
			}
		}
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], nil
		}
		return nil, refusal(fmt.Sprintf("There are %d jobs named %q.\nUse the job identifier instead of the job name.", len(found), name))
	}
	return nil, refusal(fmt.Sprintf("There is no job named %q.", name))
}

// files are the files of a job.
func files(ctx context.Context, j bits.Job) ([]bits.File, error) {
	enum, err := j.EnumFiles(ctx)
	if err != nil {
		return nil, err
	}
	n, err := enum.GetCount(ctx)
	if err != nil {
		return nil, err
	}
	all, _, err := enum.Next(ctx, n)
	return all, err
}

// file finds the file of a job that an argument gives the index of, from 0 on.
func (c *call) file(j bits.Job, arg string) (bits.File, error) {
	i, err := number(arg)
	if err != nil {
		return nil, err
	}
	all, err := files(c.ctx, j)
	if err != nil {
		return nil, unable("enum files", err)
	}
	if uint64(i) >= uint64(len(all)) {
		return nil, unable("get file", fmt.Errorf("the job has %d files: %w", len(all), hresult.E_INVALIDARG))
	}
	return all[i], nil
}
