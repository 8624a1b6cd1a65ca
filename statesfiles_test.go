package bitsemu_test

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// allowed is a call that is allowed in some states, which it does not change, and
// answered with a code in the others.
func allowed(evidence string, states []bits.JobState, code hresult.HRESULT, call func(*rig, bits.Job) error) stateRow {
	return stateRow{evidence, func(r *rig) {
		yes := map[bits.JobState]bool{}
		for _, s := range states {
			yes[s] = true
		}
		inEach(append(append([]bits.JobState{}, nonFinal...), final...), func(r *rig, job bits.Job, s bits.JobState) {
			if err := call(r, job); yes[s] {
				require.NoError(r, err, "in %s", s)
			} else {
				r.fails(err, code)
			}
			r.is(job, s)
		})(r)
	}, ""}
}

var stateFiles = map[string]stateRow{
	"AddFile, AddFileSet: before Complete/Cancel": allowed("D; I for the code", nonFinal, hresult.BG_E_INVALID_STATE, func(r *rig, j bits.Job) error {
		if err := j.AddFile(r.ctx, rigFiles+"b", rigLocal("b")); err != nil {
			r.fails(j.AddFileSet(r.ctx, []bits.FileInfo{{RemoteName: rigFiles + "b", LocalName: rigLocal("b")}}), hresult.BG_E_INVALID_STATE)
			return err
		}
		return j.AddFileSet(r.ctx, []bits.FileInfo{{RemoteName: rigFiles + "c", LocalName: rigLocal("c")}})
	}),
	"AddFileWithRanges: any non-final": allowed("D", nonFinal, hresult.BG_E_INVALID_STATE, addRanges(bits.FileRange{Length: 10})),
	"add to TRANSFERRED or ERROR job: yes, then Resume": {"D", func(r *rig) {
		done := r.done()
		r.add(done, "b")
		r.seconds(3600)
		r.is(done, stTransferred)
		r.resume(done, stTransferred)
		require.EqualValues(r, 2, r.transferred(done))

		broken := r.broken()
		r.add(broken, "c")
		r.seconds(3600)
		r.is(broken, stError)
		r.scripts["missing"].Set(transfer.Status(404, 0))
		r.resume(broken, stTransferred)
		require.EqualValues(r, 2, r.transferred(broken))
	}, ""},
	"add while TRANSFERRING: yes": {"D", func(r *rig) {
		job := r.held()
		r.add(job, "last")
		r.is(job, stTransferring)
		r.emu.Settle()
		require.Empty(r, r.scripts["last"].Requests())
		r.scripts["held"].Release()
		r.emu.Settle()
		r.is(job, stTransferred)
		require.EqualValues(r, 2, r.transferred(job))
	}, ""},
	"setters in general: any non-final": {"D", func(r *rig) {
		for name, call := range map[string]func(*rig, bits.Job) error{
			"SetDisplayName":       func(r *rig, j bits.Job) error { return j.SetDisplayName(r.ctx, "x") },
			"SetDescription":       func(r *rig, j bits.Job) error { return j.SetDescription(r.ctx, "x") },
			"SetPriority":          func(r *rig, j bits.Job) error { return j.SetPriority(r.ctx, normal) },
			"SetNotifyFlags":       func(r *rig, j bits.Job) error { return j.SetNotifyFlags(r.ctx, 0) },
			"SetNotifyInterface":   func(r *rig, j bits.Job) error { return j.SetNotifyInterface(r.ctx, nil) },
			"SetMinimumRetryDelay": func(r *rig, j bits.Job) error { return j.SetMinimumRetryDelay(r.ctx, 60) },
			"SetNoProgressTimeout": func(r *rig, j bits.Job) error { return j.SetNoProgressTimeout(r.ctx, 60) },
			"SetProxySettings": func(r *rig, j bits.Job) error {
				return j.SetProxySettings(r.ctx, bits.BG_JOB_PROXY_USAGE_NO_PROXY, nil, nil)
			},
			"SetNotifyCmdLine": func(r *rig, j bits.Job) error { return ask[bits.Job2](r, j).SetNotifyCmdLine(r.ctx, nil, nil) },
			"SetCredentials": func(r *rig, j bits.Job) error {
				return ask[bits.Job2](r, j).SetCredentials(r.ctx, basicFor("u", "p"))
			},
			"SetMaximumDownloadTime": func(r *rig, j bits.Job) error { return ask[bits.Job4](r, j).SetMaximumDownloadTime(r.ctx, 60) },
			"SetCustomHeaders":       setHeaders("X: y\r\n"),
			"SetSecurityFlags": func(r *rig, j bits.Job) error {
				return ask[bits.JobHttpOptions](r, j).SetSecurityFlags(r.ctx, bits.BG_SSL_IGNORE_UNKNOWN_CA)
			},
		} {
			r.Log(name)
			allowed("", nonFinal, hresult.BG_E_INVALID_STATE, call).check(r)
		}
	}, ""},
	"SetFileACLFlags: before TRANSFERRED": allowed("D",
		[]bits.JobState{stSuspended, stQueued, stConnecting, stTransferring, stTransient, stError}, hresult.BG_E_INVALID_STATE, setACL(0)),
	"SetReplyFileName: until the reply transfer begins": {"D", func(r *rig) {
		s := transfer.NewScript(transfer.Size(10), transfer.Hold())
		r.ok(r.emu.Script("http://files.test/reply", s))
		job := r.replying("http://files.test/reply")
		name := bits.String(`C:\Downloads\reply`)
		r.ok(job.SetReplyFileName(r.ctx, name))
		r.is(job, stSuspended)
		r.ok(job.Resume(r.ctx))
		r.ok(job.SetReplyFileName(r.ctx, name))
		r.is(job, stQueued)
		r.emu.Settle()
		r.is(job, stTransferring)
		r.fails(job.SetReplyFileName(r.ctx, name), hresult.BG_E_INVALID_STATE)
		s.Release()
		r.emu.Settle()
		r.is(job, stTransferred)
		r.fails(job.SetReplyFileName(r.ctx, name), hresult.BG_E_INVALID_STATE)
		_, err := job.Complete(r.ctx)
		r.ok(err)
		r.emu.CheckFile(r, *name, s.Bytes())
	}, ""},
	"SetHttpMethod: before first Resume": {"D; I for the code", func(r *rig) {
		job := r.download()
		r.ok(setMethod("POST")(r, job))
		r.is(job, stSuspended)
		priority, err := job.GetPriority(r.ctx)
		r.ok(err)
		require.Equal(r, foreground, priority)
		r.fails(job.SetPriority(r.ctx, normal), hresult.BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD)
		r.resume(job, stTransferred)
		for _, s := range []bits.JobState{stConnecting, stTransferring, stTransient, stError, stTransferred} {
			other := r.again()
			other.fails(setMethod("POST")(other, other.in(s)), hresult.BG_E_READ_ONLY_PROPERTY_AFTER_RESUME)
		}
	}, ""},
	"SetServerCertificateValidationInterface: job paused; header: SUSPENDED, ERROR, TRANSFERRED": {"D", inEach(nonFinal,
		func(r *rig, job bits.Job, s bits.JobState) {
			err := ask[bits.JobHttpOptions3](r, job).SetServerCertificateValidationInterface(r.ctx, &judge{})
			if s == stSuspended || s == stError || s == stTransferred {
				r.ok(err)
			} else {
				r.fails(err, hresult.BG_E_READ_ONLY_WHEN_JOB_ACTIVE)
			}
			r.is(job, s)
		}), ""},
	"DYNAMIC_CONTENT, MAX_DOWNLOAD_SIZE: before first Resume": {"header for the code", inEach(nonFinal,
		func(r *rig, job bits.Job, s bits.JobState) {
			for id, v := range map[bits.JobPropertyID]bits.JobPropertyValue{
				bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT:   bits.PropertyEnable(false),
				bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE: bits.PropertyUint64(1 << 40),
			} {
				if err := setProperty(id, v)(r, job); s == stSuspended {
					r.ok(err)
				} else {
					r.fails(err, hresult.BG_E_READ_ONLY_PROPERTY_AFTER_RESUME)
				}
			}
			r.is(job, s)
		}), ""},
	"HIGH_PERFORMANCE: before any file": {"header for the code", func(r *rig) {
		job := r.job(down)
		on := setProperty(bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, bits.PropertyEnable(true))
		r.ok(on(r, job))
		r.is(job, stSuspended)
		r.add(job, "a")
		r.fails(on(r, job), hresult.BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE)
	}, ""},
	"SetPeerCachingFlags (client flag) in TRANSFERRING: yes": {"C: the job goes on where it is, as there are no peers to look for", func(r *rig) {
		job := r.held()
		moved := r.moved(job)
		r.ok(ask[bits.Job4](r, job).SetPeerCachingFlags(r.ctx, bits.BG_JOB_ENABLE_PEERCACHING_CLIENT))
		r.emu.Settle()
		r.is(job, stTransferring)
		require.Equal(r, moved, r.moved(job))
		r.scripts["held"].Release()
		r.emu.Settle()
		r.is(job, stTransferred)
	}, ""},
	"SetRemoteName, ReplaceRemotePrefix on a running download: yes": {"D", func(r *rig) {
		for _, same := range []bool{true, false} {
			for name, rename := range map[string]func(*rig, bits.Job) error{
				"SetRemoteName":       setRemote(rigFiles + "other"),
				"ReplaceRemotePrefix": replacePrefix(rigFiles+"held", rigFiles+"other"),
			} {
				r := r.again()
				r.Log(name, same)
				s := r.serve("other")
				if !same {
					s.Set(transfer.Size(rigSize + 1))
				}
				job := r.held()
				asked := len(s.Requests())
				r.ok(rename(r, job))
				r.emu.Settle()
				r.is(job, stTransferred)
				require.Greater(r, len(s.Requests()), asked)
				went := false
				for _, q := range s.Requests() {
					went = went || q.Range != "" && !isFromStart(q.Range)
				}
				require.Equal(r, same, went, "%v", s)
				_, err := job.Complete(r.ctx)
				r.ok(err)
				r.emu.CheckFile(r, rigLocal("held"), s.Bytes())
			}
		}
	}, ""},
	"GetReplyData: TRANSFERRED; remarks and how-to also after Complete": {"D; by the remarks", func(r *rig) {
		job := ask[bits.Job2](r, r.upload(reply, 10))
		_, _, err := job.GetReplyData(r.ctx)
		r.fails(err, hresult.BG_E_INVALID_STATE)
		r.resume(job, stTransferred)
		data, _, err := job.GetReplyData(r.ctx)
		r.ok(err)
		require.Len(r, data, 10)
		_, err = job.Complete(r.ctx)
		r.ok(err)
		data, _, err = job.GetReplyData(r.ctx)
		r.ok(err)
		require.Len(r, data, 10)
	}, ""},
}
