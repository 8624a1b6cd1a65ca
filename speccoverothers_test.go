package bitsemu_test

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

// listing are the rows of an enumerator of two.
func listing[T any, E bits.Enumerator[T, E]](list func(*rig) E) specMethods {
	next := func(celt uint32, want int) shown {
		return does(func(r *rig) error {
			some, h, err := list(r).Next(r.ctx, celt)
			require.Len(r, some, want)
			return answer(h, err)
		})
	}
	skip := func(celt uint32) shown {
		return does(func(r *rig) error {
			l := list(r)
			h, err := l.Skip(r.ctx, celt)
			_, after, nextErr := l.Next(r.ctx, 1)
			r.ok(nextErr)
			require.Equal(r, hresult.S_FALSE, after, "all of them have been passed over")
			return answer(h, err)
		})
	}
	return specMethods{
		"Next": {"S_OK": next(2, 2), "S_FALSE": next(3, 2)},
		"Skip": {"S_OK": skip(2), "S_FALSE": skip(3)},
		"Reset": {"S_OK": does(func(r *rig) error {
			l := list(r)
			_, err := l.Skip(r.ctx, 2)
			r.ok(err)
			err = l.Reset(r.ctx)
			some, _, nextErr := l.Next(r.ctx, 2)
			r.ok(nextErr)
			require.Len(r, some, 2)
			return err
		})},
		"Clone": {"S_OK": does(func(r *rig) error {
			l := list(r)
			_, err := l.Skip(r.ctx, 1)
			r.ok(err)
			c, err := l.Clone(r.ctx)
			r.ok(err)
			some, h, nextErr := c.Next(r.ctx, 2)
			r.ok(nextErr)
			require.Len(r, some, 1)
			require.Equal(r, hresult.S_FALSE, h)
			return err
		})},
		"GetCount": {"S_OK": does(func(r *rig) error {
			n, err := list(r).GetCount(r.ctx)
			require.EqualValues(r, 2, n)
			return err
		})},
	}
}

var specEnumJobs = listing(func(r *rig) bits.EnumJobs {
	r.download("a")
	r.download("b")
	l, err := r.emu.Manager().EnumJobs(r.ctx, 0)
	r.ok(err)
	return l
})

var specEnumFiles = listing(func(r *rig) bits.EnumFiles {
	l, err := r.download("a", "b").EnumFiles(r.ctx)
	r.ok(err)
	return l
})

// told are the rows of a method of a client that is called when a job has ended: what
// the client returns, and what becomes of it.
func told(kind bits.NotifyFlags, run func(*rig, *ears)) map[string]shown {
	return map[string]shown{
		"S_OK": does(func(r *rig) error {
			e := &ears{}
			run(r, e)
			r.seconds(6000)
			require.Equal(r, 1, e.count(kind))
			return nil
		}),
		"any": does(func(r *rig) error {
			failure := hresult.E_FAIL
			e := &ears{fail: map[bits.NotifyFlags]error{kind: failure}}
			run(r, e)
			require.Equal(r, 1, e.count(kind))
			r.seconds(599)
			require.Equal(r, 1, e.count(kind), "it is called again after the minimum retry delay")
			r.seconds(1)
			require.Equal(r, 2, e.count(kind))
			r.seconds(6000)
			require.Equal(r, 2, e.count(kind))
			return failure
		}),
	}
}

// transferring has a job transferred that has a callback.
func transferring(r *rig, e *ears) {
	job := r.download()
	r.listen(job, e)
	r.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
}

func failing(r *rig, e *ears) {
	r.serve("missing", transfer.Status(404, transfer.Always))
	job := r.download("missing")
	r.listen(job, e)
	r.resume(job, bits.BG_JOB_STATE_ERROR)
}

var specCallback = specMethods{
	"JobTransferred": told(bits.BG_NOTIFY_JOB_TRANSFERRED, transferring),
	"JobError":       told(bits.BG_NOTIFY_JOB_ERROR, failing),
	"JobModification": {"S_OK": does(func(r *rig) error {
		e := &ears{fail: map[bits.NotifyFlags]error{bits.BG_NOTIFY_JOB_MODIFICATION: errClient}}
		job := r.download()
		r.listen(job, e)
		r.ok(job.SetDescription(r.ctx, "modified"))
		r.emu.Settle()
		before := e.count(bits.BG_NOTIFY_JOB_MODIFICATION)
		require.Positive(r, before)
		r.seconds(6000)
		require.Equal(r, before, e.count(bits.BG_NOTIFY_JOB_MODIFICATION), "a failed one is not repeated")
		r.ok(job.SetDisplayName(r.ctx, "modified"))
		r.emu.Settle()
		require.Equal(r, before+1, e.count(bits.BG_NOTIFY_JOB_MODIFICATION))
		return nil
	})},
}

var specCallback2 = specMethods{"FileTransferred": told(bits.BG_NOTIFY_FILE_TRANSFERRED, transferring)}

// ranging has a range of a file fetched on demand.
func ranging(r *rig, e *ears) bits.Job {
	job := r.download()
	r.ok(setProperty(bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(true))(r, job))
	r.listen(job, e)
	r.ok(ask[bits.File6](r, r.file(job)).RequestFileRanges(r.ctx, []bits.FileRange{{Length: 10}}))
	r.resume(job, bits.BG_JOB_STATE_SUSPENDED)
	r.seconds(6000)
	require.Equal(r, 1, e.count(bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED))
	return job
}

var specCallback3 = specMethods{
	"FileRangesTransferred": {
		"S_OK": does(func(r *rig) error {
			e := &ears{}
			job := ranging(r, e)
			r.ok(ask[bits.File6](r, r.file(job)).RequestFileRanges(r.ctx, []bits.FileRange{{InitialOffset: 5, Length: 10}}))
			r.resume(job, bits.BG_JOB_STATE_SUSPENDED)
			require.Equal(r, [][]bits.FileRange{{{Length: 10}}, {{InitialOffset: 10, Length: 5}}}, e.spans, "only what is new")
			return nil
		}),
		"any": does(func(r *rig) error {
			failure := hresult.E_FAIL
			ranging(r, &ears{fail: map[bits.NotifyFlags]error{bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED: failure}}) // no page tells of a repetition
			return failure
		}),
	},
}

// peerCaching are the rows of a method of the peer cache: from BITS 4.0 on S_FALSE,
// before it E_NOTIMPL here.
func peerCaching(call func(*rig, bits.PeerCacheAdministration) error, more ...string) map[string]shown {
	on := func(r *rig) error { return call(r, ask[bits.PeerCacheAdministration](r, r.emu.Manager())) }
	before := func(r *rig) error { return on(r.again(bitsemu.Windows(winver.WindowsVista))) }
	rows := map[string]shown{"S_FALSE": does(on), "S_OK": unemulated(noPeers, before)}
	for _, code := range more {
		rows[code] = unemulated(noPeers, before)
	}
	return rows
}

var specPeerCache = specMethods{
	"GetMaximumCacheSize": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		_, ok, err := p.GetMaximumCacheSize(r.ctx)
		return found(ok, err)
	}),
	"SetMaximumCacheSize": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error { return answer(p.SetMaximumCacheSize(r.ctx, 1)) }),
	"GetMaximumContentAge": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		_, ok, err := p.GetMaximumContentAge(r.ctx)
		return found(ok, err)
	}),
	"SetMaximumContentAge": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error { return answer(p.SetMaximumContentAge(r.ctx, 1)) }),
	"GetConfigurationFlags": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		_, ok, err := p.GetConfigurationFlags(r.ctx)
		return found(ok, err)
	}),
	"SetConfigurationFlags": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		return answer(p.SetConfigurationFlags(r.ctx, 0))
	}, "BG_S_OVERRIDDEN_BY_POLICY"),
	"EnumRecords": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		_, ok, err := p.EnumRecords(r.ctx)
		return found(ok, err)
	}),
	"GetRecord": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		_, ok, err := p.GetRecord(r.ctx, uuid.New())
		return found(ok, err)
	}),
	"ClearRecords": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error { return answer(p.ClearRecords(r.ctx)) }),
	"DeleteRecord": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		return answer(p.DeleteRecord(r.ctx, uuid.New()))
	}, "BG_E_BUSYCACHERECORD"),
	"DeleteUrl": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		return answer(p.DeleteUrl(r.ctx, rigFiles+"a"))
	}, "BG_E_BUSYCACHERECORD"),
	"EnumPeers": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		_, ok, err := p.EnumPeers(r.ctx)
		return found(ok, err)
	}),
	"ClearPeers": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error { return answer(p.ClearPeers(r.ctx)) }),
	"DiscoverPeers": peerCaching(func(r *rig, p bits.PeerCacheAdministration) error {
		return answer(p.DiscoverPeers(r.ctx))
	}, "BG_E_DISCOVERY_IN_PROGRESS"),
}
