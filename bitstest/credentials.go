package bitstest

import (
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const (
	credentialPage = "D nf-bits1_5-ibackgroundcopyjob2-setcredentials.md"
	basicPage      = "D ns-bits1_5-bg_basic_credentials.md"
)

func basic(user, password string) bits.AuthCredentials {
	return bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: user, Password: bits.Secret(password),
	}
}

func credentialCases() []Case {
	job2 := func(e *env) bits.Job2 { return query[bits.Job2](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD)) }
	refused := func(name, evidence string, want hresult.HRESULT, credentials ...bits.AuthCredentials) Case {
		return Case{"credentials/" + name, evidence, func(e *env) {
			job := job2(e)
			for _, c := range credentials {
				e.fails(job.SetCredentials(e.ctx, c), want)
			}
		}}
	}
	target, scheme := basic("user", "secret"), basic("user", "secret")
	target.Target, scheme.Scheme = 9, 99
	return []Case{
		refused("target-without-name", credentialPage, hresult.BG_E_INVALID_AUTH_TARGET, target),
		refused("scheme-without-name", credentialPage, hresult.BG_E_INVALID_AUTH_SCHEME, scheme),
		refused("user-name-too-long", basicPage, hresult.BG_E_USERNAME_TOO_LARGE, basic(strings.Repeat("u", 301), "secret")),
		refused("password-too-long", basicPage, hresult.BG_E_PASSWORD_TOO_LARGE, basic("user", strings.Repeat("p", 65537))),
		refused("implicit-for-basic-or-digest", credentialPage, hresult.E_INVALIDARG,
			bits.ImplicitCredentials(bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_BASIC),
			bits.ImplicitCredentials(bits.BG_AUTH_TARGET_PROXY, bits.BG_AUTH_SCHEME_DIGEST)),
		{"credentials/longest", basicPage + ", bits-return-values.md", func(e *env) {
			e.ok(job2(e).SetCredentials(e.ctx, basic(strings.Repeat("u", 300), strings.Repeat("p", 65535))))
		}},
		{"credentials/implicit", credentialPage + ", authentication.md", func(e *env) {
			job := job2(e)
			for _, target := range bits.Values[bits.AuthTarget]() {
				for _, scheme := range []bits.AuthScheme{bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_NEGOTIATE} {
					e.ok(job.SetCredentials(e.ctx, bits.ImplicitCredentials(target, scheme)))
				}
			}
		}},
		{"credentials/removed", "D nf-bits1_5-ibackgroundcopyjob2-removecredentials.md", func(e *env) {
			job := job2(e)
			remove := func(want hresult.HRESULT, target bits.AuthTarget) {
				e.Helper()
				result, err := job.RemoveCredentials(e.ctx, target, bits.BG_AUTH_SCHEME_BASIC)
				e.answers(want, result, err)
			}
			remove(hresult.S_FALSE, bits.BG_AUTH_TARGET_SERVER)
			e.ok(job.SetCredentials(e.ctx, basic("user", "secret")))
			remove(hresult.S_FALSE, bits.BG_AUTH_TARGET_PROXY)
			remove(hresult.S_OK, bits.BG_AUTH_TARGET_SERVER)
			remove(hresult.S_FALSE, bits.BG_AUTH_TARGET_SERVER)
		}},
		{"credentials/needed", credentialPage, func(e *env) {
			job, _ := e.download("auth/basic/user/secret/100")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_HTTP_ERROR_401)
		}},
		{"credentials/wrong", credentialPage, func(e *env) {
			job, _ := e.download("auth/basic/user/secret/100")
			e.ok(query[bits.Job2](e, job).SetCredentials(e.ctx, basic("user", "other")))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_HTTP_ERROR_401)
		}},
		{"credentials/used-for-all-files", credentialPage, func(e *env) {
			job, locals := e.download("auth/basic/user/secret/100", "auth/basic/user/secret/200")
			e.ok(query[bits.Job2](e, job).SetCredentials(e.ctx, basic("user", "secret")))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(100))
			e.holds(locals[1], Content(200))
		}},
		{"credentials/replaced", credentialPage, func(e *env) {
			job, _ := e.download("auth/basic/user/secret/100")
			e.ok(query[bits.Job2](e, job).SetCredentials(e.ctx, basic("user", "other")))
			e.ok(query[bits.Job2](e, job).SetCredentials(e.ctx, basic("user", "secret")))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
		}},
		{"credentials/removed-before-use", "D nf-bits1_5-ibackgroundcopyjob2-removecredentials.md", func(e *env) {
			job, _ := e.download("auth/basic/user/secret/100")
			job2 := query[bits.Job2](e, job)
			e.ok(job2.SetCredentials(e.ctx, basic("user", "secret")))
			result, err := job2.RemoveCredentials(e.ctx, bits.BG_AUTH_TARGET_SERVER, bits.BG_AUTH_SCHEME_BASIC)
			e.answers(hresult.S_OK, result, err)
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_HTTP_ERROR_401)
		}},
		{"credentials/set-on-demand", "O", func(e *env) {
			job, locals := e.download("auth/basic/user/secret/100")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.ok(query[bits.Job2](e, job).SetCredentials(e.ctx, basic("user", "secret")))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(100))
		}},
	}
}
