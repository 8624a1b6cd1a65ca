package bitstest_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// unless returns nil in place of an error with this code.
func unless(err error, code hresult.HRESULT) error {
	if errors.Is(err, code) {
		return nil
	}
	return err
}

// other returns another code in place of this one.
func other(err error, code hresult.HRESULT) error {
	if errors.Is(err, code) {
		return hresult.E_UNEXPECTED
	}
	return err
}

type jobWithoutTokens struct{ bits.Job5 }

func (j jobWithoutTokens) QueryInterface(ctx context.Context, iid uuid.UUID) (any, error) {
	if iid == bits.IID_IBitsTokenOptions {
		return nil, hresult.E_NOINTERFACE
	}
	return j.Job5.QueryInterface(ctx, iid)
}

type liveFiles struct {
	bits.EnumFiles
	again func(context.Context) (bits.EnumFiles, error)
}

func (l liveFiles) GetCount(ctx context.Context) (uint32, error) {
	now, err := l.again(ctx)
	if err != nil {
		return 0, err
	}
	return now.GetCount(ctx)
}

type jobWithLiveFiles struct{ bits.Job5 }

func (j jobWithLiveFiles) EnumFiles(ctx context.Context) (bits.EnumFiles, error) {
	files, err := j.Job5.EnumFiles(ctx)
	return liveFiles{files, j.Job5.EnumFiles}, err
}

type jobResumesEmpty struct{ bits.Job5 }

func (j jobResumesEmpty) Resume(ctx context.Context) error {
	return unless(j.Job5.Resume(ctx), hresult.BG_E_EMPTY)
}

type jobEndsTwice struct{ bits.Job5 }

func (j jobEndsTwice) Cancel(ctx context.Context) (hresult.HRESULT, error) {
	result, err := j.Job5.Cancel(ctx)
	return result, unless(err, hresult.BG_E_INVALID_STATE)
}

func (j jobEndsTwice) Complete(ctx context.Context) (hresult.HRESULT, error) {
	result, err := j.Job5.Complete(ctx)
	return result, unless(err, hresult.BG_E_INVALID_STATE)
}

type jobAllComplete struct{ bits.Job5 }

func (j jobAllComplete) Complete(ctx context.Context) (hresult.HRESULT, error) {
	_, err := j.Job5.Complete(ctx)
	return hresult.S_OK, err
}

type jobOfOtherDefaults struct{ bits.Job5 }

func (jobOfOtherDefaults) GetNotifyFlags(context.Context) (bits.NotifyFlags, error) { return 0, nil }
func (jobOfOtherDefaults) GetMinimumRetryDelay(context.Context) (uint32, error)     { return 30, nil }
func (jobOfOtherDefaults) GetNoProgressTimeout(context.Context) (uint32, error)     { return 900, nil }

func (j jobOfOtherDefaults) GetProgress(ctx context.Context) (bits.JobProgress, error) {
	progress, err := j.Job5.GetProgress(ctx)
	if progress.FilesTotal == 0 {
		progress.BytesTotal = bits.BG_SIZE_UNKNOWN
	}
	return progress, err
}

type jobSwallows struct{ bits.Job5 }

func (j jobSwallows) SetDescription(ctx context.Context, s string) error {
	return j.Job5.SetDescription(ctx, s[:min(len(s), 1024)])
}

func (j jobSwallows) SetPriority(ctx context.Context, p bits.JobPriority) error {
	return unless(j.Job5.SetPriority(ctx, p), hresult.E_NOTIMPL)
}

func (j jobSwallows) SetProxySettings(ctx context.Context, usage bits.ProxyUsage, list, bypass *string) error {
	return unless(j.Job5.SetProxySettings(ctx, usage, list, bypass), hresult.E_INVALIDARG)
}

func (j jobSwallows) SetNotifyCmdLine(ctx context.Context, program, parameters *string) error {
	return other(j.Job5.SetNotifyCmdLine(ctx, program, parameters), hresult.BG_E_STRING_TOO_LONG)
}

func (j jobSwallows) AddFile(ctx context.Context, remote, local string) error {
	if !strings.Contains(local, ":") {
		local = `C:\` + local
	}
	return j.Job5.AddFile(ctx, remote, local)
}

func (j jobSwallows) AddFileWithRanges(ctx context.Context, remote, local string, ranges []bits.FileRange) error {
	return unless(j.Job5.AddFileWithRanges(ctx, remote, local, ranges), hresult.BG_E_OVERLAPPING_RANGES)
}

func (j jobSwallows) SetCredentials(ctx context.Context, c bits.AuthCredentials) error {
	return other(j.Job5.SetCredentials(ctx, c), hresult.BG_E_INVALID_AUTH_TARGET)
}

func (j jobSwallows) RemoveCredentials(ctx context.Context, t bits.AuthTarget, s bits.AuthScheme) (hresult.HRESULT, error) {
	_, err := j.Job5.RemoveCredentials(ctx, t, s)
	return hresult.S_OK, err
}

func (j jobSwallows) ReplaceRemotePrefix(ctx context.Context, from, to string) (hresult.HRESULT, error) {
	_, err := j.Job5.ReplaceRemotePrefix(ctx, from, to)
	return hresult.S_OK, err
}

func (j jobSwallows) SetProperty(ctx context.Context, id bits.JobPropertyID, v bits.JobPropertyValue) error {
	return unless(j.Job5.SetProperty(ctx, id, v), hresult.BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE)
}

func (j jobSwallows) TakeOwnership(ctx context.Context) error {
	return unless(j.Job5.TakeOwnership(ctx), hresult.E_ACCESSDENIED)
}

type jobOfOnePriority struct{ bits.Job5 }

func (jobOfOnePriority) SetPriority(context.Context, bits.JobPriority) error { return nil }

type jobWithoutErrors struct{ bits.Job5 }

func (j jobWithoutErrors) GetState(ctx context.Context) (bits.JobState, error) {
	state, err := j.Job5.GetState(ctx)
	if state == bits.BG_JOB_STATE_ERROR {
		state = bits.BG_JOB_STATE_TRANSFERRED
	}
	return state, err
}

type jobAddsSome struct{ bits.Job5 }

func (j jobAddsSome) AddFileSet(ctx context.Context, files []bits.FileInfo) error {
	for _, f := range files {
		if err := j.AddFile(ctx, f.RemoteName, f.LocalName); err != nil {
			return err
		}
	}
	return nil
}

func (j jobSwallows) GetReplyData(ctx context.Context) ([]byte, uint64, error) {
	data, length, err := j.Job5.GetReplyData(ctx)
	return data, length, unless(err, hresult.E_NOTIMPL)
}

type jobNeverResumes struct{ bits.Job5 }

func (j jobNeverResumes) Resume(ctx context.Context) error {
	if state, err := j.GetState(ctx); err != nil || state == bits.BG_JOB_STATE_TRANSIENT_ERROR {
		return err
	}
	return j.Job5.Resume(ctx)
}

type jobNeverSuspends struct{ bits.Job5 }

func (jobNeverSuspends) Suspend(context.Context) error { return nil }

type jobHidesErrors struct{ bits.Job5 }

func (jobHidesErrors) GetError(context.Context) (bits.Error, error) {
	return nil, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE
}

type jobRemembersErrors struct {
	bits.Job5
	last *atomic.Value
}

func (j jobRemembersErrors) GetError(ctx context.Context) (bits.Error, error) {
	jobError, err := j.Job5.GetError(ctx)
	if err == nil {
		j.last.Store(jobError)
	} else if last, ok := j.last.Load().(bits.Error); ok {
		return last, nil
	}
	return jobError, err
}

type jobOfOneState struct{ bits.Job5 }

func (j jobOfOneState) GetState(ctx context.Context) (bits.JobState, error) {
	state, err := j.Job5.GetState(ctx)
	if state == bits.BG_JOB_STATE_ACKNOWLEDGED {
		state = bits.BG_JOB_STATE_TRANSFERRED
	}
	return state, err
}

// faults are services that do something wrong, by the case that finds it.
func faults() map[string]twist {
	job := func(f func(bits.Job5) bits.Job5) twist { return twist{job: f} }
	swallows := job(func(j bits.Job5) bits.Job5 { return jobSwallows{j} })
	defaults := job(func(j bits.Job5) bits.Job5 { return jobOfOtherDefaults{j} })
	final := job(func(j bits.Job5) bits.Job5 { return jobEndsTwice{j} })
	short := twist{jobs: func(l bits.EnumJobs) bits.EnumJobs { return jobsNeverShort{l} }}
	file := twist{file: func(f bits.File6) bits.File6 { return fileForgets{f} }}
	http := twist{http: func(o bits.JobHttpOptions3) bits.JobHttpOptions3 { return httpForgets{o} }}
	careless := twist{token: func(o bits.TokenOptions) bits.TokenOptions { return tokenForAll{o} }}
	all := twist{manager: func(m bits.Manager) bits.Manager { return managerForAll{m} }}
	fine := job(func(j bits.Job5) bits.Job5 { return jobWithoutErrors{j} })
	downloads := twist{manager: func(m bits.Manager) bits.Manager { return managerOfDownloads{m} }}
	token := twist{token: func(o bits.TokenOptions) bits.TokenOptions { return tokenForgets{o} }}
	return map[string]twist{
		"manager/get-job-that-is-over": {manager: func(m bits.Manager) bits.Manager {
			return managerOfFinalJobs{m, map[uuid.UUID]bits.Job{}}
		}},
		"manager/name-too-long":           {manager: func(m bits.Manager) bits.Manager { return managerOfLongNames{m} }},
		"manager/no-error-description":    {manager: func(m bits.Manager) bits.Manager { return managerOfTexts{m} }},
		"manager/create-job-of-each-type": downloads,
		"interfaces/job":                  job(func(j bits.Job5) bits.Job5 { return jobWithoutTokens{j} }),

		"enum-jobs/one-by-one":         short,
		"enum-jobs/more-than-there-is": short,
		"enum-jobs/skip-past-the-end":  short,
		"enum-files/clone":             {files: func(l bits.EnumFiles) bits.EnumFiles { return filesClonedAtTheStart{l} }},
		"enum-files/reset":             {files: func(l bits.EnumFiles) bits.EnumFiles { return filesNotReset{l} }},
		"enum-files/snapshot":          job(func(j bits.Job5) bits.Job5 { return jobWithLiveFiles{j} }),

		"job/new-progress":            defaults,
		"job/new-notify-flags":        defaults,
		"job/new-retry-delay":         defaults,
		"job/new-no-progress-timeout": defaults,

		"set/description-too-long":               swallows,
		"set/priority-without-name":              swallows,
		"set/proxy-without-list":                 swallows,
		"set/command-line-too-long":              swallows,
		"add-file/relative-local-name":           swallows,
		"ranges/overlapping":                     swallows,
		"credentials/target-without-name":        swallows,
		"credentials/removed":                    swallows,
		"remote-prefix/no-match":                 swallows,
		"property/high-performance-after-a-file": swallows,
		"add-file/set-for-an-upload":             job(func(j bits.Job5) bits.Job5 { return jobAddsSome{j} }),

		"queue/resume-without-files": job(func(j bits.Job5) bits.Job5 { return jobResumesEmpty{j} }),
		"queue/suspend-and-resume":   job(func(j bits.Job5) bits.Job5 { return jobNeverSuspends{j} }),
		"cancelled/cancel":           final,
		"acknowledged/complete":      final,
		"life/partly-complete":       job(func(j bits.Job5) bits.Job5 { return jobAllComplete{j} }),
		"life/download":              job(func(j bits.Job5) bits.Job5 { return jobOfOneState{j} }),
		"error/fatal":                job(func(j bits.Job5) bits.Job5 { return jobHidesErrors{j} }),
		"error/goes-away":            job(rememberErrors()),

		"life/completed-files":                file,
		"remote-name/set":                     file,
		"remote-name/mends-an-error":          file,
		"ranges/kept":                         file,
		"validation/bad":                      file,
		"file/validation-before-the-transfer": file,

		"http/new-custom-headers":        http,
		"http/custom-headers":            http,
		"http/custom-headers-too-long":   http,
		"http/write-only-headers":        http,
		"server/redirect-disallowed":     http,
		"set/security-flag-without-name": http,

		"callback/transferred":                       tells(func(c bits.Callback2) bits.Callback { return stutters{c} }),
		"callback/error":                             tells(func(c bits.Callback2) bits.Callback { return deaf{c} }),
		"callback/files":                             tells(func(c bits.Callback2) bits.Callback { return deaf{c} }),
		"callback/set-late":                          tells(func(c bits.Callback2) bits.Callback { return deaf{c} }),
		"callback/completes-the-job":                 tells(func(c bits.Callback2) bits.Callback { return deaf{c} }),
		"callback/told-again-after-a-failure":        tells(func(c bits.Callback2) bits.Callback { return forgives{c} }),
		"callback/transient-error-is-a-modification": tells(func(c bits.Callback2) bits.Callback { return chatters{c} }),
		"callback/is-returned":                       tells(func(c bits.Callback2) bits.Callback { return deaf{c} }),
		"callback/without-the-flag":                  job(func(j bits.Job5) bits.Job5 { return jobIgnoresFlags{j} }),
		"callback/disabled":                          job(func(j bits.Job5) bits.Job5 { return jobIgnoresFlags{j} }),
		"callback/cleared":                           job(func(j bits.Job5) bits.Job5 { return jobKeepsCallback{j} }),

		"token/flags":              token,
		"token/flag-without-name":  token,
		"token/missing":            token,
		"token/in-a-final-state":   token,
		"token/set":                {token: func(o bits.TokenOptions) bits.TokenOptions { return tokenOfNobody{o} }},
		"token/cleared":            {token: func(o bits.TokenOptions) bits.TokenOptions { return tokenLosesFlags{o} }},
		"helper/lent-by-a-service": {token: func(o bits.TokenOptions) bits.TokenOptions { return tokenOfNobody{o} }},

		"certificate/callback-of-an-active-job": http,
		"upload/complete-before-the-end":        downloads,
		"upload/no-reply-data":                  swallows,
		"local/share-without-the-file":          fine,
		"retry/until-the-timeout":               fine,
		"retry/by-resume":                       job(func(j bits.Job5) bits.Job5 { return jobNeverResumes{j} }),
		"queue/higher-priority-first":           job(func(j bits.Job5) bits.Job5 { return jobOfOnePriority{j} }),
		"demand/part-of-a-file":                 file,
		"demand/upload":                         file,
		"caller/strangers-find-nothing":         all,
		"caller/all-users":                      all,
		"caller/takes-no-ownership":             swallows,
		"helper/only-identified":                careless,
		"helper/administrator-for-who-is-none":  careless,
	}
}

func rememberErrors() func(bits.Job5) bits.Job5 {
	last := &atomic.Value{}
	return func(j bits.Job5) bits.Job5 { return jobRemembersErrors{j, last} }
}
