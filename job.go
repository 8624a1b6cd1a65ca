package bitsemu

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// job is IBackgroundCopyJob to IBackgroundCopyJob5 and
// IBackgroundCopyJobHttpOptions to IBackgroundCopyJobHttpOptions3. Clients get it
// in a wrapper that shows them one interface, so that a newer one is had by
// QueryInterface alone.
type job struct{ jobObject }

type (
	jobV1  struct{ bits.Job }
	jobV2  struct{ bits.Job2 }
	jobV3  struct{ bits.Job3 }
	jobV4  struct{ bits.Job4 }
	jobV5  struct{ bits.Job5 }
	httpV1 struct{ bits.JobHttpOptions }
	httpV2 struct{ bits.JobHttpOptions2 }
	httpV3 struct{ bits.JobHttpOptions3 }
)

const (
	iJob  = "IBackgroundCopyJob::"
	iJob2 = "IBackgroundCopyJob2::"
	iJob3 = "IBackgroundCopyJob3::"
	iJob4 = "IBackgroundCopyJob4::"
	iJob5 = "IBackgroundCopyJob5::"
	iHTTP = "IBackgroundCopyJobHttpOptions::"
)

// QueryInterface implements [bits.Unknown]. From Windows 7 on it is here that a
// caller is judged: who has a pointer may use it in whatever thread (D
// helper-tokens-for-bits-transfer-jobs.md).
func (j *job) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	const method = iJob + "QueryInterface"
	e := j.e
	caller, err := j.object.enter(ctx, method, jobKey{e, j.entry})
	if err != nil {
		return nil, err
	}
	if err := j.version(id); err != nil {
		return nil, j.fail(ctx, method, err)
	}
	if id == bits.IID_IBitsTokenOptions {
		return j.tokenOptions(ctx)
	}
	call := tokenopts.Call{
		Job: j.entry.ID(), Build: e.conf.build, Method: tokenopts.RetrieveJob, Owner: j.entry.Owner(), Query: caller, State: j.entry.State(),
	}
	if err := call.Check(); err != nil {
		return nil, j.fail(ctx, method, err)
	}
	p := &job{jobObject{object: j.object, entry: j.entry, judged: caller, owner: j.entry.Owner()}}
	switch id {
	case bits.IID_IUnknown, bits.IID_IBackgroundCopyJob:
		return jobV1{p}, nil
	case bits.IID_IBackgroundCopyJob2:
		return jobV2{p}, nil
	case bits.IID_IBackgroundCopyJob3:
		return jobV3{p}, nil
	case bits.IID_IBackgroundCopyJob4:
		return jobV4{p}, nil
	case bits.IID_IBackgroundCopyJob5:
		return jobV5{p}, nil
	case bits.IID_IBackgroundCopyJobHttpOptions:
		return httpV1{p}, nil
	case bits.IID_IBackgroundCopyJobHttpOptions2:
		return httpV2{p}, nil
	case bits.IID_IBackgroundCopyJobHttpOptions3:
		return httpV3{p}, nil
	}
	return nil, j.fail(ctx, method, noInterface(id))
}

// EnumFiles implements [bits.Job].
func (j *job) EnumFiles(ctx context.Context) (bits.EnumFiles, error) {
	r, err := j.read(ctx, iJob+"EnumFiles")
	if err != nil {
		return nil, err
	}
	return &enum[bits.File, bits.EnumFiles]{
		object: j.object, name: "IEnumBackgroundCopyFiles", iid: bits.IID_IEnumBackgroundCopyFiles, count: len(r.Files),
		at: func(i int) bits.File { return fileV1{j.file(i)} },
	}, nil
}

// Suspend implements [bits.Job]. A job in BG_JOB_STATE_ERROR or
// BG_JOB_STATE_TRANSFERRED counts as suspended already (D
// nf-bits-ibackgroundcopyjob-suspend.md) and stays in its state (I).
func (j *job) Suspend(ctx context.Context) error {
	const method = iJob + "Suspend"
	if _, err := j.enter(ctx, method, tokenopts.ModifyJob); err != nil {
		return err
	}
	e := j.e
	e.mu.Lock()
	defer e.mu.Unlock()
	state := e.liveState(j.entry)
	switch {
	case state.Final(), j.entry.Deleted():
		return j.failedWith(ctx, method, hresult.BG_E_INVALID_STATE)
	case active(state), state == bits.BG_JOB_STATE_TRANSIENT_ERROR:
		e.halt(j.entry, runOf(ctx))
		if j.entry.Deleted() {
			return j.failedWith(ctx, method, hresult.BG_E_INVALID_STATE)
		}
		e.drop(j.entry.ID(), timerRetry, timerNoProgress)
		e.update(j.entry, func(r *jobstore.Job) {
			r.State = bits.BG_JOB_STATE_SUSPENDED
			r.RetryTime = zeroTime
			r.NoProgressSince = zeroTime
			r.LastActivity = e.steady()
		})
		e.entered(j.entry, state, bits.BG_JOB_STATE_SUSPENDED, j.reason(ctx, method))
	}
	return nil
}

// failedWith is fail for callers that hold mu, who may not read the job's name.
func (o *jobObject) failedWith(ctx context.Context, method string, code error) error {
	return &CallError{Method: method, Job: o.entry.ID(), Caller: o.caller(ctx), Err: code}
}

// Resume implements [bits.Job]. On a job in BG_JOB_STATE_TRANSFERRED to which nothing
// was added it changes nothing (C: the pages do not say).
func (j *job) Resume(ctx context.Context) error {
	const method = iJob + "Resume"
	if _, err := j.enter(ctx, method, tokenopts.ModifyJob); err != nil {
		return err
	}
	e := j.e
	e.mu.Lock()
	defer e.mu.Unlock()
	state := e.liveState(j.entry)
	if state.Final() || j.entry.Deleted() {
		return j.failedWith(ctx, method, hresult.BG_E_INVALID_STATE)
	}
	var empty, renamed bool
	to := state
	err := j.entry.Update(func(r *jobstore.Job) error {
		empty, renamed, to = len(r.Files) == 0, false, state
		if empty {
			return hresult.BG_E_EMPTY
		}
		for i := range r.Files {
			if f := &r.Files[i]; f.UnresumedRemote != "" {
				f.RemoteName, f.UnresumedRemote = f.UnresumedRemote, ""
				renamed = true
			}
		}
		r.Resumed = true
		r.DownloadTime = 0
		r.ModificationTime = e.Now()
		r.LastActivity = e.steady()
		if active(state) {
			return nil
		}
		if state == bits.BG_JOB_STATE_TRANSFERRED && r.Type == bits.BG_JOB_TYPE_DOWNLOAD {
			if next, _, _ := nextFile(r); next < 0 {
				return nil
			}
		} else if state == bits.BG_JOB_STATE_TRANSFERRED {
			return nil
		}
		to = bits.BG_JOB_STATE_QUEUED
		r.State = to
		r.RetryTime, r.NoProgressSince = zeroTime, zeroTime
		r.NotifyPending = 0
		return nil
	})
	if err != nil {
		return j.failedWith(ctx, method, err)
	}
	id := j.entry.ID()
	if to == state {
		if r := e.runOf(j.entry); r != nil {
			r.began = e.line.Now()
			e.resetDownload(j.entry)
			if renamed {
				e.refresh(j.entry)
			}
		}
		return nil
	}
	e.drop(id, timerRetry, timerNoProgress)
	e.entered(j.entry, state, to, j.reason(ctx, method))
	e.enqueue(j.entry)
	return nil
}

// runOf is the transfer of a job that is under way.
func (e *Emulator) runOf(entry jobstore.Entry) *run {
	if it := e.items[entry.ID()]; it != nil {
		return it.run
	}
	return nil
}

// Cancel implements [bits.Job].
func (j *job) Cancel(ctx context.Context) (hresult.HRESULT, error) {
	const method = iJob + "Cancel"
	caller, err := j.enter(ctx, method, tokenopts.ModifyJob)
	if err != nil {
		return hresult.S_OK, err
	}
	e := j.e
	e.mu.Lock()
	defer e.mu.Unlock()
	if j.entry.Deleted() || j.entry.State().Final() {
		return hresult.S_OK, j.failedWith(ctx, method, hresult.BG_E_INVALID_STATE)
	}
	r, err := j.entry.Job()
	if err != nil {
		return hresult.S_OK, j.failedWith(ctx, method, err)
	}
	result, err := e.cancel(j.entry, runOf(ctx), j.reason(ctx, method))
	if err != nil {
		if j.entry.Deleted() {
			err = hresult.BG_E_INVALID_STATE
		}
		return hresult.S_OK, j.failedWith(ctx, method, err)
	}
	e.events.Append(eventlog.JobCancelled(e.Now(), titled(&r), caller.User(), len(r.Files)))
	if caller.User() != r.Owner.User() {
		e.events.Append(eventlog.CancelledByAdministrator(e.Now(), titled(&r), caller.User()))
	}
	if result != hresult.S_OK {
		for i := range r.Files {
			e.events.Append(eventlog.FilesLeft(e.Now(), titled(&r), r.Files[i].LocalName))
		}
	}
	return result, nil
}

// GetId implements [bits.Job].
func (j *job) GetId(ctx context.Context) (uuid.UUID, error) {
	_, err := j.enter(ctx, iJob+"GetId", tokenopts.RetrieveJob)
	if err != nil {
		return uuid.Nil, err
	}
	return j.entry.ID(), nil
}

// GetType implements [bits.Job].
func (j *job) GetType(ctx context.Context) (bits.JobType, error) {
	if _, err := j.enter(ctx, iJob+"GetType", tokenopts.RetrieveJob); err != nil {
		return 0, err
	}
	return j.entry.Type(), nil
}

// GetProgress implements [bits.Job].
func (j *job) GetProgress(ctx context.Context) (bits.JobProgress, error) {
	j.e.pollProgress(j.entry)
	r, err := j.read(ctx, iJob+"GetProgress")
	if err != nil {
		return bits.JobProgress{}, err
	}
	return progressOf(&r), nil
}

// progressOf adds up the progress of a job's files.
func progressOf(r *jobstore.Job) bits.JobProgress {
	p := bits.JobProgress{FilesTotal: uint32(len(r.Files))}
	for i := range r.Files {
		f := &r.Files[i]
		switch {
		case p.BytesTotal == bits.BG_SIZE_UNKNOWN || f.BytesTotal == bits.BG_SIZE_UNKNOWN,
			f.BytesTotal > math.MaxUint64-p.BytesTotal:
			p.BytesTotal = bits.BG_SIZE_UNKNOWN
		default:
			p.BytesTotal += f.BytesTotal
		}
		p.BytesTransferred += f.BytesTransferred
		if fetched(f) || f.Completed {
			p.FilesTransferred++
		}
	}
	return p
}

// GetTimes implements [bits.Job].
func (j *job) GetTimes(ctx context.Context) (bits.JobTimes, error) {
	r, err := j.read(ctx, iJob+"GetTimes")
	if err != nil {
		return bits.JobTimes{}, err
	}
	times := bits.JobTimes{
		CreationTime: r.CreationTime, ModificationTime: r.ModificationTime, TransferCompletionTime: r.TransferCompletionTime,
	}
	j.e.mu.Lock()
	defer j.e.mu.Unlock()
	if it := j.e.items[j.entry.ID()]; it != nil && !it.active.IsZero() {
		if at := it.active.Add(time.Duration(j.e.clock.skew.Load())); at.After(times.ModificationTime) {
			times.ModificationTime = at
		}
	}
	return times, nil
}

// GetState implements [bits.Job].
func (j *job) GetState(ctx context.Context) (bits.JobState, error) {
	j.e.pollState(j.entry)
	if _, err := j.enter(ctx, iJob+"GetState", tokenopts.RetrieveJob); err != nil {
		return 0, err
	}
	return j.e.stateOf(j.entry), nil
}

// GetError implements [bits.Job].
func (j *job) GetError(ctx context.Context) (bits.Error, error) {
	const method = iJob + "GetError"
	r, err := j.read(ctx, method)
	if err != nil {
		return nil, err
	}
	// It is there until the job transfers again (D nf-bits-ibackgroundcopyjob-geterror.md;
	// bits-return-values.md has it for BG_JOB_STATE_ERROR alone).
	switch r.State {
	case bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_TRANSIENT_ERROR, bits.BG_JOB_STATE_QUEUED, bits.BG_JOB_STATE_CONNECTING:
		if r.Error.Code != hresult.S_OK {
			return j.e.errorObject(j.entry, r.Error, j.judged), nil
		}
	}
	return nil, j.fail(ctx, method, fmt.Errorf("in %s: %w", r.State, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE))
}

// GetOwner implements [bits.Job].
func (j *job) GetOwner(ctx context.Context) (sid.SID, error) {
	if _, err := j.enter(ctx, iJob+"GetOwner", tokenopts.RetrieveJob); err != nil {
		return sid.SID{}, err
	}
	return j.entry.OwnerSID(), nil
}

// tooLong is a string that is longer than allowed.
func tooLong(what string, s string, limit int, code hresult.HRESULT) error {
	if !text(s) {
		return fmt.Errorf("%s has a NUL or is no valid text [I]: %w", what, hresult.E_INVALIDARG)
	}
	if n := units(s); n > limit {
		return fmt.Errorf("%s has %d characters, of which %d are allowed: %w", what, n, limit, code)
	}
	return nil
}

// SetDisplayName implements [bits.Job]. The page has two codes for a long name; this
// is the one that the code's own text is about, and SetDescription has too (C).
func (j *job) SetDisplayName(ctx context.Context, displayName string) error {
	return j.modify(ctx, iJob+"SetDisplayName", func(r *jobstore.Job) error {
		r.DisplayName = displayName
		return tooLong("the display name", displayName, maxDisplayName, hresult.BG_E_STRING_TOO_LONG)
	})
}

// GetDisplayName implements [bits.Job].
func (j *job) GetDisplayName(ctx context.Context) (string, error) {
	r, err := j.read(ctx, iJob+"GetDisplayName")
	return r.DisplayName, err
}

// SetDescription implements [bits.Job].
func (j *job) SetDescription(ctx context.Context, description string) error {
	return j.modify(ctx, iJob+"SetDescription", func(r *jobstore.Job) error {
		r.Description = description
		return tooLong("the description", description, maxDescription, hresult.BG_E_STRING_TOO_LONG)
	})
}

// GetDescription implements [bits.Job].
func (j *job) GetDescription(ctx context.Context) (string, error) {
	r, err := j.read(ctx, iJob+"GetDescription")
	return r.Description, err
}

// SetPriority implements [bits.Job].
func (j *job) SetPriority(ctx context.Context, priority bits.JobPriority) error {
	err := j.modify(ctx, iJob+"SetPriority", func(r *jobstore.Job) error {
		if !priority.Valid() {
			return fmt.Errorf("priority %d: %w", priority, hresult.E_NOTIMPL)
		}
		if r.HTTPMethod != "" && priority != bits.BG_JOB_PRIORITY_FOREGROUND {
			return hresult.BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD
		}
		r.Priority = priority
		return nil
	})
	if err == nil {
		j.e.reprioritize(j.entry)
	}
	return err
}

// reprioritize puts a job that waits or runs where its new priority belongs.
func (e *Emulator) reprioritize(entry jobstore.Entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if entry.Deleted() {
		return
	}
	it := e.item(entry)
	switch {
	case it.run != nil:
		if it.run.priority != int(entry.Priority()) {
			e.preempt(it.run)
		}
	case it.queued == nil || it.priority != int(entry.Priority()):
		e.enqueue(entry)
	}
	e.reconsider(entry)
	e.release(it)
}

// GetPriority implements [bits.Job].
func (j *job) GetPriority(ctx context.Context) (bits.JobPriority, error) {
	if _, err := j.enter(ctx, iJob+"GetPriority", tokenopts.RetrieveJob); err != nil {
		return 0, err
	}
	return j.entry.Priority(), nil
}

// SetNotifyFlags implements [bits.Job].
func (j *job) SetNotifyFlags(ctx context.Context, flags bits.NotifyFlags) error {
	err := j.modify(ctx, iJob+"SetNotifyFlags", func(r *jobstore.Job) error {
		if !flags.Valid() {
			return fmt.Errorf("flags %#x: %w", uint32(flags), hresult.E_NOTIMPL)
		}
		r.NotifyFlags = flags
		return nil
	})
	if err == nil {
		j.ripen()
	}
	return err
}

// ripen has the job's client told what there is to tell, now that who is told what
// has changed.
func (j *job) ripen() {
	j.e.mu.Lock()
	defer j.e.mu.Unlock()
	j.e.ripen(j.e.item(j.entry))
}

// GetNotifyFlags implements [bits.Job].
func (j *job) GetNotifyFlags(ctx context.Context) (bits.NotifyFlags, error) {
	r, err := j.read(ctx, iJob+"GetNotifyFlags")
	return r.NotifyFlags, err
}

// SetNotifyInterface implements [bits.Job].
func (j *job) SetNotifyInterface(ctx context.Context, callback bits.Callback) error {
	const method = iJob + "SetNotifyInterface"
	caller, err := j.enter(ctx, method, tokenopts.ModifyJob)
	if err != nil {
		return err
	}
	if err := j.fail(ctx, method, j.set(func(*jobstore.Job) error { return nil })); err != nil {
		return err
	}
	e := j.e
	e.mu.Lock()
	defer e.mu.Unlock()
	it := e.item(j.entry)
	it.notices, it.modified = nil, false
	if callback == nil {
		it.listener = nil
		e.ripen(it) // a command line may be waiting
		return nil
	}
	it.listener = &listener{callback, caller}
	e.rearm(it)
	return nil
}

// GetNotifyInterface implements [bits.Job].
func (j *job) GetNotifyInterface(ctx context.Context) (bits.Callback, error) {
	if _, err := j.enter(ctx, iJob+"GetNotifyInterface", tokenopts.RetrieveJob); err != nil {
		return nil, err
	}
	j.e.mu.Lock()
	defer j.e.mu.Unlock()
	if it := j.e.items[j.entry.ID()]; it != nil && it.listener != nil {
		return it.listener.callback, nil
	}
	return nil, nil
}

// SetMinimumRetryDelay implements [bits.Job].
func (j *job) SetMinimumRetryDelay(ctx context.Context, seconds uint32) error {
	return j.modify(ctx, iJob+"SetMinimumRetryDelay", func(r *jobstore.Job) error {
		r.MinimumRetryDelay = max(seconds, 5)
		return nil
	})
}

// GetMinimumRetryDelay implements [bits.Job].
func (j *job) GetMinimumRetryDelay(ctx context.Context) (uint32, error) {
	r, err := j.read(ctx, iJob+"GetMinimumRetryDelay")
	return r.MinimumRetryDelay, err
}

// SetNoProgressTimeout implements [bits.Job].
func (j *job) SetNoProgressTimeout(ctx context.Context, seconds uint32) error {
	return j.modify(ctx, iJob+"SetNoProgressTimeout", func(r *jobstore.Job) error {
		r.NoProgressTimeout = seconds
		return nil
	})
}

// GetNoProgressTimeout implements [bits.Job].
func (j *job) GetNoProgressTimeout(ctx context.Context) (uint32, error) {
	r, err := j.read(ctx, iJob+"GetNoProgressTimeout")
	return r.NoProgressTimeout, err
}

// GetErrorCount implements [bits.Job].
func (j *job) GetErrorCount(ctx context.Context) (uint32, error) {
	r, err := j.read(ctx, iJob+"GetErrorCount")
	return r.ErrorCount, err
}

// SetProxySettings implements [bits.Job].
func (j *job) SetProxySettings(ctx context.Context, usage bits.ProxyUsage, proxyList, bypassList *string) error {
	return j.modify(ctx, iJob+"SetProxySettings", func(r *jobstore.Job) error {
		switch {
		case !usage.Valid():
			return fmt.Errorf("proxy usage %d: %w", usage, hresult.E_NOTIMPL)
		case usage == bits.BG_JOB_PROXY_USAGE_OVERRIDE && proxyList == nil:
			return fmt.Errorf("BG_JOB_PROXY_USAGE_OVERRIDE needs a list: %w", hresult.E_INVALIDARG)
		case usage != bits.BG_JOB_PROXY_USAGE_OVERRIDE && (proxyList != nil || bypassList != nil):
			return fmt.Errorf("%s takes no lists [D; I for the code]: %w", usage, hresult.E_INVALIDARG)
		}
		r.ProxyUsage, r.ProxyList, r.ProxyBypassList = usage, "", ""
		if proxyList != nil {
			r.ProxyList = *proxyList
		}
		if bypassList != nil {
			r.ProxyBypassList = *bypassList
		}
		if err := tooLong("the proxy list", r.ProxyList, maxProxyList, hresult.BG_E_PROXY_LIST_TOO_LARGE); err != nil {
			return err
		}
		return tooLong("the bypass list", r.ProxyBypassList, maxProxyList, hresult.BG_E_PROXY_BYPASS_LIST_TOO_LARGE)
	})
}

// GetProxySettings implements [bits.Job]. Lists that are not set are NULL.
func (j *job) GetProxySettings(ctx context.Context) (usage bits.ProxyUsage, proxyList, bypassList *string, err error) {
	r, err := j.read(ctx, iJob+"GetProxySettings")
	if err != nil || r.ProxyUsage != bits.BG_JOB_PROXY_USAGE_OVERRIDE {
		return r.ProxyUsage, nil, nil, err
	}
	if r.ProxyBypassList != "" {
		bypassList = &r.ProxyBypassList
	}
	return r.ProxyUsage, &r.ProxyList, bypassList, nil
}

// TakeOwnership implements [bits.Job].
func (j *job) TakeOwnership(ctx context.Context) error {
	const method = iJob + "TakeOwnership"
	caller, err := j.object.enter(ctx, method, jobKey{j.e, j.entry})
	if err != nil {
		return err
	}
	query := j.judged
	if !j.e.conf.build.AtLeast(winver.Windows7) || caller.Level() < query.Level() {
		query = caller
	}
	e := j.e
	e.mu.Lock()
	defer e.mu.Unlock()
	call := tokenopts.Call{
		Job: j.entry.ID(), Build: e.conf.build, Method: tokenopts.TakeOwnership, Owner: j.entry.Owner(), Query: query, State: j.entry.State(),
	}
	if err := call.Check(); err != nil {
		return j.failedWith(ctx, method, err)
	}
	return j.take(ctx, method, query)
}
