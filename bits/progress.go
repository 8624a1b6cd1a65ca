package bits

// JobProgress is BG_JOB_PROGRESS: how far a job has come. Of a file with ranges
// only the bytes in these count, and of an upload-reply job only the upload. BITS
// 1.0 (D ns-bits-bg_job_progress.md, nf-bits-ibackgroundcopyjob-getprogress.md).
type JobProgress struct {
	BytesTotal       uint64 // of all files; BG_SIZE_UNKNOWN as long as one of them is unknown
	BytesTransferred uint64
	FilesTotal       uint32
	FilesTransferred uint32
}

// JobReplyProgress is BG_JOB_REPLY_PROGRESS: how far the reply of an upload-reply
// job has come. BITS 1.5 (D ns-bits1_5-bg_job_reply_progress.md).
type JobReplyProgress struct {
	BytesTotal       uint64 // BG_SIZE_UNKNOWN until the reply begins
	BytesTransferred uint64
}

// FileProgress is BG_FILE_PROGRESS: how far a file has come. BITS 1.0 (D
// ns-bits-bg_file_progress.md).
type FileProgress struct {
	BytesTotal       uint64 // the sum of its ranges if it has any; BG_SIZE_UNKNOWN if it cannot be told
	BytesTransferred uint64 // 0 again when the remote file changes meanwhile

	// Completed tells of a download whether the file may be used, which is when
	// Complete has succeeded for it, and of an upload whether it is done.
	Completed bool
}
