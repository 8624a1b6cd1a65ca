package bitstest

import (
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const demandPage = "D nf-bits10_1-ibackgroundcopyfile6-requestfileranges.md"

// onDemand is a job that fetches what is asked for, and its file.
func (e *env) onDemand(path string) (bits.Job, bits.File6) {
	e.Helper()
	e.needs(10, 1)
	job, _ := e.download()
	e.ok(query[bits.Job5](e, job).SetProperty(e.ctx, bits.BITS_JOB_PROPERTY_ON_DEMAND_MODE, bits.PropertyEnable(true)))
	local := e.local("demand")
	e.ok(job.AddFile(e.ctx, e.served(path), local))
	return job, query[bits.File6](e, e.file(job, local))
}

// covered ends the case unless the bytes from start to end are there.
func (e *env) covered(file bits.File6, start, end uint64) {
	e.Helper()
	ranges, err := file.GetFilledFileRanges(e.ctx)
	e.ok(err)
	for _, r := range ranges {
		if r.InitialOffset <= start && r.InitialOffset+r.Length >= end {
			return
		}
	}
	require.Fail(e, "a range is missing", "expected: %d to %d\nactual  : %v", start, end, ranges)
}

// demandCases are about parts of files that are fetched on demand.
func demandCases() []Case {
	return []Case{
		{"demand/part-of-a-file", demandPage, func(e *env) {
			job, file := e.onDemand("file/100000")
			e.ok(file.RequestFileRanges(e.ctx, spans(70000, 1000)))
			e.resume(job, bits.BG_JOB_STATE_SUSPENDED)
			e.covered(file, 70000, 71000)
		}},
		{"demand/whole-file", demandPage, func(e *env) {
			job, file := e.onDemand("file/1000")
			local, err := file.GetLocalName(e.ctx)
			e.ok(err)
			e.ok(file.RequestFileRanges(e.ctx, spans(500, 500, 0, 600)))
			e.ok(job.Resume(e.ctx))
			e.until("the whole file is there", func() bool { return e.state(job) == bits.BG_JOB_STATE_TRANSFERRED })
			e.covered(file, 0, 1000)
			e.complete(job)
			e.holds(local, Content(1000))
		}},
		{"demand/behind-the-end", demandPage, func(e *env) {
			job, file := e.onDemand("file/1000")
			e.ok(file.RequestFileRanges(e.ctx, spans(0, 100)))
			e.resume(job, bits.BG_JOB_STATE_SUSPENDED)
			e.fails(file.RequestFileRanges(e.ctx, spans(2000, 10)), hresult.BG_E_INVALID_RANGE)
		}},
		{"demand/filled-ranges-of-an-ordinary-file", "D nf-bits10_1-ibackgroundcopyfile6-getfilledfileranges.md", func(e *env) {
			e.needs(10, 1)
			job, locals := e.download("file/1000")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.covered(query[bits.File6](e, e.file(job, locals[0])), 0, 1000)
		}},
		{"demand/filled-ranges-of-an-upload", "D nf-bits10_1-ibackgroundcopyfile6-getfilledfileranges.md", func(e *env) {
			e.needs(10, 1)
			job := e.upload(bits.BG_JOB_TYPE_UPLOAD, e.remote("up"), 10)
			_, err := query[bits.File6](e, e.files(job)[0]).GetFilledFileRanges(e.ctx)
			e.fails(err, hresult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED)
		}},
		{"demand/upload", demandPage + ", nf-bits10_1-ibackgroundcopyfile6-updatedownloadposition.md", func(e *env) {
			e.needs(10, 1)
			job := e.upload(bits.BG_JOB_TYPE_UPLOAD, e.remote("up"), 10)
			file := query[bits.File6](e, e.files(job)[0])
			e.fails(file.RequestFileRanges(e.ctx, spans(0, 1)), hresult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED)
			e.fails(file.UpdateDownloadPosition(e.ctx, 1), hresult.BG_E_RANDOM_ACCESS_NOT_SUPPORTED)
		}},
	}
}
