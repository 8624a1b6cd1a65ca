package bitsemu_test

import (
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/winver"
)

const (
	down  = bits.BG_JOB_TYPE_DOWNLOAD
	up    = bits.BG_JOB_TYPE_UPLOAD
	reply = bits.BG_JOB_TYPE_UPLOAD_REPLY
)

// getter is a method that reads something of a job and documents no failure but that
// of a NULL pointer.
func getter[T any](get func(bits.Job, *rig) (T, error), want T) map[string]shown {
	return map[string]shown{
		"S_OK": does(func(r *rig) error {
			got, err := get(r.download(), r)
			require.Equal(r, want, got)
			return err
		}),
		"E_INVALIDARG": impossible(noPointers),
	}
}

// setter is a method that sets something of a job that is not over.
func setter(set func(bits.Job, *rig) error) map[string]shown {
	return map[string]shown{
		"S_OK": does(func(r *rig) error {
			for _, s := range nonFinal {
				r.ok(set(r.again().in(s), r))
			}
			return nil
		}),
		"BG_E_INVALID_STATE": inFinal(func(r *rig, j bits.Job) error { return set(j, r) }),
	}
}

// with is a map of rows with more rows.
func with(rows, more map[string]shown) map[string]shown {
	for code, s := range more {
		rows[code] = s
	}
	return rows
}

// adding are the rows that AddFile and AddFileSet have in common.
func adding(add func(r *rig, job bits.Job, files ...bits.FileInfo) error) map[string]shown {
	one := func(remote, local string) func(*rig) error {
		return func(r *rig) error { return add(r, r.job(down), bits.FileInfo{RemoteName: remote, LocalName: local}) }
	}
	return map[string]shown{
		"S_OK": does(func(r *rig) error {
			job := r.job(down)
			err := add(r, job, bits.FileInfo{RemoteName: rigFiles + "a", LocalName: rigLocal("a")})
			r.file(job)
			return err
		}),
		"BG_E_TOO_MANY_FILES": does(func(r *rig) error {
			job := r.upload(up, 0)
			err := add(r, job, bits.FileInfo{RemoteName: rigUploads + "second", LocalName: `C:\Users\up`})
			require.Len(r, r.info(job).Files, 1)
			return err
		}),
		"BG_E_TOO_MANY_FILES_IN_JOB": does(func(r *rig) error {
			r = r.again(bitsemu.Policies(bitsemu.Policy{MaxFilesPerJob: 1}))
			return add(r, r.download(), bits.FileInfo{RemoteName: rigFiles + "b", LocalName: rigLocal("b")})
		}),
		"E_INVALIDARG": does(func(r *rig) error {
			r.fails(one("ftp://files.test/a", rigLocal("a"))(r), hresult.E_INVALIDARG)
			r.fails(one(rigFiles+"a b", rigLocal("a"))(r), hresult.E_INVALIDARG)
			r.fails(one(rigFiles+"a", `C:\Downloads\*`)(r), hresult.E_INVALIDARG)
			return one(rigFiles+"a", `Downloads\a`)(r)
		}),
		"E_ACCESSDENIED": does(func(r *rig) error {
			r.ok(r.emu.RestrictTo(`C:\Downloads`, sid.BuiltinAdministrators))
			return one(rigFiles+"a", rigLocal("a"))(r)
		}),
	}
}

var specJob = specMethods{
	"QueryInterface": {
		"S_OK": does(func(r *rig) error {
			_, err := bits.Query[bits.Job5](r.ctx, r.download())
			return err
		}),
		"E_NOINTERFACE": does(func(r *rig) error {
			_, err := bits.Query[bits.Job5](r.ctx, r.again(bitsemu.Windows(winver.Windows7)).download())
			return err
		}),
		"E_ACCESSDENIED": does(func(r *rig) error {
			_, err := bits.Query[bits.Job2](r.bob(), r.download())
			return err
		}),
	},
	"AddFileSet": adding(func(r *rig, job bits.Job, files ...bits.FileInfo) error { return job.AddFileSet(r.ctx, files) }),
	"AddFile": adding(func(r *rig, job bits.Job, files ...bits.FileInfo) error {
		return job.AddFile(r.ctx, files[0].RemoteName, files[0].LocalName)
	}),
	"EnumFiles": {"S_OK": does(func(r *rig) error {
		files, err := r.download("a", "b").EnumFiles(r.ctx)
		r.ok(err)
		n, err := files.GetCount(r.ctx)
		require.EqualValues(r, 2, n)
		return err
	})},
	"Suspend": setter(func(j bits.Job, r *rig) error { return j.Suspend(r.ctx) }),
	"Resume": {
		"S_OK": does(func(r *rig) error {
			job := r.download()
			err := job.Resume(r.ctx)
			r.is(job, bits.BG_JOB_STATE_QUEUED)
			return err
		}),
		"BG_E_EMPTY":         does(func(r *rig) error { return r.job(down).Resume(r.ctx) }),
		"BG_E_INVALID_STATE": inFinal(func(r *rig, j bits.Job) error { return j.Resume(r.ctx) }),
	},
	"Cancel": {
		"S_OK": does(func(r *rig) error {
			job := r.held()
			err := answer(job.Cancel(r.ctx))
			r.is(job, bits.BG_JOB_STATE_CANCELLED)
			return err
		}),
		"BG_S_UNABLE_TO_DELETE_FILES": does(func(r *rig) error {
			job := r.done()
			r.ok(r.emu.RestrictTo(`C:\Downloads`))
			err := answer(job.Cancel(r.ctx))
			r.is(job, bits.BG_JOB_STATE_CANCELLED)
			return err
		}),
		"BG_E_INVALID_STATE": inFinal(func(r *rig, j bits.Job) error { return answer(j.Cancel(r.ctx)) }),
	},
	"Complete": {
		"S_OK": does(func(r *rig) error {
			job := r.done()
			err := answer(job.Complete(r.ctx))
			r.emu.CheckFile(r, rigLocal("a"), r.scripts["a"].Bytes())
			return err
		}),
		"BG_S_PARTIAL_COMPLETE": does(func(r *rig) error {
			r.serve("held", transfer.HoldAt(1000))
			err := answer(r.resume(r.download("a", "held"), bits.BG_JOB_STATE_TRANSFERRING).Complete(r.ctx))
			r.emu.CheckFile(r, rigLocal("a"), r.scripts["a"].Bytes())
			r.emu.CheckNoFile(r, rigLocal("held"))
			return err
		}),
		"BG_S_UNABLE_TO_DELETE_FILES": does(func(r *rig) error {
			job := r.held()
			r.ok(r.emu.RestrictTo(`C:\Downloads`))
			err := answer(job.Complete(r.ctx))
			r.is(job, bits.BG_JOB_STATE_ACKNOWLEDGED)
			return err
		}),
		"BG_E_INVALID_STATE": does(func(r *rig) error {
			r.fails(answer(r.cancelled().Complete(r.ctx)), hresult.BG_E_INVALID_STATE)
			r.fails(answer(r.acknowledged().Complete(r.ctx)), hresult.BG_E_INVALID_STATE)
			return answer(r.upload(up, 0).Complete(r.ctx))
		}),
		"any": does(func(r *rig) error {
			job := r.done()
			r.ok(r.emu.RestrictTo(`C:\Downloads`))
			err := answer(job.Complete(r.ctx))
			r.fails(err, hresult.E_ACCESSDENIED)
			r.is(job, bits.BG_JOB_STATE_TRANSFERRED)
			return err
		}),
	},
	"GetId": {"S_OK": does(func(r *rig) error {
		id, job, err := r.emu.Manager().CreateJob(r.ctx, "a job", down)
		r.ok(err)
		got, err := job.GetId(r.ctx)
		require.Equal(r, id, got)
		return err
	})},
	"GetType": getter(func(j bits.Job, r *rig) (bits.JobType, error) { return j.GetType(r.ctx) }, down),
	"GetProgress": getter(func(j bits.Job, r *rig) (bits.JobProgress, error) { return j.GetProgress(r.ctx) },
		bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN, FilesTotal: 1}),
	"GetTimes": getter(func(j bits.Job, r *rig) (time.Time, error) {
		times, err := j.GetTimes(r.ctx)
		return times.CreationTime, err
	}, time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)),
	"GetState": getter(func(j bits.Job, r *rig) (bits.JobState, error) { return j.GetState(r.ctx) }, bits.BG_JOB_STATE_SUSPENDED),
	"GetError": {
		"S_OK": does(func(r *rig) error {
			_, err := r.retrying().GetError(r.ctx)
			r.ok(err)
			_, err = r.broken().GetError(r.ctx)
			return err
		}),
		"BG_E_ERROR_INFORMATION_UNAVAILABLE": does(func(r *rig) error {
			_, err := r.held().GetError(r.ctx)
			r.fails(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
			_, err = r.download().GetError(r.ctx)
			return err
		}),
	},
	"GetOwner": getter(func(j bits.Job, r *rig) (sid.SID, error) { return j.GetOwner(r.ctx) },
		sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001")),
	"SetDisplayName": with(setter(func(j bits.Job, r *rig) error { return j.SetDisplayName(r.ctx, strings.Repeat("n", 256)) }), map[string]shown{
		// Go has no NULL for it, and a long name is BG_E_STRING_TOO_LONG here.
		"E_INVALIDARG":         does(func(r *rig) error { return r.download().SetDisplayName(r.ctx, "a\x00b") }),
		"BG_E_STRING_TOO_LONG": does(func(r *rig) error { return r.download().SetDisplayName(r.ctx, strings.Repeat("n", 257)) }),
	}),
	"GetDisplayName": getter(func(j bits.Job, r *rig) (string, error) { return j.GetDisplayName(r.ctx) }, "a job"),
	"SetDescription": with(setter(func(j bits.Job, r *rig) error { return j.SetDescription(r.ctx, strings.Repeat("n", 1024)) }), map[string]shown{
		"E_INVALIDARG":         does(func(r *rig) error { return r.download().SetDescription(r.ctx, "a\x00b") }), // for NULL
		"BG_E_STRING_TOO_LONG": does(func(r *rig) error { return r.download().SetDescription(r.ctx, strings.Repeat("n", 1025)) }),
	}),
	"GetDescription": getter(func(j bits.Job, r *rig) (string, error) { return j.GetDescription(r.ctx) }, ""),
	"SetPriority": with(setter(func(j bits.Job, r *rig) error { return j.SetPriority(r.ctx, bits.BG_JOB_PRIORITY_LOW) }), map[string]shown{
		"E_NOTIMPL": does(func(r *rig) error { return r.download().SetPriority(r.ctx, 4) }),
		"BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD": does(func(r *rig) error {
			job := r.download()
			r.ok(ask[bits.JobHttpOptions2](r, job).SetHttpMethod(r.ctx, "POST"))
			return job.SetPriority(r.ctx, bits.BG_JOB_PRIORITY_LOW)
		}),
	}),
	"GetPriority": getter(func(j bits.Job, r *rig) (bits.JobPriority, error) { return j.GetPriority(r.ctx) }, bits.BG_JOB_PRIORITY_NORMAL),
	"SetNotifyFlags": with(setter(func(j bits.Job, r *rig) error { return j.SetNotifyFlags(r.ctx, rigEvents) }), map[string]shown{
		"E_NOTIMPL": does(func(r *rig) error { return r.download().SetNotifyFlags(r.ctx, 1<<20) }),
	}),
	"GetNotifyFlags": getter(func(j bits.Job, r *rig) (bits.NotifyFlags, error) { return j.GetNotifyFlags(r.ctx) },
		bits.BG_NOTIFY_JOB_TRANSFERRED|bits.BG_NOTIFY_JOB_ERROR),
	"SetNotifyInterface":   setter(func(j bits.Job, r *rig) error { return j.SetNotifyInterface(r.ctx, &ears{}) }),
	"GetNotifyInterface":   getter(func(j bits.Job, r *rig) (bits.Callback, error) { return j.GetNotifyInterface(r.ctx) }, nil),
	"SetMinimumRetryDelay": setter(func(j bits.Job, r *rig) error { return j.SetMinimumRetryDelay(r.ctx, 60) }),
	"GetMinimumRetryDelay": justOne("S_OK", getter(func(j bits.Job, r *rig) (uint32, error) { return j.GetMinimumRetryDelay(r.ctx) }, 600)),
	"SetNoProgressTimeout": setter(func(j bits.Job, r *rig) error { return j.SetNoProgressTimeout(r.ctx, 60) }),
	"GetNoProgressTimeout": getter(func(j bits.Job, r *rig) (uint32, error) { return j.GetNoProgressTimeout(r.ctx) }, 1209600),
	"GetErrorCount":        justOne("S_OK", getter(func(j bits.Job, r *rig) (uint32, error) { return j.GetErrorCount(r.ctx) }, 0)),
	"SetProxySettings": with(setter(func(j bits.Job, r *rig) error {
		return j.SetProxySettings(r.ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("proxy:8080"), nil)
	}), map[string]shown{
		"E_NOTIMPL": does(func(r *rig) error { return r.download().SetProxySettings(r.ctx, 9, nil, nil) }),
		"BG_E_PROXY_LIST_TOO_LARGE": does(func(r *rig) error {
			return r.download().SetProxySettings(r.ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String(strings.Repeat("p", 32_769)), nil)
		}),
		"BG_E_PROXY_BYPASS_LIST_TOO_LARGE": does(func(r *rig) error {
			return r.download().SetProxySettings(r.ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("p"), bits.String(strings.Repeat("p", 32_769)))
		}),
		"E_INVALIDARG": does(func(r *rig) error {
			return r.download().SetProxySettings(r.ctx, bits.BG_JOB_PROXY_USAGE_OVERRIDE, nil, nil)
		}),
	}),
	"GetProxySettings": getter(func(j bits.Job, r *rig) (bits.ProxyUsage, error) {
		usage, list, bypass, err := j.GetProxySettings(r.ctx)
		require.Nil(r, list)
		require.Nil(r, bypass)
		return usage, err
	}, bits.BG_JOB_PROXY_USAGE_PRECONFIG),
	"TakeOwnership": {
		"S_OK": does(func(r *rig) error {
			job := r.download()
			taken, err := r.emu.Manager().GetJob(r.carol(), r.info(job).ID)
			r.ok(err)
			err = taken.TakeOwnership(r.carol())
			r.emu.CheckOwner(r, r.info(job).ID, rigCarol)
			return err
		}),
		"BG_E_INVALID_STATE": does(func(r *rig) error {
			job := r.done()
			found, err := r.emu.Manager().GetJob(r.carol(), r.info(job).ID)
			r.ok(err)
			_, err = job.Complete(r.ctx)
			r.ok(err)
			r.fails(found.TakeOwnership(r.carol()), hresult.BG_E_INVALID_STATE)
			job = r.download()
			found, err = r.emu.Manager().GetJob(r.carol(), r.info(job).ID)
			r.ok(err)
			_, err = job.Cancel(r.ctx)
			r.ok(err)
			return found.TakeOwnership(r.carol())
		}),
		"BG_E_NEW_OWNER_NO_FILE_ACCESS": does(func(r *rig) error {
			job := r.done()
			r.ok(r.emu.RestrictTo(`C:\Downloads`, r.info(job).Owner.User()))
			return r.takenByCarol(job)
		}),
		"BG_E_NEW_OWNER_DIFF_MAPPING": does(func(r *rig) error {
			r.ok(r.emu.MapDrive(rigCarol, "C:"))
			return r.takenByCarol(r.download())
		}),
		"E_ACCESSDENIED": does(func(r *rig) error { return r.download().TakeOwnership(r.ctx) }),
	},
}

func (r *rig) takenByCarol(job bits.Job) error {
	r.Helper()
	found, err := r.emu.Manager().GetJob(r.carol(), r.info(job).ID)
	r.ok(err)
	before := r.info(job).Owner
	err = found.TakeOwnership(r.carol())
	r.emu.CheckOwner(r, r.info(job).ID, before.User())
	return err
}

// justOne is one of some rows.
func justOne(code string, rows map[string]shown) map[string]shown {
	return map[string]shown{code: rows[code]}
}
