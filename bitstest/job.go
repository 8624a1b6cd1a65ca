package bitstest

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// initial is a case about what a getter returns on a new download.
func initial[T any](name, evidence string, want T, get func(*env, bits.Job) (T, error)) Case {
	return Case{"job/" + name, evidence, func(e *env) {
		got, err := get(e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
		e.ok(err)
		require.Equal(e, want, got)
	}}
}

// jobCases are about new jobs.
func jobCases() []Case {
	return []Case{
		initial("new-progress", "W", bits.JobProgress{}, func(e *env, j bits.Job) (bits.JobProgress, error) {
			return j.GetProgress(e.ctx)
		}),
		initial("new-notify-flags", "W", bits.BG_NOTIFY_JOB_TRANSFERRED|bits.BG_NOTIFY_JOB_ERROR, func(e *env, j bits.Job) (bits.NotifyFlags, error) {
			return j.GetNotifyFlags(e.ctx)
		}),
		initial("new-description", "I", "", func(e *env, j bits.Job) (string, error) { return j.GetDescription(e.ctx) }),
		initial("new-priority", "D nf-bits-ibackgroundcopyjob-setpriority.md", bits.BG_JOB_PRIORITY_NORMAL, func(e *env, j bits.Job) (bits.JobPriority, error) {
			return j.GetPriority(e.ctx)
		}),
		initial("new-retry-delay", "D nf-bits-ibackgroundcopyjob-getminimumretrydelay.md", uint32(600), func(e *env, j bits.Job) (uint32, error) {
			return j.GetMinimumRetryDelay(e.ctx)
		}),
		initial("new-no-progress-timeout", "D nf-bits-ibackgroundcopyjob-getnoprogresstimeout.md", uint32(1209600), func(e *env, j bits.Job) (uint32, error) {
			return j.GetNoProgressTimeout(e.ctx)
		}),
		initial("new-error-count", "I", uint32(0), func(e *env, j bits.Job) (uint32, error) { return j.GetErrorCount(e.ctx) }),
		initial("new-file-acl-flags", "D nf-bits2_0-ibackgroundcopyjob3-getfileaclflags.md", bits.FileACLFlags(0), func(e *env, j bits.Job) (bits.FileACLFlags, error) {
			return query[bits.Job3](e, j).GetFileACLFlags(e.ctx)
		}),
		initial("new-maximum-download-time", "D nf-bits3_0-ibackgroundcopyjob4-getmaximumdownloadtime.md", uint32(7776000), func(e *env, j bits.Job) (uint32, error) {
			return query[bits.Job4](e, j).GetMaximumDownloadTime(e.ctx)
		}),
		initial("new-peer-caching-flags", "D nf-bits3_0-ibackgroundcopyjob4-setpeercachingflags.md, peer-caching.md", bits.PeerCachingFlags(0), func(e *env, j bits.Job) (bits.PeerCachingFlags, error) {
			return query[bits.Job4](e, j).GetPeerCachingFlags(e.ctx)
		}),
		{"job/new-notify-interface", "W", func(e *env) {
			callback, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).GetNotifyInterface(e.ctx)
			e.ok(err)
			require.Nil(e, callback)
		}},
		{"job/new-proxy-settings", "D nf-bits-ibackgroundcopyjob-setproxysettings.md", func(e *env) {
			usage, list, bypass, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).GetProxySettings(e.ctx)
			e.ok(err)
			require.Equal(e, bits.BG_JOB_PROXY_USAGE_PRECONFIG, usage)
			require.Nil(e, list)
			require.Nil(e, bypass)
		}},
		{"job/new-command-line", "D nf-bits1_5-ibackgroundcopyjob2-getnotifycmdline.md", func(e *env) {
			program, parameters, err := query[bits.Job2](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD)).GetNotifyCmdLine(e.ctx)
			e.ok(err)
			require.Empty(e, program)
			require.Empty(e, parameters)
		}},
		{"job/new-error", "W; D nf-bits-ibackgroundcopyjob-geterror.md", func(e *env) {
			jobError, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).GetError(e.ctx)
			e.fails(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
			require.Nil(e, jobError)
		}},
		{"job/new-times", "D nf-bits-ibackgroundcopyjob-gettimes.md; O", func(e *env) {
			times, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).GetTimes(e.ctx)
			e.ok(err)
			require.False(e, times.CreationTime.IsZero())
			require.False(e, times.ModificationTime.Before(times.CreationTime))
			require.True(e, times.TransferCompletionTime.IsZero())
		}},
		{"job/owner", "D nf-bits-ibackgroundcopyjob-getowner.md", func(e *env) {
			one, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).GetOwner(e.ctx)
			e.ok(err)
			require.False(e, one.IsZero())
			other, err := e.job(bits.BG_JOB_TYPE_UPLOAD).GetOwner(e.ctx)
			e.ok(err)
			require.Equal(e, one, other)
		}},
		{"job/owner-token", "D nf-bits3_0-ibackgroundcopyjob4-getownerintegritylevel.md, nf-bits3_0-ibackgroundcopyjob4-getownerelevationstate.md", func(e *env) {
			job := query[bits.Job4](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			level, err := job.GetOwnerIntegrityLevel(e.ctx)
			e.ok(err)
			require.GreaterOrEqual(e, level, uint32(0x2000), "who is below medium cannot make jobs")
			_, err = job.GetOwnerElevationState(e.ctx)
			e.ok(err)
		}},
		{"job/modification-time-moves-by-calls", "D ns-bits-bg_job_times.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			before, err := job.GetTimes(e.ctx)
			e.ok(err)
			e.until("time has passed", func() bool {
				_, now, err := e.manager.CreateJob(e.ctx, e.name("clock"), bits.BG_JOB_TYPE_DOWNLOAD)
				e.ok(err)
				times, err := now.GetTimes(e.ctx)
				e.ok(err)
				_, err = now.Cancel(e.ctx)
				e.ok(err)
				return times.CreationTime.After(before.ModificationTime)
			})
			_, err = job.Cancel(e.ctx)
			e.ok(err)
			after, err := job.GetTimes(e.ctx)
			e.ok(err)
			require.True(e, after.ModificationTime.After(before.ModificationTime))
		}},
		{"job/modification-time-moves", "D nf-bits-ibackgroundcopyjob-gettimes.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			before, err := job.GetTimes(e.ctx)
			e.ok(err)
			var after bits.JobTimes
			changes := 0
			e.until("a change of the job changes its time of modification", func() bool {
				changes++
				e.ok(job.SetDescription(e.ctx, fmt.Sprint(changes)))
				after, err = job.GetTimes(e.ctx)
				e.ok(err)
				return after.ModificationTime.After(before.ModificationTime)
			})
			require.Equal(e, before.CreationTime, after.CreationTime)
		}},
	}
}
