package bitstest

import (
	"os"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

// localCases are about files that do not come over HTTP.
func localCases() []Case {
	copies := func(remote func(local string) string) func(*env) {
		return func(e *env) {
			source, target := e.local("source"), e.local("target")
			e.write(source, Content(1000))
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
			e.ok(job.AddFile(e.ctx, remote(source), target))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			require.False(e, e.exists(target))
			e.complete(job)
			e.holds(target, Content(1000))
			e.holds(source, Content(1000))
		}
	}
	share := func(e *env) (name string) {
		e.Helper()
		if e.share == "" {
			e.Skipf("this needs an SMB share, and the option Share is missing")
		}
		name = e.share + `\` + e.name("shared")
		e.Cleanup(func() { _ = os.Remove(e.sharePath(name)) })
		return name
	}
	return []Case{
		{"local/file", "W", copies(func(local string) string { return local })},
		{"local/file-url", "W", copies(func(local string) string { return "file://" + local })},
		{"local/share", "D ns-bits-bg_file_info.md", func(e *env) {
			name, target := share(e), e.local("target")
			e.ok(os.WriteFile(e.sharePath(name), Content(1000), 0o600))
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
			e.ok(job.AddFile(e.ctx, name, target))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(target, Content(1000))
		}},
		{"local/share-without-the-file", "D nf-bits2_0-ibackgroundcopyfile2-setremotename.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(job.AddFile(e.ctx, share(e), e.local("target")))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
		}},
	}
}
