package bitsemu_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// ends has a download of a remote file end in a state with an error.
func (r *rig) ends(job bits.Job, s bits.JobState, code hresult.HRESULT, place bits.ErrorContext) bits.Job {
	r.Helper()
	r.resume(job, s)
	r.code(job, code, place)
	return job
}

// application has the application of an upload server answer with a status.
func (r *rig) application(status int) bits.Job {
	r.Helper()
	return r.upload(reply, 0, func(o *bitsupload.Options) {
		o.Notify.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	})
}

// statuses has the application answer with statuses, some of which are fatal and the
// others are not.
func statuses(fatal, transient []int) stateRow {
	return stateRow{"D", func(r *rig) {
		for s, list := range map[bits.JobState][]int{stError: fatal, stTransient: transient} {
			for _, status := range list {
				o := r.again()
				job := o.application(status)
				r.ok(job.Resume(r.ctx))
				o.emu.Settle()
				got, err := job.GetState(r.ctx)
				r.ok(err)
				require.Equal(r, s, got, "status %d", status)
				e, err := job.GetError(r.ctx)
				r.ok(err)
				place, _, err := e.GetError(r.ctx)
				r.ok(err)
				require.Equal(r, bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION, place, "status %d", status)
			}
		}
	}, ""}
}

// share is a file on a share.
func (r *rig) share(name string, content []byte) *rig {
	return r.again(bitsemu.ShareFS(`\\files\public`, fstest.MapFS{name: &fstest.MapFile{Data: content, ModTime: time.Unix(1e9, 0)}}))
}

// protect puts a server that asks who is there in place of the files' one.
func (r *rig) protect(p transfer.Policy) {
	r.Helper()
	r.ok(r.emu.Handle("http://closed.test", transfer.Protect(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		http.ServeContent(w, q, "", time.Unix(1e9, 0), strings.NewReader("open"))
	}), p)))
}

// of is a job with one remote file.
func (r *rig) of(remote string) bits.Job {
	r.Helper()
	job := r.job(down)
	r.ok(job.AddFile(r.ctx, remote, rigLocal("of")))
	return job
}

var stateErrors = map[string]stateRow{
	"Server temporarily unavailable": {"D", func(r *rig) {
		r.code(r.retrying(), hresult.FromHTTPStatus(503), remoteFile)
	}, ""},
	"Access denied in general": {"D", func(r *rig) {
		job := r.download()
		r.ok(r.emu.RestrictTo(`C:\Downloads`))
		r.ends(job, stError, hresult.E_ACCESSDENIED, localFile)
	}, ""},
	"File ACL flags set, privilege missing when file finishes": {"D; I: administrators have the privileges", func(r *rig) {
		r = r.share("a", []byte("shared"))
		job := r.of(`\\files\public\a`)
		r.ok(setACL(bits.BG_COPY_FILE_ALL)(r, job))
		r.ends(job, stTransient, hresult.E_ACCESSDENIED, localFile)
		r.ok(setACL(bits.BG_COPY_FILE_DACL)(r, job))
		r.resume(job, stTransferred)
		_, other, err := r.emu.Manager().CreateJob(r.carol(), "an administrator's", down)
		r.ok(err)
		r.ok(other.AddFile(r.carol(), `\\files\public\a`, rigLocal("b")))
		job3, err := bits.Query[bits.Job3](r.carol(), other)
		r.ok(err)
		r.ok(job3.SetFileACLFlags(r.carol(), bits.BG_COPY_FILE_ALL))
		r.ok(other.Resume(r.carol()))
		r.emu.Settle()
		state, err := other.GetState(r.carol())
		r.ok(err)
		require.Equal(r, stTransferred, state)
	}, ""},
	"401 / 407, credentials missing or wrong": {"D", func(r *rig) {
		policy := transfer.Policy{Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_BASIC}, Users: map[string]string{"u": "p"}}
		r.protect(policy)
		job := r.ends(r.of("http://closed.test/a"), stError, hresult.BG_E_HTTP_ERROR_401, remoteFile)
		r.ok(ask[bits.Job2](r, job).SetCredentials(r.ctx, basicFor("u", "wrong")))
		r.ends(job, stError, hresult.BG_E_HTTP_ERROR_401, remoteFile)
		r.ok(ask[bits.Job2](r, job).SetCredentials(r.ctx, basicFor("u", "p")))
		r.resume(job, stTransferred)

		r.ok(r.emu.ProxyServer("http://proxy.test:8080", &policy))
		job = r.download()
		r.ok(job.SetProxySettings(r.ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("proxy.test:8080"), nil))
		r.ends(job, stError, hresult.BG_E_HTTP_ERROR_407, remoteFile)
		c := basicFor("u", "p")
		c.Target = bits.BG_AUTH_TARGET_PROXY
		r.ok(ask[bits.Job2](r, job).SetCredentials(r.ctx, c))
		r.resume(job, stTransferred)
	}, ""},
	"Bad proxy string": {"D", func(r *rig) {
		job := r.download()
		r.ok(job.SetProxySettings(r.ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("gopher=proxy"), nil))
		r.resume(job, stError)
		require.Equal(r, hresult.BG_E_INVALID_PROXY_INFO, r.info(job).Error.Code)
	}, ""},
	"No Content-Length / dynamic content": {"I for the state", func(r *rig) {
		r.serve("a", transfer.NoLength())
		r.ends(r.download(), stError, hresult.BG_E_MISSING_FILE_SIZE, remoteFile)
	}, ""},
	"No range support": {"I for the state", func(r *rig) {
		r.serve("a", transfer.NoRanges())
		r.ends(r.download(), stError, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, remoteFile)
	}, ""},
	"Ranged file: bad server answer, range past end, no ranges": {"D", func(r *rig) {
		ranged := func(opts ...transfer.ScriptOption) bits.Job {
			r.serve("r", opts...)
			job := r.job(down)
			r.ok(addRanges(bits.FileRange{InitialOffset: rigSize - 10, Length: 20})(r, job))
			return job
		}
		r.ends(ranged(), stError, hresult.BG_E_INVALID_RANGE, remoteFile)
		r.ends(ranged(transfer.Size(rigSize+10), transfer.NoRanges()), stError, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, remoteFile)
		r.serve("r")
		r.ok(r.emu.Script(rigFiles+"r", nil))
		r.ok(r.emu.Handle("http://files.test", http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if q.Method == http.MethodHead {
				w.Header().Set("Content-Length", fmt.Sprint(rigSize+10))
				w.Header().Set("Accept-Ranges", "bytes")
				return
			}
			w.Header().Set("Content-Range", "bytes 0-9/5")
			w.Header().Set("Content-Length", "10")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(make([]byte, 10))
		})))
		job := r.job(down)
		r.ok(addRanges(bits.FileRange{InitialOffset: rigSize - 10, Length: 20})(r, job))
		r.ends(job, stError, hresult.BG_E_INVALID_SERVER_RESPONSE, remoteFile)
	}, ""},
	"Redirect under DISALLOW policy": {"D", func(r *rig) {
		for _, status := range []int{300, 301, 302, 303, 307} {
			r.serve("a", transfer.Redirect(status, rigFiles+"b"))
			job := r.download()
			r.ok(ask[bits.JobHttpOptions](r, job).SetSecurityFlags(r.ctx, bits.BG_HTTP_REDIRECT_POLICY_DISALLOW))
			r.ends(job, stError, hresult.FromWin32(uint32(status)), remoteFile)
			name, err := r.file(job).GetRemoteName(r.ctx)
			r.ok(err)
			require.Equal(r, rigFiles+"b", name)
		}
	}, ""},
	"CRL check fails": {"D; C: the transport says so, as there are no revocation lists here", func(r *rig) {
		r.serve("a", transfer.Unreachable(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_REV_FAILED, transfer.Always))
		job := r.download()
		r.ok(ask[bits.JobHttpOptions](r, job).SetSecurityFlags(r.ctx, bits.BG_SSL_ENABLE_CRL_CHECK))
		r.ends(job, stError, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_SECURE_CERT_REV_FAILED, remoteFile)
	}, ""},
	"Client certificate untrusted / wanted but not set / network helper token with non-LocalSystem owner": {"D", func(r *rig) {
		s := transfer.NewScript(transfer.Size(10))
		r.ok(r.emu.HandleTransport("https://files.test", transfer.RequireClientCertificate(s)))
		job := r.of("https://files.test/a")
		r.ends(job, stError, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED, remoteFile)
		hash := r.certificate(nil)
		r.ok(ask[bits.JobHttpOptions](r, job).SetClientCertificateByID(r.ctx, bits.BG_CERT_STORE_LOCATION_CURRENT_USER, "MY", hash))
		o := ask[bits.TokenOptions](r, job)
		r.ok(o.SetHelperToken(r.bob()))
		r.ok(o.SetHelperTokenFlags(r.ctx, bits.BG_TOKEN_NETWORK))
		r.resume(job, stError)
		require.Equal(r, hresult.HRESULT(0x80072F9A), r.info(job).Error.Code)
		r.ok(o.SetHelperTokenFlags(r.ctx, 0))
		s.Set(transfer.Status(403, 1)) // it is not trusted
		r.ends(job, stError, hresult.BG_E_HTTP_ERROR_403, remoteFile)
		r.resume(job, stTransferred)
	}, ""},
	"Server-certificate callback rejects": {"D", func(r *rig) {
		r.ends(r.secured(&judge{verdict: hresult.CRYPT_E_NOT_FOUND}), stTransient, hresult.CRYPT_E_NOT_FOUND,
			bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK)
	}, ""},
	"Server-certificate callback unreachable": {"I: ERROR", func(r *rig) {
		id := r.info(r.secured(&judge{})).ID
		r.ok(r.emu.Restart())
		job, err := r.emu.Manager().GetJob(r.ctx, id)
		r.ok(err)
		r.ends(job, stError, hresult.BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, bits.BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK)
		r.ok(ask[bits.JobHttpOptions3](r, job).SetServerCertificateValidationInterface(r.ctx, &judge{}))
		r.resume(job, stTransferred)
	}, ""},
	"SMB target missing or denied after SetRemoteName + Resume": {"D", func(r *rig) {
		r = r.again(bitsemu.Share(`\\files\public`, r.TempDir()))
		r.write(`\\files\public\b`, []byte("b"))
		r.ok(r.emu.RestrictTo(`\\files\public\b`))
		job := r.retrying()
		r.ok(setRemote(`\\files\public\a`)(r, job))
		r.ends(job, stError, hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND, remoteFile)
		r.ok(setRemote(`\\files\public\x\a`)(r, job))
		r.ends(job, stError, hresult.HRESULT_FROM_WIN32_ERROR_PATH_NOT_FOUND, remoteFile)
		r.ok(setRemote(`\\files\public\b`)(r, job))
		r.ends(job, stError, hresult.E_ACCESSDENIED, remoteFile)
	}, ""},
	"Download source size or time changed mid-file": {"D", func(r *rig) {
		s := r.serve("b", transfer.HoldAt(rigSize/2))
		job := r.resume(r.download("a", "b"), stTransferring)
		first := len(r.scripts["a"].Requests())
		require.EqualValues(r, rigSize+rigSize/2, r.moved(job))
		r.emu.NetworkDown()
		s.Set(transfer.Seeded(rigSize+1, 7), transfer.Modified(time.Unix(1e9, 0)), transfer.HoldAt(10))
		r.emu.NetworkUp()
		r.emu.Settle()
		r.is(job, stTransferring)
		require.EqualValues(r, rigSize+10, r.moved(job), "it begins anew")
		s.Release()
		r.emu.Settle()
		r.is(job, stTransferred)
		require.Len(r, r.scripts["a"].Requests(), first, "the other file stays")
		_, err := job.Complete(r.ctx)
		r.ok(err)
		r.emu.CheckFile(r, rigLocal("b"), s.Bytes())
	}, ""},
	"Upload source changed mid-transfer": {"D", func(r *rig) {
		job := r.upload(up, 0)
		r.uploads.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Status: 503, Bare: true})
		r.resume(job, stTransient)
		r.ok(os.WriteFile(r.emu.Path(`C:\Users\up`), make([]byte, rigSize+1), 0o600))
		r.seconds(600)
		r.is(job, stError)
		r.code(job, hresult.BG_E_LOCAL_FILE_CHANGED, localFile)
	}, ""},
	"SetValidationState(FALSE), data from origin": {"D", func(r *rig) {
		job := r.done()
		r.ok(ask[bits.File3](r, r.file(job)).SetValidationState(r.ctx, false))
		r.is(job, stError)
		r.code(job, hresult.BG_E_VALIDATION_FAILED, localFile)
		require.Zero(r, r.moved(job))
		r.resume(job, stTransferred)
	}, ""},
	"SetValidationState(FALSE), data from peer":         nothing("there are no peers"),
	"Client opens the temp file before transfer starts": nothing("its name is not known before, and the bytes of this machine can be opened by several"),
	"Custom HTTP method, any resumable error": {"D", func(r *rig) {
		s := r.serve("a", transfer.CutAfter(1000, 1))
		job := r.download()
		r.ok(setMethod("POST")(r, job))
		r.resume(job, stError)
		r.code(job, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, remoteFile)
		require.Zero(r, r.moved(job))
		r.resume(job, stTransferred)
		for _, q := range s.Requests() {
			require.Empty(r, q.Range)
			require.Equal(r, "POST", q.Method)
		}
	}, ""},
	"DYNAMIC_CONTENT interrupted": {"D", func(r *rig) {
		s := r.serve("a", transfer.CutAfter(1000, 1), transfer.NoLength())
		job := r.download()
		r.ok(job.SetPriority(r.ctx, foreground))
		r.ok(setProperty(bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true))(r, job))
		r.resume(job, stTransient)
		require.Zero(r, r.moved(job))
		r.seconds(600)
		r.is(job, stTransferred)
		require.EqualValues(r, rigSize, r.moved(job))
		for _, q := range s.Requests() {
			require.Empty(r, q.Range)
		}
	}, ""},
	"HIGH_PERFORMANCE, unexpected shutdown": {"D", func(r *rig) {
		r.serve("held", transfer.HoldAt(rigSize/2))
		job := r.job(down)
		r.ok(setProperty(bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, bits.PropertyEnable(true))(r, job))
		r.add(job, "held")
		r.resume(job, stTransferring)
		id := r.info(job).ID
		asked := len(r.scripts["held"].Requests())
		r.ok(r.emu.Restart())
		r.scripts["held"].Release()
		r.emu.Settle()
		r.emu.CheckState(r, id, stTransferred)
		require.Contains(r, fmt.Sprint(r.scripts["held"].Requests()[asked:]), "bytes=0-")
	}, ""},
	"Maximum download size reached": {"header for the code; C: ERROR", func(r *rig) {
		job := r.download("a", "b")
		r.ok(setProperty(bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, bits.PropertyUint64(rigSize+rigSize/2))(r, job))
		r.ends(job, stError, hresult.BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, remoteFile)
		require.EqualValues(r, 1, r.transferred(job))
	}, ""},
	"Upload URL not translatable on the server": {"D; C: the server answers 404", func(r *rig) {
		job := r.upload(up, 0)
		r.uploads.Inject(bitsupload.Fault{Packet: bitsupload.CreateSession, Times: -1, Status: 404, Bare: true})
		r.ends(job, stError, hresult.FromHTTPStatus(404), remoteFile)
	}, ""},
	"Upload server application silent for 5 min": {"D", func(r *rig) {
		var told atomic.Int32
		job := r.upload(reply, 0, func(o *bitsupload.Options) {
			o.Notify.Timeout = 20 * time.Millisecond // of the server, whose time is real
			o.Notify.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				if told.Add(1) == 1 {
					<-q.Context().Done()
				}
			})
		})
		r.resume(job, stTransient)
		require.Equal(r, bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION, r.info(job).Error.Context)
		require.EqualValues(r, 1, told.Load())
		r.ok(r.uploads.Configure(func(o *bitsupload.Options) { o.Notify.Timeout = time.Minute }))
		r.seconds(600)
		require.EqualValues(r, 2, told.Load())
		r.is(job, stTransferred)
	}, ""},
	"Status of the application of an upload server: 200": {"D", func(r *rig) { r.resume(r.application(200), stTransferred) }, ""},
	"Status of the application of an upload server: 3xx": statuses([]int{300, 301, 302, 303, 304, 305, 307}, []int{306, 308, 399}),
	"Status of the application of an upload server: 4xx": statuses([]int{400, 401, 403, 404, 407, 410, 499}, []int{408, 409}),
	"Status of the application of an upload server: 5xx": statuses([]int{501, 505}, []int{500, 502, 503, 504, 599}),
	"Job atomicity: one bad file": {"D; I that no later file is tried", func(r *rig) {
		r.serve("b", transfer.Status(404, transfer.Always))
		r.serve("good")
		job := r.resume(r.download("a", "b", "c"), stError)
		require.EqualValues(r, 1, r.transferred(job))
		require.Empty(r, r.scripts["c"].Requests())
		files, err := job.EnumFiles(r.ctx)
		r.ok(err)
		all, _, err := files.Next(r.ctx, 3)
		r.ok(err)
		r.ok(ask[bits.File2](r, all[1]).SetRemoteName(r.ctx, rigFiles+"good"))
		r.resume(job, stTransferred)
	}, ""},
}

// transferred is how many files of a job are there.
func (r *rig) transferred(job bits.Job) uint32 {
	r.Helper()
	p, err := job.GetProgress(r.ctx)
	r.ok(err)
	return p.FilesTransferred
}
