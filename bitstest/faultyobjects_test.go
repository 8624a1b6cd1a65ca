package bitstest_test

import (
	"context"
	"errors"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// tokenForAll lends whoever is there.
type tokenForAll struct{ bits.TokenOptions }

func (o tokenForAll) SetHelperToken(ctx context.Context) error {
	err := o.TokenOptions.SetHelperToken(ctx)
	return unless(unless(err, hresult.E_ACCESSDENIED), hresult.CO_E_FAILEDTOIMPERSONATE)
}

// jobTells changes the callback on its way to the service.
type jobTells struct {
	bits.Job5
	change func(bits.Callback) bits.Callback
}

func (j jobTells) SetNotifyInterface(ctx context.Context, c bits.Callback) error {
	if c != nil {
		c = j.change(c)
	}
	return j.Job5.SetNotifyInterface(ctx, c)
}

func tells(change func(bits.Callback2) bits.Callback) twist {
	return twist{job: func(j bits.Job5) bits.Job5 {
		return jobTells{j, func(c bits.Callback) bits.Callback { return change(c.(bits.Callback2)) }}
	}}
}

type deaf struct{ bits.Callback2 }

func (deaf) JobTransferred(context.Context, bits.Job) error             { return nil }
func (deaf) JobError(context.Context, bits.Job, bits.Error) error       { return nil }
func (deaf) FileTransferred(context.Context, bits.Job, bits.File) error { return nil }
func (deaf) JobModification(context.Context, bits.Job) error            { return nil }

type stutters struct{ bits.Callback2 }

func (c stutters) JobTransferred(ctx context.Context, j bits.Job) error {
	_ = c.Callback2.JobTransferred(ctx, j)
	return c.Callback2.JobTransferred(ctx, j)
}

type forgives struct{ bits.Callback2 }

func (c forgives) JobTransferred(ctx context.Context, j bits.Job) error {
	_ = c.Callback2.JobTransferred(ctx, j)
	return nil
}

type chatters struct{ bits.Callback2 }

func (c chatters) JobModification(ctx context.Context, j bits.Job) error {
	if state, err := j.GetState(ctx); err == nil && state == bits.BG_JOB_STATE_TRANSIENT_ERROR {
		if jobError, err := j.GetError(ctx); err == nil {
			return c.JobError(ctx, j, jobError)
		}
	}
	return c.Callback2.JobModification(ctx, j)
}

type jobIgnoresFlags struct{ bits.Job5 }

func (j jobIgnoresFlags) SetNotifyFlags(context.Context, bits.NotifyFlags) error { return nil }

type jobKeepsCallback struct{ bits.Job5 }

func (j jobKeepsCallback) SetNotifyInterface(ctx context.Context, c bits.Callback) error {
	if c == nil {
		return nil
	}
	return j.Job5.SetNotifyInterface(ctx, c)
}

type fileForgets struct{ bits.File6 }

func (fileForgets) SetRemoteName(context.Context, string) error { return nil }
func (fileForgets) GetFileRanges(context.Context) ([]bits.FileRange, bool, error) {
	return nil, false, nil
}
func (fileForgets) SetValidationState(context.Context, bool) error { return nil }

func (f fileForgets) GetProgress(ctx context.Context) (bits.FileProgress, error) {
	progress, err := f.File6.GetProgress(ctx)
	progress.Completed = progress.BytesTotal == progress.BytesTransferred
	return progress, err
}

func (fileForgets) RequestFileRanges(context.Context, []bits.FileRange) error { return nil }

type httpForgets struct{ bits.JobHttpOptions3 }

func (httpForgets) GetCustomHeaders(context.Context) (string, bool, error) { return "", true, nil }
func (httpForgets) MakeCustomHeadersWriteOnly(context.Context) error       { return nil }

func (o httpForgets) SetCustomHeaders(ctx context.Context, headers *string) error {
	return unless(o.JobHttpOptions3.SetCustomHeaders(ctx, headers), hresult.BG_E_STRING_TOO_LONG)
}

func (o httpForgets) SetServerCertificateValidationInterface(ctx context.Context, c bits.ServerCertificateValidationCallback) error {
	return unless(o.JobHttpOptions3.SetServerCertificateValidationInterface(ctx, c), hresult.BG_E_READ_ONLY_WHEN_JOB_ACTIVE)
}

func (httpForgets) SetSecurityFlags(context.Context, bits.SecurityFlags) error { return nil }

type tokenForgets struct{ bits.TokenOptions }

func (tokenForgets) SetHelperTokenFlags(context.Context, bits.HelperTokenFlags) error { return nil }
func (tokenForgets) ClearHelperToken(context.Context) error                           { return nil }

type tokenOfNobody struct{ bits.TokenOptions }

func (tokenOfNobody) GetHelperTokenSid(context.Context) (sid.SID, error) { return sid.SID{}, nil }

type tokenLosesFlags struct{ bits.TokenOptions }

func (o tokenLosesFlags) ClearHelperToken(ctx context.Context) error {
	return errors.Join(o.TokenOptions.ClearHelperToken(ctx), o.SetHelperTokenFlags(ctx, 0))
}
