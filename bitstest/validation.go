package bitstest

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const validationPage = "D nf-bits3_0-ibackgroundcopyfile3-setvalidationstate.md"

// validationCases are about what the caller says of files that have come.
func validationCases() []Case {
	return []Case{
		{"validation/good", validationPage, func(e *env) {
			job, locals := e.download("file/1000")
			file := query[bits.File3](e, e.file(job, locals[0]))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			state, err := file.GetValidationState(e.ctx)
			e.ok(err)
			require.False(e, state)
			e.ok(file.SetValidationState(e.ctx, true))
			state, err = file.GetValidationState(e.ctx)
			e.ok(err)
			require.True(e, state)
			e.is(bits.BG_JOB_STATE_TRANSFERRED, job)
			e.complete(job)
			e.holds(locals[0], Content(1000))
		}},
		{"validation/bad", validationPage, func(e *env) {
			job, locals := e.download("file/1000")
			file := query[bits.File3](e, e.file(job, locals[0]))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.ok(file.SetValidationState(e.ctx, false))
			e.until("the job has an error", func() bool { return e.state(job) == bits.BG_JOB_STATE_ERROR })
			_, code := e.jobError(job)
			require.Equal(e, hresult.BG_E_VALIDATION_FAILED, code)
			progress, err := file.GetProgress(e.ctx)
			e.ok(err)
			require.Zero(e, progress.BytesTransferred)
		}},
		{"validation/bad-and-fetched-again", validationPage, func(e *env) {
			e.needs(4, 0)
			job, locals := e.download("file/1000", "file/10")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.ok(query[bits.File3](e, e.file(job, locals[0])).SetValidationState(e.ctx, false))
			e.until("the job has an error", func() bool { return e.state(job) == bits.BG_JOB_STATE_ERROR })
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(1000))
			e.holds(locals[1], Content(10))
		}},
	}
}
