package bitstest

import (
	"os"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// temporary is the name of the temporary file of a file.
func (e *env) temporary(file bits.File) string {
	e.Helper()
	name, err := query[bits.File3](e, file).GetTemporaryName(e.ctx)
	e.ok(err)
	return name
}

// lifeCases follow downloads from their start to one of their ends.
func lifeCases() []Case {
	return []Case{
		{"life/download", "W; D life-cycle-of-a-bits-job.md", func(e *env) {
			job, locals := e.download("file/100000")
			id, err := job.GetId(e.ctx)
			e.ok(err)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			require.False(e, e.exists(locals[0]), "a file is there before Complete")
			e.complete(job)
			e.is(bits.BG_JOB_STATE_ACKNOWLEDGED, job)
			e.holds(locals[0], Content(100000))
			_, err = e.manager.GetJob(e.ctx, id)
			e.fails(err, hresult.BG_E_NOT_FOUND)
			require.NotContains(e, e.ids(), id)
		}},
		{"life/several-files", "D adding-files-to-a-job.md", func(e *env) {
			job, locals := e.download("file/3000", "file/1", "file/0", "file/70000")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.JobProgress{BytesTotal: 73001, BytesTransferred: 73001, FilesTotal: 4, FilesTransferred: 4}, progress)
			e.complete(job)
			for i, size := range []int{3000, 1, 0, 70000} {
				e.holds(locals[i], Content(size))
			}
		}},
		{"life/in-the-background", "D http-requirements-for-bits-downloads.md", func(e *env) {
			job, locals := e.download("file/50000")
			e.ok(job.SetPriority(e.ctx, bits.BG_JOB_PRIORITY_NORMAL))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			e.holds(locals[0], Content(50000))
		}},
		{"life/progress", "D ns-bits-bg_job_progress.md; O", func(e *env) {
			job, _ := e.download("slow/5/20/100000")
			e.ok(job.Resume(e.ctx))
			var before uint64
			e.until("the job is transferred", func() bool {
				state := e.state(job)
				require.Contains(e, []bits.JobState{
					bits.BG_JOB_STATE_QUEUED, bits.BG_JOB_STATE_CONNECTING, bits.BG_JOB_STATE_TRANSFERRING, bits.BG_JOB_STATE_TRANSFERRED,
				}, state)
				progress, err := job.GetProgress(e.ctx)
				e.ok(err)
				require.GreaterOrEqual(e, progress.BytesTransferred, before)
				before = progress.BytesTransferred
				if progress.BytesTotal == bits.BG_SIZE_UNKNOWN {
					require.Zero(e, before)
				} else {
					require.Equal(e, uint64(100000), progress.BytesTotal)
				}
				return state == bits.BG_JOB_STATE_TRANSFERRED
			})
			require.Equal(e, uint64(100000), before)
		}},
		{"life/progress-with-a-size-unknown", "D ns-bits-bg_job_progress.md", func(e *env) {
			job, _ := e.download("file/100", "status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			want := bits.JobProgress{BytesTotal: bits.BG_SIZE_UNKNOWN, BytesTransferred: 100, FilesTotal: 2, FilesTransferred: 1}
			require.Equal(e, want, progress)
		}},
		{"life/completed-files", "D ns-bits-bg_file_progress.md; O", func(e *env) {
			job, locals := e.download("file/1000")
			file := e.file(job, locals[0])
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			progress, err := file.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.FileProgress{BytesTotal: 1000, BytesTransferred: 1000}, progress)
			e.complete(job)
			progress, err = file.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, bits.FileProgress{BytesTotal: 1000, BytesTransferred: 1000, Completed: true}, progress)
			local, err := e.file(job, locals[0]).GetLocalName(e.ctx)
			e.ok(err)
			require.Equal(e, locals[0], local)
		}},
		{"life/temporary-file", "D nf-bits3_0-ibackgroundcopyfile3-gettemporaryname.md", func(e *env) {
			job, locals := e.download("file/1000")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			name := e.temporary(e.file(job, locals[0]))
			e.holds(name, Content(1000))
			e.complete(job)
			require.False(e, e.exists(name))
		}},
		{"life/cancelled", "D nf-bits-ibackgroundcopyjob-cancel.md", func(e *env) {
			job, locals := e.download("file/1000", "file/10")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			result, err := job.Cancel(e.ctx)
			e.answers(hresult.S_OK, result, err)
			e.is(bits.BG_JOB_STATE_CANCELLED, job)
			require.False(e, e.exists(locals[0]))
			require.False(e, e.exists(locals[1]))
		}},
		{"life/cancelled-with-its-temporary-files", "D nf-bits-ibackgroundcopyjob-cancel.md", func(e *env) {
			job, locals := e.download("file/1000", "status/404")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			name := e.temporary(e.file(job, locals[0]))
			require.True(e, e.exists(name))
			result, err := job.Cancel(e.ctx)
			e.answers(hresult.S_OK, result, err)
			require.False(e, e.exists(name))
		}},
		{"life/partly-complete", "D nf-bits-ibackgroundcopyjob-complete.md, ns-bits-bg_file_progress.md", func(e *env) {
			job, locals := e.download("file/1000", "status/404", "file/10")
			e.resume(job, bits.BG_JOB_STATE_ERROR)
			progress, err := job.GetProgress(e.ctx)
			e.ok(err)
			require.Equal(e, []uint32{3, 1}, []uint32{progress.FilesTotal, progress.FilesTransferred}, "files go one after the other")
			files := []bits.File{e.file(job, locals[0]), e.file(job, locals[1]), e.file(job, locals[2])}
			result, err := job.Complete(e.ctx)
			e.answers(hresult.BG_S_PARTIAL_COMPLETE, result, err)
			e.is(bits.BG_JOB_STATE_ACKNOWLEDGED, job)
			e.holds(locals[0], Content(1000))
			require.False(e, e.exists(locals[1]))
			require.False(e, e.exists(locals[2]))
			for i, want := range []bool{true, false, false} {
				progress, err := files[i].GetProgress(e.ctx)
				e.ok(err)
				require.Equal(e, want, progress.Completed)
			}
		}},
		{"life/rename-fails", "D nf-bits-ibackgroundcopyjob-complete.md, ns-bits-bg_file_progress.md", func(e *env) {
			job, locals := e.download("file/1000", "file/10")
			files := []bits.File{e.file(job, locals[0]), e.file(job, locals[1])}
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.ok(os.Mkdir(e.path(locals[1]), 0o700)) // no file can be renamed to it
			_, err := job.Complete(e.ctx)
			require.Error(e, err)
			e.is(bits.BG_JOB_STATE_TRANSFERRED, job)
			for i, want := range []bool{e.exists(locals[0]), false} {
				progress, err := files[i].GetProgress(e.ctx)
				e.ok(err)
				require.Equal(e, want, progress.Completed)
			}
			e.ok(os.Remove(e.path(locals[1])))
			e.complete(job)
			e.is(bits.BG_JOB_STATE_ACKNOWLEDGED, job)
			e.holds(locals[0], Content(1000))
			e.holds(locals[1], Content(10))
		}},
		{"life/cancelled-after-a-rename-fails", "D nf-bits-ibackgroundcopyjob-complete.md", func(e *env) {
			job, locals := e.download("file/10")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			temporary := e.temporary(e.file(job, locals[0]))
			e.ok(os.Mkdir(e.path(locals[0]), 0o700))
			_, err := job.Complete(e.ctx)
			require.Error(e, err)
			result, err := job.Cancel(e.ctx)
			e.answers(hresult.S_OK, result, err)
			e.is(bits.BG_JOB_STATE_CANCELLED, job)
			require.False(e, e.exists(temporary))
		}},
		{"life/file-exists-already", "D nf-bits-ibackgroundcopyjob-complete.md; I", func(e *env) {
			job, locals := e.download("file/1000")
			e.write(locals[0], []byte("what was there before"))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.holds(locals[0], []byte("what was there before"))
			e.complete(job)
			e.holds(locals[0], Content(1000))
		}},
		{"life/file-added-when-transferred", "D life-cycle-of-a-bits-job.md, nf-bits-ibackgroundcopyjob-addfile.md", func(e *env) {
			job, locals := e.download("once/" + e.id + "/1000")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			late := e.local("late")
			e.ok(job.AddFile(e.ctx, e.served("file/20"), late))
			e.is(bits.BG_JOB_STATE_TRANSFERRED, job)
			e.ok(job.Resume(e.ctx))
			e.until("the late file is there", func() bool {
				progress, err := job.GetProgress(e.ctx)
				e.ok(err)
				return e.state(job) == bits.BG_JOB_STATE_TRANSFERRED && progress.FilesTransferred == 2
			})
			e.complete(job)
			e.holds(locals[0], Content(1000))
			e.holds(late, Content(20))
		}},
		{"life/times", "D ns-bits-bg_job_times.md", func(e *env) {
			job, _ := e.download("file/1000")
			before, err := job.GetTimes(e.ctx)
			e.ok(err)
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			after, err := job.GetTimes(e.ctx)
			e.ok(err)
			require.Equal(e, before.CreationTime, after.CreationTime)
			require.False(e, after.TransferCompletionTime.IsZero())
			require.False(e, after.TransferCompletionTime.Before(after.CreationTime))
			require.False(e, after.ModificationTime.Before(before.ModificationTime))
		}},
		{"life/time-of-the-file", "D nf-bits-ibackgroundcopyjob-addfile.md", func(e *env) {
			job, locals := e.download("file/1000")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			e.complete(job)
			info, err := os.Stat(e.path(locals[0]))
			e.ok(err)
			require.WithinDuration(e, modified, info.ModTime(), 2*time.Second)
		}},
		{"life/response-headers", "D ne-bits5_0-bits_file_property_id.md", func(e *env) {
			job, locals := e.download("file/1000")
			file := query[bits.File5](e, e.file(job, locals[0]))
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			value, err := file.GetProperty(e.ctx, bits.BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS)
			e.ok(err)
			require.IsType(e, bits.PropertyString(""), value)
			require.Contains(e, value, "HTTP/1.1 20")
			require.Contains(e, value, modified.Format("Mon, 02 Jan 2006 15:04:05 GMT"))
		}},
		{"life/bytes-from-the-origin", "D nf-bits4_0-ibackgroundcopyfile4-getpeerdownloadstats.md, nf-bits3_0-ibackgroundcopyfile3-isdownloadedfrompeer.md", func(e *env) {
			e.needs(4, 0)
			job, locals := e.download("file/1000")
			e.resume(job, bits.BG_JOB_STATE_TRANSFERRED)
			file := query[bits.File4](e, e.file(job, locals[0]))
			origin, peers, err := file.GetPeerDownloadStats(e.ctx)
			e.ok(err)
			require.Equal(e, []uint64{1000, 0}, []uint64{origin, peers})
			peer, err := file.IsDownloadedFromPeer(e.ctx)
			e.ok(err)
			require.False(e, peer)
		}},
	}
}
