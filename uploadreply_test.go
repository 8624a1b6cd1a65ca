package bitsemu_test

import (
	"net/http"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/transfer"
)

func uploadApplicationLater(s *scene) {
	ctx := s.t.Context()
	app := &application{reply: []byte("reply"), status: http.StatusServiceUnavailable}
	server, files := s.uploads(app.behind)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.step("the application is busy", "D handling-server-application-errors")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_503, bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION)
	app.set(0)
	s.emu.Advance(60 * time.Second)
	s.arrives(job, files)
	s.is(2, app.asked)
	s.is(4, packets(server, bitsupload.Fragment)) // nothing but the last one is sent again
}

func uploadApplicationRefuses(s *scene) {
	ctx := s.t.Context()
	app := &application{reply: []byte("reply"), status: http.StatusForbidden}
	s.uploads(app.behind)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.step("the application has answered 403", "D handling-server-application-errors")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	app.set(0)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_403, bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION)
	s.is(1, app.asked)
}

func (s *scene) staticReply(opts ...transfer.ScriptOption) *transfer.Script {
	script, reply := s.remote("reply", opts...)
	s.uploads(func(o *bitsupload.Options) {
		o.Notify = bitsupload.Notification{
			Type: bitsupload.NotifyByValue, URL: "http://app.test/",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("BITS-Static-Response-URL", reply)
			}),
		}
	})
	return script
}

func uploadReplyGoesOn(s *scene) {
	ctx := s.t.Context()
	reply := s.staticReply(transfer.Size(kib), transfer.CutAfter(300, 1))
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.ok(job.SetReplyFileName(ctx, bits.String(replyLocal)))
	s.step("the reply is interrupted", "M 3.1.5.1.8, I for the range")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	got(job.GetReplyProgress(ctx)).is(s, bits.JobReplyProgress{BytesTotal: kib, BytesTransferred: 300})
	s.emu.Advance(60 * time.Second)
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is([]string{"", "300-1023"}, ranges(reply))
	s.is(reply.Bytes(), replyData(s, job))

	// One that has changed meanwhile begins anew.
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	reply = s.staticReply(transfer.Size(kib), transfer.CutAfter(300, 1))
	job = startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	reply.Set(transfer.Seeded(kib, 7), transfer.Modified(s.emu.Now()))
	s.emu.Advance(60 * time.Second)
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is(reply.Bytes(), replyData(s, job))
}

func uploadReplyRestart(s *scene) {
	ctx := s.t.Context()
	reply := s.staticReply(transfer.Size(mib), transfer.HoldAt(256*kib))
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	id := got(job.GetId(ctx)).ok(s)
	s.step("restart of the service in the reply", "M 3.1.5.1.8, I")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	got(job.GetReplyProgress(ctx)).is(s, bits.JobReplyProgress{BytesTotal: mib, BytesTransferred: 256 * kib})
	s.ok(s.emu.Restart())
	reply.Release()
	s.emu.Settle()
	job = query[bits.Job2](s, actors.alice, got(s.emu.As(actors.alice).GetJob(ctx, id)).ok(s))
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is(reply.Bytes(), replyData(s, job))
	s.is([]string{"", "262144-1048575"}, ranges(reply))
}

func uploadReplyEmpty(s *scene) {
	ctx := s.t.Context()
	s.uploads((&application{}).behind)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.ok(job.SetReplyFileName(ctx, bits.String(replyLocal)))
	s.step("an empty reply", "D nf-bits1_5-ibackgroundcopyjob2-getreplydata.md")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is([]byte(nil), replyData(s, job))
	got(job.GetReplyProgress(ctx)).is(s, bits.JobReplyProgress{})
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, replyLocal, nil)
}

func uploadReplyName(s *scene) {
	ctx := s.t.Context()
	s.uploads((&application{reply: []byte("reply")}).behind)
	s.step("a name is made up", "D nf-bits1_5-ibackgroundcopyjob2-setreplyfilename.md")
	var names []string
	for _, ask := range []bool{false, true} {
		job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
		s.ok(s.emu.Handle("http://uploads.test", nil))
		s.uploads((&application{reply: []byte("reply")}).behind)
		asked := ""
		if ask {
			asked = got(job.GetReplyFileName(ctx)).ok(s)
		}
		s.ok(job.Resume(ctx))
		s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
		name := got(job.GetReplyFileName(ctx)).ok(s)
		if ask {
			s.is(asked, name)
		}
		s.holds(strings.HasPrefix(name, `C:\Users\`), "%s is not beside the file", name)
		s.emu.CheckNoFile(s.t, name)
		got(job.Complete(ctx)).is(s, hresult.S_OK)
		s.emu.CheckFile(s.t, name, []byte("reply"))
		names = append(names, name)
	}
	s.holds(names[0] != names[1], "two jobs have the same name")
}

func uploadReplyNameLate(s *scene) {
	ctx := s.t.Context()
	reply := s.staticReply(transfer.Size(kib), transfer.HoldAt(100))
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.ok(job.SetReplyFileName(ctx, bits.String(replyLocal)))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	s.step("a new name while the reply comes", "D nf-bits1_5-ibackgroundcopyjob2-setreplyfilename.md")
	s.fails(job.SetReplyFileName(ctx, bits.String(local1)), hresult.BG_E_INVALID_STATE)
	reply.Release()
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.GetReplyFileName(ctx)).is(s, replyLocal)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, replyLocal, reply.Bytes())
}

func uploadReplyDenied(s *scene) {
	ctx := s.t.Context()
	s.uploads((&application{reply: []byte("reply")}).behind)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.ok(job.SetReplyFileName(ctx, bits.String(replyLocal)))
	s.ok(s.emu.Restrict(bitsemu.AccessRule{Path: `C:\Downloads`, Write: []sid.SID{}}))
	s.step("the reply cannot be written", "I")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.E_ACCESSDENIED, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
	s.is(bits.BG_SIZE_UNKNOWN, got(job.GetReplyProgress(ctx)).ok(s).BytesTotal)
	s.ok(s.emu.Restrict(bitsemu.AccessRule{Path: `C:\Downloads`}))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
}
