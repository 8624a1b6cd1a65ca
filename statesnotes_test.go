package bitsemu_test

import (
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

const (
	nTransferred  = bits.BG_NOTIFY_JOB_TRANSFERRED
	nError        = bits.BG_NOTIFY_JOB_ERROR
	nModification = bits.BG_NOTIFY_JOB_MODIFICATION
	nFile         = bits.BG_NOTIFY_FILE_TRANSFERRED
)

// isFromStart reports whether a Range header begins with the first byte.
func isFromStart(r string) bool { return strings.HasPrefix(r, "bytes=0-") }

// replying is an upload-reply job whose server says that the reply is elsewhere.
func (r *rig) replying(url string) bits.Job2 {
	r.Helper()
	return ask[bits.Job2](r, r.upload(reply, 0, staticReply(url)))
}

// commands are the command lines that have been run.
type commands struct {
	mu   sync.Mutex
	all  []bitsemu.Command
	code int
}

func (c *commands) run(command bitsemu.Command) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, command)
	return c.code
}

func (c *commands) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

func commandLine(r *rig, job bits.Job) { r.ok(setCommand(r, job, `C:\p.exe`, `p.exe x`)) }

var stateNotes = map[string]stateRow{
	"GetError works in ERROR and TRANSIENT_ERROR, until TRANSFERRING is entered again; else BG_E_ERROR_INFORMATION_UNAVAILABLE 0x8020000F": {"D", func(r *rig) {
		r.code(r.broken(), hresult.BG_E_HTTP_ERROR_404, remoteFile)
		job := r.retrying()
		r.code(job, hresult.FromHTTPStatus(503), remoteFile)
		s := r.scripts["down"]
		s.Set(transfer.Status(503, 0), transfer.Hold())
		r.ok(job.Resume(r.ctx))
		r.is(job, stQueued)
		r.code(job, hresult.FromHTTPStatus(503), remoteFile)
		r.emu.Settle()
		r.is(job, stConnecting)
		r.code(job, hresult.FromHTTPStatus(503), remoteFile)
		s.Set(transfer.HoldAt(1000))
		r.emu.Settle()
		r.is(job, stTransferring)
		for _, j := range []bits.Job{job, r.download("x"), r.cancelled()} {
			_, err := j.GetError(r.ctx)
			r.fails(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
		}
	}, ""},
	"Contradiction: return-values page limits it to ERROR": {"C: it works in TRANSIENT_ERROR too", func(r *rig) {
		_, err := r.retrying().GetError(r.ctx)
		r.ok(err)
	}, ""},
	"A failed API call never creates an error object": {"D", func(r *rig) {
		job := r.download()
		r.fails(job.SetPriority(r.ctx, 9), hresult.E_NOTIMPL)
		r.fails(job.AddFile(r.ctx, "", ""), hresult.E_INVALIDARG)
		_, err := job.GetError(r.ctx)
		r.fails(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
		require.Zero(r, r.info(job).ErrorCount)
	}, ""},
	"Error count +1: TRANSFERRING to TRANSIENT_ERROR or ERROR; each failed retry (not in BITS 1.5 and earlier); never reset": {"D", func(r *rig) {
		s := r.serve("a", transfer.CutAfter(1000, 1))
		job := r.resume(r.download(), stTransient)
		count := func(want uint32) {
			n, err := job.GetErrorCount(r.ctx)
			r.ok(err)
			require.Equal(r, want, n)
		}
		count(1)
		s.Set(transfer.Status(503, 2))
		r.seconds(600)
		r.is(job, stTransient)
		count(2)
		r.seconds(600)
		r.is(job, stTransient)
		count(3)
		s.Set(transfer.HoldAt(rigSize / 2))
		r.seconds(600)
		r.is(job, stTransferring)
		count(3)
		r.ok(job.Suspend(r.ctx))
		s.Set(transfer.Status(404, 1))
		r.resume(job, stError)
		count(4)
		s.Release()
		r.resume(job, stTransferred)
		count(4)
	}, ""},
	"Not counted: network disconnect, disk check, bandwidth-policy block": {"D", func(r *rig) {
		job := r.held()
		for range 3 {
			r.emu.NetworkDown()
			r.emu.NetworkUp()
			r.emu.Settle()
			r.ok(r.emu.LockVolume("C:", true))
			r.ok(r.emu.LockVolume("C:", false))
			r.emu.Settle()
			r.emu.BlockBandwidth(true)
			r.emu.BlockBandwidth(false)
			r.emu.Settle()
		}
		r.is(job, stTransferring)
		require.Zero(r, r.info(job).ErrorCount)
	}, ""},
	"CONNECTING to TRANSIENT_ERROR: counting undocumented": {"C: the first failure is not counted (O), its failed retries are", func(r *rig) {
		r.serve("a", transfer.Unreachable(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, transfer.Always))
		job := r.resume(r.download(), stTransient)
		require.Zero(r, r.info(job).ErrorCount)
		r.seconds(600)
		require.EqualValues(r, 1, r.info(job).ErrorCount)
	}, ""},
	"Upload-reply in error: reply BytesTotal = BG_SIZE_UNKNOWN means the upload part failed": {"D", func(r *rig) {
		job := ask[bits.Job2](r, r.application(403))
		r.resume(job, stError)
		p, err := job.GetReplyProgress(r.ctx)
		r.ok(err)
		require.Equal(r, bits.BG_SIZE_UNKNOWN, p.BytesTotal)

		s := transfer.NewScript(transfer.Size(5000), transfer.HoldAt(1000))
		r.ok(r.emu.Script("http://files.test/reply", s))
		job = r.replying("http://files.test/reply")
		r.resume(job, stTransferring)
		r.ok(job.Suspend(r.ctx))
		s.Set(transfer.Status(404, transfer.Always))
		r.resume(job, stError)
		p, err = job.GetReplyProgress(r.ctx)
		r.ok(err)
		require.EqualValues(r, 5000, p.BytesTotal, "the reply has failed")
	}, ""},
	"JobTransferred on entering TRANSFERRED, JobError on entering ERROR; none for TRANSIENT_ERROR except JobModification": {"D", func(r *rig) {
		done, broken, retrying := &ears{}, &ears{}, &ears{}
		transferring(r, done)
		failing(r, broken)
		r.serve("down", transfer.Status(503, transfer.Always))
		job := r.download("down")
		r.listen(job, retrying)
		r.resume(job, stTransient)
		r.seconds(10)
		for _, c := range []struct {
			e                  *ears
			transferred, error int
		}{{done, 1, 0}, {broken, 0, 1}, {retrying, 0, 0}} {
			require.Equal(r, c.transferred, c.e.count(nTransferred))
			require.Equal(r, c.error, c.e.count(nError))
		}
		require.Positive(r, retrying.count(nModification))
	}, ""},
	"JobModification is not sent for entering ERROR or TRANSFERRED": {"D", func(r *rig) {
		for _, run := range []func(*rig, *ears){transferring, failing} {
			e := &ears{}
			run(r, e)
			before := len(e.heard)
			r.seconds(60)
			require.Len(r, e.heard, before)
			require.Contains(r, []bits.NotifyFlags{nTransferred, nError}, e.heard[before-1])
		}
	}, ""},
	"FileTransferred calls are delivered before JobTransferred or JobError": {"D", func(r *rig) {
		r.serve("x", transfer.Status(404, transfer.Always))
		for _, last := range []string{"c", "x"} {
			e := &ears{fail: map[bits.NotifyFlags]error{nFile: errClient}}
			job := r.download("a", "b", last)
			r.listen(job, e)
			r.ok(job.Resume(r.ctx))
			r.emu.Settle()
			require.Zero(r, e.count(nTransferred)+e.count(nError), "the first call has failed")
			r.seconds(600)
			ends := slices.IndexFunc(e.heard, func(k bits.NotifyFlags) bool { return k == nTransferred || k == nError })
			require.Positive(r, ends)
			require.NotContains(r, e.heard[ends:], nFile)
		}
	}, ""},
	"JobTransferred may overtake JobModification calls still pending (lower thread priority)": {"C: those that are pending are dropped", func(r *rig) {
		e := &ears{}
		transferring(r, e)
		r.seconds(60)
		require.Equal(r, nTransferred, e.heard[len(e.heard)-1])
	}, ""},
	"Order of targets: live callback object, then registered CLSID, then command line": {"D", func(r *rig) {
		c, server := &commands{}, &ears{}
		there := true
		r = r.again(bitsemu.CommandHook(c.run), bitsemu.ActivationHook(func(uuid.UUID) (bits.Callback, error) {
			if !there {
				return nil, hresult.REGDB_E_CLASSNOTREG
			}
			return server, nil
		}))
		job := func() bits.Job {
			job := r.download()
			commandLine(r, job)
			r.ok(setProperty(bits.BITS_JOB_PROPERTY_NOTIFICATION_CLSID, bits.PropertyClsID(uuid.New()))(r, job))
			return job
		}
		live := &ears{}
		first := job()
		r.ok(first.SetNotifyInterface(r.ctx, live))
		r.resume(first, stTransferred)
		require.Equal(r, []int{1, 0, 0}, []int{live.count(nTransferred), server.count(nTransferred), c.count()})
		r.resume(job(), stTransferred)
		require.Equal(r, []int{1, 1, 0}, []int{live.count(nTransferred), server.count(nTransferred), c.count()})
		there = false
		r.resume(job(), stTransferred)
		require.Equal(r, []int{1, 1, 1}, []int{live.count(nTransferred), server.count(nTransferred), c.count()})
	}, ""},
	"Command line fires for TRANSFERRED and ERROR only": {"D", func(r *rig) {
		for _, s := range nonFinal {
			c := &commands{}
			o := r.again(bitsemu.CommandHook(c.run))
			job := o.in(s)
			r.ok(job.SetNotifyFlags(r.ctx, rigEvents))
			commandLine(o, job)
			r.ok(job.SetDescription(r.ctx, "modified"))
			o.seconds(10)
			want := 0
			if s == stTransferred || s == stError {
				want = 1
			}
			require.Equal(r, want, c.count(), "%s", s)
		}
	}, ""},
	"Notifications registered late still fire for an event that has already happened": {"D", func(r *rig) {
		c := &commands{}
		r = r.again(bitsemu.CommandHook(c.run))
		done, broken := &ears{}, &ears{}
		r.ok(r.done("a").SetNotifyInterface(r.ctx, done))
		job := r.broken()
		r.ok(job.SetNotifyInterface(r.ctx, broken))
		commandLine(r, r.done("b"))
		r.emu.Settle()
		require.Equal(r, []int{1, 1, 1}, []int{done.count(nTransferred), broken.count(nError), c.count()})
	}, ""},
	"Delivery is at-least-once: a new interface set after the old one died gets the same event again": {"D", func(r *rig) {
		first, second := &ears{}, &ears{}
		job := r.download()
		r.listen(job, first)
		r.resume(job, stTransferred)
		r.ok(job.SetNotifyInterface(r.ctx, second))
		r.emu.Settle()
		require.Equal(r, []int{1, 1}, []int{first.count(nTransferred), second.count(nTransferred)})
	}, ""},
	"Callback and command line both failed: notification repeated after the minimum retry delay": {"D", func(r *rig) {
		c := &commands{code: 3}
		r = r.again(bitsemu.CommandHook(c.run))
		e := &ears{fail: map[bits.NotifyFlags]error{nTransferred: errClient}}
		job := r.download()
		r.listen(job, e)
		commandLine(r, job)
		r.resume(job, stTransferred)
		require.Equal(r, []int{1, 1}, []int{e.count(nTransferred), c.count()})
		r.seconds(599)
		require.Equal(r, []int{1, 1}, []int{e.count(nTransferred), c.count()})
		r.seconds(1)
		require.Equal(r, []int{2, 1}, []int{e.count(nTransferred), c.count()})
		r.seconds(6000)
		require.Equal(r, []int{2, 1}, []int{e.count(nTransferred), c.count()})
	}, ""},
}
