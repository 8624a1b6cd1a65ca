package bits

// EnumFiles is IEnumBackgroundCopyFiles: the files that [Job.EnumFiles] found.
// BITS 1.0.
type EnumFiles interface {
	Enumerator[File, EnumFiles]
}
