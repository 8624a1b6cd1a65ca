package bitstest

import (
	"errors"
	"strings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// usEnglish is the LANGID of texts in US English.
const usEnglish = 0x409

func managerCases() []Case {
	return []Case{
		{"manager/create-job", "W; D nf-bits-ibackgroundcopymanager-createjob.md", func(e *env) {
			id, job, err := e.manager.CreateJob(e.ctx, e.name("create"), bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(err)
			defer func() { _, _ = job.Cancel(e.ctx) }()
			require.NotEqual(e, uuid.Nil, id)
			got, err := job.GetId(e.ctx)
			e.ok(err)
			require.Equal(e, id, got)
			name, err := job.GetDisplayName(e.ctx)
			e.ok(err)
			require.Equal(e, e.name("create"), name)
			e.is(bits.BG_JOB_STATE_SUSPENDED, job)
		}},
		{"manager/create-job-of-each-type", "W; D nf-bits-ibackgroundcopyjob-gettype.md", func(e *env) {
			for _, want := range bits.Values[bits.JobType]() {
				got, err := e.job(want).GetType(e.ctx)
				e.ok(err)
				require.Equal(e, want, got)
			}
		}},
		{"manager/names-need-not-be-unique", "D nf-bits-ibackgroundcopymanager-createjob.md", func(e *env) {
			one, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).GetId(e.ctx)
			e.ok(err)
			other, err := e.job(bits.BG_JOB_TYPE_DOWNLOAD).GetId(e.ctx)
			e.ok(err)
			require.NotEqual(e, one, other)
		}},
		{"manager/longest-name", "D nf-bits-ibackgroundcopymanager-createjob.md", func(e *env) {
			longest := e.name(strings.Repeat("n", 256))[:256]
			_, job, err := e.manager.CreateJob(e.ctx, longest, bits.BG_JOB_TYPE_DOWNLOAD)
			e.ok(err)
			defer func() { _, _ = job.Cancel(e.ctx) }()
			name, err := job.GetDisplayName(e.ctx)
			e.ok(err)
			require.Equal(e, longest, name)
		}},
		{"manager/name-too-long", "D nf-bits-ibackgroundcopymanager-createjob.md", func(e *env) {
			_, _, err := e.manager.CreateJob(e.ctx, strings.Repeat("n", 257), bits.BG_JOB_TYPE_DOWNLOAD)
			e.fails(err, hresult.E_INVALIDARG)
		}},
		{"manager/get-job", "D nf-bits-ibackgroundcopymanager-getjob.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_UPLOAD)
			want, err := job.GetId(e.ctx)
			e.ok(err)
			e.ok(job.SetDescription(e.ctx, "found"))
			found, err := e.manager.GetJob(e.ctx, want)
			e.ok(err)
			got, err := found.GetId(e.ctx)
			e.ok(err)
			require.Equal(e, want, got)
			description, err := found.GetDescription(e.ctx)
			e.ok(err)
			require.Equal(e, "found", description)
		}},
		{"manager/get-unknown-job", "D nf-bits-ibackgroundcopymanager-getjob.md", func(e *env) {
			_, err := e.manager.GetJob(e.ctx, uuid.New())
			e.fails(err, hresult.BG_E_NOT_FOUND)
		}},
		{"manager/get-job-that-is-over", "D nf-bits-ibackgroundcopymanager-getjob.md; O", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			id, err := job.GetId(e.ctx)
			e.ok(err)
			result, err := job.Cancel(e.ctx)
			e.answers(hresult.S_OK, result, err)
			_, err = e.manager.GetJob(e.ctx, id)
			e.fails(err, hresult.BG_E_NOT_FOUND)
		}},
		{"manager/error-description", "D nf-bits-ibackgroundcopymanager-geterrordescription.md", func(e *env) {
			text, err := e.manager.GetErrorDescription(e.ctx, hresult.BG_E_NOT_FOUND, usEnglish)
			if errors.Is(err, hresult.HRESULT_FROM_WIN32_ERROR_RESOURCE_LANG_NOT_FOUND) {
				e.Skipf("this system has no texts in US English")
			}
			e.ok(err)
			require.NotEmpty(e, text)
		}},
		{"manager/error-description-in-no-language", "D nf-bits-ibackgroundcopymanager-geterrordescription.md", func(e *env) {
			const nobodys = 0x3FF // a LANGID that is assigned to no language
			_, err := e.manager.GetErrorDescription(e.ctx, hresult.BG_E_NOT_FOUND, nobodys)
			e.fails(err, hresult.HRESULT_FROM_WIN32_ERROR_RESOURCE_LANG_NOT_FOUND)
		}},
		{"manager/no-error-description", "D nf-bits-ibackgroundcopymanager-geterrordescription.md; O", func(e *env) {
			const unknown = hresult.HRESULT(0x8020BEEF)
			_, err := e.manager.GetErrorDescription(e.ctx, unknown, usEnglish)
			e.fails(err, hresult.HRESULT_FROM_WIN32_ERROR_RESOURCE_LANG_NOT_FOUND, hresult.HRESULT_FROM_WIN32_ERROR_MR_MID_NOT_FOUND)
		}},
		{"manager/peer-cache-of-later-versions", "D nn-bits3_0-ibitspeercacheadministration.md", func(e *env) {
			e.needs(4, 0)
			cache := query[bits.PeerCacheAdministration](e, e.manager)
			_, ok, err := cache.GetMaximumCacheSize(e.ctx)
			e.ok(err)
			require.False(e, ok)
			_, ok, err = cache.GetMaximumContentAge(e.ctx)
			e.ok(err)
			require.False(e, ok)
			_, ok, err = cache.GetConfigurationFlags(e.ctx)
			e.ok(err)
			require.False(e, ok)
			records, ok, err := cache.EnumRecords(e.ctx)
			e.ok(err)
			require.False(e, ok)
			require.Nil(e, records)
			peers, ok, err := cache.EnumPeers(e.ctx)
			e.ok(err)
			require.False(e, ok)
			require.Nil(e, peers)
		}},
	}
}
