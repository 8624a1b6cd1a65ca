package bitstest

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// fileCases are about files that are not transferred.
func fileCases() []Case {
	return []Case{
		{"file/names", "W; D nf-bits-ibackgroundcopyfile-getremotename.md, nf-bits-ibackgroundcopyfile-getlocalname.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			remote, local := e.remote("file/7/name"), e.local("Name.txt")
			e.ok(job.AddFile(e.ctx, remote, local))
			file := e.files(job)[0]
			got, err := file.GetRemoteName(e.ctx)
			e.ok(err)
			require.Equal(e, remote, got)
			got, err = file.GetLocalName(e.ctx)
			e.ok(err)
			require.Equal(e, local, got)
		}},
		{"file/new-progress", "W; D ns-bits-bg_file_progress.md", func(e *env) {
			progress, err := e.addTo(e.job(bits.BG_JOB_TYPE_DOWNLOAD)).GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.FileProgress{BytesTotal: bits.BG_SIZE_UNKNOWN}, progress)
		}},
		{"file/new-ranges", "D nf-bits2_0-ibackgroundcopyfile2-getfileranges.md", func(e *env) {
			ranges, ok, err := query[bits.File2](e, e.addTo(e.job(bits.BG_JOB_TYPE_DOWNLOAD))).GetFileRanges(e.ctx)
			e.ok(err)
			require.False(e, ok)
			require.Empty(e, ranges)
		}},
		{"file/new-validation-state", "D nf-bits3_0-ibackgroundcopyfile3-getvalidationstate.md", func(e *env) {
			state, err := query[bits.File3](e, e.addTo(e.job(bits.BG_JOB_TYPE_DOWNLOAD))).GetValidationState(e.ctx)
			e.ok(err)
			require.False(e, state)
		}},
		{"file/validation-before-the-transfer", "D nf-bits3_0-ibackgroundcopyfile3-setvalidationstate.md", func(e *env) {
			file := query[bits.File3](e, e.addTo(e.job(bits.BG_JOB_TYPE_DOWNLOAD)))
			e.fails(file.SetValidationState(e.ctx, true), hresult.E_PENDING)
			e.fails(file.SetValidationState(e.ctx, false), hresult.E_PENDING)
		}},
		{"file/unknown-property", "I from the header of BITS", func(e *env) {
			file := query[bits.File5](e, e.addTo(e.job(bits.BG_JOB_TYPE_DOWNLOAD)))
			_, err := file.GetProperty(e.ctx, 99)
			e.fails(err, hresult.BG_E_UNKNOWN_PROPERTY_ID)
		}},
		{"file/job-of-its-own", "D nf-bits-ibackgroundcopyjob-enumfiles.md", func(e *env) {
			one, other := e.job(bits.BG_JOB_TYPE_DOWNLOAD), e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			e.addTo(one)
			require.Len(e, e.files(one), 1)
			require.Empty(e, e.files(other))
		}},
	}
}
