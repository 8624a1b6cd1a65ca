package bitsemu_test

import (
	"net/http"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

func halfway(s *scene, server *bitsupload.Server) bits.Job2 {
	s.t.Helper()
	ctx := s.t.Context()
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, Status: 503})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.is(1, len(server.Sessions()))
	return job
}

func uploadCancel(s *scene) {
	server, files := s.uploads(nil)
	job := halfway(s, server)
	s.step("cancelled", "D cancel-session")
	got(job.Cancel(s.t.Context())).is(s, hresult.S_OK)
	s.settles(job, bits.BG_JOB_STATE_CANCELLED)
	s.is(1, packets(server, bitsupload.CancelSession))
	s.is(0, len(server.Sessions()))
	s.is(0, len(files.Names())) // not even those of the session
}

func uploadCancelNothing(s *scene) {
	server, _ := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("cancelled without a session", "I")
	got(job.Cancel(s.t.Context())).is(s, hresult.S_OK)
	s.emu.Advance(time.Hour)
	s.is(0, packets(server, bitsupload.CancelSession))
}

func uploadCancelWindow(s *scene) {
	server, _ := s.uploads(nil)
	job := halfway(s, server)
	server.Inject(bitsupload.Fault{Packet: bitsupload.CancelSession, Times: 3, Status: 500})
	s.step("cancelled, and the server does not hear", "D nf-bits-ibackgroundcopyjob-cancel.md")
	got(job.Cancel(s.t.Context())).is(s, hresult.S_OK)
	s.settles(job, bits.BG_JOB_STATE_CANCELLED)
	s.is(1, packets(server, bitsupload.CancelSession))
	s.emu.Advance(59 * time.Second)
	s.is(1, packets(server, bitsupload.CancelSession))
	s.emu.Advance(time.Second)
	s.is(2, packets(server, bitsupload.CancelSession))
	s.emu.Advance(10 * time.Minute)
	s.is(4, packets(server, bitsupload.CancelSession))
	s.is(0, len(server.Sessions()))

	// Never again after 24 hours.
	server, _ = s.uploads(nil)
	job = halfway(s, server)
	s.ok(s.emu.HandleTransport("http://uploads.test", transfer.NewScript(transfer.Unreachable(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, transfer.Always))))
	s.ok(job.SetMinimumRetryDelay(s.t.Context(), 3600))
	got(job.Cancel(s.t.Context())).is(s, hresult.S_OK)
	s.emu.Advance(24*time.Hour + time.Minute)
	s.ok(s.emu.Handle("http://uploads.test", server))
	s.emu.Advance(2 * time.Hour)
	s.is(0, packets(server, bitsupload.CancelSession))
	s.is(1, len(server.Sessions()))
}

func uploadCancelShortWindow(s *scene) {
	ctx := s.t.Context()
	server, _ := s.uploads(nil)
	job := halfway(s, server)
	s.ok(job.SetNoProgressTimeout(ctx, 150))
	server.Inject(bitsupload.Fault{Packet: bitsupload.CancelSession, Times: 3, Status: 500})
	s.step("cancelled with a no-progress timeout", "D nf-bits-ibackgroundcopyjob-cancel.md")
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.emu.Advance(time.Hour)
	s.is(3, packets(server, bitsupload.CancelSession)) // at 0, 60 and 120 seconds
}

func uploadCancelInPacket(s *scene) {
	ctx := s.t.Context()
	server, _ := s.uploads(nil)
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.step("cancelled in the second fragment", "D cancel-session")
	began, done := make(chan struct{}), make(chan error, 1)
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, Do: func(r *http.Request) {
		close(began)
		<-r.Context().Done()
	}})
	go func() {
		<-began
		_, err := job.Cancel(ctx)
		done <- err
	}()
	s.ok(job.Resume(ctx))
	s.emu.Settle()
	s.ok(<-done)
	s.settles(job, bits.BG_JOB_STATE_CANCELLED)
	s.is(1, packets(server, bitsupload.CancelSession))
	s.is(0, len(server.Sessions()))
}

func uploadCancelFinished(s *scene) {
	ctx := s.t.Context()
	script := transfer.NewScript(transfer.Size(kib), transfer.Hold())
	s.ok(s.emu.Script("http://server.test/reply", script))
	server, files := s.uploads(func(o *bitsupload.Options) {
		o.Notify = bitsupload.Notification{
			Type: bitsupload.NotifyByValue, URL: "http://app.test/",
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("BITS-Copy-File-To-Destination", "yes")
				w.Header().Set("BITS-Static-Response-URL", "http://server.test/reply")
			}),
		}
	})
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD_REPLY)
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSFERRING)
	s.step("cancelled after the upload", "D cancel-session")
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.emu.Settle()
	s.is(1, packets(server, bitsupload.CancelSession))
	s.is([]string{"F"}, files.Names())
	s.is([]string{"F"}, s.files(`C:\Users`)) // no file of the reply
}

func uploadCancelProxy(s *scene) {
	ctx := s.t.Context()
	server, _ := s.uploads(nil)
	s.ok(s.emu.Handle("http://uploads.test", nil)) // which nobody reaches without the proxy
	s.ok(s.emu.HandleTransport("http://proxy.test:8080", transfer.ProtectTransport(transfer.Handler(server), transfer.Policy{
		Proxy: true, Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_BASIC}, Users: map[string]string{"u": "p"},
	})))
	job := startUpload(s, bits.BG_JOB_TYPE_UPLOAD)
	s.ok(job.SetProxySettings(ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("proxy.test:8080"), nil))
	s.ok(job.SetCredentials(ctx, bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_PROXY, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: "p",
	}))
	server.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, Status: 503})
	s.ok(job.Resume(ctx))
	s.settles(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
	s.step("cancelled through the proxy of the job", "I")
	got(job.Cancel(ctx)).is(s, hresult.S_OK)
	s.emu.Settle()
	s.is(1, packets(server, bitsupload.CancelSession))
	s.is(0, len(server.Sessions()))
}

func uploadCancelRestart(s *scene) {
	server, _ := s.uploads(nil)
	job := halfway(s, server)
	server.Inject(bitsupload.Fault{Packet: bitsupload.CancelSession, Status: 500})
	s.step("cancelled, and the service restarts", "C")
	got(job.Cancel(s.t.Context())).is(s, hresult.S_OK)
	s.emu.Settle()
	s.ok(s.emu.Restart())
	s.emu.Advance(60 * time.Second)
	s.is(2, packets(server, bitsupload.CancelSession))
	s.is(0, len(server.Sessions()))
}

func uploadCancelOffline(s *scene) {
	server, _ := s.uploads(nil)
	job := halfway(s, server)
	s.emu.NetworkDown()
	s.step("cancelled without a network", "I")
	got(job.Cancel(s.t.Context())).is(s, hresult.S_OK)
	s.emu.Advance(time.Hour)
	s.state(job, bits.BG_JOB_STATE_CANCELLED)
	s.is(0, packets(server, bitsupload.CancelSession))
	s.emu.NetworkUp()
	s.emu.Advance(60 * time.Second)
	s.is(1, packets(server, bitsupload.CancelSession))
	s.is(0, len(server.Sessions()))
}
