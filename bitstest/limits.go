package bitstest

import (
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// kept is a case about a property that keeps what is set.
func kept[T any](name, evidence string, values []T, set func(*env, bits.Job, T) error, get func(*env, bits.Job) (T, error)) Case {
	return Case{"set/" + name, evidence, func(e *env) {
		job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
		for _, want := range values {
			e.ok(set(e, job, want))
			got, err := get(e, job)
			e.ok(err)
			require.Equal(e, want, got)
		}
	}}
}

// refused is a case about values that are refused and change nothing.
func refused[T any](name, evidence string, good T, bad []T, want []hresult.HRESULT, set func(*env, bits.Job, T) error, get func(*env, bits.Job) (T, error)) Case {
	return Case{"set/" + name, evidence, func(e *env) {
		job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
		e.ok(set(e, job, good))
		for _, value := range bad {
			e.fails(set(e, job, value), want...)
			got, err := get(e, job)
			e.ok(err)
			require.Equal(e, good, got)
		}
	}}
}

func one(h hresult.HRESULT) []hresult.HRESULT { return []hresult.HRESULT{h} }

func setName(e *env, j bits.Job, v string) error        { return j.SetDisplayName(e.ctx, v) }
func getName(e *env, j bits.Job) (string, error)        { return j.GetDisplayName(e.ctx) }
func setDescription(e *env, j bits.Job, v string) error { return j.SetDescription(e.ctx, v) }
func getDescription(e *env, j bits.Job) (string, error) { return j.GetDescription(e.ctx) }
func setRetryDelay(e *env, j bits.Job, v uint32) error  { return j.SetMinimumRetryDelay(e.ctx, v) }
func getRetryDelay(e *env, j bits.Job) (uint32, error)  { return j.GetMinimumRetryDelay(e.ctx) }
func setNoProgress(e *env, j bits.Job, v uint32) error  { return j.SetNoProgressTimeout(e.ctx, v) }
func getNoProgress(e *env, j bits.Job) (uint32, error)  { return j.GetNoProgressTimeout(e.ctx) }
func setDownloadTime(e *env, j bits.Job, v uint32) error {
	return query[bits.Job4](e, j).SetMaximumDownloadTime(e.ctx, v)
}
func getDownloadTime(e *env, j bits.Job) (uint32, error) {
	return query[bits.Job4](e, j).GetMaximumDownloadTime(e.ctx)
}
func getPriority(e *env, j bits.Job) (bits.JobPriority, error) { return j.GetPriority(e.ctx) }

func setPriority(e *env, j bits.Job, v bits.JobPriority) error {
	return j.SetPriority(e.ctx, v)
}

func setNotifyFlags(e *env, j bits.Job, v bits.NotifyFlags) error {
	return j.SetNotifyFlags(e.ctx, v)
}

func getNotifyFlags(e *env, j bits.Job) (bits.NotifyFlags, error) { return j.GetNotifyFlags(e.ctx) }

func setFileACL(e *env, j bits.Job, v bits.FileACLFlags) error {
	return query[bits.Job3](e, j).SetFileACLFlags(e.ctx, v)
}

func getFileACL(e *env, j bits.Job) (bits.FileACLFlags, error) {
	return query[bits.Job3](e, j).GetFileACLFlags(e.ctx)
}

func setPeerCaching(e *env, j bits.Job, v bits.PeerCachingFlags) error {
	return query[bits.Job4](e, j).SetPeerCachingFlags(e.ctx, v)
}

func getPeerCaching(e *env, j bits.Job) (bits.PeerCachingFlags, error) {
	return query[bits.Job4](e, j).GetPeerCachingFlags(e.ctx)
}

// limitCases are about what setters take.
func limitCases() []Case {
	const both = bits.BG_NOTIFY_JOB_TRANSFERRED | bits.BG_NOTIFY_JOB_ERROR
	priorities := bits.Values[bits.JobPriority]()
	since := func(major, minor uint8, c Case) Case {
		run := c.run
		c.run = func(e *env) { e.needs(major, minor); run(e) }
		return c
	}
	return slices.Concat([]Case{
		kept("display-name", "D nf-bits-ibackgroundcopyjob-setdisplayname.md", []string{"n", "ein Name mit Ä", strings.Repeat("n", 256)}, setName, getName),
		refused("display-name-too-long", "D nf-bits-ibackgroundcopyjob-setdisplayname.md", "n", []string{strings.Repeat("n", 257)},
			[]hresult.HRESULT{hresult.E_INVALIDARG, hresult.BG_E_STRING_TOO_LONG}, setName, getName),
		kept("description", "D nf-bits-ibackgroundcopyjob-setdescription.md", []string{"d", "", strings.Repeat("d", 1024)}, setDescription, getDescription),
		refused("description-too-long", "D nf-bits-ibackgroundcopyjob-setdescription.md", "d", []string{strings.Repeat("d", 1025)},
			one(hresult.BG_E_STRING_TOO_LONG), setDescription, getDescription),
		kept("priority", "D nf-bits-ibackgroundcopyjob-setpriority.md", priorities, setPriority, getPriority),
		refused("priority-without-name", "D nf-bits-ibackgroundcopyjob-setpriority.md", bits.BG_JOB_PRIORITY_HIGH, []bits.JobPriority{4, 17, 255},
			one(hresult.E_NOTIMPL), setPriority, getPriority),
		kept("notify-flags", "W; D nf-bits-ibackgroundcopyjob-setnotifyflags.md",
			[]bits.NotifyFlags{1, 2, both, bits.BG_NOTIFY_DISABLE, both | bits.BG_NOTIFY_JOB_MODIFICATION}, setNotifyFlags, getNotifyFlags),
		since(3, 0, kept("notify-flag-of-files", "D nf-bits-ibackgroundcopyjob-setnotifyflags.md",
			[]bits.NotifyFlags{bits.BG_NOTIFY_FILE_TRANSFERRED, both | bits.BG_NOTIFY_FILE_TRANSFERRED}, setNotifyFlags, getNotifyFlags)),
		since(10, 1, kept("notify-flag-of-ranges", "D nf-bits-ibackgroundcopyjob-setnotifyflags.md",
			[]bits.NotifyFlags{both | bits.BG_NOTIFY_FILE_RANGES_TRANSFERRED}, setNotifyFlags, getNotifyFlags)),
		refused("notify-flag-without-name", "D nf-bits-ibackgroundcopyjob-setnotifyflags.md", both, []bits.NotifyFlags{0x1000, 0x80000001},
			one(hresult.E_NOTIMPL), setNotifyFlags, getNotifyFlags),
		kept("retry-delay", "D nf-bits-ibackgroundcopyjob-setminimumretrydelay.md", []uint32{5, 6, 60, 86400}, setRetryDelay, getRetryDelay),
		kept("no-progress-timeout", "D nf-bits-ibackgroundcopyjob-setnoprogresstimeout.md", []uint32{0, 1, 60, 86400}, setNoProgress, getNoProgress),
		kept("maximum-download-time", "D nf-bits3_0-ibackgroundcopyjob4-setmaximumdownloadtime.md", []uint32{1, 60, 86400}, setDownloadTime, getDownloadTime),
		kept("file-acl-flags", "D nf-bits2_0-ibackgroundcopyjob3-setfileaclflags.md", []bits.FileACLFlags{1, 2, 4, 8, 15, 0}, setFileACL, getFileACL),
		refused("file-acl-flag-without-name", "D nf-bits2_0-ibackgroundcopyjob3-setfileaclflags.md", bits.BG_COPY_FILE_DACL, []bits.FileACLFlags{16, 0x80000000},
			one(hresult.E_INVALIDARG), setFileACL, getFileACL),
		kept("peer-caching-flags", "D nf-bits3_0-ibackgroundcopyjob4-setpeercachingflags.md", []bits.PeerCachingFlags{1, 2, 3, 0}, setPeerCaching, getPeerCaching),
		since(4, 0, kept("branch-cache-flag", "D nf-bits3_0-ibackgroundcopyjob4-setpeercachingflags.md",
			[]bits.PeerCachingFlags{bits.BG_JOB_DISABLE_BRANCH_CACHE}, setPeerCaching, getPeerCaching)),
		{"set/short-retry-delay", "D nf-bits-ibackgroundcopyjob-setminimumretrydelay.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			for _, short := range []uint32{0, 1, 4} {
				e.ok(job.SetMinimumRetryDelay(e.ctx, short))
				got, err := job.GetMinimumRetryDelay(e.ctx)
				e.ok(err)
				require.Equal(e, uint32(5), got)
			}
		}},
	}, proxyCases(), commandLineCases())
}

func proxyCases() []Case {
	type setting struct {
		usage        bits.ProxyUsage
		list, bypass *string
	}
	set := func(e *env, j bits.Job, s setting) error {
		return j.SetProxySettings(e.ctx, s.usage, s.list, s.bypass)
	}
	get := func(e *env, j bits.Job) (setting, error) {
		usage, list, bypass, err := j.GetProxySettings(e.ctx)
		return setting{usage, list, bypass}, err
	}
	override := func(list, bypass string) setting {
		return setting{bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String(list), bits.String(bypass)}
	}
	long := func(n int) string { return strings.Repeat("p", n) }
	const page = "D nf-bits-ibackgroundcopyjob-setproxysettings.md"
	return []Case{
		kept("proxy", page, []setting{
			{bits.BG_JOB_PROXY_USAGE_OVERRIDE, bits.String("proxy:8080"), nil},
			override("one:80 two:81", "*.local.test"),
			override(long(4000), long(4000)),
			{bits.BG_JOB_PROXY_USAGE_NO_PROXY, nil, nil},
			{bits.BG_JOB_PROXY_USAGE_AUTODETECT, nil, nil},
			{bits.BG_JOB_PROXY_USAGE_PRECONFIG, nil, nil},
		}, set, get),
		refused("proxy-usage-without-name", page, override("proxy:8080", "x"), []setting{{4, nil, nil}, {255, nil, nil}}, one(hresult.E_NOTIMPL), set, get),
		refused("proxy-without-list", page, override("proxy:8080", "x"), []setting{{bits.BG_JOB_PROXY_USAGE_OVERRIDE, nil, nil}}, one(hresult.E_INVALIDARG), set, get),
		refused("proxy-list-too-long", page, override("proxy:8080", "x"), []setting{override(long(32769), "x")}, one(hresult.BG_E_PROXY_LIST_TOO_LARGE), set, get),
		refused("proxy-bypass-list-too-long", page, override("proxy:8080", "x"), []setting{override("proxy:8080", long(32769))}, one(hresult.BG_E_PROXY_BYPASS_LIST_TOO_LARGE), set, get),
	}
}

func commandLineCases() []Case {
	type line struct{ program, parameters string }
	set := func(e *env, j bits.Job, l line) error {
		return query[bits.Job2](e, j).SetNotifyCmdLine(e.ctx, bits.String(l.program), bits.String(l.parameters))
	}
	get := func(e *env, j bits.Job) (line, error) {
		program, parameters, err := query[bits.Job2](e, j).GetNotifyCmdLine(e.ctx)
		return line{program, parameters}, err
	}
	good := line{`C:\Windows\System32\where.exe`, "where.exe where"}
	program := func(n int) string { return `C:\Windows\` + strings.Repeat("p", n-len(`C:\Windows\`)) }
	const page = "D nf-bits1_5-ibackgroundcopyjob2-setnotifycmdline.md"
	return []Case{
		kept("command-line", page, []line{good, {program(260), good.parameters}, {good.program, strings.Repeat("x", 4000)}}, set, get),
		refused("command-line-too-long", page, good, []line{{program(261), good.parameters}, {good.program, strings.Repeat("x", 4001)}},
			one(hresult.BG_E_STRING_TOO_LONG), set, get),
		{"set/no-command-line", page, func(e *env) {
			job := query[bits.Job2](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			e.ok(job.SetNotifyCmdLine(e.ctx, &good.program, &good.parameters))
			e.ok(job.SetNotifyCmdLine(e.ctx, nil, nil))
			program, parameters, err := job.GetNotifyCmdLine(e.ctx)
			e.ok(err)
			require.Empty(e, program)
			require.Empty(e, parameters)
		}},
		{"set/parameters-without-program", page, func(e *env) {
			job := query[bits.Job2](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			require.Error(e, job.SetNotifyCmdLine(e.ctx, nil, &good.parameters))
		}},
	}
}
