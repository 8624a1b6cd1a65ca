package bitstest

import (
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// list is an enumerator of either kind, with at least three elements, and name
// tells them apart. Jobs of other programs may be among them.
type list[T any, E bits.Enumerator[T, E]] struct {
	kind string
	open func(*env) E
	name func(*env, T) string
}

func fileList() list[bits.File, bits.EnumFiles] {
	return list[bits.File, bits.EnumFiles]{"enum-files", func(e *env) bits.EnumFiles {
		job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
		for range 3 {
			e.addTo(job)
		}
		enum, err := job.EnumFiles(e.ctx)
		e.ok(err)
		return enum
	}, func(e *env, f bits.File) string {
		name, err := f.GetLocalName(e.ctx)
		e.ok(err)
		return name
	}}
}

func jobList() list[bits.Job, bits.EnumJobs] {
	return list[bits.Job, bits.EnumJobs]{"enum-jobs", func(e *env) bits.EnumJobs {
		for range 3 {
			e.job(bits.BG_JOB_TYPE_DOWNLOAD)
		}
		enum, err := e.manager.EnumJobs(e.ctx, 0)
		e.ok(err)
		return enum
	}, func(e *env, j bits.Job) string {
		id, err := j.GetId(e.ctx)
		e.ok(err)
		return id.String()
	}}
}

// next returns the names of the next elements, and how Next answered.
func (l list[T, E]) next(e *env, enum E, celt uint32) ([]string, hresult.HRESULT) {
	e.Helper()
	elements, result, err := enum.Next(e.ctx, celt)
	e.ok(err)
	var names []string
	for _, element := range elements {
		names = append(names, l.name(e, element))
	}
	return names, result
}

// all opens an enumerator and returns it at its start, with all names.
func (l list[T, E]) all(e *env) (E, []string) {
	e.Helper()
	enum := l.open(e)
	count, err := enum.GetCount(e.ctx)
	e.ok(err)
	require.GreaterOrEqual(e, count, uint32(3))
	names, result := l.next(e, enum, count)
	require.Equal(e, hresult.S_OK, result)
	require.Len(e, names, int(count))
	e.ok(enum.Reset(e.ctx))
	return enum, names
}

func (l list[T, E]) cases() []Case {
	of := func(name, evidence string, run func(*env)) Case { return Case{l.kind + "/" + name, evidence, run} }
	return []Case{
		of("one-by-one", "W; D nf-bits-ienumbackgroundcopyjobs-next.md, nf-bits-ienumbackgroundcopyfiles-next.md", func(e *env) {
			enum, want := l.all(e)
			for _, name := range want {
				got, result := l.next(e, enum, 1)
				require.Equal(e, hresult.S_OK, result)
				require.Equal(e, []string{name}, got)
			}
			for range 2 {
				got, result := l.next(e, enum, 1)
				require.Equal(e, hresult.S_FALSE, result)
				require.Empty(e, got)
			}
		}),
		of("several-at-once", "W; D nf-bits-ienumbackgroundcopyjobs-next.md, nf-bits-ienumbackgroundcopyfiles-next.md", func(e *env) {
			enum, want := l.all(e)
			got, result := l.next(e, enum, 2)
			require.Equal(e, hresult.S_OK, result)
			require.Equal(e, want[:2], got)
			got, result = l.next(e, enum, 1)
			require.Equal(e, hresult.S_OK, result)
			require.Equal(e, want[2:3], got)
		}),
		of("more-than-there-is", "W; D nf-bits-ienumbackgroundcopyjobs-next.md, nf-bits-ienumbackgroundcopyfiles-next.md", func(e *env) {
			enum, want := l.all(e)
			got, result := l.next(e, enum, uint32(len(want)+1))
			require.Equal(e, hresult.S_FALSE, result)
			require.Equal(e, want, got)
			got, result = l.next(e, enum, 1)
			require.Equal(e, hresult.S_FALSE, result)
			require.Empty(e, got)
		}),
		of("skip", "W; D nf-bits-ienumbackgroundcopyjobs-skip.md, nf-bits-ienumbackgroundcopyfiles-skip.md", func(e *env) {
			enum, want := l.all(e)
			result, err := enum.Skip(e.ctx, 1)
			e.answers(hresult.S_OK, result, err)
			got, _ := l.next(e, enum, 1)
			require.Equal(e, want[1:2], got)
			result, err = enum.Skip(e.ctx, uint32(len(want)-2))
			e.answers(hresult.S_OK, result, err)
			got, answer := l.next(e, enum, 1)
			require.Equal(e, hresult.S_FALSE, answer)
			require.Empty(e, got)
		}),
		of("skip-past-the-end", "W; D nf-bits-ienumbackgroundcopyjobs-skip.md, nf-bits-ienumbackgroundcopyfiles-skip.md", func(e *env) {
			for _, past := range []uint32{1, 1000, math.MaxUint32} {
				enum, want := l.all(e)
				result, err := enum.Skip(e.ctx, uint32(min(uint64(len(want))+uint64(past), math.MaxUint32)))
				e.answers(hresult.S_FALSE, result, err)
				got, answer := l.next(e, enum, 1)
				require.Equal(e, hresult.S_FALSE, answer)
				require.Empty(e, got)
			}
		}),
		of("reset", "W; D nf-bits-ienumbackgroundcopyjobs-reset.md, nf-bits-ienumbackgroundcopyfiles-reset.md", func(e *env) {
			enum, want := l.all(e)
			_, err := enum.Skip(e.ctx, 2)
			e.ok(err)
			e.ok(enum.Reset(e.ctx))
			got, _ := l.next(e, enum, uint32(len(want)))
			require.Equal(e, want, got)
		}),
		of("clone", "D nf-bits-ienumbackgroundcopyjobs-clone.md, nf-bits-ienumbackgroundcopyfiles-clone.md", func(e *env) {
			enum, want := l.all(e)
			_, err := enum.Skip(e.ctx, 1)
			e.ok(err)
			clone, err := enum.Clone(e.ctx)
			e.ok(err)
			count, err := clone.GetCount(e.ctx)
			e.ok(err)
			require.Equal(e, uint32(len(want)), count)
			got, _ := l.next(e, clone, 2)
			require.Equal(e, want[1:3], got, "a clone begins where the original is")
			got, _ = l.next(e, enum, 1)
			require.Equal(e, want[1:2], got, "and does not move it")
			e.ok(clone.Reset(e.ctx))
			got, _ = l.next(e, clone, 1)
			require.Equal(e, want[:1], got)
		}),
		of("count-stays", "W; D nf-bits-ienumbackgroundcopyjobs-getcount.md, nf-bits-ienumbackgroundcopyfiles-getcount.md", func(e *env) {
			enum, want := l.all(e)
			_, err := enum.Skip(e.ctx, uint32(len(want)))
			e.ok(err)
			count, err := enum.GetCount(e.ctx)
			e.ok(err)
			require.Equal(e, uint32(len(want)), count)
		}),
	}
}

// ids are the ids of the caller's jobs.
func (e *env) ids() []uuid.UUID {
	e.Helper()
	enum, err := e.manager.EnumJobs(e.ctx, 0)
	e.ok(err)
	var ids []uuid.UUID
	for job, err := range bits.All(e.ctx, enum) {
		e.ok(err)
		id, err := job.GetId(e.ctx)
		e.ok(err)
		ids = append(ids, id)
	}
	return ids
}

func enumCases() []Case {
	return slices.Concat(fileList().cases(), jobList().cases(), []Case{
		{"enum-files/none", "W", func(e *env) {
			enum, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).EnumFiles(e.ctx)
			e.ok(err)
			count, err := enum.GetCount(e.ctx)
			e.ok(err)
			require.Zero(e, count)
			files, result, err := enum.Next(e.ctx, 1)
			e.answers(hresult.S_FALSE, result, err)
			require.Empty(e, files)
		}},
		{"enum-files/snapshot", "D enumerating-files-in-a-job.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.addTo(job)
			enum, err := job.EnumFiles(e.ctx)
			e.ok(err)
			e.addTo(job)
			count, err := enum.GetCount(e.ctx)
			e.ok(err)
			require.Equal(e, uint32(1), count)
			files, result, err := enum.Next(e.ctx, 2)
			e.answers(hresult.S_FALSE, result, err)
			require.Len(e, files, 1)
		}},
		{"enum-jobs/snapshot-of-live-jobs", "D enumerating-jobs-in-the-transfer-queue.md; O", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			want, err := job.GetId(e.ctx)
			e.ok(err)
			enum, err := e.manager.EnumJobs(e.ctx, 0)
			e.ok(err)
			_, err = job.Cancel(e.ctx)
			e.ok(err)
			late, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).GetId(e.ctx)
			e.ok(err)
			var seen []uuid.UUID
			for listed, err := range bits.All(e.ctx, enum) {
				e.ok(err)
				id, err := listed.GetId(e.ctx)
				e.ok(err)
				seen = append(seen, id)
				if id == want {
					e.is(bits.BG_JOB_STATE_CANCELLED, listed)
				}
			}
			require.Contains(e, seen, want)
			require.NotContains(e, seen, late)
		}},
		{"enum-jobs/without-final-ones", "D nf-bits-ibackgroundcopymanager-enumjobs.md, life-cycle-of-a-bits-job.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			id, err := job.GetId(e.ctx)
			e.ok(err)
			require.Contains(e, e.ids(), id)
			_, err = job.Cancel(e.ctx)
			e.ok(err)
			require.NotContains(e, e.ids(), id)
		}},
	})
}
