package bitstest

import (
	"context"
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const failPage = "D nf-bits-ibackgroundcopycallback-joberror.md"

// callbackErrorCases are about callbacks of jobs with errors.
func callbackErrorCases() []Case {
	const both = bits.BG_NOTIFY_JOB_TRANSFERRED | bits.BG_NOTIFY_JOB_ERROR
	return []Case{
		{"callback/error", failPage + "; O", func(e *env) {
			r := &recorder{}
			job, _ := e.watched(both, r, "status/404")
			e.ok(job.Resume(e.ctx))
			ev := e.hears(r, job, failed)
			require.Equal(e, hresult.BG_E_HTTP_ERROR_404, ev.code)
			require.Equal(e, bits.BG_ERROR_CONTEXT_REMOTE_FILE, ev.place)
			e.is(bits.BG_JOB_STATE_ERROR, job)
			e.later()
			require.Len(e, e.heard(r, job), 1)
		}},
		{"callback/error-without-the-flag", flagsPage, func(e *env) {
			r := &recorder{}
			job, _ := e.watched(bits.BG_NOTIFY_JOB_TRANSFERRED, r, "status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.later()
			require.Empty(e, e.heard(r, job))
		}},
		{"callback/transient-error", failPage + "; O", func(e *env) {
			r := &recorder{}
			job, _ := e.watched(both, r, "status/503")
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			e.later()
			require.Empty(e, e.heard(r, job))
		}},
		{"callback/transient-error-is-a-modification", "D nf-bits-ibackgroundcopycallback-jobmodification.md; O", func(e *env) {
			r := &recorder{}
			job, _ := e.watched(both|bits.BG_NOTIFY_JOB_MODIFICATION, r, "status/503")
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			e.until("the callback is told of the transient error", func() bool {
				return slices.ContainsFunc(e.heard(r, job), func(ev event) bool {
					return ev.kind == modification && ev.state == bits.BG_JOB_STATE_TRANSIENT_ERROR
				})
			})
			require.Zero(e, count(e.heard(r, job), failed))
		}},
		{"callback/set-late-after-an-error", notifyPage, func(e *env) {
			job, _ := e.download("status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			r := &recorder{}
			e.ok(job.SetNotifyInterface(e.ctx, r))
			require.Equal(e, hresult.BG_E_HTTP_ERROR_404, e.hears(r, job, failed).code)
		}},
		{"callback/mends-the-job", "O; D nn-bits-ibackgroundcopycallback.md", func(e *env) {
			mended := e.served("file/200")
			r := &recorder{onError: func(ctx context.Context, job bits.Job, jobError bits.Error) error {
				file, err := jobError.GetFile(ctx)
				if err != nil {
					return err
				}
				file2, err := bits.Query[bits.File2](ctx, file)
				if err != nil {
					return err
				}
				if err := file2.SetRemoteName(ctx, mended); err != nil {
					return err
				}
				return job.Resume(ctx)
			}}
			job, locals := e.watched(both, r, "file/100", "status/404")
			e.ok(job.Resume(e.ctx))
			e.hears(r, job, transferred)
			events := e.heard(r, job)
			require.Equal(e, 1, count(events, failed))
			require.Equal(e, 1, count(events, transferred))
			remote, err := e.file(job, locals[1]).GetRemoteName(e.ctx)
			e.ok(err)
			require.Equal(e, mended, remote)
			e.complete(job)
			e.holds(locals[0], Content(100))
			e.holds(locals[1], Content(200))
		}},
		{"callback/promotes-the-job", "O", func(e *env) {
			r := &recorder{onError: func(ctx context.Context, job bits.Job, _ bits.Error) error {
				if err := job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND); err != nil {
					return err
				}
				return job.Resume(ctx)
			}}
			job, locals := e.watched(both, r, "noranges/100000")
			e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_NORMAL))
			e.ok(job.Resume(e.ctx))
			e.hears(r, job, transferred)
			e.complete(job)
			e.holds(locals[0], Content(100000))
		}},
		{"callback/error-told-again-after-a-failure", failPage, func(e *env) {
			fail := hresult.E_FAIL
			r := &recorder{onError: func(context.Context, bits.Job, bits.Error) error { return fail }}
			job, _ := e.watched(both, r, "status/404")
			e.ok(job.SetMinimumRetryDelay(e.ctx, 5))
			e.ok(job.Resume(e.ctx))
			e.until("the callback is called again", func() bool { return count(e.heard(r, job), failed) >= 2 })
		}},
	}
}
