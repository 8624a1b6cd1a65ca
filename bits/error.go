package bits

import (
	"context"

	"github.com/bitsemu/bitsemu/hresult"
)

// Error is IBackgroundCopyError: what went wrong in a job, and where. It is not a
// Go error. It is valid until the job is in BG_JOB_STATE_TRANSFERRING again (D
// nn-bits-ibackgroundcopyerror.md). The documentation does not say who may call
// it; who got it may use it (I). BITS 1.0.
type Error interface {
	Unknown

	// GetError returns the place of the error and its code.
	// By whoever has it, while it is valid. BITS 1.0 (D
	// nf-bits-ibackgroundcopyerror-geterror.md).
	GetError(ctx context.Context) (errorContext ErrorContext, code hresult.HRESULT, err error)

	// GetFile returns the file that the error is about.
	//
	// Errors: BG_E_FILE_NOT_AVAILABLE if it is about none (D).
	// By whoever has it, while it is valid. BITS 1.0 (D
	// nf-bits-ibackgroundcopyerror-getfile.md).
	GetFile(ctx context.Context) (File, error)

	// GetErrorDescription returns the text of the code, in the language of a LANGID
	// such as 0x409, US English.
	//
	// Errors: E_INVALIDARG for the language 0 (D);
	// HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND) if there is no text in the
	// language (D); E_OUTOFMEMORY without memory for it (D).
	// By whoever has it, while it is valid. BITS 1.0 (D
	// nf-bits-ibackgroundcopyerror-geterrordescription.md).
	GetErrorDescription(ctx context.Context, languageID uint32) (string, error)

	// GetErrorContextDescription returns the text of the place, in the language of
	// a LANGID such as 0x409, US English.
	//
	// Errors: E_INVALIDARG for the language 0 (D);
	// HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND) if there is no text in the
	// language (D); E_OUTOFMEMORY without memory for it (D).
	// By whoever has it, while it is valid. BITS 1.0 (D
	// nf-bits-ibackgroundcopyerror-geterrorcontextdescription.md).
	GetErrorContextDescription(ctx context.Context, languageID uint32) (string, error)

	// GetProtocol returns the protocol that the file was transferred by: http, or
	// file for SMB. What it is for HTTPS is not documented.
	//
	// Errors: BG_E_PROTOCOL_NOT_AVAILABLE if the error is about none (D).
	// By whoever has it, while it is valid. BITS 1.0 (D
	// nf-bits-ibackgroundcopyerror-getprotocol.md).
	GetProtocol(ctx context.Context) (string, error)
}
