package bitstest

import (
	"errors"
	"fmt"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const errorPage = "D nn-bits-ibackgroundcopyerror.md"

// errorCases are about the error of a job that stands.
func errorCases() []Case {
	return []Case{
		{"error/fatal", "O; D nf-bits-ibackgroundcopyjob-geterror.md", func(e *env) {
			for _, code := range []hresult.HRESULT{
				hresult.BG_E_HTTP_ERROR_404, hresult.BG_E_HTTP_ERROR_403, hresult.BG_E_HTTP_ERROR_501,
			} {
				job, _ := e.download(fmt.Sprintf("status/%d", code.Code()))
				e.resume(job, bits.BG_JOB_STATE_ERROR)
				e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, code)
			}
		}},
		{"error/transient", "O; D bits-return-values.md", func(e *env) {
			for _, code := range []hresult.HRESULT{hresult.BG_E_HTTP_ERROR_503, hresult.BG_E_HTTP_ERROR_500} {
				job, _ := e.download(fmt.Sprintf("status/%d", code.Code()))
				e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
				e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, code)
			}
		}},
		{"error/file", "D nf-bits-ibackgroundcopyerror-getfile.md", func(e *env) {
			job, locals := e.download("file/10", "status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			jobError, err := job.GetError(e.ctx)
			e.ok(err)
			file, err := jobError.GetFile(e.ctx)
			e.ok(err)
			local, err := file.GetLocalName(e.ctx)
			e.ok(err)
			require.Equal(e, locals[1], local)
			remote, err := file.GetRemoteName(e.ctx)
			e.ok(err)
			require.Equal(e, e.remote("status/404"), remote)
		}},
		{"error/protocol", "D nf-bits-ibackgroundcopyerror-getprotocol.md", func(e *env) {
			job, _ := e.download("status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			jobError, err := job.GetError(e.ctx)
			e.ok(err)
			protocol, err := jobError.GetProtocol(e.ctx)
			e.ok(err)
			require.Equal(e, "http", protocol)
		}},
		{"error/descriptions", "D nf-bits-ibackgroundcopyerror-geterrordescription.md, nf-bits-ibackgroundcopyerror-geterrorcontextdescription.md", func(e *env) {
			job, _ := e.download("status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			jobError, err := job.GetError(e.ctx)
			e.ok(err)
			_, err = jobError.GetErrorDescription(e.ctx, 0)
			e.fails(err, hresult.E_INVALIDARG)
			_, err = jobError.GetErrorContextDescription(e.ctx, 0)
			e.fails(err, hresult.E_INVALIDARG)
			text, err := jobError.GetErrorDescription(e.ctx, usEnglish)
			if errors.Is(err, hresult.HRESULT_FROM_WIN32_ERROR_RESOURCE_LANG_NOT_FOUND) {
				e.Skipf("this system has no texts in US English")
			}
			e.ok(err)
			require.NotEmpty(e, text)
			text, err = jobError.GetErrorContextDescription(e.ctx, usEnglish)
			e.ok(err)
			require.NotEmpty(e, text)
		}},
		{"error/interfaces", "W", func(e *env) {
			job, _ := e.download("status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			jobError, err := job.GetError(e.ctx)
			e.ok(err)
			e.probes(jobError, []probe{probeFor[bits.Unknown](), probeFor[bits.Error]()}, probeFor[bits.Job](), probeFor[bits.File]())
		}},
		{"error/goes-away", errorPage + ", nf-bits-ibackgroundcopyjob-geterror.md", func(e *env) {
			job, _ := e.download("flaky/" + e.id + "/1/1000")
			e.resume(job, bits.BG_JOB_STATE_TRANSIENT_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_HTTP_ERROR_503)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			_, err := job.GetError(e.ctx)
			e.fails(err, hresult.BG_E_ERROR_INFORMATION_UNAVAILABLE)
		}},
		{"error/again-after-resume", "D nf-bits-ibackgroundcopyjob-resume.md", func(e *env) {
			job, _ := e.download("status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.ok(job.Resume(e.ctx))
			e.until("the job has its error again", func() bool { return e.state(job) == bits.BG_JOB_STATE_ERROR })
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_HTTP_ERROR_404)
		}},
	}
}
