package bitsemu_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// An upload whose server application answers with a reply.
func TestS14UploadReply(t *testing.T) {
	t.Parallel()
	play(t, "S14", "main", s14)
	play(t, "S14", "application-fails", s14ApplicationFails)
	play(t, "S14", "reply-fails", s14ReplyFails)
	play(t, "S14", "large", s14Large)
	play(t, "S14", "other-types", s14OtherTypes)
}

const replyLocal = `C:\Downloads\LR`

// s14Prepare is step 1.
func s14Prepare(s *scene) bits.Job2 {
	ctx := s.t.Context()
	s.step("1", "D")
	s.write(uploadLocal, []byte("what is uploaded"))
	job := s.upload(actors.alice, bits.BG_JOB_TYPE_UPLOAD_REPLY, uploadRemote, uploadLocal)
	s.ok(job.SetReplyFileName(ctx, bits.String(replyLocal)))
	got(job.GetReplyFileName(ctx)).is(s, replyLocal)
	return job
}

// replyData is GetReplyData, whose length has to be that of the buffer.
func replyData(s *scene, job bits.Job2) []byte {
	s.t.Helper()
	buffer, length, err := job.GetReplyData(s.t.Context())
	s.ok(err)
	s.is(uint64(len(buffer)), length)
	return buffer
}

func s14(s *scene) {
	ctx := s.t.Context()
	reply := bytes.Repeat([]byte("abc"), 100)
	_, files := s.uploads((&application{reply: reply}).behind)
	job := s14Prepare(s)

	s.step("2", "D, O")
	got(job.GetReplyProgress(ctx)).is(s, bits.JobReplyProgress{BytesTotal: bits.BG_SIZE_UNKNOWN})
	s.ok(job.Resume(ctx))
	w := &witness{}
	var there bits.JobReplyProgress
	var asked calls
	w.onTransferred = func(ctx context.Context, job bits.Job) error {
		job2, err := bits.Query[bits.Job2](ctx, job)
		if err == nil {
			there, err = job2.GetReplyProgress(ctx)
		}
		asked.note(err)
		return nil
	}
	s.ok(job.SetNotifyInterface(ctx, w))

	s.step("3", "D")
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	asked.ok(s, 1)
	s.is(bits.JobReplyProgress{BytesTotal: 300, BytesTransferred: 300}, there)
	s.heard(w, 1, 0)
	s.is([]string{"F"}, uploaded(files))

	s.step("4", "D")
	s.is(reply, replyData(s, job))
	got(job.GetReplyProgress(ctx)).is(s, bits.JobReplyProgress{BytesTotal: 300, BytesTransferred: 300})
	s.emu.CheckNoFile(s.t, replyLocal)

	s.step("5", "D")
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, replyLocal, reply)
	s.is([]string{"LR"}, s.files(`C:\Downloads`))
}

// uploaded are the names of what a server has got, without its sessions.
func uploaded(files *bitsupload.Memory) []string {
	names := []string{}
	for _, name := range files.Names() {
		if !bytes.Contains([]byte(name), []byte("BITS-Sessions")) {
			names = append(names, name)
		}
	}
	return names
}

func s14ApplicationFails(s *scene) {
	ctx := s.t.Context()
	app := &application{status: http.StatusForbidden}
	s.uploads(app.behind)
	job := s14Prepare(s)
	w := s.listen(job, flagT|flagE)

	s.step("7", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_403, bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION)
	s.is(bits.BG_SIZE_UNKNOWN, got(job.GetReplyProgress(ctx)).ok(s).BytesTotal)
	s.heard(w, 0, 1)
}

// s14ReplyFails has the other half fail.
func s14ReplyFails(s *scene) {
	ctx := s.t.Context()
	_, reply := s.remote("reply", transfer.Size(2*mib), transfer.NoRanges(), transfer.CutAfter(mib, 1))
	s.uploads(func(o *bitsupload.Options) {
		o.Notify = bitsupload.Notification{
			Type: bitsupload.NotifyByValue, URL: "http://app.test/",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("BITS-Static-Response-URL", reply)
			}),
		}
	})
	job := s14Prepare(s)

	s.step("7", "D")
	s.ok(job.Resume(ctx))
	s.emu.Settle()
	s.emu.Advance(retryDelay)
	s.state(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	s.is(uint64(2*mib), got(job.GetReplyProgress(ctx)).ok(s).BytesTotal)
}

func s14Large(s *scene) {
	ctx := s.t.Context()
	reply := bytes.Repeat([]byte("0123456789abcdef"), (mib+16)/16)
	s.uploads((&application{reply: reply}).behind)
	job := s14Prepare(s)

	s.step("8", "D")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	_, _, err := job.GetReplyData(ctx)
	s.fails(err, hresult.BG_E_TOO_LARGE)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, replyLocal, reply)
}

func s14OtherTypes(s *scene) {
	ctx := s.t.Context()
	s.step("9", "D")
	for _, kind := range []bits.JobType{bits.BG_JOB_TYPE_DOWNLOAD, bits.BG_JOB_TYPE_UPLOAD} {
		_, created := s.create(actors.alice, "none", kind)
		job := query[bits.Job2](s, actors.alice, created)
		_, _, err := job.GetReplyData(ctx)
		s.fails(err, hresult.E_NOTIMPL)
		got(job.GetReplyProgress(ctx)).fails(s, hresult.E_NOTIMPL)
	}
}
