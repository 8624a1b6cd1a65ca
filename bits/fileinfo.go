package bits

// FileInfo is BG_FILE_INFO: a file for [Job.AddFileSet]. BITS 1.0 (D
// ns-bits-bg_file_info.md).
type FileInfo struct {
	RemoteName string // see AddFile
	LocalName  string
}

// FileRange is BG_FILE_RANGE: a part of a file. BITS 2.0 (D
// ns-bits2_0-bg_file_range.md).
type FileRange struct {
	InitialOffset uint64 // in bytes from the start of the file
	Length        uint64 // in bytes, not 0; BG_LENGTH_TO_EOF for all that follows
}
