package bitsemu_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// A program that learns in its callback that an address is wrong puts it right there.
func TestS15MendTheAddress(t *testing.T) {
	t.Parallel()
	play(t, "S15", "main", s15)
	play(t, "S15", "refused", s15Refused)
	play(t, "S15", "prefix", s15Prefix)
}

const english = 0x409

func s15(s *scene) {
	ctx := s.t.Context()
	script1, remote1 := s.remote("R1", transfer.Size(1000))
	_, remote2 := s.remote("R2", transfer.Status(http.StatusNotFound, transfer.Always))
	script3, mended := s.remote("mended", transfer.Size(2000))

	s.step("1", "")
	_, job := s.download(actors.alice, "mend", remote1, local1, remote2, local2)
	w := s.listen(job, flagT|flagE|flagM)
	var told, did calls
	var code hresult.HRESULT
	var where bits.ErrorContext
	var name, text string
	w.onError = func(ctx context.Context, job bits.Job, object bits.Error) (err error) {
		file, err := object.GetFile(ctx)
		told.note(err)
		if err != nil {
			return nil
		}
		name, err = file.GetRemoteName(ctx)
		told.note(err)
		where, code, err = object.GetError(ctx)
		told.note(err)
		text, err = object.GetErrorDescription(ctx, english)
		told.note(err)
		file2, err := bits.Query[bits.File2](ctx, file)
		did.note(err)
		if err != nil {
			return nil
		}
		did.note(file2.SetRemoteName(ctx, mended), job.Resume(ctx))
		return nil
	}
	s.ok(job.Resume(ctx))

	s.step("2", "O")
	s.emu.Settle()
	told.ok(s, 4)
	s.is(remote2, name)
	s.is(bits.BG_ERROR_CONTEXT_REMOTE_FILE, where)
	s.is(hresult.BG_E_HTTP_ERROR_404, code)
	s.holds(text != "", "there is no description")

	s.step("3", "O")
	did.ok(s, 3)

	s.step("4", "D, O")
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.heard(w, 1, 1)
	s.is([]string{"0-999"}, ranges(script1))
	got(s.jobFiles(job)[1].GetRemoteName(ctx)).is(s, mended)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, script1.Bytes())
	s.emu.CheckFile(s.t, local2, script3.Bytes())
}

func s15Refused(s *scene) {
	ctx := s.t.Context()
	s.uploads(nil)
	s.write(uploadLocal, []byte("content"))
	job := s.upload(actors.alice, bits.BG_JOB_TYPE_UPLOAD, uploadRemote, uploadLocal)

	s.step("5", "D")
	file := query[bits.File2](s, actors.alice, s.jobFiles(job)[0])
	s.fails(file.SetRemoteName(ctx, uploadRemote+"2"), hresult.E_NOTIMPL)

	_, remote := s.remote("R1", transfer.Size(1000))
	_, download := s.download(actors.alice, "done", remote, local1)
	file = query[bits.File2](s, actors.alice, s.jobFiles(download)[0])
	s.ok(download.Resume(ctx))
	s.settles(download, bits.BG_JOB_STATE_TRANSFERRED)
	got(download.Complete(ctx)).is(s, hresult.S_OK)
	s.fails(file.SetRemoteName(ctx, remote+"2"), hresult.BG_E_INVALID_STATE)
}

func s15Prefix(s *scene) {
	ctx := s.t.Context()
	script1, _ := s.remote("new/R1", transfer.Size(1000))
	script2, _ := s.remote("new/R2", transfer.Size(2000))
	for _, name := range []string{"old/R1", "old/R2"} {
		s.remote(name, transfer.Status(http.StatusNotFound, transfer.Always))
	}
	_, created := s.download(actors.alice, "prefix",
		"http://server.test/old/R1", local1, "http://server.test/old/R2", local2)
	job := query[bits.Job3](s, actors.alice, created)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)

	s.step("6", "D")
	got(job.ReplaceRemotePrefix(ctx, "http://other.test/", "http://server.test/new/")).is(s, hresult.S_FALSE)
	got(job.ReplaceRemotePrefix(ctx, "http://server.test/old/", "http://server.test/new/")).is(s, hresult.S_OK)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, local1, script1.Bytes())
	s.emu.CheckFile(s.t, local2, script2.Bytes())
}
