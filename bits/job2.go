package bits

import (
	"context"

	"github.com/bitsemu/bitsemu/hresult"
)

// Job2 is IBackgroundCopyJob2: it adds command lines, replies to uploads, and
// credentials. BITS 1.5.
type Job2 interface {
	Job

	// SetNotifyCmdLine names a program to run when the job is transferred or has an
	// error, if no callback takes the event. The program has a full path of at
	// most 260 characters, is not looked for and not expanded. The parameters, at
	// most 4000 characters, are the whole command line, which begins with the name
	// of the program. With nil and nil no program runs.
	//
	// The program runs as the caller of this method. If it ends with another code
	// than 0 and has not completed or cancelled the job, it runs again after the
	// minimum retry delay (in BITS 1.5 it does not). For jobs of LocalSystem,
	// LocalService and NetworkService it never runs.
	//
	// Errors: BG_E_STRING_TOO_LONG if one of them is too long (D);
	// BG_E_INVALID_STATE in a final state (D). Parameters without a program fail
	// with a code that is not documented.
	// By modifiers, not in a final state. BITS 1.5 (D
	// nf-bits1_5-ibackgroundcopyjob2-setnotifycmdline.md,
	// registering-to-execute-a-program.md).
	SetNotifyCmdLine(ctx context.Context, program, parameters *string) error

	// GetNotifyCmdLine returns program and parameters, both empty if they were
	// never set.
	// By readers, in any state. BITS 1.5 (D
	// nf-bits1_5-ibackgroundcopyjob2-getnotifycmdline.md).
	GetNotifyCmdLine(ctx context.Context) (program, parameters string, err error)

	// GetReplyProgress tells how far the reply to an upload has come.
	//
	// Errors: E_NOTIMPL if this is no upload-reply job (D), where the sample on
	// determining-the-progress-of-a-job.md expects a total of 0; E_INVALIDARG for a
	// NULL pointer only (D).
	// By readers, in any state. BITS 1.5 (D
	// nf-bits1_5-ibackgroundcopyjob2-getreplyprogress.md).
	GetReplyProgress(ctx context.Context) (JobReplyProgress, error)

	// GetReplyData returns the reply to an upload and its length in bytes, and nil
	// and 0 if the server sent none. The buffer holds at most 1 MiB. Of a longer
	// reply only the length comes back, together with the error, and the reply is in
	// its file once the job is complete.
	//
	// Errors: BG_E_TOO_LARGE if the reply does not fit (D); BG_E_INVALID_STATE
	// before BG_JOB_STATE_TRANSFERRED (D); E_NOTIMPL if this is no upload-reply job
	// (D).
	// By readers, in BG_JOB_STATE_TRANSFERRED, and after Complete according to the
	// remarks and not to the list of errors. BITS 1.5 (D
	// nf-bits1_5-ibackgroundcopyjob2-getreplydata.md,
	// retrieving-the-reply-from-an-upload-reply-job.md).
	GetReplyData(ctx context.Context) (buffer []byte, length uint64, err error)

	// SetReplyFileName names the file that the reply to an upload goes to, by a
	// full path of at most 260 characters. With nil or an empty name BITS makes one
	// up, in the directory of the file to upload.
	//
	// Errors: E_INVALIDARG for a bad or too long name (D); E_ACCESSDENIED if the
	// directory may not be written to (D); BG_E_INVALID_STATE if the reply is
	// already on its way (D). What other jobs answer is not documented.
	// By modifiers, until the transfer of the reply begins. BITS 1.5 (D
	// nf-bits1_5-ibackgroundcopyjob2-setreplyfilename.md).
	SetReplyFileName(ctx context.Context, replyFileName *string) error

	// GetReplyFileName returns the name set or made up, and an empty one if neither
	// is there yet, which is before a file is added.
	//
	// Errors: E_NOTIMPL if this is no upload-reply job (D).
	// By readers, in any state. BITS 1.5 (D
	// nf-bits1_5-ibackgroundcopyjob2-getreplyfilename.md).
	GetReplyFileName(ctx context.Context) (string, error)

	// SetCredentials says who the job is for a server or proxy that asks by a
	// scheme, in place of what it said before for the same two. It should be called
	// before the first Resume. Credentials are stored encrypted, cannot be read, and
	// are not used for SMB. Implicit ones for a proxy serve the server too, unless
	// it has some of its own. When they are wrong or missing, the job ends in
	// BG_JOB_STATE_ERROR with BG_E_HTTP_ERROR_401 or BG_E_HTTP_ERROR_407.
	//
	// Errors: BG_E_INVALID_AUTH_TARGET and BG_E_INVALID_AUTH_SCHEME for values
	// without a name (D); BG_E_USERNAME_TOO_LARGE over 300 characters and
	// BG_E_PASSWORD_TOO_LARGE over 65536 (D; 65535 according to
	// bits-return-values.md); E_INVALIDARG for implicit credentials with
	// BG_AUTH_SCHEME_BASIC or BG_AUTH_SCHEME_DIGEST (D).
	// By the owner; no state is documented. BITS 1.5 (D
	// nf-bits1_5-ibackgroundcopyjob2-setcredentials.md,
	// ns-bits1_5-bg_basic_credentials.md, authentication.md).
	SetCredentials(ctx context.Context, credentials AuthCredentials) error

	// RemoveCredentials forgets the credentials for a target and a scheme.
	//
	// Answers: S_FALSE if there were none (D).
	// By the owner (I); no state is documented. BITS 1.5 (D
	// nf-bits1_5-ibackgroundcopyjob2-removecredentials.md).
	RemoveCredentials(ctx context.Context, target AuthTarget, scheme AuthScheme) (hresult.HRESULT, error)
}
