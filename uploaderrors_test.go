package bitsemu_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
)

// What a server answers, and what the job shows then.
func TestUploadErrors(t *testing.T) {
	t.Parallel()
	const (
		failed  = bits.BG_JOB_STATE_ERROR
		waiting = bits.BG_JOB_STATE_TRANSIENT_ERROR
		server  = bits.BG_ERROR_CONTEXT_REMOTE_FILE
		app     = bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION
	)
	for name, c := range map[string]struct {
		packet   bitsupload.Packet
		status   int
		code     hresult.HRESULT
		context  bits.ErrorContext
		bare     bool
		state    bits.JobState
		want     hresult.HRESULT
		evidence string
	}{
		"uploads are off":            {bitsupload.CreateSession, 501, hresult.E_ACCESSDENIED, server, false, failed, hresult.E_ACCESSDENIED, "M 3.1.5.2.1"},
		"access denied":              {bitsupload.CreateSession, 403, hresult.E_ACCESSDENIED, server, false, failed, hresult.E_ACCESSDENIED, "M 3.1.5.2.1"},
		"the file exists, 409":       {bitsupload.CreateSession, 409, hresult.E_ACCESSDENIED, server, false, failed, hresult.E_ACCESSDENIED, "I"},
		"the file exists, plain 409": {bitsupload.CreateSession, 409, 0, server, true, failed, hresult.BG_E_HTTP_ERROR_409, "I"},
		"too large":                  {bitsupload.Fragment, 500, hresult.BG_E_TOO_LARGE, server, false, failed, hresult.BG_E_TOO_LARGE, "M 3.1.5.2.1"},
		"bad request":                {bitsupload.Fragment, 400, hresult.E_INVALIDARG, server, false, failed, hresult.E_INVALIDARG, "M 3.1.5.2.1"},
		"execute is enabled":         {bitsupload.CreateSession, 501, hresult.BG_E_SERVER_EXECUTE_ENABLE, server, false, failed, hresult.BG_E_SERVER_EXECUTE_ENABLE, "D setting-permissions-on-virtual-directories"},
		"plain 404":                  {bitsupload.CreateSession, 404, 0, server, true, failed, hresult.BG_E_HTTP_ERROR_404, "D bits-return-values"},
		"plain 401":                  {bitsupload.CreateSession, 401, 0, server, true, failed, hresult.BG_E_HTTP_ERROR_401, "M 3.1.5.1.7"},
		"plain 407":                  {bitsupload.Fragment, 407, 0, server, true, failed, hresult.BG_E_HTTP_ERROR_407, "M 3.1.5.1.7"},
		"plain 200":                  {bitsupload.CreateSession, 200, 0, server, true, failed, hresult.BG_E_INVALID_SERVER_RESPONSE, "I"},
		"plain 302":                  {bitsupload.Fragment, 302, 0, server, true, failed, 0x8019012E, "D handling-server-application-errors"},
		"plain 408":                  {bitsupload.Fragment, 408, 0, server, true, waiting, hresult.BG_E_HTTP_ERROR_408, "D handling-server-application-errors"},
		"plain 500":                  {bitsupload.Fragment, 500, 0, server, true, waiting, hresult.BG_E_HTTP_ERROR_500, "D handling-server-application-errors"},
		"plain 505":                  {bitsupload.Fragment, 505, 0, server, true, failed, hresult.BG_E_HTTP_ERROR_505, "D handling-server-application-errors"},
		"application, 404":           {bitsupload.Fragment, 404, 0x80190194, app, false, failed, hresult.BG_E_HTTP_ERROR_404, "D handling-server-application-errors"},
		"application, 409":           {bitsupload.Fragment, 409, 0x80190199, app, false, waiting, hresult.BG_E_HTTP_ERROR_409, "D handling-server-application-errors"},
		"application, 500":           {bitsupload.Fragment, 500, 0x801901F4, app, false, waiting, hresult.BG_E_HTTP_ERROR_500, "D handling-server-application-errors"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, "upload")
			up, _ := s.uploads(nil)
			up.Inject(bitsupload.Fault{Packet: c.packet, Status: c.status, Code: c.code, Context: c.context, Bare: c.bare})
			job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
			w := s.listen(job, flagT|flagE)
			s.step(name, c.evidence)
			s.ok(job.Resume(t.Context()))
			s.settles(job, c.state)
			object := s.failed(job, c.want, c.context)
			got(got(object.GetFile(t.Context())).ok(s).GetRemoteName(t.Context())).is(s, uploadRemote)
			if c.state == failed {
				s.heard(w, 0, 1)
			} else {
				s.heard(w, 0, 0)
			}
		})
	}
}

// A job in a store that is kept goes on with its session when the emulator is opened
// again (D preventing-multiple-uploads).
func TestUploadReopened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	opts := []bitsemu.Option{bitsemu.Store(filepath.Join(dir, "jobs")), bitsemu.Drive("C:", t.TempDir())}
	first := newScene(t, "upload", opts...)
	server, files := first.uploads((&application{reply: []byte("reply")}).behind)
	for _, d := range []string{`C:\Users`, `C:\Downloads`} {
		first.directory(d, actors.alice)
	}
	first.step("before", "")
	job := startUpload(first, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	first.ok(job.SetReplyFileName(t.Context(), bits.String(replyLocal)))
	id := got(job.GetId(t.Context())).ok(first)
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 2, Status: 503})
	first.ok(job.Resume(t.Context()))
	first.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	require.NoError(t, first.emu.Close())

	s := newScene(t, "upload", opts...)
	s.step("after", "D preventing-multiple-uploads")
	s.ok(s.emu.Handle("http://uploads.test", server))
	job = query[bits.Job2](s, actors.alice, got(s.emu.As(actors.alice).GetJob(t.Context(), id)).ok(s))
	s.is(uint64(8*mib), s.moved(job))
	s.ok(job.Resume(t.Context()))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is([]byte("reply"), replyData(s, job))
	s.arrives(job, files)
	s.emu.CheckFile(t, replyLocal, []byte("reply"))
	s.is(1, packets(server, bitsupload.CreateSession))
	s.is(4, packets(server, bitsupload.Fragment))
}
