package bitsemu_test

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// inEach does something to a job in each of some states, with an emulator of its own.
func inEach(states []bits.JobState, do func(r *rig, job bits.Job, s bits.JobState)) func(*rig) {
	return func(r *rig) {
		for _, s := range states {
			o := r.again()
			do(o, o.in(s), s)
		}
	}
}

var final = []bits.JobState{bits.BG_JOB_STATE_ACKNOWLEDGED, bits.BG_JOB_STATE_CANCELLED}

// refusedWhenOver is a call that a job in a final state refuses, and stays in it.
func refusedWhenOver(call func(*rig, bits.Job) error) stateRow {
	return stateRow{"D", inEach(final, func(r *rig, job bits.Job, s bits.JobState) {
		r.fails(call(r, job), hresult.BG_E_INVALID_STATE)
		r.is(job, s)
		r.emu.CheckGone(r, r.info(job).ID)
	}), ""}
}

// temporaries are the files that are there for a job, in its directory.
func (r *rig) temporaries(job bits.Job) (there int) {
	r.Helper()
	for _, f := range r.info(job).Files {
		if f.TemporaryName != "" && r.exists(f.TemporaryName) {
			there++
		}
	}
	return there
}

// over ends the test unless a job has come into a final state and has left the queue.
func (r *rig) over(job bits.Job, s bits.JobState) {
	r.Helper()
	r.is(job, s)
	r.emu.CheckGone(r, r.info(job).ID)
	require.Zero(r, r.temporaries(job))
}

// stay has a call answered with S_OK in some states, which it does not change.
func stay(evidence string, states []bits.JobState, call func(*rig, bits.Job) error) stateRow {
	return stateRow{evidence, inEach(states, func(r *rig, job bits.Job, s bits.JobState) {
		r.ok(call(r, job))
		r.is(job, s)
	}), ""}
}

func resume(r *rig, job bits.Job) error  { return job.Resume(r.ctx) }
func suspend(r *rig, job bits.Job) error { return job.Suspend(r.ctx) }

var stateCalls = map[string]stateRow{
	"CreateJob: none": {"D", func(r *rig) { r.is(r.job(down), bits.BG_JOB_STATE_SUSPENDED) }, ""},
	"Resume: SUSPENDED, has files": {"D", func(r *rig) {
		job := r.download()
		r.ok(job.Resume(r.ctx))
		r.is(job, bits.BG_JOB_STATE_QUEUED)
	}, ""},
	"Resume: SUSPENDED, no files": {"D", func(r *rig) {
		job := r.job(down)
		r.fails(job.Resume(r.ctx), hresult.BG_E_EMPTY)
		r.is(job, bits.BG_JOB_STATE_SUSPENDED)
	}, ""},
	"Resume: QUEUED, CONNECTING, TRANSFERRING": stay("D",
		[]bits.JobState{bits.BG_JOB_STATE_QUEUED, bits.BG_JOB_STATE_CONNECTING, bits.BG_JOB_STATE_TRANSFERRING}, resume),
	"Resume: TRANSIENT_ERROR": {"D", func(r *rig) {
		job := r.retrying()
		asked := len(r.scripts["down"].Requests())
		r.ok(job.Resume(r.ctx))
		r.is(job, bits.BG_JOB_STATE_QUEUED)
		r.emu.Settle()
		require.Greater(r, len(r.scripts["down"].Requests()), asked, "no retry delay has passed")
	}, ""},
	"Resume: ERROR": {"D", func(r *rig) {
		s := r.serve("a", transfer.HoldAt(1000))
		job := r.resume(r.download(), bits.BG_JOB_STATE_TRANSFERRING)
		r.ok(job.Suspend(r.ctx))
		s.Set(transfer.Status(404, 1))
		job = r.resume(job, bits.BG_JOB_STATE_ERROR)
		held := r.info(job).Files[0].BytesTransferred
		require.GreaterOrEqual(r, held, uint64(1000))
		asked := len(s.Requests())
		s.Release()
		r.ok(job.Resume(r.ctx))
		r.is(job, bits.BG_JOB_STATE_QUEUED)
		r.emu.Settle()
		r.is(job, bits.BG_JOB_STATE_TRANSFERRED)
		for _, q := range s.Requests()[asked:] {
			require.NotContains(r, q.Range, "bytes=0-", "the interrupted file goes on where it was")
		}
	}, ""},
	"Resume: TRANSFERRED, new files added": {"I", func(r *rig) {
		job := r.done()
		r.add(job, "b")
		r.is(job, bits.BG_JOB_STATE_TRANSFERRED)
		r.ok(job.Resume(r.ctx))
		r.is(job, bits.BG_JOB_STATE_QUEUED)
		r.emu.Settle()
		r.is(job, bits.BG_JOB_STATE_TRANSFERRED)
		p, err := job.GetProgress(r.ctx)
		r.ok(err)
		require.EqualValues(r, 2, p.FilesTransferred)
	}, ""},
	"Resume: TRANSFERRED, nothing new": stay("C: it changes nothing", []bits.JobState{bits.BG_JOB_STATE_TRANSFERRED}, resume),
	"Resume: ACKNOWLEDGED, CANCELLED":  refusedWhenOver(resume),
	"Suspend: QUEUED, CONNECTING, TRANSFERRING, TRANSIENT_ERROR": {"D", inEach([]bits.JobState{
		bits.BG_JOB_STATE_QUEUED, bits.BG_JOB_STATE_CONNECTING, bits.BG_JOB_STATE_TRANSFERRING, bits.BG_JOB_STATE_TRANSIENT_ERROR,
	}, func(r *rig, job bits.Job, _ bits.JobState) {
		r.ok(job.Suspend(r.ctx))
		r.is(job, bits.BG_JOB_STATE_SUSPENDED)
		r.seconds(86400)
		r.is(job, bits.BG_JOB_STATE_SUSPENDED)
	}), ""},
	"Suspend: SUSPENDED": stay("I", []bits.JobState{bits.BG_JOB_STATE_SUSPENDED}, suspend),
	"Suspend: ERROR, TRANSFERRED": stay("C: they count as suspended and stay what they are",
		[]bits.JobState{bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_TRANSFERRED}, suspend),
	"Suspend: ACKNOWLEDGED, CANCELLED": refusedWhenOver(suspend),
	"Cancel: any non-final": {"D", inEach(nonFinal, func(r *rig, job bits.Job, s bits.JobState) {
		h, err := job.Cancel(r.ctx)
		r.ok(err)
		require.Equal(r, hresult.S_OK, h)
		r.over(job, bits.BG_JOB_STATE_CANCELLED)
		if s == bits.BG_JOB_STATE_TRANSFERRED || s == bits.BG_JOB_STATE_TRANSFERRING {
			other := r.again()
			job := other.in(s)
			other.ok(other.emu.RestrictTo(`C:\Downloads`))
			h, err := job.Cancel(r.ctx)
			other.ok(err)
			require.Equal(r, hresult.BG_S_UNABLE_TO_DELETE_FILES, h)
			other.is(job, bits.BG_JOB_STATE_CANCELLED)
			require.Equal(r, 1, other.temporaries(job))
		}
	}), ""},
	"Cancel: upload, server unreachable": {"D; C: the job is over at once, and the packets go on behind it", func(r *rig) {
		job := r.upload(up, 0)
		r.uploads.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Times: -1, Status: 503, Bare: true})
		r.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
		require.Len(r, r.uploads.Sessions(), 1)
		r.uploads.ClearFaults()
		r.uploads.Inject(bitsupload.Fault{Packet: bitsupload.CancelSession, Times: 3, Status: 503, Bare: true})
		h, err := job.Cancel(r.ctx)
		r.ok(err)
		require.Equal(r, hresult.S_OK, h)
		r.over(job, bits.BG_JOB_STATE_CANCELLED)
		r.emu.Settle()
		require.Len(r, r.uploads.Sessions(), 1)
		r.seconds(1799)
		require.Len(r, r.uploads.Sessions(), 1, "the third try has failed too")
		r.seconds(1)
		require.Empty(r, r.uploads.Sessions())
		require.Empty(r, r.uploads.Unmet())

		job = r.upload(up, 0) // and it gives up after the no-progress timeout, which is shorter than a day
		r.ok(job.SetNoProgressTimeout(r.ctx, 3000))
		r.uploads.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Times: -1, Status: 503, Bare: true})
		r.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
		r.uploads.Inject(bitsupload.Fault{Packet: bitsupload.CancelSession, Times: -1, Status: 503, Bare: true})
		_, err = job.Cancel(r.ctx)
		r.ok(err)
		r.seconds(3001)
		r.uploads.ClearFaults()
		r.seconds(86400)
		require.Len(r, r.uploads.Sessions(), 1)
	}, ""},
	"Cancel: UPLOAD_REPLY, upload part done": {"D", func(r *rig) {
		keep := func(o *bitsupload.Options) {
			inner := o.Notify.Handler
			o.Notify.Handler = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				w.Header().Set("BITS-Copy-File-To-Destination", "1")
				inner.ServeHTTP(w, q)
			})
		}
		job := r.resume(r.upload(reply, 10, keep), bits.BG_JOB_STATE_TRANSFERRED)
		h, err := job.Cancel(r.ctx)
		r.ok(err)
		require.Equal(r, hresult.S_OK, h)
		r.emu.Settle()
		r.over(job, bits.BG_JOB_STATE_CANCELLED)
		require.False(r, r.exists(r.info(job).ReplyTemporaryName))
		content, err := r.stored.ReadFile("up")
		r.ok(err)
		require.Len(r, content, rigSize)
	}, ""},
	"Cancel: ACKNOWLEDGED, CANCELLED": refusedWhenOver(func(r *rig, j bits.Job) error { return answer(j.Cancel(r.ctx)) }),
	"Complete (download): TRANSFERRED": {"D", func(r *rig) {
		job := r.done()
		h, err := job.Complete(r.ctx)
		r.ok(err)
		require.Equal(r, hresult.S_OK, h)
		r.over(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
	}, ""},
	"Complete (download): any other non-final": {"D", func(r *rig) {
		for _, opts := range [][]transfer.ScriptOption{
			{transfer.HoldAt(1000)}, {transfer.Hold()}, {transfer.Status(503, transfer.Always)}, {transfer.Status(404, transfer.Always)},
		} {
			for _, suspended := range []bool{true, false} {
				r := r.again()
				r.serve("b", opts...)
				job := r.download("a", "b")
				r.ok(job.Resume(r.ctx))
				r.emu.Settle()
				if suspended {
					r.ok(job.Suspend(r.ctx))
				}
				h, err := job.Complete(r.ctx)
				r.ok(err)
				require.Equal(r, hresult.BG_S_PARTIAL_COMPLETE, h)
				r.over(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
				r.emu.CheckFile(r, rigLocal("a"), r.scripts["a"].Bytes())
				r.emu.CheckNoFile(r, rigLocal("b"))
			}
		}
	}, ""},
	"Complete (download): temp files cannot all be deleted": {"D; C: the job leaves the queue", func(r *rig) {
		job := r.held()
		r.ok(r.emu.RestrictTo(`C:\Downloads`))
		h, err := job.Complete(r.ctx)
		r.ok(err)
		require.Equal(r, hresult.BG_S_UNABLE_TO_DELETE_FILES, h)
		r.is(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
		r.emu.CheckGone(r, r.info(job).ID)
	}, ""},
	"Complete (download): any non-final, a rename fails": {"D", func(r *rig) {
		r.serve("c", transfer.HoldAt(1000))
		job := r.resume(r.download("a", "b", "c"), bits.BG_JOB_STATE_TRANSFERRING)
		r.ok(r.emu.RestrictTo(rigLocal("b")))
		_, err := job.Complete(r.ctx)
		r.fails(err, hresult.E_ACCESSDENIED)
		r.is(job, bits.BG_JOB_STATE_TRANSFERRED)
		r.emu.CheckFile(r, rigLocal("a"), r.scripts["a"].Bytes())
		p, err := r.file(job).GetProgress(r.ctx)
		r.ok(err)
		require.True(r, p.Completed)
		r.ok(r.emu.Restrict(bitsemu.AccessRule{Path: rigLocal("b")}))
		h, err := job.Complete(r.ctx)
		r.ok(err)
		require.Equal(r, hresult.BG_S_PARTIAL_COMPLETE, h)
		r.emu.CheckFile(r, rigLocal("b"), r.scripts["b"].Bytes())
		r.over(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
	}, ""},
	"Complete (download): non-final, no file finished": {"C: BG_S_PARTIAL_COMPLETE", func(r *rig) {
		for _, job := range []bits.Job{r.download("a"), r.job(down), r.held()} {
			h, err := job.Complete(r.ctx)
			r.ok(err)
			require.Equal(r, hresult.BG_S_PARTIAL_COMPLETE, h)
			r.over(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
		}
	}, ""},
	"Complete (upload, upload-reply): TRANSFERRED": {"D", func(r *rig) {
		for _, kind := range []bits.JobType{up, reply} {
			job := r.resume(r.upload(kind, 10), bits.BG_JOB_STATE_TRANSFERRED)
			h, err := job.Complete(r.ctx)
			r.ok(err)
			require.Equal(r, hresult.S_OK, h)
			r.over(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
		}
	}, ""},
	"Complete (upload, upload-reply): any other": {"D", func(r *rig) {
		for _, kind := range []bits.JobType{up, reply} {
			for _, status := range []int{0, 503, 404} {
				r := r.again()
				job := r.upload(kind, 10)
				want := bits.BG_JOB_STATE_SUSPENDED
				if status != 0 {
					want = map[int]bits.JobState{503: bits.BG_JOB_STATE_TRANSIENT_ERROR, 404: bits.BG_JOB_STATE_ERROR}[status]
					r.uploads.Inject(bitsupload.Fault{Packet: bitsupload.CreateSession, Times: -1, Status: status, Bare: true})
					r.resume(job, want)
				}
				r.fails(answer(job.Complete(r.ctx)), hresult.BG_E_INVALID_STATE)
				r.is(job, want)
			}
		}
	}, ""},
	"Complete: ACKNOWLEDGED, CANCELLED": refusedWhenOver(func(r *rig, j bits.Job) error { return answer(j.Complete(r.ctx)) }),
	"TakeOwnership: any non-final": {"I; C: a running job goes on as its new owner's, from the queue", inEach(nonFinal,
		func(r *rig, job bits.Job, s bits.JobState) {
			found, err := r.emu.Manager().GetJob(r.carol(), r.info(job).ID)
			r.ok(err)
			r.ok(found.TakeOwnership(r.carol()))
			r.emu.CheckOwner(r, r.info(job).ID, rigCarol)
			r.emu.Settle()
			if s == bits.BG_JOB_STATE_QUEUED {
				return // it waits for another job
			}
			r.is(job, s)
			if s == bits.BG_JOB_STATE_TRANSFERRING {
				r.ok(r.emu.LogOff(rigCarol))
				r.is(job, bits.BG_JOB_STATE_QUEUED)
				r.seconds(3600)
				r.is(job, bits.BG_JOB_STATE_QUEUED)
				r.emu.LogOn(rigCarol)
				r.emu.Settle()
				r.is(job, bits.BG_JOB_STATE_TRANSFERRING)
			}
		}), ""},
	"Resume: side effect on the maximum-download-time clock": {"D", func(r *rig) {
		job := r.held()
		r.ok(ask[bits.Job4](r, job).SetMaximumDownloadTime(r.ctx, 100))
		r.seconds(99)
		r.ok(job.Resume(r.ctx))
		r.seconds(99)
		r.is(job, bits.BG_JOB_STATE_TRANSFERRING)
		r.seconds(1)
		r.is(job, bits.BG_JOB_STATE_ERROR)
	}, ""},
	"Resume: side effect on SetRemoteName edits": {"D", func(r *rig) {
		r.serve("b")
		job := r.download("a")
		r.ok(setRemote(rigFiles+"b")(r, job))
		r.ok(job.Resume(r.ctx))
		r.ok(job.Suspend(r.ctx))
		id := r.info(job).ID
		r.ok(r.emu.Restart())
		job, err := r.emu.Manager().GetJob(r.ctx, id)
		r.ok(err)
		name, err := r.file(job).GetRemoteName(r.ctx)
		r.ok(err)
		require.Equal(r, rigFiles+"b", name)
	}, ""},
	"Resume: side effect on the error count": {"D", func(r *rig) {
		job := r.broken()
		before := r.info(job).ErrorCount
		require.Positive(r, before)
		r.scripts["missing"].Set(transfer.Status(404, 0))
		r.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
		require.Equal(r, before, r.info(job).ErrorCount)
	}, ""},
}
