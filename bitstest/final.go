package bitstest

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// changes are the calls that a job refuses when it is over.
var changes = []struct {
	name, evidence string
	call           func(*env, bits.Job) error
}{
	{"resume", "D nf-bits-ibackgroundcopyjob-resume.md", func(e *env, j bits.Job) error { return j.Resume(e.ctx) }},
	{"suspend", "D nf-bits-ibackgroundcopyjob-suspend.md", func(e *env, j bits.Job) error { return j.Suspend(e.ctx) }},
	{"cancel", "W; D nf-bits-ibackgroundcopyjob-cancel.md", func(e *env, j bits.Job) error {
		_, err := j.Cancel(e.ctx)
		return err
	}},
	{"complete", "W; D nf-bits-ibackgroundcopyjob-complete.md", func(e *env, j bits.Job) error {
		_, err := j.Complete(e.ctx)
		return err
	}},
	{"set-display-name", "D nf-bits-ibackgroundcopyjob-setdisplayname.md", func(e *env, j bits.Job) error {
		return j.SetDisplayName(e.ctx, "late")
	}},
	{"set-description", "D nf-bits-ibackgroundcopyjob-setdescription.md", func(e *env, j bits.Job) error {
		return j.SetDescription(e.ctx, "late")
	}},
	{"set-priority", "D nf-bits-ibackgroundcopyjob-setpriority.md", func(e *env, j bits.Job) error {
		return j.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_LOW)
	}},
	{"set-notify-flags", "D nf-bits-ibackgroundcopyjob-setnotifyflags.md", func(e *env, j bits.Job) error {
		return j.SetNotifyFlags(e.ctx, bits.BG_NOTIFY_JOB_ERROR)
	}},
	{"set-notify-interface", "W; D nf-bits-ibackgroundcopyjob-setnotifyinterface.md", func(e *env, j bits.Job) error {
		return j.SetNotifyInterface(e.ctx, &recorder{})
	}},
	{"clear-notify-interface", "W; D nf-bits-ibackgroundcopyjob-setnotifyinterface.md", func(e *env, j bits.Job) error {
		return j.SetNotifyInterface(e.ctx, nil)
	}},
	{"set-retry-delay", "D nf-bits-ibackgroundcopyjob-setminimumretrydelay.md", func(e *env, j bits.Job) error {
		return j.SetMinimumRetryDelay(e.ctx, 60)
	}},
	{"set-no-progress-timeout", "D nf-bits-ibackgroundcopyjob-setnoprogresstimeout.md", func(e *env, j bits.Job) error {
		return j.SetNoProgressTimeout(e.ctx, 60)
	}},
	{"set-proxy", "D nf-bits-ibackgroundcopyjob-setproxysettings.md", func(e *env, j bits.Job) error {
		return j.SetProxySettings(e.ctx, bits.BG_JOB_PROXY_USAGE_NO_PROXY, nil, nil)
	}},
	{"set-command-line", "D nf-bits1_5-ibackgroundcopyjob2-setnotifycmdline.md", func(e *env, j bits.Job) error {
		return query[bits.Job2](e, j).SetNotifyCmdLine(e.ctx, bits.String(`C:\a.exe`), bits.String("a"))
	}},
	{"replace-remote-prefix", "D nf-bits2_0-ibackgroundcopyjob3-replaceremoteprefix.md", func(e *env, j bits.Job) error {
		_, err := query[bits.Job3](e, j).ReplaceRemotePrefix(e.ctx, "http://", "https://")
		return err
	}},
	{"add-file-with-ranges", "D nf-bits2_0-ibackgroundcopyjob3-addfilewithranges.md", func(e *env, j bits.Job) error {
		return query[bits.Job3](e, j).AddFileWithRanges(e.ctx, e.remote("file/10"), e.local("late"), spans(0, 1))
	}},
	{"set-file-acl-flags", "D nf-bits2_0-ibackgroundcopyjob3-setfileaclflags.md", func(e *env, j bits.Job) error {
		return query[bits.Job3](e, j).SetFileACLFlags(e.ctx, bits.BG_COPY_FILE_DACL)
	}},
	{"set-custom-headers", "D nf-bits2_5-ibackgroundcopyjobhttpoptions-setcustomheaders.md", func(e *env, j bits.Job) error {
		return query[bits.JobHttpOptions](e, j).SetCustomHeaders(e.ctx, bits.String("X-Late: 1\r\n"))
	}},
	{"remove-client-certificate", "D nf-bits2_5-ibackgroundcopyjobhttpoptions-removeclientcertificate.md", func(e *env, j bits.Job) error {
		_, err := query[bits.JobHttpOptions](e, j).RemoveClientCertificate(e.ctx)
		return err
	}},
	{"set-remote-name", "D nf-bits2_0-ibackgroundcopyfile2-setremotename.md", func(e *env, j bits.Job) error {
		return query[bits.File2](e, e.files(j)[0]).SetRemoteName(e.ctx, e.remote("file/20"))
	}},
}

// finalCases are about jobs that are over.
func finalCases() []Case {
	var cases []Case
	for _, c := range changes {
		cases = append(cases,
			Case{"cancelled/" + c.name, c.evidence, func(e *env) {
				job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
				e.addTo(job)
				_, err := job.Cancel(e.ctx)
				e.ok(err)
				e.fails(c.call(e, job), hresult.BG_E_INVALID_STATE)
				e.is(bits.BG_JOB_STATE_CANCELLED, job)
			}},
			Case{"acknowledged/" + c.name, c.evidence, func(e *env) {
				job, _ := e.download("file/10")
				e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
				e.complete(job)
				e.fails(c.call(e, job), hresult.BG_E_INVALID_STATE)
				e.is(bits.BG_JOB_STATE_ACKNOWLEDGED, job)
			}},
		)
	}
	return append(cases, Case{"cancelled/can-be-read", "W; O", func(e *env) {
		job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
		want, err := job.GetId(e.ctx)
		e.ok(err)
		file := e.addTo(job)
		remote, err := file.GetRemoteName(e.ctx)
		e.ok(err)
		_, err = job.Cancel(e.ctx)
		e.ok(err)
		got, err := job.GetId(e.ctx)
		e.ok(err)
		require.Equal(e, want, got)
		name, err := job.GetDisplayName(e.ctx)
		e.ok(err)
		require.Equal(e, e.name("job"), name)
		require.Len(e, e.files(job), 1)
		again, err := file.GetRemoteName(e.ctx)
		e.ok(err)
		require.Equal(e, remote, again)
	}})
}
