package bits

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/hresult"
)

// Manager is IBackgroundCopyManager: it makes jobs, finds them, and explains
// errors. BITS 1.0 (D nn-bits-ibackgroundcopymanager.md).
//
// How a program comes by one is up to the implementation. In COM it is activated
// as CLSID_BackgroundCopyManager, or as the class of a later version of BITS,
// which answers REGDB_E_CLASSNOTREG where that version is not installed (D
// determining-the-version-of-bits-on-a-computer.md). From BITS 3.0 on [Query]
// finds [PeerCacheAdministration] on it.
type Manager interface {
	Unknown

	// CreateJob makes a job, in BG_JOB_STATE_SUSPENDED, whose owner is the caller.
	// Its name has at most 256 characters, and other jobs may have the same. From
	// BITS 3.0 on policy limits how many jobs there may be, by default 60 of a user
	// and 300 in all; the first limit is not for administrators and service
	// accounts (D group-policies.md), and pages disagree about the second.
	//
	// Errors: E_INVALIDARG if the name is too long (D);
	// BG_E_TOO_MANY_JOBS_PER_MACHINE and BG_E_TOO_MANY_JOBS_PER_USER at the limit
	// (D); E_ACCESSDENIED for a restricted token (D that it is refused, I the code).
	// What becomes of an empty name, and of a type without a name, is not
	// documented.
	// By anyone. BITS 1.0 (D nf-bits-ibackgroundcopymanager-createjob.md,
	// creating-a-job.md).
	CreateJob(ctx context.Context, displayName string, jobType JobType) (jobID uuid.UUID, job Job, err error)

	// GetJob finds a job of the queue, which those in a final state have left.
	//
	// Errors: BG_E_NOT_FOUND if it is not in the queue (D); E_ACCESSDENIED for who
	// is no reader (D).
	// By readers. BITS 1.0 (D nf-bits-ibackgroundcopymanager-getjob.md).
	GetJob(ctx context.Context, jobID uuid.UUID) (Job, error)

	// EnumJobs lists the caller's jobs, or with BG_JOB_ENUM_ALL_USERS everybody's.
	// Jobs in a final state are not among them.
	//
	// Errors: E_ACCESSDENIED if all users are asked for by who is no administrator
	// (D).
	// By anyone, all users by administrators. BITS 1.0 (D
	// nf-bits-ibackgroundcopymanager-enumjobs.md,
	// enumerating-jobs-in-the-transfer-queue.md).
	EnumJobs(ctx context.Context, flags EnumFlags) (EnumJobs, error)

	// GetErrorDescription returns the text of an HRESULT of BITS, in the language
	// of a LANGID such as 0x409, US English.
	//
	// Errors: HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND) if there is no text
	// in the language (D). For a code without a text programs have seen
	// HRESULT_FROM_WIN32(ERROR_MR_MID_NOT_FOUND) (O).
	// By anyone. BITS 1.0 (D
	// nf-bits-ibackgroundcopymanager-geterrordescription.md).
	GetErrorDescription(ctx context.Context, result hresult.HRESULT, languageID uint32) (string, error)
}
