package bitsemu_test

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// hopeless is the outcome of a retryable error, while connecting and while transferring,
// on a job for which a retry is out of the question.
func hopeless(prepare func(*rig, bits.Job)) stateRow {
	return stateRow{"D", func(r *rig) {
		r.serve("down", transfer.Status(503, transfer.Always))
		r.serve("cut", transfer.CutAfter(1000, transfer.Always))
		for name, code := range map[string]hresult.HRESULT{
			"down": hresult.FromHTTPStatus(503), "cut": hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR,
		} {
			job := r.download(name)
			prepare(r, job)
			r.resume(job, stError)
			r.code(job, code, remoteFile)
		}
	}, ""}
}

var stateTimers = map[string]stateRow{
	"Minimum retry delay elapsed: TRANSIENT_ERROR": {"D", func(r *rig) {
		s := r.serve("a", transfer.Status(503, 2))
		job := r.download()
		r.ok(job.SetMinimumRetryDelay(r.ctx, 60))
		r.resume(job, stTransient)
		asked := len(s.Requests())
		r.seconds(59)
		require.Len(r, s.Requests(), asked)
		r.seconds(1)
		require.Greater(r, len(s.Requests()), asked)
		r.seconds(60)
		r.is(job, stTransferred)
	}, ""},
	"same, cause = network disconnect, volume lock, zero-bandwidth policy: TRANSIENT_ERROR": {"D", func(r *rig) {
		job := r.held()
		asked := len(r.scripts["held"].Requests())
		r.emu.NetworkDown()
		r.seconds(86400 * 20)
		r.is(job, stTransient)
		r.ok(r.emu.LockVolume("C:", true))
		r.emu.BlockBandwidth(true)
		r.emu.NetworkUp()
		r.seconds(86400)
		r.is(job, stTransient)
		r.emu.BlockBandwidth(false)
		r.seconds(86400)
		r.is(job, stTransient)
		require.Len(r, r.scripts["held"].Requests(), asked)
		r.ok(r.emu.LockVolume("C:", false))
		r.emu.Settle()
		r.is(job, stTransferring)
	}, ""},
	"No-progress timeout elapsed (runs from the first transient error, reset by progress): TRANSIENT_ERROR": {"D; I for the code", func(r *rig) {
		r.serve("down", transfer.Status(503, transfer.Always))
		job := r.download("down")
		r.ok(job.SetNoProgressTimeout(r.ctx, 2000))
		e := r.listen(job, &ears{})
		r.resume(job, stTransient)
		r.seconds(1999)
		r.is(job, stTransient)
		require.Zero(r, e.count(bits.BG_NOTIFY_JOB_ERROR))
		r.seconds(1)
		r.is(job, stError)
		r.code(job, hresult.FromHTTPStatus(503), remoteFile)
		require.Equal(r, 1, e.count(bits.BG_NOTIFY_JOB_ERROR))

		s := r.serve("bit", transfer.CutAfter(1000, transfer.Always))
		job = r.download("bit")
		r.ok(job.SetNoProgressTimeout(r.ctx, 1000))
		r.resume(job, stTransient)
		for range 5 {
			moved := r.moved(job)
			r.seconds(600)
			require.Greater(r, r.moved(job), moved)
			r.is(job, stTransient)
		}
		s.Set(transfer.Status(503, transfer.Always))
		r.seconds(999)
		r.is(job, stTransient)
		r.seconds(1)
		r.is(job, stError)
	}, ""},
	"Retryable error, retry delay > no-progress timeout: TRANSFERRING, CONNECTING (implied)": hopeless(func(r *rig, job bits.Job) {
		r.ok(job.SetNoProgressTimeout(r.ctx, 599))
	}),
	"Retryable error, no-progress timeout = 0: TRANSFERRING, CONNECTING (implied)": hopeless(func(r *rig, job bits.Job) {
		r.ok(job.SetNoProgressTimeout(r.ctx, 0))
	}),
	"Maximum download time used up (CONNECTING + TRANSFERRING wall time, sleep included): CONNECTING, TRANSFERRING": {"D", func(r *rig) {
		r.serve("a", transfer.Hold())
		r.serve("later", transfer.Status(503, 1))
		job, other := r.download("a"), r.download("later")
		for _, j := range []bits.Job{job, other} {
			r.ok(ask[bits.Job4](r, j).SetMaximumDownloadTime(r.ctx, 1000))
		}
		r.resume(job, stConnecting)
		r.resume(other, stQueued)
		r.seconds(250)
		r.scripts["a"].Release()
		r.scripts["a"].Set(transfer.HoldAt(1000))
		r.emu.Settle()
		r.is(job, stTransferring)
		r.seconds(250) // of its slice; the other job fails, and does not count while it is retried
		r.emu.NetworkDown()
		r.seconds(3600)
		r.emu.NetworkUp()
		r.emu.Settle()
		r.seconds(499)
		r.is(job, stTransferring)
		r.seconds(1)
		r.is(job, stError)
		r.code(job, hresult.BG_E_MAXDOWNLOAD_TIMEOUT, queueManager)
		r.seconds(600)
		r.is(other, stTransferred)
	}, ""},
	"Inactivity timeout (90 d without progress or property change): any non-final": {"D; I that retries are nothing of it", inEach(nonFinal,
		func(r *rig, job bits.Job, s bits.JobState) {
			const day = 24 * time.Hour
			r.emu.Advance(10 * day)
			r.ok(job.SetDescription(r.ctx, "I am still here"))
			if s == stTransferring || s == stConnecting || s == stQueued {
				r.ok(job.Suspend(r.ctx)) // the maximum download time is 90 days too
			}
			temporary := r.info(job).Files[0].TemporaryName
			r.emu.Advance(90*day - time.Second)
			require.NotEqual(r, stCancelled, r.info(job).State)
			r.emu.Advance(time.Second)
			r.over(job, stCancelled)
			require.False(r, r.exists(temporary))
		}), ""},
	"System clock changed: any": {"D", func(r *rig) {
		s := r.serve("down", transfer.Status(503, transfer.Always))
		job := r.resume(r.download("down"), stTransient)
		asked := len(s.Requests())
		r.emu.SetClock(r.emu.Now().AddDate(1, 0, 0)) // more than all the timeouts
		r.seconds(599)
		r.is(job, stTransient)
		require.Len(r, s.Requests(), asked)
		r.seconds(1)
		r.is(job, stTransient)
		require.Greater(r, len(s.Requests()), asked)
		r.seconds(6000)
		r.is(job, stTransient)
		id := r.info(job).ID
		r.ok(r.emu.Restart()) // then all of them have passed
		r.emu.Settle()
		info, err := r.emu.Job(id)
		r.ok(err)
		require.Contains(r, []bits.JobState{stError, stCancelled}, info.State)
	}, ""},
}
