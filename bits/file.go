package bits

import "context"

// File is IBackgroundCopyFile: one file of a job. BITS 1.0. [Query] finds on it,
// where the version of BITS has them, [File2] to [File6].
//
// The pages of its methods do not say who may call them. Readers and modifiers
// are those of the job (I).
type File interface {
	Unknown

	// GetRemoteName returns the full remote name, which ReplaceRemotePrefix,
	// [File2.SetRemoteName] and redirects may have changed.
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyfile-getremotename.md).
	GetRemoteName(ctx context.Context) (string, error)

	// GetLocalName returns the full local name.
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyfile-getlocalname.md).
	GetLocalName(ctx context.Context) (string, error)

	// GetProgress tells how far the file has come.
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyfile-getprogress.md, ns-bits-bg_file_progress.md).
	GetProgress(ctx context.Context) (FileProgress, error)
}
