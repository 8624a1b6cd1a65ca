package winbits

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// job is IBackgroundCopyJob.
type job struct{ object }

func newJob(o object) bits.Job { return job{o} }

func (j job) AddFileSet(ctx context.Context, files []bits.FileInfo) error {
	set0 := make([]fileInfo, max(len(files), 1))
	for i, f := range files {
		remote, err := windows.UTF16PtrFromString(f.RemoteName)
		if err == nil {
			set0[i].remoteName = remote
			set0[i].localName, err = windows.UTF16PtrFromString(f.LocalName)
		}
		if err != nil {
			return refused("IBackgroundCopyJob::AddFileSet", fmt.Errorf("file %d: %w", i, err)).err
		}
	}
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.AddFileSet(uint32(len(files)), &set0[0]) })
}

func (j job) AddFile(ctx context.Context, remoteURL, localName string) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.AddFile(remoteURL, localName) })
}

func (j job) EnumFiles(ctx context.Context) (bits.EnumFiles, error) {
	return have(ctx, j.proxy, newEnumFiles, (*iBackgroundCopyJob).EnumFiles)
}

func (j job) Suspend(ctx context.Context) error {
	return set(ctx, j.proxy, (*iBackgroundCopyJob).Suspend)
}

func (j job) Resume(ctx context.Context) error {
	return set(ctx, j.proxy, (*iBackgroundCopyJob).Resume)
}

func (j job) Cancel(ctx context.Context) (hresult.HRESULT, error) {
	return act(ctx, j.proxy, (*iBackgroundCopyJob).Cancel)
}

func (j job) Complete(ctx context.Context) (hresult.HRESULT, error) {
	return act(ctx, j.proxy, (*iBackgroundCopyJob).Complete)
}

func (j job) GetId(ctx context.Context) (uuid.UUID, error) {
	return get(ctx, j.proxy, (*iBackgroundCopyJob).GetId)
}

func (j job) GetType(ctx context.Context) (bits.JobType, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob).GetType)
	return enum[bits.JobType](v), err
}

func (j job) GetProgress(ctx context.Context) (bits.JobProgress, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob).GetProgress)
	return bits.JobProgress{
		BytesTotal: v.bytesTotal, BytesTransferred: v.bytesTransferred,
		FilesTotal: v.filesTotal, FilesTransferred: v.filesTransferred,
	}, err
}

func (j job) GetTimes(ctx context.Context) (bits.JobTimes, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob).GetTimes)
	return bits.JobTimes{
		CreationTime: timeOf(v.creation), ModificationTime: timeOf(v.modification),
		TransferCompletionTime: timeOf(v.completion),
	}, err
}

func (j job) GetState(ctx context.Context) (bits.JobState, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob).GetState)
	return enum[bits.JobState](v), err
}

func (j job) GetError(ctx context.Context) (bits.Error, error) {
	return have(ctx, j.proxy, newError, (*iBackgroundCopyJob).GetError)
}

func (j job) GetOwner(ctx context.Context) (sid.SID, error) {
	return getSID(ctx, j.proxy, (*iBackgroundCopyJob).GetOwner)
}

func (j job) SetDisplayName(ctx context.Context, displayName string) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.SetDisplayName(displayName) })
}

func (j job) GetDisplayName(ctx context.Context) (string, error) {
	return getText(ctx, j.proxy, (*iBackgroundCopyJob).GetDisplayName)
}

func (j job) SetDescription(ctx context.Context, description string) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.SetDescription(description) })
}

func (j job) GetDescription(ctx context.Context) (string, error) {
	return getText(ctx, j.proxy, (*iBackgroundCopyJob).GetDescription)
}

func (j job) SetPriority(ctx context.Context, priority bits.JobPriority) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.SetPriority(uint32(priority)) })
}

func (j job) GetPriority(ctx context.Context) (bits.JobPriority, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob).GetPriority)
	return enum[bits.JobPriority](v), err
}

func (j job) SetNotifyFlags(ctx context.Context, flags bits.NotifyFlags) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.SetNotifyFlags(uint32(flags)) })
}

func (j job) GetNotifyFlags(ctx context.Context) (bits.NotifyFlags, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob).GetNotifyFlags)
	return bits.NotifyFlags(v), err
}

func (j job) SetMinimumRetryDelay(ctx context.Context, seconds uint32) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.SetMinimumRetryDelay(seconds) })
}

func (j job) GetMinimumRetryDelay(ctx context.Context) (uint32, error) {
	return get(ctx, j.proxy, (*iBackgroundCopyJob).GetMinimumRetryDelay)
}

func (j job) SetNoProgressTimeout(ctx context.Context, seconds uint32) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result { return p.SetNoProgressTimeout(seconds) })
}

func (j job) GetNoProgressTimeout(ctx context.Context) (uint32, error) {
	return get(ctx, j.proxy, (*iBackgroundCopyJob).GetNoProgressTimeout)
}

func (j job) GetErrorCount(ctx context.Context) (uint32, error) {
	return get(ctx, j.proxy, (*iBackgroundCopyJob).GetErrorCount)
}

func (j job) SetProxySettings(ctx context.Context, usage bits.ProxyUsage, proxyList, bypassList *string) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob) result {
		return p.SetProxySettings(uint32(usage), proxyList, bypassList)
	})
}

func (j job) GetProxySettings(ctx context.Context) (usage bits.ProxyUsage, proxyList, bypassList *string, err error) {
	var number uint32
	var proxies, bypass text
	if err := set(ctx, j.proxy, func(p *iBackgroundCopyJob) result {
		return p.GetProxySettings(&number, &proxies, &bypass)
	}); err != nil {
		return 0, nil, nil, err
	}
	return enum[bits.ProxyUsage](number), proxies.pointer(), bypass.pointer(), nil
}

func (j job) TakeOwnership(ctx context.Context) error {
	return set(ctx, j.proxy, (*iBackgroundCopyJob).TakeOwnership)
}

// getSID is get for the text of a SID; NULL is no SID.
func getSID[R any](ctx context.Context, p *proxy, f func(*R, *text) result) (sid.SID, error) {
	t, err := get(ctx, p, f)
	if err != nil || t.null {
		return sid.SID{}, err
	}
	who, err := sid.Parse(t.string)
	if err != nil {
		return sid.SID{}, fmt.Errorf("winbits: the service answers %q for a SID: %w: %w", t.string, hresult.E_UNEXPECTED, err)
	}
	return who, nil
}
