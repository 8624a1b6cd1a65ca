package bitstest

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// retryCases are about what becomes of transient errors.
func retryCases() []Case {
	return []Case{
		{"retry/by-resume", "D nf-bits-ibackgroundcopyjob-resume.md, best-practices-when-using-bits.md", func(e *env) {
			job, locals := e.download("flaky/" + e.id + "/1/1000")
			e.ok(job.SetMinimumRetryDelay(e.ctx, 86400))
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(1000))
		}},
		{"retry/after-the-delay", "D nf-bits-ibackgroundcopyjob-setminimumretrydelay.md", func(e *env) {
			job, locals := e.download("flaky/" + e.id + "/2/1000")
			e.ok(job.SetMinimumRetryDelay(e.ctx, 5))
			e.ok(job.Resume(e.ctx))
			e.reaches(bits.BG_JOB_STATE_TRANSFERRED, job)
			e.complete(job)
			e.holds(locals[0], Content(1000))
		}},
		{"retry/none-without-time-for-progress", "D nf-bits-ibackgroundcopyjob-setnoprogresstimeout.md", func(e *env) {
			job, _ := e.download("status/503")
			e.ok(job.SetNoProgressTimeout(e.ctx, 0))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_HTTP_ERROR_503)
		}},
		{"retry/none-after-a-delay-beyond-the-timeout", "D nf-bits-ibackgroundcopyjob-setminimumretrydelay.md", func(e *env) {
			job, _ := e.download("status/503")
			e.ok(job.SetMinimumRetryDelay(e.ctx, 3600))
			e.ok(job.SetNoProgressTimeout(e.ctx, 60))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
		}},
		{"retry/until-the-timeout", "D nf-bits-ibackgroundcopyjob-setnoprogresstimeout.md", func(e *env) {
			job, _ := e.download("status/503")
			e.ok(job.SetMinimumRetryDelay(e.ctx, 5))
			e.ok(job.SetNoProgressTimeout(e.ctx, 12))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			_, code := e.jobError(job)
			require.Equal(e, hresult.BG_E_HTTP_ERROR_503, code)
		}},
		{"retry/counted", "D nf-bits-ibackgroundcopyjob-geterrorcount.md", func(e *env) {
			job, _ := e.download("flaky/" + e.id + "/3/1000")
			e.ok(job.SetMinimumRetryDelay(e.ctx, 5))
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			first, err := job.GetErrorCount(e.ctx)
			e.ok(err)
			e.reaches(bits.BG_JOB_STATE_TRANSFERRED, job)
			last, err := job.GetErrorCount(e.ctx)
			e.ok(err)
			require.Greater(e, last, first, "two retries have failed since")
			e.complete(job)
			after, err := job.GetErrorCount(e.ctx)
			e.ok(err)
			require.Equal(e, last, after)
		}},
	}
}
