package bitstest

import (
	"context"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// optionsAs makes a job as somebody and returns its helper token options, which
// have captured who that is.
func (e *env) optionsAs(ctx context.Context) (bits.Job, bits.TokenOptions) {
	e.Helper()
	e.needs(4, 0)
	job := e.jobAs(ctx, bits.BG_JOB_TYPE_DOWNLOAD)
	options, err := bits.Query[bits.TokenOptions](ctx, job)
	e.ok(err)
	return job, options
}

// user is who calls with this context.
func (e *env) user(ctx context.Context) sid.SID {
	e.Helper()
	owner, err := e.jobAs(ctx, bits.BG_JOB_TYPE_DOWNLOAD).GetOwner(ctx)
	e.ok(err)
	return owner
}

// helperCases are about helpers who are somebody else.
func helperCases() []Case {
	const page = "D helper-tokens-for-bits-transfer-jobs.md"
	return []Case{
		{"helper/lent-by-a-service", "D example-adding-a-helper-token-to-a-bits-transfer-job-.md", func(e *env) {
			system, user := e.caller(LocalSystem), e.caller(User)
			job, options := e.optionsAs(system)
			e.ok(options.SetHelperToken(user))
			e.ok(options.SetHelperTokenFlags(user, bits.BG_TOKEN_LOCAL_FILE))
			helper, err := options.GetHelperTokenSid(system)
			e.ok(err)
			require.Equal(e, e.user(user), helper)
			owner, err := job.GetOwner(system)
			e.ok(err)
			require.Equal(e, sid.LocalSystem, owner)
		}},
		{"helper/does-the-local-work", page, func(e *env) {
			system, user := e.caller(LocalSystem), e.caller(User)
			job, options := e.optionsAs(system)
			e.ok(job.SetPriority(system, bits.BG_JOB_PRIORITY_FOREGROUND))
			e.ok(options.SetHelperToken(user))
			e.ok(options.SetHelperTokenFlags(user, bits.BG_TOKEN_LOCAL_FILE))
			local := e.local("helped")
			e.ok(job.AddFile(system, e.served("file/1000"), local))
			e.ok(job.Resume(system))
			state := func() bits.JobState {
				state, err := job.GetState(system)
				e.ok(err)
				return state
			}
			e.until("the job is transferred", func() bool { return state() == bits.BG_JOB_STATE_TRANSFERRED })
			result, err := job.Complete(system)
			e.answers(hresult.S_OK, result, err)
			e.holds(local, Content(1000))
		}},
		{"helper/has-no-right-to-the-job", page, func(e *env) {
			system, user := e.caller(LocalSystem), e.caller(User)
			job, options := e.optionsAs(system)
			e.ok(options.SetHelperToken(user))
			id, err := job.GetId(system)
			e.ok(err)
			_, err = e.manager.GetJob(user, id)
			e.fails(err, hresult.E_ACCESSDENIED)
			_, err = bits.Query[bits.TokenOptions](user, job)
			e.fails(err, hresult.E_ACCESSDENIED)
		}},
		{"helper/only-identified", setTokenPage, func(e *env) {
			system, identified := e.caller(LocalSystem), e.caller(Identified)
			_, options := e.optionsAs(system)
			e.fails(options.SetHelperToken(identified), hresult.CO_E_FAILEDTOIMPERSONATE)
			helper, err := options.GetHelperTokenSid(system)
			e.ok(err)
			require.True(e, helper.IsZero())
		}},
		{"helper/of-a-service-that-is-no-administrator", page, func(e *env) {
			service, user := e.caller(NetworkService), e.caller(User)
			_, options := e.optionsAs(service)
			if !e.ownersMay(service, options) {
				e.Skipf("before Windows 10 1607 administrators alone may lend helpers")
			}
			e.ok(options.SetHelperToken(user))
			e.ok(options.SetHelperTokenFlags(user, bits.BG_TOKEN_LOCAL_FILE))
			helper, err := options.GetHelperTokenSid(service)
			e.ok(err)
			require.Equal(e, e.user(user), helper)
		}},
		{"helper/administrator-for-who-is-none", page, func(e *env) {
			service, administrator := e.caller(NetworkService), e.caller(Administrator)
			_, options := e.optionsAs(service)
			if !e.ownersMay(service, options) {
				e.Skipf("before Windows 10 1607 administrators alone may lend helpers")
			}
			e.fails(options.SetHelperToken(administrator), hresult.E_ACCESSDENIED)
			helper, err := options.GetHelperTokenSid(service)
			e.ok(err)
			require.True(e, helper.IsZero())
		}},
		{"helper/flags-with-a-helper-who-is-an-administrator", setFlagsPage, func(e *env) {
			service, system, administrator := e.caller(NetworkService), e.caller(LocalSystem), e.caller(Administrator)
			job, options := e.optionsAs(service)
			if !e.ownersMay(service, options) {
				e.Skipf("before Windows 10 1607 administrators alone may lend helpers")
			}
			powerful, err := bits.Query[bits.TokenOptions](system, job)
			e.ok(err)
			e.ok(powerful.SetHelperToken(administrator))
			e.fails(options.SetHelperTokenFlags(service, bits.BG_TOKEN_LOCAL_FILE), hresult.E_ACCESSDENIED)
			e.ok(powerful.SetHelperTokenFlags(system, bits.BG_TOKEN_LOCAL_FILE))
			flags, err := options.GetHelperTokenFlags(service)
			e.ok(err)
			require.Equal(e, bits.BG_TOKEN_LOCAL_FILE, flags)
		}},
		{"helper/before-owners-may", page, func(e *env) {
			service, user := e.caller(NetworkService), e.caller(User)
			job, options := e.optionsAs(service)
			if e.ownersMay(service, options) {
				e.Skipf("from Windows 10 1607 on owners may lend helpers")
			}
			_, err := options.GetHelperTokenSid(service)
			e.fails(err, hresult.E_ACCESSDENIED)
			e.fails(options.SetHelperToken(user), hresult.E_ACCESSDENIED)
			e.fails(options.SetHelperTokenFlags(service, bits.BG_TOKEN_NETWORK), hresult.E_ACCESSDENIED)
			e.fails(options.ClearHelperToken(service), hresult.E_ACCESSDENIED)
			asked, err := bits.Query[bits.TokenOptions](e.caller(LocalSystem), job)
			e.ok(err)
			flags, err := asked.GetHelperTokenFlags(e.caller(LocalSystem))
			e.ok(err)
			require.Zero(e, flags)
		}},
		{"helper/on-a-job-of-who-is-no-administrator", page, func(e *env) {
			service, user := e.caller(NetworkService), e.caller(User)
			job, options := e.optionsAs(service)
			if e.ownersMay(service, options) {
				e.Skipf("from Windows 10 1607 on administrators may lend helpers to any job")
			}
			asked, err := bits.Query[bits.TokenOptions](e.caller(LocalSystem), job)
			e.ok(err)
			e.fails(asked.SetHelperToken(user), hresult.E_ACCESSDENIED)
		}},
	}
}
