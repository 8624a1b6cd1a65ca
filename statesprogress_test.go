package bitsemu_test

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// prioritized is a job of a priority, whose file is held in the middle, and which has been
// resumed.
func (r *rig) prioritized(name string, priority bits.JobPriority) bits.Job {
	r.Helper()
	r.serve(name, transfer.HoldAt(1000))
	job := r.download(name)
	r.ok(job.SetPriority(r.ctx, priority))
	r.ok(job.Resume(r.ctx))
	r.emu.Settle()
	return job
}

// are ends the test unless jobs are in the states.
func (r *rig) are(jobs []bits.Job, want ...bits.JobState) {
	r.Helper()
	got := make([]bits.JobState, len(jobs))
	for i, job := range jobs {
		var err error
		got[i], err = job.GetState(r.ctx)
		r.ok(err)
	}
	require.Equal(r, want, got)
}

const (
	stQueued       = bits.BG_JOB_STATE_QUEUED
	stConnecting   = bits.BG_JOB_STATE_CONNECTING
	stTransferring = bits.BG_JOB_STATE_TRANSFERRING
	stSuspended    = bits.BG_JOB_STATE_SUSPENDED
	stError        = bits.BG_JOB_STATE_ERROR
	stTransient    = bits.BG_JOB_STATE_TRANSIENT_ERROR
	stTransferred  = bits.BG_JOB_STATE_TRANSFERRED
	stCancelled    = bits.BG_JOB_STATE_CANCELLED
)

const (
	foreground = bits.BG_JOB_PRIORITY_FOREGROUND
	high       = bits.BG_JOB_PRIORITY_HIGH
	normal     = bits.BG_JOB_PRIORITY_NORMAL
	low        = bits.BG_JOB_PRIORITY_LOW
)

var stateProgress = map[string]stateRow{
	"Job's turn: QUEUED": {"D", func(r *rig) {
		r.serve("a", transfer.Hold())
		job := r.download()
		r.ok(job.Resume(r.ctx))
		r.is(job, stQueued)
		r.emu.Settle()
		r.is(job, stConnecting)
	}, ""},
	"Connected: CONNECTING": {"D", func(r *rig) {
		s := r.serve("a", transfer.Hold())
		job := r.resume(r.download(), stConnecting)
		s.Set(transfer.HoldAt(1000))
		r.emu.Settle()
		r.is(job, stTransferring)
	}, ""},
	"Connect fails: CONNECTING": {"D", func(r *rig) {
		s := r.serve("a", transfer.Hold())
		job := r.resume(r.download(), stConnecting)
		s.Set(transfer.Unreachable(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, transfer.Always))
		s.Release()
		r.emu.Settle()
		r.is(job, stTransient)
	}, ""},
	"Time slice over (length undocumented): TRANSFERRING": {"D; C: five minutes", func(r *rig) {
		jobs := []bits.Job{r.prioritized("a", normal), r.prioritized("b", normal)}
		r.are(jobs, stTransferring, stQueued)
		r.seconds(299)
		r.are(jobs, stTransferring, stQueued)
		r.seconds(1)
		r.are(jobs, stQueued, stTransferring)
	}, ""},
	"Higher-priority job ready: TRANSFERRING (lower priority)": {"D", func(r *rig) {
		a := r.prioritized("a", low)
		r.is(a, stTransferring)
		b := r.prioritized("b", normal)
		c := r.prioritized("c", high)
		r.are([]bits.Job{a, b, c}, stQueued, stQueued, stTransferring)
	}, ""},
	"Download: last file done: TRANSFERRING": {"D", func(r *rig) {
		s := r.serve("b", transfer.HoldAt(1000))
		job := r.resume(r.download("a", "b"), stTransferring)
		s.Release()
		r.emu.Settle()
		r.is(job, stTransferred)
	}, ""},
	"Upload: server accepted the file: TRANSFERRING": {"D", func(r *rig) {
		r.resume(r.upload(up, 0), stTransferred)
		content, err := r.stored.ReadFile("up")
		r.ok(err)
		require.Len(r, content, rigSize)
	}, ""},
	"Upload-reply: reply fetched too: TRANSFERRING": {"D", func(r *rig) {
		data, _, err := r.replied(1000).GetReplyData(r.ctx)
		r.ok(err)
		require.Len(r, data, 1000)
	}, ""},
	"On-demand: requested ranges done, file incomplete: TRANSFERRING": {"D", func(r *rig) {
		job := r.onDemand(bits.FileRange{InitialOffset: 10, Length: 90})
		r.resume(job, stSuspended)
		require.EqualValues(r, 90, r.moved(job))
	}, ""},
	"On-demand: whole file present: TRANSFERRING": {"D", func(r *rig) {
		job := r.onDemand(bits.FileRange{InitialOffset: 10, Length: 90})
		r.resume(job, stSuspended)
		r.ok(ask[bits.File6](r, r.file(job)).RequestFileRanges(r.ctx, []bits.FileRange{{Length: bits.BG_LENGTH_TO_EOF}}))
		r.resume(job, stTransferred)
	}, ""},
	"Rule: foreground jobs": {"D", func(r *rig) {
		r.are([]bits.Job{
			r.prioritized("a", foreground), r.prioritized("b", foreground), r.prioritized("c", normal), r.prioritized("d", foreground), r.prioritized("e", normal),
		}, stTransferring, stTransferring, stTransferring, stTransferring, stQueued)
	}, ""},
	"Rule: a lower priority": {"D", func(r *rig) {
		a, b := r.prioritized("a", high), r.prioritized("b", low)
		r.seconds(3600)
		r.are([]bits.Job{a, b}, stTransferring, stQueued)
		r.scripts["a"].Release()
		r.emu.Settle()
		r.are([]bits.Job{a, b}, stTransferred, stTransferring)
		c := r.resumed("c", high, transfer.Status(404, transfer.Always))
		r.are([]bits.Job{b, c}, stTransferring, stError)
		d := r.resumed("d", high, transfer.Status(503, transfer.Always))
		r.are([]bits.Job{b, d}, stTransferring, stTransient)
	}, ""},
	"Rule: the same priority": {"D", func(r *rig) {
		jobs := []bits.Job{r.prioritized("a", normal), r.prioritized("b", normal), r.prioritized("c", normal)}
		for turn := range 6 {
			want := []bits.JobState{stQueued, stQueued, stQueued}
			want[turn%3] = stTransferring
			r.are(jobs, want...)
			r.seconds(300)
		}
	}, ""},
	"Rule: files inside a job": {"D", func(r *rig) {
		s := r.serve("b", transfer.HoldAt(1000))
		job := r.resume(r.download("c", "b", "a"), stTransferring)
		require.NotEmpty(r, r.scripts["c"].Requests())
		require.NotEmpty(r, s.Requests())
		require.Empty(r, r.scripts["a"].Requests())
		p, err := job.GetProgress(r.ctx)
		r.ok(err)
		require.EqualValues(r, 1, p.FilesTransferred)
	}, ""},
}

// resumed is a job of a priority whose server does something.
func (r *rig) resumed(name string, priority bits.JobPriority, opts ...transfer.ScriptOption) bits.Job {
	r.Helper()
	r.serve(name, opts...)
	job := r.download(name)
	r.ok(job.SetPriority(r.ctx, priority))
	r.ok(job.Resume(r.ctx))
	r.emu.Settle()
	return job
}

// onDemand is a job in on-demand mode of which ranges have been asked for.
func (r *rig) onDemand(ranges ...bits.FileRange) bits.Job {
	r.Helper()
	job := r.download()
	r.ok(setProperty(bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(true))(r, job))
	r.ok(ask[bits.File6](r, r.file(job)).RequestFileRanges(r.ctx, ranges))
	return job
}
