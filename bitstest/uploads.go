package bitstest

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const replyFilePage = "D nf-bits1_5-ibackgroundcopyjob2-setreplyfilename.md"

// upload makes a job with a local file of this size.
func (e *env) upload(t bits.JobType, url string, size int) bits.Job2 {
	e.Helper()
	job := e.job(t)
	e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
	local := e.local("upload")
	e.write(local, Content(size))
	e.ok(job.AddFile(e.ctx, url, local))
	return query[bits.Job2](e, job)
}

// uploadCases are about uploads, and about what they alone have.
func uploadCases() []Case {
	return []Case{
		{"upload/complete-before-the-end", "D nf-bits-ibackgroundcopyjob-complete.md", func(e *env) {
			for _, t := range []bits.JobType{bits.BG_JOB_TYPE_UPLOAD, bits.BG_JOB_TYPE_UPLOAD_REPLY} {
				job := e.upload(t, e.remote("up"), 10)
				_, err := job.Complete(e.ctx)
				e.fails(err, hresult.BG_E_INVALID_STATE)
				e.is(bits.BG_JOB_STATE_SUSPENDED, job)
			}
		}},
		{"upload/no-reply-data", "D nf-bits1_5-ibackgroundcopyjob2-getreplydata.md", func(e *env) {
			for _, t := range []bits.JobType{bits.BG_JOB_TYPE_DOWNLOAD, bits.BG_JOB_TYPE_UPLOAD} {
				_, _, err := query[bits.Job2](e, e.job(t)).GetReplyData(e.ctx)
				e.fails(err, hresult.E_NOTIMPL)
			}
		}},
		{"upload/no-reply-file", "D nf-bits1_5-ibackgroundcopyjob2-getreplyfilename.md", func(e *env) {
			for _, t := range []bits.JobType{bits.BG_JOB_TYPE_DOWNLOAD, bits.BG_JOB_TYPE_UPLOAD} {
				_, err := query[bits.Job2](e, e.job(t)).GetReplyFileName(e.ctx)
				e.fails(err, hresult.E_NOTIMPL)
			}
		}},
		{"upload/reply-file", replyFilePage, func(e *env) {
			job := query[bits.Job2](e, e.job(bits.BG_JOB_TYPE_UPLOAD_REPLY))
			for _, want := range []string{e.local("reply"), e.longLocal(260)} {
				e.ok(job.SetReplyFileName(e.ctx, &want))
				got, err := job.GetReplyFileName(e.ctx)
				e.ok(err)
				require.Equal(e, want, got)
			}
		}},
		{"upload/bad-reply-file", replyFilePage, func(e *env) {
			job := query[bits.Job2](e, e.job(bits.BG_JOB_TYPE_UPLOAD_REPLY))
			want := e.local("reply")
			e.ok(job.SetReplyFileName(e.ctx, &want))
			for _, bad := range []string{`dir\reply`, e.longLocal(261)} {
				e.fails(job.SetReplyFileName(e.ctx, &bad), hresult.E_INVALIDARG)
			}
			got, err := job.GetReplyFileName(e.ctx)
			e.ok(err)
			require.Equal(e, want, got)
		}},
		{"upload/made-up-reply-file", replyFilePage + ", nf-bits1_5-ibackgroundcopyjob2-getreplyfilename.md", func(e *env) {
			empty := query[bits.Job2](e, e.job(bits.BG_JOB_TYPE_UPLOAD_REPLY))
			name, err := empty.GetReplyFileName(e.ctx)
			e.ok(err)
			require.Empty(e, name)
			name, err = e.upload(bits.BG_JOB_TYPE_UPLOAD_REPLY, e.remote("up"), 10).GetReplyFileName(e.ctx)
			e.ok(err)
			require.True(e, strings.HasPrefix(strings.ToLower(name), strings.ToLower(e.dir)+`\`), "%s is not beside the file to upload", name)
		}},
		{"upload/reply-file-made-up-again", replyFilePage, func(e *env) {
			for _, none := range []*string{nil, bits.String("")} {
				job := e.upload(bits.BG_JOB_TYPE_UPLOAD_REPLY, e.remote("up"), 10)
				own := e.local("reply")
				e.ok(job.SetReplyFileName(e.ctx, &own))
				e.ok(job.SetReplyFileName(e.ctx, none))
				name, err := job.GetReplyFileName(e.ctx)
				e.ok(err)
				require.NotEmpty(e, name)
				require.NotEqual(e, own, name)
			}
		}},
		{"upload/new-reply-progress", "D nf-bits1_5-ibackgroundcopyjob2-getreplyprogress.md", func(e *env) {
			progress, err := e.upload(bits.BG_JOB_TYPE_UPLOAD_REPLY, e.remote("up"), 10).GetReplyProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.JobReplyProgress{BytesTotal: bits.BG_SIZE_UNKNOWN}, progress)
		}},
		{"upload/reply-data-before-the-end", "D nf-bits1_5-ibackgroundcopyjob2-getreplydata.md", func(e *env) {
			_, _, err := e.upload(bits.BG_JOB_TYPE_UPLOAD_REPLY, e.remote("up"), 10).GetReplyData(e.ctx)
			e.fails(err, hresult.BG_E_INVALID_STATE)
		}},
		{"upload/no-file-ranges", "D nf-bits2_0-ibackgroundcopyfile2-getfileranges.md", func(e *env) {
			job := e.upload(bits.BG_JOB_TYPE_UPLOAD, e.remote("up"), 10)
			_, ok, err := query[bits.File2](e, e.files(job)[0]).GetFileRanges(e.ctx)
			e.ok(err)
			require.False(e, ok)
		}},
		{"upload/done", "D life-cycle-of-a-bits-job.md, nf-bits-ibackgroundcopyjob-complete.md", func(e *env) {
			if e.uploads == "" {
				e.Skipf("this uploads a file, and the option Uploads is missing")
			}
			job := e.upload(bits.BG_JOB_TYPE_UPLOAD, e.uploads+"/"+e.name("file"), 1000)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.JobProgress{BytesTotal: 1000, BytesTransferred: 1000, FilesTotal: 1, FilesTransferred: 1}, progress)
			file, err := e.files(job)[0].GetProgress(e.ctx)
			e.ok(err)
			require.True(e, file.Completed)
			e.complete(job)
			e.is(bits.BG_JOB_STATE_ACKNOWLEDGED, job)
			if e.uploaded != nil {
				got, err := e.uploaded(e.name("file"))
				e.ok(err)
				require.Equal(e, Content(1000), got)
			}
		}},
		{"upload/told", donePage, func(e *env) {
			if e.uploads == "" {
				e.Skipf("this uploads a file, and the option Uploads is missing")
			}
			r := &recorder{}
			job := e.upload(bits.BG_JOB_TYPE_UPLOAD, e.uploads+"/"+e.name("file"), 1000)
			e.ok(job.SetNotifyInterface(e.ctx, r))
			e.ok(job.Resume(e.ctx))
			e.hears(r, job, transferred)
			e.is(bits.BG_JOB_STATE_TRANSFERRED, job)
		}},
		{"upload/replied", "D nf-bits1_5-ibackgroundcopyjob2-getreplydata.md, nf-bits1_5-ibackgroundcopyjob2-getreplyprogress.md", func(e *env) {
			if e.replies == "" {
				e.Skipf("this needs a reply to an upload, and the option Replies is missing")
			}
			job := e.upload(bits.BG_JOB_TYPE_UPLOAD_REPLY, e.replies+"/"+e.name("file"), 1000)
			local := e.local("reply")
			e.ok(job.SetReplyFileName(e.ctx, &local))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			data, length, err := job.GetReplyData(e.ctx)
			e.ok(err)
			require.Equal(e, e.reply, data)
			require.Equal(e, uint64(len(e.reply)), length)
			progress, err := job.GetReplyProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.JobReplyProgress{BytesTotal: length, BytesTransferred: length}, progress)
			e.complete(job)
			e.holds(local, e.reply)
		}},
	}
}
