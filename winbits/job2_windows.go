package winbits

import (
	"context"

	"golang.org/x/sys/windows"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// job2 is IBackgroundCopyJob2.
type job2 struct{ job }

func (j job2) SetNotifyCmdLine(ctx context.Context, program, parameters *string) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob2) result { return p.SetNotifyCmdLine(program, parameters) })
}

func (j job2) GetNotifyCmdLine(ctx context.Context) (program, parameters string, err error) {
	var a, b text
	err = set(ctx, j.proxy, func(p *iBackgroundCopyJob2) result { return p.GetNotifyCmdLine(&a, &b) })
	return a.string, b.string, err
}

func (j job2) GetReplyProgress(ctx context.Context) (bits.JobReplyProgress, error) {
	v, err := get(ctx, j.proxy, (*iBackgroundCopyJob2).GetReplyProgress)
	return bits.JobReplyProgress{BytesTotal: v.bytesTotal, BytesTransferred: v.bytesTransferred}, err
}

func (j job2) GetReplyData(ctx context.Context) (buffer []byte, length uint64, err error) {
	err = set(ctx, j.proxy, func(p *iBackgroundCopyJob2) result {
		var data *byte
		r := p.GetReplyData(&data, &length)
		buffer = takeSlice(data, length)
		return r
	})
	return buffer, length, err
}

func (j job2) SetReplyFileName(ctx context.Context, replyFileName *string) error {
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob2) result { return p.SetReplyFileName(replyFileName) })
}

func (j job2) GetReplyFileName(ctx context.Context) (string, error) {
	return getText(ctx, j.proxy, (*iBackgroundCopyJob2).GetReplyFileName)
}

func (j job2) SetCredentials(ctx context.Context, credentials bits.AuthCredentials) error {
	raw := &authCredentials{target: uint32(credentials.Target), scheme: uint32(credentials.Scheme)}
	if !credentials.Implicit {
		user, err := windows.UTF16PtrFromString(credentials.UserName)
		if err != nil {
			return refused("IBackgroundCopyJob2::SetCredentials", err).err
		}
		password, err := windows.UTF16FromString(string(credentials.Password))
		if err != nil {
			return refused("IBackgroundCopyJob2::SetCredentials", err).err
		}
		defer clear(password)
		raw.userName, raw.password = user, &password[0]
	}
	return set(ctx, j.proxy, func(p *iBackgroundCopyJob2) result { return p.SetCredentials(raw) })
}

func (j job2) RemoveCredentials(ctx context.Context, target bits.AuthTarget, scheme bits.AuthScheme) (hresult.HRESULT, error) {
	return act(ctx, j.proxy, func(p *iBackgroundCopyJob2) result {
		return p.RemoveCredentials(uint32(target), uint32(scheme))
	})
}
