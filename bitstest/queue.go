package bitstest

import (
	"context"
	"sync"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// queueCases are about Resume, Suspend and priorities in the states that a job
// goes through.
func queueCases() []Case {
	return []Case{
		{"queue/resume-without-files", "W; D nf-bits-ibackgroundcopyjob-resume.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.fails(job.Resume(e.ctx), hresult.BG_E_EMPTY)
			e.is(bits.BG_JOB_STATE_SUSPENDED, job)
			_, err := job.GetError(e.ctx)
			e.fails(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE) // a call that fails leaves no trace
		}},
		{"queue/suspend-suspended", "D life-cycle-of-a-bits-job.md; O", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(job.Suspend(e.ctx))
			e.is(bits.BG_JOB_STATE_SUSPENDED, job)
		}},
		{"queue/suspend-and-resume", "D nf-bits-ibackgroundcopyjob-suspend.md, nf-bits-ibackgroundcopyjob-resume.md", func(e *env) {
			job, locals := e.download("flaky/" + e.id + "/1/1000")
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			e.ok(job.Suspend(e.ctx))
			e.is(bits.BG_JOB_STATE_SUSPENDED, job)
			e.ok(job.Suspend(e.ctx))
			e.is(bits.BG_JOB_STATE_SUSPENDED, job)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(1000))
		}},
		{"queue/suspended-jobs-wait", "D nf-bits-ibackgroundcopyjob-suspend.md", func(e *env) {
			waits, _ := e.download("file/1000")
			runs, _ := e.download("file/1000")
			e.resume(runs, bits.BG_JOB_STATE_TRANSFERRED)
			e.is(bits.BG_JOB_STATE_SUSPENDED, waits)
			progress, err := waits.GetProgress(e.ctx)
			e.ok(err)
			require.Zero(e, progress.BytesTransferred)
		}},
		{"queue/suspended-at-once", "D nf-bits-ibackgroundcopyjob-suspend.md", func(e *env) {
			job, locals := e.download("slow/5/20/50000")
			e.ok(job.Resume(e.ctx))
			e.ok(job.Suspend(e.ctx))
			if e.state(job) != bits.BG_JOB_STATE_TRANSFERRED { // which a quick transfer may have reached meanwhile
				e.is(bits.BG_JOB_STATE_SUSPENDED, job)
			}
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(50000))
		}},
		{"queue/resume-twice", "D nf-bits-ibackgroundcopyjob-resume.md", func(e *env) {
			job, locals := e.download("slow/5/20/50000")
			e.ok(job.Resume(e.ctx))
			require.NotEqual(e, bits.BG_JOB_STATE_SUSPENDED, e.state(job))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(50000))
		}},
		{"queue/jobs-do-not-wait-for-others-with-errors", "D ne-bits-bg_job_priority.md, life-cycle-of-a-bits-job.md", func(e *env) {
			stuck, _ := e.download("status/404")
			e.ok(stuck.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_HIGH))
			e.resume(stuck, bits.BG_JOB_STATE_ERROR)
			low, locals := e.download("file/1000")
			e.ok(low.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_LOW))
			e.resume(low, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(low)
			e.holds(locals[0], Content(1000))
		}},
		{"queue/higher-priority-first", "D ne-bits-bg_job_priority.md, life-cycle-of-a-bits-job.md", func(e *env) {
			var order []uuid.UUID
			var mu sync.Mutex
			r := &recorder{onTransferred: func(ctx context.Context, job bits.Job) error {
				mu.Lock()
				defer mu.Unlock()
				id, err := job.GetId(ctx)
				order = append(order, id)
				return err
			}}
			low, _ := e.download("slow/20/50/50000")
			high, _ := e.download("file/1000")
			want, err := high.GetId(e.ctx)
			e.ok(err)
			for _, job := range []struct {
				bits.Job
				bits.JobPriority
			}{{low, bits.BG_JOB_PRIORITY_LOW}, {high, bits.BG_JOB_PRIORITY_HIGH}} {
				e.ok(job.SetPriority(e.ctx, job.JobPriority))
				e.ok(job.SetNotifyInterface(e.ctx, r))
				e.ok(job.Resume(e.ctx))
			}
			e.until("both jobs are transferred", func() bool {
				mu.Lock()
				defer mu.Unlock()
				return len(order) == 2
			})
			require.Equal(e, want, order[0])
		}},
		{"queue/priority-in-every-state", "D nf-bits-ibackgroundcopyjob-setpriority.md", func(e *env) {
			for _, end := range []struct {
				path  string
				state bits.JobState
			}{
				{"file/10", bits.BG_JOB_STATE_TRANSFERRED},
				{"status/404", bits.BG_JOB_STATE_ERROR},
				{"status/503", bits.BG_JOB_STATE_TRANSIENT_ERROR},
			} {
				job, _ := e.download(end.path)
				e.resume(job, end.state)
				for _, want := range bits.Values[bits.JobPriority]() {
					e.ok(job.SetPriority(e.ctx, want))
					got, err := job.GetPriority(e.ctx)
					e.ok(err)
					require.Equal(e, want, got)
				}
				e.is(end.state, job)
			}
		}},
		{"queue/file-acl-flags-when-transferred", "D nf-bits2_0-ibackgroundcopyjob3-setfileaclflags.md", func(e *env) {
			job, _ := e.download("file/10")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.fails(query[bits.Job3](e, job).SetFileACLFlags(e.ctx, bits.BG_COPY_FILE_DACL), hresult.BG_E_INVALID_STATE)
		}},
		{"queue/file-added-under-way", "D adding-files-to-a-job.md", func(e *env) {
			job, locals := e.download("flaky/" + e.id + "/1/1000")
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			late := e.local("late")
			e.ok(job.AddFile(e.ctx, e.served("file/20"), late))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(1000))
			e.holds(late, Content(20))
		}},
	}
}
