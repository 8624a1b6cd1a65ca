package bitsemu

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// tokenOptions is IBitsTokenOptions: what the rules of package tokenopts say, for an
// interface pointer that is dead once the service has stopped.
type tokenOptions struct {
	object
	entry   jobstore.Entry
	options *tokenopts.Options
}

const iToken = "IBitsTokenOptions::"

// tokenOptions is QueryInterface for IBitsTokenOptions.
func (j *job) tokenOptions(ctx context.Context) (any, error) {
	options, err := j.e.tokens.QueryEntry(token.NewContext(ctx, j.caller(ctx)), j.entry)
	if err != nil {
		return nil, j.fail(ctx, iJob+"QueryInterface", err)
	}
	return &tokenOptions{j.object, j.entry, options}, nil
}

// begin begins a call, in a context that names the caller.
func (o *tokenOptions) begin(ctx context.Context, method string) (context.Context, error) {
	caller, err := o.enter(ctx, iToken+method, jobKey{o.e, o.entry})
	return token.NewContext(ctx, caller), err
}

func (o *tokenOptions) end(ctx context.Context, method string, err error) error {
	return o.failed(iToken+method, jobKey{o.e, o.entry}, o.caller(ctx), err)
}

// QueryInterface implements [bits.Unknown].
func (o *tokenOptions) QueryInterface(ctx context.Context, id uuid.UUID) (any, error) {
	if id == bits.IID_IBitsTokenOptions {
		_, err := o.begin(ctx, "QueryInterface")
		return o, err
	}
	return (&job{jobObject{object: o.object, entry: o.entry}}).QueryInterface(ctx, id)
}

// SetHelperTokenFlags implements [bits.TokenOptions].
func (o *tokenOptions) SetHelperTokenFlags(ctx context.Context, flags bits.HelperTokenFlags) error {
	ctx, err := o.begin(ctx, "SetHelperTokenFlags")
	if err != nil {
		return err
	}
	return o.end(ctx, "SetHelperTokenFlags", o.options.SetHelperTokenFlags(ctx, flags))
}

// GetHelperTokenFlags implements [bits.TokenOptions].
func (o *tokenOptions) GetHelperTokenFlags(ctx context.Context) (bits.HelperTokenFlags, error) {
	ctx, err := o.begin(ctx, "GetHelperTokenFlags")
	if err != nil {
		return 0, err
	}
	flags, err := o.options.GetHelperTokenFlags(ctx)
	return flags, o.end(ctx, "GetHelperTokenFlags", err)
}

// SetHelperToken implements [bits.TokenOptions].
func (o *tokenOptions) SetHelperToken(ctx context.Context) error {
	ctx, err := o.begin(ctx, "SetHelperToken")
	if err != nil {
		return err
	}
	return o.end(ctx, "SetHelperToken", o.options.SetHelperToken(ctx))
}

// ClearHelperToken implements [bits.TokenOptions].
func (o *tokenOptions) ClearHelperToken(ctx context.Context) error {
	ctx, err := o.begin(ctx, "ClearHelperToken")
	if err != nil {
		return err
	}
	return o.end(ctx, "ClearHelperToken", o.options.ClearHelperToken(ctx))
}

// GetHelperTokenSid implements [bits.TokenOptions].
func (o *tokenOptions) GetHelperTokenSid(ctx context.Context) (sid.SID, error) {
	ctx, err := o.begin(ctx, "GetHelperTokenSid")
	if err != nil {
		return sid.SID{}, err
	}
	user, err := o.options.GetHelperTokenSid(ctx)
	return user, o.end(ctx, "GetHelperTokenSid", err)
}

// Explain tells what would become of a call by the caller in ctx, on a job as it is
// now, and why, and calls nothing: see [tokenopts.Service.Explain].
func (e *Emulator) Explain(ctx context.Context, id uuid.UUID, m tokenopts.Method, flags bits.HelperTokenFlags) (tokenopts.Decision, error) {
	return e.tokens.Explain(ctx, id, m, flags)
}
