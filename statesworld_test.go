package bitsemu_test

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/transfer"
)

const (
	queueManager = bits.BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER
	localFile    = bits.BG_ERROR_CONTEXT_LOCAL_FILE
	remoteFile   = bits.BG_ERROR_CONTEXT_REMOTE_FILE
)

// blocked has something block a job in each of some states, which no timer ends, and then
// let it go.
func blocked(evidence string, code hresult.HRESULT, states []bits.JobState, prepare func(*rig, bits.Job), block, free func(*rig)) stateRow {
	return stateRow{evidence, inEach(states, func(r *rig, job bits.Job, s bits.JobState) {
		prepare(r, job)
		count := r.info(job).ErrorCount
		block(r)
		r.is(job, stTransient)
		r.code(job, code, queueManager)
		r.seconds(3600)
		r.is(job, stTransient)
		require.Equal(r, count, r.info(job).ErrorCount, "it is not counted")
		free(r)
		r.is(job, stQueued)
		r.emu.Settle()
		if s != stQueued { // its turn may have come meanwhile
			r.is(job, s)
		}
	}), ""}
}

func unprepared(*rig, bits.Job) {}

var atWork = []bits.JobState{stQueued, stConnecting, stTransferring}

func (r *rig) me() token.Token { return r.info(r.job(down)).Owner }

// helped is a job in the middle that has bob's token for what flags say.
func (r *rig) helped(flags bits.HelperTokenFlags) bits.Job {
	r.Helper()
	r.serve("held", transfer.HoldAt(rigSize/2))
	job := r.download("held")
	o := ask[bits.TokenOptions](r, job)
	r.ok(o.SetHelperToken(r.bob()))
	r.ok(o.SetHelperTokenFlags(r.ctx, flags))
	return r.resume(job, stTransferring)
}

var stateWorld = map[string]stateRow{
	"Network lost: QUEUED, TRANSFERRING": blocked("D", hresult.BG_E_NETWORK_DISCONNECTED, []bits.JobState{stQueued, stTransferring}, unprepared,
		func(r *rig) { r.emu.NetworkDown() }, func(r *rig) { r.emu.NetworkUp() }),
	"Network lost: CONNECTING": blocked("D bits-return-values.md", hresult.BG_E_NETWORK_DISCONNECTED, []bits.JobState{stConnecting}, unprepared,
		func(r *rig) { r.emu.NetworkDown() }, func(r *rig) { r.emu.NetworkUp() }),
	"Network lost: SUSPENDED, ERROR, TRANSFERRED": {"I", inEach([]bits.JobState{stSuspended, stError, stTransferred},
		func(r *rig, job bits.Job, s bits.JobState) {
			r.emu.NetworkDown()
			r.seconds(60)
			r.is(job, s)
			r.emu.NetworkUp()
			r.seconds(60)
			r.is(job, s)
		}), ""},
	"Network lost: TRANSIENT_ERROR": {"C: its code stays until it is tried again", func(r *rig) {
		job := r.retrying()
		r.emu.NetworkDown()
		r.is(job, stTransient)
		r.code(job, hresult.FromHTTPStatus(503), remoteFile)
		asked := len(r.scripts["down"].Requests())
		r.seconds(3600)
		r.is(job, stTransient)
		require.Len(r, r.scripts["down"].Requests(), asked, "without a network nothing is tried")
	}, ""},
	"Network restored: TRANSIENT_ERROR with any code": {"D; C: without the delay", func(r *rig) {
		job := r.retrying()
		r.emu.NetworkDown()
		r.scripts["down"].Set(transfer.Status(503, 0), transfer.Hold())
		r.emu.NetworkUp()
		r.is(job, stQueued)
		r.code(job, hresult.FromHTTPStatus(503), remoteFile)
		r.emu.Settle()
		r.is(job, stConnecting)
		r.code(job, hresult.FromHTTPStatus(503), remoteFile)
		r.scripts["down"].Release()
		r.emu.Settle()
		r.is(job, stTransferred)
	}, ""},
	"Owner logs off: TRANSFERRING": {"D", func(r *rig) {
		job := r.held()
		r.ok(r.emu.LogOff(r.info(job).Owner.User()))
		r.is(job, stQueued)
		r.seconds(3600)
		r.is(job, stQueued)
	}, ""},
	"Owner logs off: CONNECTING, TRANSIENT_ERROR": {"C: QUEUED, and the retry delay goes on to that", func(r *rig) {
		retrying := r.retrying()
		connecting := r.connecting()
		r.ok(r.emu.LogOff(r.info(connecting).Owner.User()))
		r.is(connecting, stQueued)
		r.is(retrying, stTransient)
		asked := len(r.scripts["down"].Requests())
		r.seconds(600)
		r.is(retrying, stQueued)
		r.seconds(3600)
		r.are([]bits.Job{connecting, retrying}, stQueued, stQueued)
		require.Len(r, r.scripts["down"].Requests(), asked)
	}, ""},
	`Owner logs off: "suspends" wording`: {"D", func(r *rig) {
		jobs := []bits.Job{r.held(), r.resume(r.download("later"), stQueued), r.download("b")}
		r.ok(r.emu.LogOff(r.me().User()))
		r.are(jobs, stQueued, stQueued, stSuspended)
	}, ""},
	"Owner logs on, network up: QUEUED": {"D", func(r *rig) {
		job := r.held()
		owner := r.info(job).Owner.User()
		r.ok(r.emu.LogOff(owner))
		moved := r.moved(job)
		r.emu.LogOn(owner)
		r.emu.Settle()
		r.is(job, stTransferring)
		require.GreaterOrEqual(r, r.moved(job), moved)
		r.scripts["held"].Release()
		r.emu.Settle()
		r.is(job, stTransferred)
	}, ""},
	"Owner or its terminal session logs off, job has helper token, unfinished: non-final, not TRANSFERRED (implied)": {"D", func(r *rig) {
		job := r.helped(bits.BG_TOKEN_LOCAL_FILE)
		r.ok(r.emu.LogOff(r.info(job).Owner.User()))
		r.is(job, stError)
		r.code(job, hresult.BG_E_TOKEN_REQUIRED, queueManager)

		other := r.again()
		job = other.helped(bits.BG_TOKEN_NETWORK)
		other.ok(other.emu.EndSession(7001))
		other.is(job, stError)
		other.code(job, hresult.BG_E_TOKEN_REQUIRED, queueManager)

		done := r.again()
		job = done.helped(bits.BG_TOKEN_NETWORK)
		done.scripts["held"].Release()
		done.emu.Settle()
		done.ok(done.emu.LogOff(rigBob))
		done.is(job, stTransferred)
	}, ""},
	"Foreground job on a server without ranges is cut by network loss or logoff: TRANSFERRING": {"I", func(r *rig) {
		r.serve("a", transfer.NoRanges(), transfer.HoldAt(1000))
		job := r.download()
		r.ok(job.SetPriority(r.ctx, foreground))
		r.resume(job, stTransferring)
		require.Positive(r, r.moved(job))
		r.emu.NetworkDown()
		r.is(job, stTransient)
		r.emu.NetworkUp()
		r.emu.Settle()
		r.is(job, stError)
		r.code(job, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT, remoteFile)
	}, ""},
	"MaxInternetBandwidth = 0 interval starts: all background jobs": blocked("D", hresult.BG_E_BLOCKED_BY_POLICY, atWork,
		func(r *rig, _ bits.Job) { r.is(r.prioritized("in-front", foreground), stTransferring) },
		func(r *rig) { r.emu.BlockBandwidth(true) }, func(r *rig) { r.emu.BlockBandwidth(false) }),
	"That interval ends: those jobs": {"D", func(r *rig) {
		front, job := r.prioritized("in-front", foreground), r.held()
		r.emu.BlockBandwidth(true)
		r.are([]bits.Job{front, job}, stTransferring, stTransient)
		r.emu.BlockBandwidth(false)
		r.are([]bits.Job{front, job}, stTransferring, stQueued)
	}, ""},
	"Cost policy blocks: action states (implied)": blocked("D; the how-to is not followed", hresult.BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, atWork,
		func(r *rig, job bits.Job) {
			r.ok(setProperty(bits.BITS_JOB_PROPERTY_ID_COST_FLAGS, bits.PropertyDword(bits.BITS_JOB_TRANSFER_POLICY_NOT_ROAMING))(r, job))
		},
		func(r *rig) { r.emu.SetCost(bits.BITS_COST_STATE_ROAMING) }, func(r *rig) { r.emu.SetCost(bits.BITS_COST_STATE_UNRESTRICTED) }),
	"Battery saver, game mode, no internet: action states (implied)": {"D; no internet is the network down here (C)", func(r *rig) {
		blocked("", hresult.BG_E_BLOCKED_BY_BATTERY_SAVER, atWork, unprepared,
			func(r *rig) { r.emu.SetBatterySaver(true) }, func(r *rig) { r.emu.SetBatterySaver(false) }).check(r)
		blocked("", hresult.BG_E_BLOCKED_BY_GAME_MODE, atWork, unprepared,
			func(r *rig) { r.emu.SetGameMode(true) }, func(r *rig) { r.emu.SetGameMode(false) }).check(r)
	}, ""},
	"Shared-connection host offline: CONNECTING (implied)": {"D", func(r *rig) {
		s := r.serve("a", transfer.Unreachable(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, 1))
		job := r.resume(r.download(), stTransient)
		r.code(job, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, remoteFile)
		r.seconds(600)
		r.is(job, stTransferred)
		require.NotEmpty(r, s.Requests())
	}, ""},
	"Destination volume locked (disk check): action states (implied)": {"D; I for the end", func(r *rig) {
		blocked("", hresult.BG_E_DESTINATION_LOCKED, atWork, unprepared,
			func(r *rig) { r.ok(r.emu.LockVolume("c:", true)) }, func(r *rig) { r.ok(r.emu.LockVolume("C:", false)) }).check(r)
		elsewhere := r.again(bitsemu.Drive("D:", r.TempDir()))
		job := elsewhere.job(down)
		elsewhere.serve("held", transfer.HoldAt(1000))
		elsewhere.ok(job.AddFile(r.ctx, rigFiles+"held", `D:\a`))
		elsewhere.resume(job, stTransferring)
		elsewhere.ok(elsewhere.emu.LockVolume("C:", true))
		elsewhere.is(job, stTransferring)
		elsewhere.fails(elsewhere.emu.LockVolume(`\\files\share`, true), hresult.E_INVALIDARG)
	}, ""},
}
