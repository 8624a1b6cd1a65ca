package bitstest

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// redirected is a case about a redirect under a policy.
func redirected(name string, policy bits.SecurityFlags, end bits.JobState, follows bool) Case {
	return Case{"server/redirect-" + name, securityPage, func(e *env) {
		e.needs(3, 0)
		job, locals := e.download("redirect/302/file/1000")
		e.ok(setSecurity(e, job, policy))
		e.resume(job, end)
		want := e.remote("redirect/302/file/1000")
		if follows {
			want = e.remote("file/1000")
		}
		got, err := e.file(job, locals[0]).GetRemoteName(e.ctx)
		e.ok(err)
		require.Equal(e, want, got)
		if end == bits.BG_JOB_STATE_ERROR {
			_, code := e.jobError(job)
			require.Equal(e, hresult.FromWin32(302), code)
			return
		}
		e.complete(job)
		e.holds(locals[0], Content(1000))
	}}
}

// serverCases are about what servers have to offer.
func serverCases() []Case {
	return []Case{
		redirected("silent", bits.BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT, bits.BG_JOB_STATE_TRANSFERRED, false),
		redirected("reported", bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT, bits.BG_JOB_STATE_TRANSFERRED, true),
		redirected("disallowed", bits.BG_HTTP_REDIRECT_POLICY_DISALLOW, bits.BG_JOB_STATE_ERROR, true),
		{"server/redirects-disallowed", securityPage, func(e *env) {
			e.needs(3, 0)
			for _, status := range []uint32{301, 302, 303, 307} {
				job, _ := e.download(fmt.Sprintf("redirect/%d/file/1000", status))
				e.ok(setSecurity(e, job, bits.BG_HTTP_REDIRECT_POLICY_DISALLOW))
				e.resume(job, bits.BG_JOB_STATE_ERROR)
				_, code := e.jobError(job)
				require.Equal(e, hresult.FromWin32(status).Error(), code.Error())
			}
		}},
		{"server/empty-file", "O", func(e *env) {
			job, locals := e.download("file/0")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.JobProgress{FilesTotal: 1, FilesTransferred: 1}, progress)
			e.complete(job)
			e.holds(locals[0], nil)
		}},
		{"server/without-ranges", "D best-practices-when-using-bits.md, bits-return-values.md", func(e *env) {
			job, locals := e.download("noranges/100000")
			e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_NORMAL))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT)
			progress, err := e.file(job, locals[0]).GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, uint64(100000), progress.BytesTotal)
			e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(100000))
		}},
		{"server/without-length", "D http-requirements-for-bits-downloads.md, bits-return-values.md", func(e *env) {
			job, _ := e.download("nolength/1000")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_MISSING_FILE_SIZE)
		}},
		{"server/dynamic-content", propertyPage + ", best-practices-when-using-bits.md", func(e *env) {
			job, locals := e.download("nolength/1000")
			e.ok(query[bits.Job5](e, job).SetProperty(e.ctx, bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true)))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(1000))
		}},
		{"server/dynamic-content-in-the-background", propertyPage, func(e *env) {
			job, _ := e.download("nolength/1000")
			e.ok(query[bits.Job5](e, job).SetProperty(e.ctx, bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true)))
			e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_NORMAL))
			e.ok(job.Resume(e.ctx))
			e.later()
			require.NotEqual(e, bits.BG_JOB_STATE_TRANSFERRED, e.state(job))
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			require.Zero(e, progress.BytesTransferred)
		}},
		{"server/lost-connection-without-ranges", "D best-practices-when-using-bits.md", func(e *env) {
			job, _ := e.download("cutwhole/" + e.id + "/1/100000")
			e.ok(job.SetMinimumRetryDelay(e.ctx, 5))
			e.ok(job.Resume(e.ctx))
			e.reaches(bits.BG_JOB_STATE_ERROR, job)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT)
		}},
		{"server/changed-file", "D file-transfer-consistency.md", func(e *env) {
			job, locals := e.download("file/10", "changed/"+e.id+"/100000/70000")
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.JobProgress{BytesTotal: 70010, BytesTransferred: 70010, FilesTotal: 2, FilesTransferred: 2}, progress)
			e.complete(job)
			e.holds(locals[0], Content(10))
			e.holds(locals[1], Content(70000))
		}},
		{"server/high-performance", propertyPage, func(e *env) {
			job, _ := e.download()
			e.ok(query[bits.Job5](e, job).SetProperty(e.ctx, bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, bits.PropertyEnable(true)))
			local := e.local("fast")
			e.ok(job.AddFile(e.ctx, e.served("file/100000"), local))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(local, Content(100000))
		}},
		{"server/lost-connection", "D file-transfer-consistency.md, http-requirements-for-bits-downloads.md", func(e *env) {
			job, locals := e.download("cut/" + e.id + "/1/100000")
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(100000))
		}},
	}
}
