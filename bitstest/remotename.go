package bitstest

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const (
	renamePage = "D nf-bits2_0-ibackgroundcopyfile2-setremotename.md"
	prefixPage = "D nf-bits2_0-ibackgroundcopyjob3-replaceremoteprefix.md"
)

// remoteNames are the remote names of the files of a job.
func (e *env) remoteNames(job bits.Job) []string {
	e.Helper()
	var names []string
	for _, f := range e.files(job) {
		name, err := f.GetRemoteName(e.ctx)
		e.ok(err)
		names = append(names, name)
	}
	return names
}

// withNames is a download of files with these remote names, which are not
// transferred in the case.
func (e *env) withNames(names ...string) bits.Job3 {
	e.Helper()
	job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
	for i, name := range names {
		e.ok(job.AddFile(e.ctx, name, e.local(strings.Repeat("n", i+1))))
	}
	return query[bits.Job3](e, job)
}

func remoteNameCases() []Case {
	return []Case{
		{"remote-name/set", renamePage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			file := query[bits.File2](e, e.addTo(job))
			e.ok(file.SetRemoteName(e.ctx, e.remote("file/9/other")))
			require.Equal(e, []string{e.remote("file/9/other")}, e.remoteNames(job))
			e.ok(file.SetRemoteName(e.ctx, e.longURL(2200)))
			require.Equal(e, []string{e.longURL(2200)}, e.remoteNames(job))
		}},
		{"remote-name/bad", renamePage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			file := query[bits.File2](e, e.addTo(job))
			for _, bad := range []string{"", "gopher://server.invalid/a", e.longURL(2201)} {
				e.fails(file.SetRemoteName(e.ctx, bad), hresult.E_INVALIDARG)
			}
			require.Equal(e, []string{e.remote("file/1000")}, e.remoteNames(job))
		}},
		{"remote-name/upload", renamePage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_UPLOAD)
			local := e.local("upload")
			e.write(local, Content(10))
			e.ok(job.AddFile(e.ctx, e.remote("up"), local))
			e.fails(query[bits.File2](e, e.file(job, local)).SetRemoteName(e.ctx, e.remote("up2")), hresult.E_NOTIMPL)
		}},
		{"remote-name/mends-an-error", renamePage + "; O", func(e *env) {
			job, locals := e.download("once/"+e.id+"/1000", "status/404", "file/300")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.ok(query[bits.File2](e, e.file(job, locals[1])).SetRemoteName(e.ctx, e.served("file/200")))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED) // what is served once only is not fetched again
			e.complete(job)
			for i, size := range []int{1000, 200, 300} {
				e.holds(locals[i], Content(size))
			}
		}},
		{"remote-name/of-a-file-that-is-there", renamePage, func(e *env) {
			job, locals := e.download("file/100", "status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.ok(query[bits.File2](e, e.file(job, locals[0])).SetRemoteName(e.ctx, e.served("status/404/never-asked-for")))
			e.ok(query[bits.File2](e, e.file(job, locals[1])).SetRemoteName(e.ctx, e.served("file/200")))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(100))
			e.holds(locals[1], Content(200))
		}},
		{"remote-prefix/replaced", prefixPage, func(e *env) {
			job := e.withNames("http://old.invalid/a/1", "http://old.invalid/a/2", "http://else.invalid/old")
			result, err := job.ReplaceRemotePrefix(e.ctx, "http://old.invalid/a", "https://new.invalid/b")
			e.answers(hresult.S_OK, result, err)
			require.ElementsMatch(e, []string{"https://new.invalid/b/1", "https://new.invalid/b/2", "http://else.invalid/old"}, e.remoteNames(job))
		}},
		{"remote-prefix/no-match", prefixPage, func(e *env) {
			job := e.withNames("http://server.invalid/CASE/1")
			for _, prefix := range []string{"http://server.invalid/case", "server.invalid", "http://other.invalid"} {
				result, err := job.ReplaceRemotePrefix(e.ctx, prefix, "http://new.invalid")
				e.answers(hresult.S_FALSE, result, err)
			}
			require.Equal(e, []string{"http://server.invalid/CASE/1"}, e.remoteNames(job))
		}},
		{"remote-prefix/empty", prefixPage, func(e *env) {
			_, err := e.withNames("http://server.invalid/1").ReplaceRemotePrefix(e.ctx, "", "http://new.invalid")
			e.fails(err, hresult.E_INVALIDARG)
		}},
		{"remote-prefix/bad-name-results", prefixPage, func(e *env) {
			job := e.withNames("http://server.invalid/1")
			for _, bad := range []string{"gopher://server.invalid", e.longURL(2199)} {
				_, err := job.ReplaceRemotePrefix(e.ctx, "http://server.invalid", bad)
				e.fails(err, hresult.E_INVALIDARG)
			}
			require.Equal(e, []string{"http://server.invalid/1"}, e.remoteNames(job))
		}},
		{"remote-prefix/longest-name-results", prefixPage, func(e *env) {
			job := e.withNames("http://server.invalid/1")
			result, err := job.ReplaceRemotePrefix(e.ctx, "http://server.invalid", e.longURL(2198))
			e.answers(hresult.S_OK, result, err)
			require.Equal(e, []string{e.longURL(2198) + "/1"}, e.remoteNames(job))
		}},
		{"remote-prefix/upload", prefixPage, func(e *env) {
			for _, t := range []bits.JobType{bits.BG_JOB_TYPE_UPLOAD, bits.BG_JOB_TYPE_UPLOAD_REPLY} {
				_, err := query[bits.Job3](e, e.job(t)).ReplaceRemotePrefix(e.ctx, "http://a.invalid", "http://b.invalid")
				e.fails(err, hresult.E_NOTIMPL)
			}
		}},
		{"remote-prefix/mends-an-error", prefixPage, func(e *env) {
			job, locals := e.download("status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			result, err := query[bits.Job3](e, job).ReplaceRemotePrefix(e.ctx, e.served("status/404"), e.served("file/200"))
			e.answers(hresult.S_OK, result, err)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(200))
		}},
	}
}
