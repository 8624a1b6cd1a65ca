package bitsemu_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// Uploads, beyond what the scenarios S12 to S14 play.
func TestUpload(t *testing.T) {
	t.Parallel()
	for part, act := range map[string]func(*scene){
		"suspend": uploadSuspend, "suspend-before-the-answer": uploadSuspendInCreate, "service-restart": uploadRestart,
		"connection-lost": uploadCut, "last-answer-lost": uploadLastLost, "session-forgotten": uploadForgotten,
		"close-refused": uploadCloseRefused, "close-lost": uploadCloseLost,
		"progress": uploadProgress, "application-later": uploadApplicationLater, "application-refuses": uploadApplicationRefuses,
		"reply-goes-on": uploadReplyGoesOn, "reply-restart": uploadReplyRestart, "reply-empty": uploadReplyEmpty,
		"reply-name-made-up": uploadReplyName, "reply-name-late": uploadReplyNameLate, "reply-denied": uploadReplyDenied,
		"file-at-start": uploadFileAtStart, "file-changed-while-suspended": uploadFileChanged, "file-gone": uploadFileGone,
		"cancel": uploadCancel, "cancel-without-session": uploadCancelNothing, "cancel-window": uploadCancelWindow,
		"cancel-short-window": uploadCancelShortWindow, "cancel-in-packet": uploadCancelInPacket,
		"cancel-after-upload": uploadCancelFinished, "cancel-through-proxy": uploadCancelProxy, "cancel-and-restart": uploadCancelRestart, "cancel-offline": uploadCancelOffline,
		"empty": uploadEmpty, "network": uploadNetwork, "identity": uploadIdentity, "log-off": uploadLogOff,
	} {
		play(t, "upload", part, act)
	}
	play(t, "upload", "share", uploadShare, bitsemu.Share(`\\files.test\share`, t.TempDir()))
}

// uploadContent takes three fragments.
var uploadContent = bytes.Repeat([]byte("0123456789abcdef"), 10*mib/16)

// startUpload is a job with a file that is there, not resumed yet.
func startUpload(s *scene, kind bits.JobType) bits.Job2 {
	s.t.Helper()
	s.write(uploadLocal, uploadContent)
	job := s.upload(actors.alice, kind, uploadRemote, uploadLocal)
	s.ok(job.SetMinimumRetryDelay(s.t.Context(), 60))
	return job
}

// packets is how many packets of a type a server has got.
func packets(server *bitsupload.Server, p bitsupload.Packet) int { return server.Stats().Packets[p] }

// arrives asserts that the server has the file, and ends the job.
func (s *scene) arrives(job bits.Job, files *bitsupload.Memory) {
	s.t.Helper()
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got, err := files.ReadFile("F")
	s.ok(err)
	s.holds(bytes.Equal(uploadContent, got), "the server has other content")
	result, err := job.Complete(s.t.Context())
	s.ok(err)
	s.is(hresult.S_OK, result)
}

func (s *scene) moved(job bits.Job) uint64 {
	s.t.Helper()
	return got(job.GetProgress(s.t.Context())).ok(s).BytesTransferred
}

// within has something done while a packet is at the server, and asserts that it has
// gone well once the emulator has settled.
func (s *scene) within(server *bitsupload.Server, f bitsupload.Fault, do func() error) *calls {
	var did calls
	f.Do = func(*http.Request) { did.note(do()) }
	server.Inject(f)
	return &did
}

func uploadSuspend(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("suspended in the second fragment", "D preventing-multiple-uploads")
	// From another goroutine, as Suspend waits for the packet.
	done := make(chan error, 1)
	began := make(chan struct{})
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, Do: func(r *http.Request) {
		close(began)
		<-r.Context().Done() // the request is given up
	}})
	go func() {
		<-began
		done <- job.Suspend(ctx)
	}()
	s.ok(job.Resume(ctx))
	s.emu.Settle()
	s.ok(<-done)
	s.state(job, bits.BG_JOB_STATE_SUSPENDED)
	s.is(uint64(4*mib), s.moved(job))
	s.ok(job.Resume(ctx))
	s.arrives(job, files)
	s.is(1, packets(server, bitsupload.CreateSession))
	s.is(1, packets(server, bitsupload.CloseSession))
}

// A session that is made while its job is being suspended is not lost.
func uploadSuspendInCreate(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("suspended in Create-Session", "D preventing-multiple-uploads")
	done := make(chan error, 1)
	s.ok(s.emu.HandleTransport("http://uploads.test", afterAnswer{transfer.Handler(server), func(r *http.Request) {
		if packets(server, bitsupload.CreateSession) == 1 && packets(server, bitsupload.Fragment) == 0 {
			go func() { done <- job.Suspend(ctx) }()
			<-r.Context().Done() // Suspend has come so far, and waits for this packet
		}
	}}))
	s.ok(job.Resume(ctx))
	s.emu.Settle()
	s.ok(<-done)
	s.settles(job, bits.BG_JOB_STATE_SUSPENDED)
	s.is(1, len(server.Sessions()))
	s.ok(job.Resume(ctx))
	s.arrives(job, files)
	s.is(1, packets(server, bitsupload.CreateSession))
}

// afterAnswer does something when an answer is there and the client does not know yet.
type afterAnswer struct {
	http.RoundTripper
	do func(*http.Request)
}

func (a afterAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := a.RoundTripper.RoundTrip(r)
	a.do(r)
	return response, err
}

func uploadRestart(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	id := got(job.GetId(ctx)).ok(s)
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 2, Status: 503})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.failed(job, hresult.BG_E_HTTP_ERROR_503, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	s.is(uint64(8*mib), s.moved(job))

	s.step("restart of the service", "D preventing-multiple-uploads")
	s.ok(s.emu.Restart())
	again := got(s.emu.As(actors.alice).GetJob(ctx, id)).ok(s)
	s.is(uint64(8*mib), s.moved(again))
	s.ok(again.Resume(ctx))
	s.arrives(again, files)
	s.is(1, packets(server, bitsupload.CreateSession))
	s.is(4, packets(server, bitsupload.Fragment))
}

func uploadCut(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	w := s.listen(job, flagT|flagE)
	s.step("connection lost in the second fragment", "I")
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, CutAfter: mib})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	object := s.failed(job, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	got(got(object.GetFile(ctx)).ok(s).GetLocalName(ctx)).is(s, uploadLocal)
	s.emu.Advance(60 * time.Second)
	s.arrives(job, files)
	s.heard(w, 1, 0)
	s.is(1, packets(server, bitsupload.CreateSession))
	s.is(uint64(len(uploadContent)), server.Stats().Stored)
}

func uploadLastLost(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("the last answer is lost", "D preventing-multiple-uploads")
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 2, Lose: true})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.is(uint64(8*mib), s.moved(job))
	s.emu.Advance(60 * time.Second)
	s.arrives(job, files)
	s.is(4, packets(server, bitsupload.Fragment))
}

func uploadForgotten(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("the server forgets the session", "D preventing-multiple-uploads, M 3.1.5.2.1")
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 2, Forget: true})
	var states []bits.JobState
	var moved []uint64
	did := s.within(server, bitsupload.Fault{Packet: bitsupload.CreateSession, Skip: 1}, func() error {
		state, err := job.GetState(ctx)
		progress, err2 := job.GetProgress(ctx)
		states, moved = append(states, state), append(moved, progress.BytesTransferred)
		return errors.Join(err, err2)
	})
	s.ok(job.Resume(ctx))
	s.arrives(job, files)
	did.ok(s, 1)
	s.is([]bits.JobState{bits.BG_JOB_STATE_TRANSFERRING}, states)
	s.is([]uint64{0}, moved)
	s.is(2, packets(server, bitsupload.CreateSession))
}

func uploadCloseRefused(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("Close-Session is refused for now", "D ack-for-close-session")
	server.Inject(bitsupload.Fault{Packet: bitsupload.CloseSession, Status: 500})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.emu.Advance(60 * time.Second)
	s.arrives(job, files)
	s.is(3, packets(server, bitsupload.Fragment))
	s.is(2, packets(server, bitsupload.CloseSession))
}

// A reply that has come is not asked for again, as its session may be closed already.
func uploadCloseLost(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads((&application{reply: []byte("reply")}).behind)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.step("the answer to Close-Session is lost", "D ack-for-close-session")
	server.Inject(bitsupload.Fault{Packet: bitsupload.CloseSession, Lose: true})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.emu.Advance(60 * time.Second)
	s.state(job, bits.BG_JOB_STATE_TRANSFERRED)
	s.is([]byte("reply"), replyData(s, job))
	s.arrives(job, files)
}

func uploadProgress(s *scene) {
	ctx := s.t.Context()
	app := &application{reply: []byte("reply")}
	var seen []bits.JobProgress
	var completed []bool
	var did calls
	var job bits.Job2
	look := func() error {
		p, err := job.GetProgress(ctx)
		seen = append(seen, p)
		enum, err2 := job.EnumFiles(ctx)
		if err2 == nil {
			for file, err := range bits.All(ctx, enum) {
				f, err3 := file.GetProgress(ctx)
				completed = append(completed, f.Completed)
				err2 = errors.Join(err, err3)
			}
		}
		return errors.Join(err, err2)
	}
	server, files := s.uploads(func(o *bitsupload.Options) {
		app.behind(o)
		o.Notify.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			did.note(look())
			app.ServeHTTP(w, r)
		})
	})
	job = startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.step("what the job shows", "I")
	server.Inject(bitsupload.Fault{Times: 4, Do: func(*http.Request) { did.note(look()) }})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	did.ok(s, 5)
	var moved []uint64
	for _, p := range seen {
		s.is(uint64(10*mib), p.BytesTotal)
		s.is(uint32(0), p.FilesTransferred)
		moved = append(moved, p.BytesTransferred)
	}
	s.is([]uint64{0, 0, 4 * mib, 8 * mib, 10 * mib}, moved)
	s.is([]bool{false, false, false, false, false}, completed)
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{BytesTotal: 10 * mib, BytesTransferred: 10 * mib, FilesTotal: 1, FilesTransferred: 1})
	s.arrives(job, files)
}

// staticReply has the server's application name a reply that is a remote file.
func uploadFileAtStart(s *scene) {
	ctx := s.t.Context()
	_, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("the file grows before the job begins", "D file-transfer-consistency")
	s.write(uploadLocal, []byte("short"))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	content, err := files.ReadFile("F")
	s.ok(err)
	s.is("short", string(content))
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{BytesTotal: 5, BytesTransferred: 5, FilesTotal: 1, FilesTransferred: 1})
}

func uploadFileChanged(s *scene) {
	ctx := s.t.Context()
	server, _ := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, Status: 503})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.ok(job.Suspend(ctx))
	s.step("the file changes while the job is suspended", "D file-transfer-consistency")
	at := s.emu.Now().Add(-time.Hour)
	s.ok(os.Chtimes(s.emu.Path(uploadLocal), at, at))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	object := s.failed(job, hresult.BG_E_LOCAL_FILE_CHANGED, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
	got(got(object.GetFile(ctx)).ok(s).GetLocalName(ctx)).is(s, uploadLocal)
	s.is(2, packets(server, bitsupload.Fragment))
}

func uploadFileGone(s *scene) {
	ctx := s.t.Context()
	server, _ := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("the file is gone", "I")
	s.ok(os.Remove(s.emu.Path(uploadLocal)))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_ERROR)
	s.failed(job, hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND, bits.BG_ERROR_CONTEXT_LOCAL_FILE)
	s.is(0, packets(server, bitsupload.CreateSession))
}

// halfway is an upload that waits in the middle.
func uploadEmpty(s *scene) {
	ctx := s.t.Context()
	_, files := s.uploads(nil)
	s.write(uploadLocal, nil)
	job := s.upload(actors.alice, bits.BG_JOB_TYPE_UPLOAD, uploadRemote, uploadLocal)
	s.step("an empty file", "I")
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	content, err := files.ReadFile("F")
	s.ok(err)
	s.is(0, len(content))
	got(job.Complete(ctx)).is(s, hresult.S_OK)
}

func uploadShare(s *scene) {
	ctx := s.t.Context()
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.step("to a share", "D what-s-new, uploads over SMB")
	remote := `\\files.test\share\` + path.Base(s.t.Name()) // the share is that of both machines
	job = s.upload(actors.alice, bits.BG_JOB_TYPE_UPLOAD, remote, uploadLocal)
	id := got(job.GetId(ctx)).ok(s)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.GetProgress(ctx)).is(s, bits.JobProgress{BytesTotal: 10 * mib, BytesTransferred: 10 * mib, FilesTotal: 1, FilesTransferred: 1})
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, remote, uploadContent)
	alice := actors.alice.User().String()
	s.is([]string{"create " + alice}, only(s.did(id), "create"))

	s.step("to a share that is not there", "I")
	job = s.upload(actors.alice, bits.BG_JOB_TYPE_UPLOAD, `\\files.test\another\F`, uploadLocal)
	s.ok(job.Resume(ctx))
	s.emu.Settle()
	state := got(job.GetState(ctx)).ok(s)
	s.holds(state == bits.BG_JOB_STATE_ERROR || state == bits.BG_JOB_STATE_TRANSIENT_ERROR, "the job is in %s", state)
	got(got(job.GetError(ctx)).ok(s).GetFile(ctx)).ok(s)
}

func uploadNetwork(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("the network is lost", "D users-and-network-connections")
	did := s.within(server, bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1}, func() error {
		s.emu.NetworkDown()
		return nil
	})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	did.ok(s, 1)
	s.failed(job, hresult.BG_E_NETWORK_DISCONNECTED, anyContext)
	s.emu.NetworkUp()
	s.arrives(job, files)
	s.is(1, packets(server, bitsupload.CreateSession))

	s.step("a name that is not resolved", "O, for a download")
	job = s.upload(actors.alice, bits.BG_JOB_TYPE_UPLOAD, "http://nowhere.test/F", uploadLocal)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.failed(job, 0x80072EE7, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
}

// The file is read, and the reply written, as the helper; who is asked answers as him.
func uploadIdentity(s *scene) {
	ctx := s.t.Context()
	s.uploads((&application{reply: []byte("reply")}).behind)
	s.directory(`C:\Bob`, actors.bob)
	s.write(`C:\Bob\F`, []byte("content"))
	id, created := s.create(actors.system, "upload", bits.BG_JOB_TYPE_UPLOAD_REPLY)
	job := query[bits.Job2](s, actors.system, created)
	s.step("upload with a helper", "D helper-tokens-for-bits-transfer-jobs")
	s.fails(job.AddFile(ctx, uploadRemote, `C:\Bob\F`), hresult.E_ACCESSDENIED)
	options := query[bits.TokenOptions](s, actors.system, job)
	s.ok(options.SetHelperToken(s.as(actors.bob)))
	s.ok(options.SetHelperTokenFlags(ctx, bits.BG_TOKEN_LOCAL_FILE))
	s.ok(job.AddFile(ctx, uploadRemote, `C:\Bob\F`))
	s.ok(job.SetReplyFileName(ctx, bits.String(`C:\Bob\LR`)))
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRED)
	got(job.Complete(ctx)).is(s, hresult.S_OK)
	s.emu.CheckFile(s.t, `C:\Bob\LR`, []byte("reply"))
	bob := actors.bob.User().String()
	did := s.did(id)
	s.is([]string{"read " + actors.system.User().String() + " refused", "read " + bob}, only(did, "read")[:2])
	s.is([]string{"open " + bob}, only(did, "open"))
	s.is([]string{"create " + bob}, only(did, "create"))
	s.is([]string{"rename " + bob}, only(did, "rename"))
}

func uploadLogOff(s *scene) {
	ctx := s.t.Context()
	server, files := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("the owner logs off", "D users-and-network-connections")
	did := s.within(server, bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1}, func() error {
		return s.emu.LogOff(actors.alice.User())
	})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_QUEUED)
	did.ok(s, 1)
	s.flawless(job)
	s.emu.LogOnSession(actors.alice.User(), aliceSession)
	s.arrives(job, files)
	s.is(1, packets(server, bitsupload.CreateSession))
}
