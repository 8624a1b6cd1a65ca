package bitstest

import (
	"context"
	"sync/atomic"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const (
	notifyPage = "D nf-bits-ibackgroundcopyjob-setnotifyinterface.md"
	flagsPage  = "D nf-bits-ibackgroundcopyjob-setnotifyflags.md"
	donePage   = "D nf-bits-ibackgroundcopycallback-jobtransferred.md"
)

// watched is a download with a callback for these events.
func (e *env) watched(flags bits.NotifyFlags, r *recorder, paths ...string) (bits.Job, []string) {
	e.Helper()
	job, locals := e.download(paths...)
	e.ok(job.SetNotifyFlags(e.ctx, flags))
	e.ok(job.SetNotifyInterface(e.ctx, r))
	return job, locals
}

// callbackCases are about callbacks of jobs that go well.
func callbackCases() []Case {
	const both = bits.BG_NOTIFY_JOB_TRANSFERRED | bits.BG_NOTIFY_JOB_ERROR
	silent := func(name string, flags bits.NotifyFlags) Case {
		return Case{"callback/" + name, flagsPage, func(e *env) {
			r := &recorder{}
			job, _ := e.watched(flags, r, "file/100")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.later()
			require.Empty(e, e.heard(r, job))
		}}
	}
	return []Case{
		{"callback/transferred", donePage, func(e *env) {
			r := &recorder{}
			job, _ := e.watched(both, r, "file/100")
			e.ok(job.Resume(e.ctx))
			e.hears(r, job, transferred)
			e.is(bits.BG_JOB_STATE_TRANSFERRED, job)
			e.later()
			require.Len(e, e.heard(r, job), 1)
		}},
		silent("without-the-flag", bits.BG_NOTIFY_JOB_ERROR),
		silent("disabled", both|bits.BG_NOTIFY_DISABLE),
		{"callback/is-returned", "W; D nf-bits-ibackgroundcopyjob-getnotifyinterface.md", func(e *env) {
			job, r := e.job(bits.BG_JOB_TYPE_DOWNLOAD), &recorder{}
			e.ok(job.SetNotifyInterface(e.ctx, r))
			got, err := job.GetNotifyInterface(e.ctx)
			e.ok(err)
			require.Same(e, r, got)
			e.ok(job.SetNotifyInterface(e.ctx, nil))
			got, err = job.GetNotifyInterface(e.ctx)
			e.ok(err)
			require.Nil(e, got)
		}},
		{"callback/cleared", notifyPage, func(e *env) {
			r := &recorder{}
			job, _ := e.watched(both, r, "file/100")
			e.ok(job.SetNotifyInterface(e.ctx, nil))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.later()
			require.Empty(e, e.heard(r, job))
		}},
		{"callback/replaced", notifyPage, func(e *env) {
			before, after := &recorder{}, &recorder{}
			job, _ := e.watched(both, before, "file/100")
			e.ok(job.SetNotifyInterface(e.ctx, after))
			e.ok(job.Resume(e.ctx))
			e.hears(after, job, transferred)
			require.Empty(e, e.heard(before, job))
		}},
		{"callback/set-late", notifyPage + "; O", func(e *env) {
			job, _ := e.download("file/100")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			r := &recorder{}
			e.ok(job.SetNotifyInterface(e.ctx, r))
			e.hears(r, job, transferred)
		}},
		{"callback/modification", "D nf-bits-ibackgroundcopycallback-jobmodification.md", func(e *env) {
			job, r := e.job(bits.BG_JOB_TYPE_DOWNLOAD), &recorder{}
			e.ok(job.SetNotifyFlags(e.ctx, bits.BG_NOTIFY_JOB_MODIFICATION))
			e.ok(job.SetNotifyInterface(e.ctx, r))
			e.ok(job.SetDescription(e.ctx, "changed"))
			e.hears(r, job, modification)
		}},
		{"callback/modification-by-a-file", "D nf-bits-ibackgroundcopycallback-jobmodification.md", func(e *env) {
			job, r := e.job(bits.BG_JOB_TYPE_DOWNLOAD), &recorder{}
			e.ok(job.SetNotifyFlags(e.ctx, bits.BG_NOTIFY_JOB_MODIFICATION))
			e.ok(job.SetNotifyInterface(e.ctx, r))
			e.addTo(job)
			e.hears(r, job, modification)
		}},
		{"callback/files", "D nf-bits3_0-ibackgroundcopycallback2-filetransferred.md", func(e *env) {
			e.needs(3, 0)
			r := &recorder{}
			job, locals := e.watched(both|bits.BG_NOTIFY_FILE_TRANSFERRED, r, "file/100", "file/200")
			e.ok(job.Resume(e.ctx))
			e.hears(r, job, transferred)
			var files []string
			for _, ev := range e.heard(r, job) {
				if ev.kind == transferred {
					break
				}
				require.Equal(e, fileTransferred, ev.kind)
				files = append(files, ev.local)
			}
			require.ElementsMatch(e, locals, files, "files are told before the job")
		}},
		{"callback/files-only", flagsPage, func(e *env) {
			e.needs(3, 0)
			r := &recorder{}
			job, locals := e.watched(bits.BG_NOTIFY_FILE_TRANSFERRED, r, "file/100")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			require.Equal(e, locals[0], e.hears(r, job, fileTransferred).local)
			e.later()
			require.Len(e, e.heard(r, job), 1)
		}},
		{"callback/completes-the-job", "D nn-bits-ibackgroundcopycallback.md", func(e *env) {
			var result atomic.Uint32
			r := &recorder{onTransferred: func(ctx context.Context, job bits.Job) error {
				got, err := job.Complete(ctx)
				result.Store(uint32(got))
				return err
			}}
			job, locals := e.watched(both, r, "file/100")
			e.ok(job.Resume(e.ctx))
			e.until("the callback has completed the job", func() bool { return e.state(job) == bits.BG_JOB_STATE_ACKNOWLEDGED })
			e.later()
			require.Equal(e, hresult.S_OK, hresult.HRESULT(result.Load()))
			require.Len(e, e.heard(r, job), 1)
			e.holds(locals[0], Content(100))
		}},
		{"callback/cancels-the-job", "O; I", func(e *env) {
			r := &recorder{onTransferred: func(ctx context.Context, job bits.Job) error {
				_, err := job.Cancel(ctx)
				return err
			}}
			job, _ := e.watched(both, r, "file/100")
			e.ok(job.Resume(e.ctx))
			e.until("the callback has cancelled the job", func() bool { return e.state(job) == bits.BG_JOB_STATE_CANCELLED })
			e.later()
			require.Len(e, e.heard(r, job), 1)
		}},
		{"callback/told-again-after-a-failure", donePage, func(e *env) {
			var calls atomic.Int32
			r := &recorder{onTransferred: func(context.Context, bits.Job) error {
				if calls.Add(1) < 3 {
					return hresult.E_FAIL
				}
				return nil
			}}
			job, _ := e.watched(both, r, "file/100")
			e.ok(job.SetMinimumRetryDelay(e.ctx, 5))
			e.ok(job.Resume(e.ctx))
			e.until("the callback has succeeded", func() bool { return calls.Load() >= 3 })
			e.later()
			require.Equal(e, int32(3), calls.Load(), "and is called no more")
			e.is(bits.BG_JOB_STATE_TRANSFERRED, job)
		}},
	}
}
