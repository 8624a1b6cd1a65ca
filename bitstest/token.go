package bitstest

import (
	"context"
	"errors"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const (
	setTokenPage = "D nf-bits4_0-ibitstokenoptions-sethelpertoken.md"
	setFlagsPage = "D nf-bits4_0-ibitstokenoptions-sethelpertokenflags.md"
	getFlagsPage = "D nf-bits4_0-ibitstokenoptions-gethelpertokenflags.md"
	getSIDPage   = "D nf-bits4_0-ibitstokenoptions-gethelpertokensid.md"
	clearPage    = "D nf-bits4_0-ibitstokenoptions-clearhelpertoken.md"
)

// ownersMay tells whether who owns a job may lend it a helper without being an
// administrator: the caller in ctx, who is none, asks by the options of a job of
// his own. It came with Windows 10 1607, which no version of BITS tells.
func (e *env) ownersMay(ctx context.Context, options bits.TokenOptions) bool {
	e.Helper()
	_, err := options.GetHelperTokenFlags(ctx)
	if errors.Is(err, hresult.E_ACCESSDENIED) && !e.bitsVersion().atLeast(10, 1) {
		return false
	}
	e.ok(err)
	require.True(e, e.bitsVersion().atLeast(5, 0), "owners may lend helpers before Windows 10 1607")
	return true
}

// options are the helper token options of a job that the caller owns.
func (e *env) options(job bits.Job) bits.TokenOptions {
	e.Helper()
	return query[bits.TokenOptions](e, job)
}

// lends makes an administrator the caller if the default caller is none and
// administrators alone may lend helpers.
func (e *env) lends() {
	e.Helper()
	_, err := e.options(e.job(bits.BG_JOB_TYPE_DOWNLOAD)).GetHelperTokenFlags(e.ctx)
	if errors.Is(err, hresult.E_ACCESSDENIED) && !e.bitsVersion().atLeast(10, 1) {
		e.ctx = e.caller(Administrator)
	}
}

// tokenFlags ends the case unless these are the flags.
func (e *env) tokenFlags(want bits.HelperTokenFlags, options bits.TokenOptions) {
	e.Helper()
	got, err := options.GetHelperTokenFlags(e.ctx)
	e.ok(err)
	require.Equal(e, want.String(), got.String())
}

// tokenCases are about IBitsTokenOptions for the owner of a job, who lends the job
// his own token.
func tokenCases() []Case {
	own := func(e *env) (bits.Job, bits.TokenOptions) {
		e.lends()
		job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
		return job, e.options(job)
	}
	const both = bits.BG_TOKEN_LOCAL_FILE | bits.BG_TOKEN_NETWORK
	return []Case{
		{"token/new-flags", "I", func(e *env) {
			_, options := own(e)
			e.tokenFlags(0, options)
		}},
		{"token/no-token", getSIDPage, func(e *env) {
			_, options := own(e)
			user, err := options.GetHelperTokenSid(e.ctx)
			e.ok(err)
			require.True(e, user.IsZero())
		}},
		{"token/flags", setFlagsPage + "; " + getFlagsPage, func(e *env) {
			_, options := own(e)
			for _, want := range []bits.HelperTokenFlags{bits.BG_TOKEN_LOCAL_FILE, bits.BG_TOKEN_NETWORK, both, 0} {
				e.ok(options.SetHelperTokenFlags(e.ctx, want))
				e.tokenFlags(want, options)
			}
		}},
		{"token/flags-belong-to-the-job", "D helper-tokens-for-bits-transfer-jobs.md", func(e *env) {
			job, options := own(e)
			_, others := own(e)
			e.ok(options.SetHelperTokenFlags(e.ctx, both))
			e.tokenFlags(both, query[bits.TokenOptions](e, job))
			e.tokenFlags(0, others)
		}},
		{"token/flag-without-name", "I", func(e *env) {
			_, options := own(e)
			e.ok(options.SetHelperTokenFlags(e.ctx, bits.BG_TOKEN_NETWORK))
			for _, bad := range []bits.HelperTokenFlags{4, 7, 0x80000001} {
				e.fails(options.SetHelperTokenFlags(e.ctx, bad), hresult.E_INVALIDARG)
			}
			e.tokenFlags(bits.BG_TOKEN_NETWORK, options)
		}},
		{"token/set", setTokenPage + "; " + getSIDPage, func(e *env) {
			job, options := own(e)
			owner, err := job.GetOwner(e.ctx)
			e.ok(err)
			e.ok(options.SetHelperToken(e.ctx))
			user, err := options.GetHelperTokenSid(e.ctx)
			e.ok(err)
			require.Equal(e, owner, user)
			e.tokenFlags(0, options)
		}},
		{"token/cleared", clearPage, func(e *env) {
			_, options := own(e)
			e.ok(options.SetHelperToken(e.ctx))
			e.ok(options.SetHelperTokenFlags(e.ctx, both))
			e.ok(options.ClearHelperToken(e.ctx))
			user, err := options.GetHelperTokenSid(e.ctx)
			e.ok(err)
			require.True(e, user.IsZero())
			e.tokenFlags(both, options)
		}},
		{"token/cleared-without-one", "I", func(e *env) {
			_, options := own(e)
			e.ok(options.ClearHelperToken(e.ctx))
		}},
		{"token/in-a-final-state", "I", func(e *env) {
			job, options := own(e)
			e.ok(options.SetHelperTokenFlags(e.ctx, bits.BG_TOKEN_NETWORK))
			_, err := job.Cancel(e.ctx)
			e.ok(err)
			e.fails(options.SetHelperTokenFlags(e.ctx, 0), hresult.BG_E_INVALID_STATE)
			e.fails(options.SetHelperToken(e.ctx), hresult.BG_E_INVALID_STATE)
			e.fails(options.ClearHelperToken(e.ctx), hresult.BG_E_INVALID_STATE)
			e.tokenFlags(bits.BG_TOKEN_NETWORK, options)
		}},
		{"token/used-for-the-local-file", setFlagsPage, func(e *env) {
			e.lends()
			job, locals := e.download("file/1000")
			options := e.options(job)
			e.ok(options.SetHelperToken(e.ctx))
			e.ok(options.SetHelperTokenFlags(e.ctx, bits.BG_TOKEN_LOCAL_FILE))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(1000))
		}},
		{"token/missing", "I; D helper-tokens-for-bits-transfer-jobs.md", func(e *env) {
			e.lends()
			job, locals := e.download("file/1000")
			options := e.options(job)
			e.ok(options.SetHelperTokenFlags(e.ctx, bits.BG_TOKEN_LOCAL_FILE))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			_, code := e.jobError(job)
			require.Equal(e, hresult.BG_E_TOKEN_REQUIRED, code)
			e.ok(options.SetHelperTokenFlags(e.ctx, 0))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(1000))
		}},
	}
}
