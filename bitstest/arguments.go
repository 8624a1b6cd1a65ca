package bitstest

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const filePage = "D nf-bits-ibackgroundcopyjob-addfile.md, ns-bits-bg_file_info.md"

// longURL is a remote name of n characters with short segments.
func (e *env) longURL(n int) string {
	url := e.remote("file/1000")
	for len(url) < n {
		url += "/" + strings.Repeat("s", min(200, n-len(url)-1))
	}
	return url
}

// longLocal is the name of a local file, of n characters.
func (e *env) longLocal(n int) string {
	e.Helper()
	name := e.local("long")
	return name + strings.Repeat("l", n-len(name))
}

// badNames are the names that AddFile and its like refuse.
var badNames = []struct {
	name, evidence string
	info           func(*env) bits.FileInfo
}{
	{"relative-local-name", filePage, func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: e.remote("file/1"), LocalName: `dir\file`}
	}},
	{"no-local-name", filePage, func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: e.remote("file/1")}
	}},
	{"wildcard-in-local-name", filePage, func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: e.remote("file/1"), LocalName: e.local("a") + "*"}
	}},
	{"stream-of-local-name", filePage, func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: e.remote("file/1"), LocalName: e.local("a") + ":b"}
	}},
	{"prefix-for-long-local-names", filePage, func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: e.remote("file/1"), LocalName: `\\?\` + e.local("a")}
	}},
	{"local-name-too-long", filePage + "; I the code", func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: e.remote("file/1"), LocalName: e.longLocal(261)}
	}},
	{"no-remote-name", filePage, func(e *env) bits.FileInfo {
		return bits.FileInfo{LocalName: e.local("a")}
	}},
	{"unknown-protocol", filePage, func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: "gopher://server.invalid/a", LocalName: e.local("a")}
	}},
	{"remote-name-too-long", filePage, func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: e.longURL(2201), LocalName: e.local("a")}
	}},
	{"segment-of-remote-name-too-long", filePage + "; I the code", func(e *env) bits.FileInfo {
		return bits.FileInfo{RemoteName: e.remote("file/1/" + strings.Repeat("s", 261)), LocalName: e.local("a")}
	}},
}

// argumentCases are about files that are added.
func argumentCases() []Case {
	cases := []Case{
		{"add-file/longest-remote-name", filePage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			url, local := e.longURL(2200), e.local("a")
			e.ok(job.AddFile(e.ctx, url, local))
			got, err := e.file(job, local).GetRemoteName(e.ctx)
			e.ok(err)
			require.Equal(e, url, got)
		}},
		{"add-file/longest-local-name", filePage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			local := e.longLocal(260)
			e.ok(job.AddFile(e.ctx, e.remote("file/1"), local))
			e.file(job, local)
		}},
		{"add-file/no-such-directory", filePage + "; O", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			require.Error(e, job.AddFile(e.ctx, e.remote("file/1"), e.local("missing")+`\file`))
			require.Empty(e, e.files(job))
		}},
		{"add-file/share", filePage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			local := e.local("a")
			e.ok(job.AddFile(e.ctx, `\\server.invalid\share\file`, local))
			e.file(job, local)
		}},
		{"add-file/starts-nothing", filePage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.addTo(job)
			e.is(bits.BG_JOB_STATE_SUSPENDED, job)
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN, FilesTotal: 1}, progress)
		}},
		{"add-file/set", "W; D nf-bits-ibackgroundcopyjob-addfileset.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			set := []bits.FileInfo{
				{RemoteName: e.remote("file/1"), LocalName: e.local("a")},
				{RemoteName: e.remote("file/2"), LocalName: e.local("b")},
				{RemoteName: e.remote("file/3"), LocalName: e.local("c")},
			}
			e.ok(job.AddFileSet(e.ctx, set))
			require.Len(e, e.files(job), len(set))
			for _, info := range set {
				remote, err := e.file(job, info.LocalName).GetRemoteName(e.ctx)
				e.ok(err)
				require.Equal(e, info.RemoteName, remote)
			}
		}},
		{"add-file/second-file-of-an-upload", "D nf-bits-ibackgroundcopyjob-addfile.md", func(e *env) {
			for _, t := range []bits.JobType{bits.BG_JOB_TYPE_UPLOAD, bits.BG_JOB_TYPE_UPLOAD_REPLY} {
				job := e.job(t)
				local := e.local("upload")
				e.write(local, Content(10))
				e.ok(job.AddFile(e.ctx, e.remote("up"), local))
				e.fails(job.AddFile(e.ctx, e.remote("up2"), local), hresult.BG_E_TOO_MANY_FILES)
				require.Len(e, e.files(job), 1)
			}
		}},
		{"add-file/set-for-an-upload", "D nf-bits-ibackgroundcopyjob-addfileset.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_UPLOAD)
			local := e.local("upload")
			e.write(local, Content(10))
			set := []bits.FileInfo{{RemoteName: e.remote("up"), LocalName: local}, {RemoteName: e.remote("up2"), LocalName: local}}
			e.fails(job.AddFileSet(e.ctx, set), hresult.BG_E_TOO_MANY_FILES)
			require.Empty(e, e.files(job))
		}},
	}
	for _, bad := range badNames {
		cases = append(cases, Case{"add-file/" + bad.name, bad.evidence, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			info := bad.info(e)
			e.fails(job.AddFile(e.ctx, info.RemoteName, info.LocalName), hresult.E_INVALIDARG)
			require.Empty(e, e.files(job))
			e.fails(job.AddFileSet(e.ctx, []bits.FileInfo{info}), hresult.E_INVALIDARG)
			require.Empty(e, e.files(job))
		}})
	}
	return cases
}
