package bitstest

import (
	"bytes"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

const rangePage = "D nf-bits2_0-ibackgroundcopyjob3-addfilewithranges.md"

// spans are ranges, each given by its offset and its length.
func spans(numbers ...uint64) []bits.FileRange {
	var ranges []bits.FileRange
	for i := 0; i < len(numbers); i += 2 {
		ranges = append(ranges, bits.FileRange{InitialOffset: numbers[i], Length: numbers[i+1]})
	}
	return ranges
}

// badRanges are the lists of ranges that are refused.
var badRanges = []struct {
	name, evidence string
	ranges         []bits.FileRange
	want           hresult.HRESULT
}{
	{"none", rangePage, nil, hresult.E_INVALIDARG},
	{"at-the-end-of-the-file", rangePage, spans(bits.BG_LENGTH_TO_EOF, 1), hresult.BG_E_INVALID_RANGE},
	{"overlapping", rangePage, spans(0, 10, 9, 10), hresult.BG_E_OVERLAPPING_RANGES},
	{"overlapping-in-another-order", rangePage, spans(100, 10, 0, 101), hresult.BG_E_OVERLAPPING_RANGES},
	{"twice-the-same", rangePage, spans(5, 10, 5, 10), hresult.BG_E_OVERLAPPING_RANGES},
	{"longer-first-at-the-same-place", rangePage, spans(5, 10, 5, 1), hresult.BG_E_OVERLAPPING_RANGES},
	{"behind-one-to-the-end", rangePage, spans(10, bits.BG_LENGTH_TO_EOF, 20, 5), hresult.BG_E_OVERLAPPING_RANGES},
}

// addRanges adds a file with ranges, and returns its local name.
func (e *env) addRanges(job bits.Job, remote string, ranges []bits.FileRange) (local string) {
	e.Helper()
	local = e.local("ranges")
	e.ok(query[bits.Job3](e, job).AddFileWithRanges(e.ctx, remote, local, ranges))
	return local
}

func rangeCases() []Case {
	cases := []Case{
		{"ranges/kept", "D nf-bits2_0-ibackgroundcopyfile2-getfileranges.md", func(e *env) {
			job := e.job(bits.BG_JOB_TYPE_DOWNLOAD)
			want := spans(500, bits.BG_LENGTH_TO_EOF, 0, 10, 10, 20)
			local := e.addRanges(job, e.remote("file/1000"), want)
			got, ok, err := query[bits.File2](e, e.file(job, local)).GetFileRanges(e.ctx)
			e.ok(err)
			require.True(e, ok)
			require.ElementsMatch(e, want, got)
		}},
		{"ranges/fetched-in-the-order-given", rangePage, func(e *env) {
			job, _ := e.download()
			local := e.addRanges(job, e.served("file/1000"), spans(500, 100, 0, 10))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.JobProgress{BytesTotal: 110, BytesTransferred: 110, FilesTotal: 1, FilesTransferred: 1}, progress)
			e.complete(job)
			content := Content(1000)
			e.holds(local, bytes.Join([][]byte{content[500:600], content[:10]}, nil))
		}},
		{"ranges/to-the-end-of-the-file", "D ns-bits2_0-bg_file_range.md", func(e *env) {
			job, _ := e.download()
			local := e.addRanges(job, e.served("file/1000"), spans(900, bits.BG_LENGTH_TO_EOF))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(local, Content(1000)[900:])
		}},
		{"ranges/behind-the-end-of-the-file", rangePage, func(e *env) {
			job, _ := e.download()
			e.addRanges(job, e.served("file/1000"), spans(2000, 10))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_INVALID_RANGE)
		}},
		{"ranges/server-without-ranges", rangePage, func(e *env) {
			job, _ := e.download()
			e.addRanges(job, e.served("noranges/1000"), spans(100, 10))
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			e.breaks(job, bits.BG_ERROR_CONTEXT_REMOTE_FILE, hresult.BG_E_INSUFFICIENT_RANGE_SUPPORT)
		}},
		{"ranges/upload", rangePage, func(e *env) {
			for _, t := range []bits.JobType{bits.BG_JOB_TYPE_UPLOAD, bits.BG_JOB_TYPE_UPLOAD_REPLY} {
				job := query[bits.Job3](e, e.job(t))
				local := e.local("upload")
				e.write(local, Content(10))
				e.fails(job.AddFileWithRanges(e.ctx, e.remote("up"), local, spans(0, 1)), hresult.E_NOTIMPL)
			}
		}},
	}
	for _, bad := range badRanges {
		cases = append(cases, Case{"ranges/" + bad.name, bad.evidence, func(e *env) {
			job := query[bits.Job3](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			e.fails(job.AddFileWithRanges(e.ctx, e.remote("file/1000"), e.local("a"), bad.ranges), bad.want)
			require.Empty(e, e.files(job))
		}})
	}
	for _, bad := range badNames {
		cases = append(cases, Case{"ranges/" + bad.name, bad.evidence + "; " + rangePage, func(e *env) {
			job := query[bits.Job3](e, e.job(bits.BG_JOB_TYPE_DOWNLOAD))
			info := bad.info(e)
			err := job.AddFileWithRanges(e.ctx, info.RemoteName, info.LocalName, spans(0, 1))
			e.fails(err, hresult.E_INVALIDARG)
			require.Empty(e, e.files(job))
		}})
	}
	return cases
}
