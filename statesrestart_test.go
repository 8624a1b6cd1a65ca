package bitsemu_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
)

// staticReply has the application behind an upload server name a reply that is there.
func staticReply(url string) func(*bitsupload.Options) {
	return func(o *bitsupload.Options) {
		o.Notify.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("BITS-Static-Response-URL", url)
		})
	}
}

// restarted is a job after a restart of the service.
func (r *rig) restarted(job bits.Job) bits.Job {
	r.Helper()
	id := r.info(job).ID
	r.ok(r.emu.Restart())
	job, err := r.emu.Manager().GetJob(r.ctx, id)
	r.ok(err)
	return job
}

var stateRestart = map[string]stateRow{
	"Jobs survive and continue by themselves": {"D", func(r *rig) {
		job := r.held()
		moved := r.moved(job)
		job = r.restarted(job)
		asked := len(r.scripts["held"].Requests())
		r.emu.Settle()
		r.is(job, stTransferring)
		require.GreaterOrEqual(r, r.moved(job), moved)
		r.scripts["held"].Release()
		r.emu.Settle()
		r.is(job, stTransferred)
		for _, q := range r.scripts["held"].Requests()[asked:] {
			require.False(r, isFromStart(q.Range), "it goes on where it was")
		}
	}, ""},
	"State seen right after restart: undocumented (QUEUED implied for action states)": {"I", inEach(nonFinal,
		func(r *rig, job bits.Job, s bits.JobState) {
			want := s
			if s == stConnecting || s == stTransferring {
				want = stQueued
			}
			r.is(r.restarted(job), want)
		}), ""},
	"Kept: files, progress (HIGH_PERFORMANCE excepted), credentials, custom headers (encrypted), command line, notification CLSID": {"D", func(r *rig) {
		store := filepath.Join(r.TempDir(), "jobs")
		r = r.again(bitsemu.Store(store))
		job := r.done()
		r.add(job, "b")
		r.ok(ask[bits.Job2](r, job).SetCredentials(r.ctx, basicFor("somebody", "this-is-secret")))
		r.ok(setHeaders("X: this-is-secret\r\n")(r, job))
		commandLine(r, job)
		clsid := uuid.New()
		r.ok(setProperty(bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID, bits.PropertyClsID(clsid))(r, job))
		before := r.info(job)
		job = r.restarted(job)
		after := r.info(job)
		require.Equal(r, before.Files, after.Files)
		require.Equal(r, before.Credentials, after.Credentials)
		require.Equal(r, bits.PropertyClsID(clsid), bits.PropertyClsID(after.NotifyCLSID))
		program, parameters, err := ask[bits.Job2](r, job).GetNotifyCmdLine(r.ctx)
		r.ok(err)
		require.Equal(r, []string{`C:\p.exe`, `p.exe x`}, []string{program, parameters})
		headers, ok, err := ask[bits.JobHttpOptions](r, job).GetCustomHeaders(r.ctx)
		r.ok(err)
		require.True(r, ok)
		require.Equal(r, "X: this-is-secret\r\n", headers)
		content, err := os.ReadFile(store)
		r.ok(err)
		require.False(r, bytes.Contains(content, []byte("this-is-secret")))
		require.Equal(r, hresult.S_OK, mustAnswer(ask[bits.Job2](r, job).RemoveCredentials(r.ctx, bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_BASIC)))
	}, ""},
	"Lost: notify interface, server-certificate callback, helper token": {"D", func(r *rig) {
		e := &ears{}
		job := r.secured(&judge{})
		r.listen(job, e)
		o := ask[bits.TokenOptions](r, job)
		r.ok(o.SetHelperToken(r.bob()))
		job = r.restarted(job)
		callback, err := job.GetNotifyInterface(r.ctx)
		r.ok(err)
		require.Nil(r, callback)
		helper, err := ask[bits.TokenOptions](r, job).GetHelperTokenSid(r.ctx)
		r.ok(err)
		require.True(r, helper.IsZero())
		r.resume(job, stError) // for want of the certificate callback
		require.Zero(r, e.count(nError))
	}, ""},
	"SetRemoteName edit without Resume: lost": {"D", func(r *rig) {
		job := r.download()
		r.ok(setRemote(rigFiles+"b")(r, job))
		name, err := r.file(job).GetRemoteName(r.ctx)
		r.ok(err)
		require.Equal(r, rigFiles+"b", name)
		name, err = r.file(r.restarted(job)).GetRemoteName(r.ctx)
		r.ok(err)
		require.Equal(r, rigFiles+"a", name)
	}, ""},
	"Queue order may change": nothing("it may, and here it does not"),
	"Job store unreadable after a version rollback: list deleted, temp files orphaned": nothing("nothing rolls the store back; what it does with one that it cannot read is the next row"),
	"Store corrupt: header BG_E_DATABASE_CORRUPT 0x8020006C, service stops": {"header; C: New fails", func(r *rig) {
		store := filepath.Join(r.TempDir(), "jobs")
		emu, err := bitsemu.New(bitsemu.Store(store), bitsemu.ManualTime())
		r.ok(err)
		r.ok(emu.Close())
		content, err := os.ReadFile(store)
		r.ok(err)
		for i := 2 * os.Getpagesize(); i < len(content); i++ { // behind what tells that it is a store
			content[i] ^= 0x5a
		}
		r.ok(os.WriteFile(store, content, 0o600))
		_, err = bitsemu.New(bitsemu.Store(store), bitsemu.ManualTime())
		r.fails(err, hresult.BG_E_DATABASE_CORRUPT)
	}, ""},
	"Certificate-callback job after restart: next TLS connection needs the interface again, BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED (implied)": {"I", func(r *rig) {
		job := r.resume(r.restarted(r.secured(&judge{})), stError)
		require.Equal(r, hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, r.info(job).Error.Code)
	}, ""},
	"Service start: delayed auto when jobs exist, else on demand": {"C: a store that is opened has its service run; one that was stopped starts when it is activated", func(r *rig) {
		r.held()
		r.ok(r.emu.Stop())
		r.seconds(3600)
		r.emu.CheckState(r, r.onlyJob(), stQueued)
		_, err := r.emu.Activate(r.ctx)
		r.ok(err)
		r.emu.Settle()
		r.emu.CheckState(r, r.onlyJob(), stTransferring)
	}, ""},
}

func mustAnswer(h hresult.HRESULT, err error) hresult.HRESULT {
	if err != nil {
		panic(err)
	}
	return h
}

// onlyJob is the one job that there is.
func (r *rig) onlyJob() uuid.UUID {
	r.Helper()
	all, err := r.emu.Jobs()
	r.ok(err)
	require.Len(r, all, 1)
	return all[0].ID
}
