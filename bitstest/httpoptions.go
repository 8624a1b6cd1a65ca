package bitstest

import (
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const (
	headerPage   = "D nf-bits2_5-ibackgroundcopyjobhttpoptions-setcustomheaders.md"
	securityPage = "D nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags.md"
	methodPage   = "D nf-bits10_2-ibackgroundcopyjobhttpoptions2-sethttpmethod.md"
)

func setSecurity(e *env, j bits.Job, v bits.SecurityFlags) error {
	return query[bits.JobHttpOptions](e, j).SetSecurityFlags(e.ctx, v)
}

func getSecurity(e *env, j bits.Job) (bits.SecurityFlags, error) {
	return query[bits.JobHttpOptions](e, j).GetSecurityFlags(e.ctx)
}

// headers ends the case unless the job has these headers.
func (e *env) headers(want string, options bits.JobHttpOptions) {
	e.Helper()
	got, ok, err := options.GetCustomHeaders(e.ctx)
	e.ok(err)
	require.True(e, ok)
	require.Equal(e, want, got)
}

// longHeader is a header of n characters.
func longHeader(n int) string { return "X: " + strings.Repeat("h", n-5) + "\r\n" }

func httpOptionCases() []Case {
	return []Case{
		initial("new-security-flags", "W; D nf-bits2_5-ibackgroundcopyjobhttpoptions-getsecurityflags.md", bits.SecurityFlags(0), getSecurity),
		kept("security-flags", securityPage, []bits.SecurityFlags{
			bits.BG_SSL_ENABLE_CRL_CHECK, bits.BG_SSL_IGNORE_CERT_CN_INVALID | bits.BG_SSL_IGNORE_UNKNOWN_CA, 0x1f, 0,
		}, setSecurity, getSecurity),
		kept("redirect-policy", securityPage, []bits.SecurityFlags{
			bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT, bits.BG_HTTP_REDIRECT_POLICY_DISALLOW,
			bits.BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT | bits.BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP,
			bits.BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT,
		}, func(e *env, j bits.Job, v bits.SecurityFlags) error {
			e.needs(3, 0)
			return setSecurity(e, j, v)
		}, getSecurity),
		refused("security-flag-without-name", securityPage, bits.BG_SSL_ENABLE_CRL_CHECK, []bits.SecurityFlags{0x1000, 0x80000000},
			one(hresult.E_NOTIMPL), setSecurity, getSecurity),
		{"http/new-custom-headers", "W; D nf-bits2_5-ibackgroundcopyjobhttpoptions-getcustomheaders.md", func(e *env) {
			headers, ok, err := query[bits.JobHttpOptions](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD)).GetCustomHeaders(e.ctx)
			e.ok(err)
			require.False(e, ok)
			require.Empty(e, headers)
		}},
		{"http/custom-headers", "W; " + headerPage, func(e *env) {
			options := query[bits.JobHttpOptions](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			for _, want := range []string{"X-One: 1\r\n", "X-One: 2\r\nX-Two: 3\r\n", longHeader(16383)} {
				e.ok(options.SetCustomHeaders(e.ctx, &want))
				e.headers(want, options)
			}
			e.ok(options.SetCustomHeaders(e.ctx, nil))
			_, ok, err := options.GetCustomHeaders(e.ctx)
			e.ok(err)
			require.False(e, ok)
		}},
		{"http/custom-headers-too-long", headerPage, func(e *env) {
			options := query[bits.JobHttpOptions](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			e.ok(options.SetCustomHeaders(e.ctx, bits.String("X-One: 1\r\n")))
			e.fails(options.SetCustomHeaders(e.ctx, bits.String(longHeader(16384))), hresult.BG_E_STRING_TOO_LONG)
			e.headers("X-One: 1\r\n", options)
		}},
		{"http/custom-headers-are-sent", headerPage, func(e *env) {
			job, locals := e.download("needs/X-Bitstest/here/1000", "needs/X-Bitstest/here/10")
			options := query[bits.JobHttpOptions](e, job)
			e.ok(options.SetCustomHeaders(e.ctx, bits.String("X-Other: 1\r\nX-Bitstest: here\r\n")))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.headers("X-Other: 1\r\nX-Bitstest: here\r\n", options)
			e.complete(job)
			e.holds(locals[1], Content(10))
		}},
		{"http/write-only-headers", "D nf-bits10_3-ibackgroundcopyjobhttpoptions3-makecustomheaderswriteonly.md", func(e *env) {
			options := query[bits.JobHttpOptions3](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			e.ok(options.SetCustomHeaders(e.ctx, bits.String("X-One: 1\r\n")))
			e.ok(options.MakeCustomHeadersWriteOnly(e.ctx))
			_, _, err := options.GetCustomHeaders(e.ctx)
			e.fails(err, hresult.E_ACCESSDENIED)
			e.ok(options.SetCustomHeaders(e.ctx, bits.String("X-Two: 2\r\n")))
			_, _, err = options.GetCustomHeaders(e.ctx)
			e.fails(err, hresult.E_ACCESSDENIED)
		}},
		{"http/new-method", "D nf-bits10_2-ibackgroundcopyjobhttpoptions2-gethttpmethod.md", func(e *env) {
			for t, want := range []string{
				bits.BG_JOB_TYPE_DOWNLOAD: "GET", bits.BG_JOB_TYPE_UPLOAD: "BITS_POST", bits.BG_JOB_TYPE_UPLOAD_REPLY: "BITS_POST",
			} {
				method, err := query[bits.JobHttpOptions2](e, e.job(bits.JobType(t))).GetHttpMethod(e.ctx)
				e.ok(err)
				require.Equal(e, want, method)
			}
		}},
		{"http/method", methodPage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			options := query[bits.JobHttpOptions2](e, job)
			e.ok(options.SetHttpMethod(e.ctx, "POST"))
			method, err := options.GetHttpMethod(e.ctx)
			e.ok(err)
			require.Equal(e, "POST", method)
			priority, err := job.GetPriority(e.ctx)
			e.ok(err)
			require.Equal(e, bits.BG_JOB_PRIORITY_FOREGROUND, priority)
		}},
		{"http/method-holds-the-priority", methodPage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(query[bits.JobHttpOptions2](e, job).SetHttpMethod(e.ctx, "POST"))
			_ = job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_LOW) // what it answers is not documented
			priority, err := job.GetPriority(e.ctx)
			e.ok(err)
			require.Equal(e, bits.BG_JOB_PRIORITY_FOREGROUND, priority)
		}},
		{"http/default-method-changes-nothing", methodPage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(query[bits.JobHttpOptions2](e, job).SetHttpMethod(e.ctx, "GET"))
			priority, err := job.GetPriority(e.ctx)
			e.ok(err)
			require.Equal(e, bits.BG_JOB_PRIORITY_NORMAL, priority)
		}},
		{"http/method-is-used", methodPage, func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(query[bits.JobHttpOptions2](e, job).SetHttpMethod(e.ctx, "POST"))
			local := e.local("post")
			e.ok(job.AddFile(e.ctx, e.served("method/POST/1000"), local))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(local, Content(1000))
		}},
	}
}
