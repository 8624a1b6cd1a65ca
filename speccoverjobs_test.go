package bitsemu_test

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

// notUpload are the rows that a method has which is for downloads alone.
func notUpload(call func(*rig, bits.Job) error) shown {
	return does(func(r *rig) error {
		r.fails(call(r, r.upload(up, 0)), hresult.E_NOTIMPL)
		return call(r, r.upload(reply, 10))
	})
}

// notReply is the row of a method that is for upload-reply jobs alone.
func notReply(call func(*rig, bits.Job2) error) shown {
	return does(func(r *rig) error {
		r.fails(call(r, ask[bits.Job2](r, r.upload(up, 0))), hresult.E_NOTIMPL)
		return call(r, ask[bits.Job2](r, r.download()))
	})
}

// replied is an upload-reply job whose reply is there.
func (r *rig) replied(size int) bits.Job2 {
	r.Helper()
	return ask[bits.Job2](r, r.resume(r.upload(reply, size), bits.BG_JOB_STATE_TRANSFERRED))
}

func setCommand(r *rig, j bits.Job, program, parameters string) error {
	return ask[bits.Job2](r, j).SetNotifyCmdLine(r.ctx, &program, &parameters)
}

func setCredentials(c bits.AuthCredentials) func(*rig) error {
	return func(r *rig) error { return ask[bits.Job2](r, r.download()).SetCredentials(r.ctx, c) }
}

func basicFor(user, password string) bits.AuthCredentials {
	return bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: user, Password: bits.Secret(password),
	}
}

var specJob2 = specMethods{
	"SetNotifyCmdLine": {
		"S_OK":               does(func(r *rig) error { return setCommand(r, r.download(), `C:\p.exe`, `C:\p.exe x`) }),
		"BG_E_INVALID_STATE": inFinal(func(r *rig, j bits.Job) error { return setCommand(r, j, `C:\p.exe`, `C:\p.exe x`) }),
		"BG_E_STRING_TOO_LONG": does(func(r *rig) error {
			r.fails(setCommand(r, r.download(), `C:\p.exe`, strings.Repeat("p", 4001)), hresult.BG_E_STRING_TOO_LONG)
			return setCommand(r, r.download(), strings.Repeat("p", 261), "p")
		}),
	},
	"GetNotifyCmdLine": {"S_OK": does(func(r *rig) error {
		program, parameters, err := ask[bits.Job2](r, r.download()).GetNotifyCmdLine(r.ctx)
		require.Empty(r, program+parameters)
		return err
	})},
	"GetReplyProgress": {
		"S_OK": does(func(r *rig) error {
			p, err := r.replied(10).GetReplyProgress(r.ctx)
			require.Equal(r, bits.JobReplyProgress{BytesTotal: 10, BytesTransferred: 10}, p)
			return err
		}),
		"E_NOTIMPL": notReply(func(r *rig, j bits.Job2) error {
			_, err := j.GetReplyProgress(r.ctx)
			return err
		}),
		"E_INVALIDARG": impossible(noPointers),
	},
	"GetReplyData": {
		"S_OK": does(func(r *rig) error {
			data, n, err := r.replied(1 << 20).GetReplyData(r.ctx)
			require.EqualValues(r, 1<<20, n)
			require.Len(r, data, 1<<20)
			return err
		}),
		"BG_E_TOO_LARGE": does(func(r *rig) error {
			data, n, err := r.replied(1<<20 + 1).GetReplyData(r.ctx)
			require.EqualValues(r, 1<<20+1, n)
			require.Empty(r, data)
			return err
		}),
		"BG_E_INVALID_STATE": does(func(r *rig) error {
			_, _, err := ask[bits.Job2](r, r.upload(reply, 10)).GetReplyData(r.ctx)
			return err
		}),
		"E_NOTIMPL": notReply(func(r *rig, j bits.Job2) error {
			_, _, err := j.GetReplyData(r.ctx)
			return err
		}),
	},
	"SetReplyFileName": {
		"S_OK": does(func(r *rig) error {
			job := ask[bits.Job2](r, r.upload(reply, 10))
			err := job.SetReplyFileName(r.ctx, bits.String(`C:\Downloads\reply`))
			name, getErr := job.GetReplyFileName(r.ctx)
			r.ok(getErr)
			require.Equal(r, `C:\Downloads\reply`, name)
			return err
		}),
		"BG_E_INVALID_STATE": does(func(r *rig) error {
			return r.replied(10).SetReplyFileName(r.ctx, bits.String(`C:\Downloads\reply`))
		}),
		"E_ACCESSDENIED": does(func(r *rig) error {
			job := ask[bits.Job2](r, r.upload(reply, 10))
			r.ok(r.emu.RestrictTo(`C:\Downloads`))
			return job.SetReplyFileName(r.ctx, bits.String(`C:\Downloads\reply`))
		}),
		"E_INVALIDARG": does(func(r *rig) error {
			job := ask[bits.Job2](r, r.upload(reply, 10))
			r.fails(job.SetReplyFileName(r.ctx, bits.String(`C:\Downloads\`+strings.Repeat("r", 250))), hresult.E_INVALIDARG)
			return job.SetReplyFileName(r.ctx, bits.String(`reply`))
		}),
	},
	"GetReplyFileName": {
		"S_OK": does(func(r *rig) error {
			name, err := ask[bits.Job2](r, r.upload(reply, 10)).GetReplyFileName(r.ctx)
			require.True(r, strings.HasPrefix(name, `C:\Users\`), name)
			return err
		}),
		"E_NOTIMPL": notReply(func(r *rig, j bits.Job2) error {
			_, err := j.GetReplyFileName(r.ctx)
			return err
		}),
	},
	"SetCredentials": {
		"S_OK": does(setCredentials(basicFor(strings.Repeat("u", 300), strings.Repeat("p", 65536)))),
		"BG_E_INVALID_AUTH_TARGET": does(func(r *rig) error {
			c := basicFor("u", "p")
			c.Target = 3
			return setCredentials(c)(r)
		}),
		"BG_E_INVALID_AUTH_SCHEME": does(func(r *rig) error {
			c := basicFor("u", "p")
			c.Scheme = 6
			return setCredentials(c)(r)
		}),
		"BG_E_USERNAME_TOO_LARGE": does(setCredentials(basicFor(strings.Repeat("u", 301), "p"))),
		"BG_E_PASSWORD_TOO_LARGE": does(setCredentials(basicFor("u", strings.Repeat("p", 65537)))),
		"E_INVALIDARG": does(func(r *rig) error {
			r.fails(setCredentials(bits.ImplicitCredentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_DIGEST))(r), hresult.E_INVALIDARG)
			return setCredentials(bits.ImplicitCredentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_BASIC))(r)
		}),
	},
	"RemoveCredentials": {
		"S_OK": does(func(r *rig) error {
			job := ask[bits.Job2](r, r.download())
			r.ok(job.SetCredentials(r.ctx, basicFor("u", "p")))
			return answer(job.RemoveCredentials(r.ctx, bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_BASIC))
		}),
		"S_FALSE": does(func(r *rig) error {
			job := ask[bits.Job2](r, r.download())
			r.ok(job.SetCredentials(r.ctx, basicFor("u", "p")))
			return answer(job.RemoveCredentials(r.ctx, bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_DIGEST))
		}),
	},
}

func replacePrefix(old, other string) func(r *rig, j bits.Job) error {
	return func(r *rig, j bits.Job) error {
		return answer(ask[bits.Job3](r, j).ReplaceRemotePrefix(r.ctx, old, other))
	}
}

func addRanges(ranges ...bits.FileRange) func(r *rig, j bits.Job) error {
	return func(r *rig, j bits.Job) error {
		return ask[bits.Job3](r, j).AddFileWithRanges(r.ctx, rigFiles+"r", rigLocal("r"), ranges)
	}
}

// onNew makes a call on a new download.
func onNew(call func(*rig, bits.Job) error) shown {
	return does(func(r *rig) error { return call(r, r.download()) })
}

func setACL(flags bits.FileACLFlags) func(r *rig, j bits.Job) error {
	return func(r *rig, j bits.Job) error { return ask[bits.Job3](r, j).SetFileACLFlags(r.ctx, flags) }
}

var specJob3 = specMethods{
	"ReplaceRemotePrefix": {
		"S_OK": onNew(func(r *rig, j bits.Job) error {
			err := replacePrefix(rigFiles, "http://other.test/")(r, j)
			name, getErr := r.file(j).GetRemoteName(r.ctx)
			r.ok(getErr)
			require.Equal(r, "http://other.test/a", name)
			return err
		}),
		"S_FALSE": onNew(replacePrefix("HTTP://files.test/", "http://other.test/")),
		"E_INVALIDARG": onNew(func(r *rig, j bits.Job) error {
			r.fails(replacePrefix(rigFiles, "http://"+strings.Repeat("a", 2200))(r, j), hresult.E_INVALIDARG)
			r.fails(replacePrefix(rigFiles, "ftp://files.test/")(r, j), hresult.E_INVALIDARG)
			return replacePrefix("", "http://other.test/")(r, j)
		}),
		"E_NOTIMPL":          notUpload(replacePrefix(rigUploads, rigFiles)),
		"BG_E_INVALID_STATE": inFinal(replacePrefix(rigFiles, "http://other.test/")),
	},
	"AddFileWithRanges": {
		"S_OK":         onNew(addRanges(bits.FileRange{Length: 10}, bits.FileRange{InitialOffset: 20, Length: bits.BG_LENGTH_TO_EOF})),
		"E_INVALIDARG": onNew(addRanges()),
		"E_NOTIMPL":    notUpload(addRanges(bits.FileRange{Length: 10})),
		"E_ACCESSDENIED": does(func(r *rig) error {
			r.ok(r.emu.RestrictTo(`C:\Downloads`))
			return addRanges(bits.FileRange{Length: 10})(r, r.job(down))
		}),
		"BG_E_INVALID_RANGE": onNew(addRanges(bits.FileRange{InitialOffset: bits.BG_LENGTH_TO_EOF, Length: 10})),
		"BG_E_OVERLAPPING_RANGES": onNew(func(r *rig, j bits.Job) error {
			r.fails(addRanges(bits.FileRange{Length: 10}, bits.FileRange{Length: 10})(r, j), hresult.BG_E_OVERLAPPING_RANGES)
			return addRanges(bits.FileRange{InitialOffset: 5, Length: 10}, bits.FileRange{Length: 6})(r, j)
		}),
		"BG_E_TOO_MANY_RANGES_IN_FILE": does(func(r *rig) error {
			r = r.again(bitsemu.Policies(bitsemu.Policy{MaxRangesPerFile: 1}))
			return addRanges(bits.FileRange{Length: 1}, bits.FileRange{InitialOffset: 5, Length: 1})(r, r.download())
		}),
		"BG_E_INVALID_STATE": inFinal(addRanges(bits.FileRange{Length: 10})),
	},
	"SetFileACLFlags": {
		"S_OK": onNew(setACL(bits.BG_COPY_FILE_DACL)),
		"BG_E_INVALID_STATE": does(func(r *rig) error {
			r.fails(setACL(0)(r, r.cancelled()), hresult.BG_E_INVALID_STATE)
			r.fails(setACL(0)(r, r.acknowledged()), hresult.BG_E_INVALID_STATE)
			return setACL(0)(r, r.done())
		}),
		"E_INVALIDARG": onNew(setACL(16)),
	},
	"GetFileACLFlags": {"S_OK": onNew(func(r *rig, j bits.Job) error {
		r.ok(setACL(bits.BG_COPY_FILE_DACL)(r, j))
		flags, err := ask[bits.Job3](r, j).GetFileACLFlags(r.ctx)
		require.Equal(r, bits.BG_COPY_FILE_DACL, flags)
		return err
	})},
}

var specJob4 = specMethods{
	"SetPeerCachingFlags": {"S_OK": onNew(func(r *rig, j bits.Job) error {
		return ask[bits.Job4](r, j).SetPeerCachingFlags(r.ctx, bits.BG_JOB_ENABLE_PEERCACHING_CLIENT)
	})},
	"GetPeerCachingFlags": {
		"S_OK": onNew(func(r *rig, j bits.Job) error {
			r.ok(ask[bits.Job4](r, j).SetPeerCachingFlags(r.ctx, bits.BG_JOB_DISABLE_BRANCH_CACHE))
			flags, err := ask[bits.Job4](r, j).GetPeerCachingFlags(r.ctx)
			require.Equal(r, bits.BG_JOB_DISABLE_BRANCH_CACHE, flags)
			return err
		}),
		"E_NOTIMPL": impossible("SetPeerCachingFlags has no such flags set: it answers E_NOTIMPL, where the page means it (I)"),
	},
	"GetOwnerIntegrityLevel": {"S_OK": onNew(func(r *rig, j bits.Job) error {
		level, err := ask[bits.Job4](r, j).GetOwnerIntegrityLevel(r.ctx)
		require.EqualValues(r, token.IntegrityMedium, level)
		return err
	})},
	"GetOwnerElevationState": {"S_OK": does(func(r *rig) error {
		_, job, err := r.emu.Manager().CreateJob(r.carol(), "elevated", down)
		r.ok(err)
		job4, err := bits.Query[bits.Job4](r.carol(), job)
		r.ok(err)
		elevated, err := job4.GetOwnerElevationState(r.carol())
		require.True(r, elevated)
		return err
	})},
	"SetMaximumDownloadTime": {"S_OK": onNew(func(r *rig, j bits.Job) error { return ask[bits.Job4](r, j).SetMaximumDownloadTime(r.ctx, 60) })},
	"GetMaximumDownloadTime": {"S_OK": onNew(func(r *rig, j bits.Job) error {
		seconds, err := ask[bits.Job4](r, j).GetMaximumDownloadTime(r.ctx)
		require.EqualValues(r, 7776000, seconds)
		return err
	})},
}

func setProperty(id bits.JobPropertyID, v bits.JobPropertyValue) func(*rig, bits.Job) error {
	return func(r *rig, j bits.Job) error { return ask[bits.Job5](r, j).SetProperty(r.ctx, id, v) }
}

var specJob5 = specMethods{
	"SetProperty": {
		"S_OK":                     onNew(setProperty(bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(true))),
		"BG_E_UNKNOWN_PROPERTY_ID": onNew(setProperty(6, bits.PropertyEnable(true))),
		"BG_E_READ_ONLY_PROPERTY":  impossible("every property of a job can be set, in some state (D properties page)"),
		"BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY": does(func(r *rig) error {
			return setProperty(bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true))(r, r.upload(up, 0))
		}),
		"BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE": onNew(setProperty(bits.BITS_JOB_PROPERTY_HIGH_PERFORMANCE, bits.PropertyEnable(true))),
		"BG_E_READ_ONLY_PROPERTY_AFTER_RESUME": does(func(r *rig) error {
			return setProperty(bits.BITS_JOB_PROPERTY_DYNAMIC_CONTENT, bits.PropertyEnable(true))(r, r.done())
		}),
		"BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE": onNew(setProperty(bits.BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, bits.PropertyUint64(0))),
		"BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED": onNew(setProperty(bits.BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS,
			bits.PropertyTarget(bits.BG_AUTH_TARGET_SERVER))),
	},
	"GetProperty": {
		"S_OK": onNew(func(r *rig, j bits.Job) error {
			v, err := ask[bits.Job5](r, j).GetProperty(r.ctx, bits.BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS)
			require.Equal(r, bits.PropertyDword(500), v)
			return err
		}),
		"BG_E_UNKNOWN_PROPERTY_ID": onNew(func(r *rig, j bits.Job) error {
			_, err := ask[bits.Job5](r, j).GetProperty(r.ctx, 8)
			return err
		}),
	},
}
