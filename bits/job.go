package bits

import (
	"context"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// Job is IBackgroundCopyJob: files to transfer, how, and how far it has come.
// BITS 1.0. [Query] finds on it, where the version of BITS has them, [Job2] to
// [Job5], [JobHttpOptions] to [JobHttpOptions3], and [TokenOptions].
//
// A job begins in BG_JOB_STATE_SUSPENDED, Resume sets it going, and it ends by
// Complete or Cancel. Who may call what, and which states are final, is in the
// doc of the package.
type Job interface {
	Unknown

	// AddFileSet adds files in the order given, and starts nothing. What holds for
	// AddFile holds for each. If an upload job would get more than one file, none
	// is added; whether other errors leave some behind is not documented.
	//
	// Errors: BG_E_TOO_MANY_FILES, BG_E_TOO_MANY_FILES_IN_JOB, E_INVALIDARG and
	// E_ACCESSDENIED as for AddFile (D); BG_E_INVALID_STATE in a final state (I).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-addfileset.md, ns-bits-bg_file_info.md,
	// adding-files-to-a-job.md).
	AddFileSet(ctx context.Context, files []FileInfo) error

	// AddFile adds one file, behind those that are there, and starts nothing. The
	// files of a job go one after the other. To a job that is transferred already
	// it may be added too; Resume then fetches it.
	//
	// The remote name is a URL of http or https, or names a file on an SMB share,
	// which upload-reply jobs do not take. It has at most 2200 characters, and a
	// segment of it at most 260, all of them legal in a URL: none is escaped. The
	// local name is a full path of at most 260 characters in a directory that
	// exists, without wildcards, streams or the prefix for long paths.
	//
	// Errors: BG_E_TOO_MANY_FILES for the second file of an upload job (D);
	// BG_E_TOO_MANY_FILES_IN_JOB at the limit of policy, by default 200 and not for
	// administrators and service accounts (D); E_INVALIDARG for a bad name, an
	// unknown protocol or a relative path (D); E_ACCESSDENIED if the local directory
	// may not be written to (D); BG_E_INVALID_STATE in a final state (I);
	// HRESULT_FROM_WIN32(ERROR_NOT_LOGGED_ON) if the user has no interactive logon
	// (O).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-addfile.md, ns-bits-bg_file_info.md).
	AddFile(ctx context.Context, remoteURL, localName string) error

	// EnumFiles lists the files.
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-enumfiles.md, enumerating-files-in-a-job.md).
	EnumFiles(ctx context.Context) (EnumFiles, error)

	// Suspend stops the transfer until Resume. A job that is suspended stays so.
	// What it does to one in BG_JOB_STATE_ERROR or BG_JOB_STATE_TRANSFERRED is not
	// documented.
	//
	// Errors: BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-suspend.md, life-cycle-of-a-bits-job.md).
	Suspend(ctx context.Context) error

	// Resume sets a new or suspended job going, makes one with an error try again at
	// once, and one that is transferred fetch the files added since. A job that
	// is under way goes on as it is. Resume starts the clock of the maximum
	// download time anew, and makes new remote names permanent. It does not reset
	// the count of errors.
	//
	// Errors: BG_E_EMPTY if the job has no files (D); BG_E_INVALID_STATE in a final
	// state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-resume.md, life-cycle-of-a-bits-job.md).
	Resume(ctx context.Context) error

	// Cancel ends the job in BG_JOB_STATE_CANCELLED, takes it out of the queue and
	// deletes its temporary files, those that are complete included. An upload
	// tells the server so, for up to 24 hours or the no-progress timeout; an
	// upload-reply job whose upload is done loses its reply only.
	//
	// Answers: BG_S_UNABLE_TO_DELETE_FILES if temporary files are left (D).
	// Errors: BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-cancel.md, completing-and-canceling-a-job.md).
	Cancel(ctx context.Context) (hresult.HRESULT, error)

	// Complete ends the job in BG_JOB_STATE_ACKNOWLEDGED, takes it out of the queue
	// and gives the files that are transferred their names; the caller becomes
	// their owner. A download may be completed before all files are there, and
	// then loses the others.
	//
	// If a file cannot be renamed, the error is that of the rename and the job is
	// in BG_JOB_STATE_TRANSFERRED. The files renamed before can be used, see
	// [FileProgress], and Complete or Cancel may be called again.
	//
	// Answers: BG_S_PARTIAL_COMPLETE if some of the files were not there yet (D);
	// BG_S_UNABLE_TO_DELETE_FILES if temporary files are left (D).
	// Errors: BG_E_INVALID_STATE in a final state, and for an upload that is not in
	// BG_JOB_STATE_TRANSFERRED (D); HRESULT_FROM_WIN32(ERROR_NOT_LOGGED_ON) if the user
	// has no interactive logon (O).
	// By modifiers: a download not in a final state, an upload in
	// BG_JOB_STATE_TRANSFERRED. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-complete.md, ns-bits-bg_file_progress.md).
	Complete(ctx context.Context) (hresult.HRESULT, error)

	// GetId returns the id that the job got when it was made.
	// By readers, in any state. BITS 1.0 (D nf-bits-ibackgroundcopyjob-getid.md).
	GetId(ctx context.Context) (uuid.UUID, error)

	// GetType returns the type that the job got when it was made.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D nf-bits-ibackgroundcopyjob-gettype.md).
	GetType(ctx context.Context) (JobType, error)

	// GetProgress tells how far the transfer has come.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getprogress.md, ns-bits-bg_job_progress.md).
	GetProgress(ctx context.Context) (JobProgress, error)

	// GetTimes tells when the job was made, changed and transferred.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D nf-bits-ibackgroundcopyjob-gettimes.md,
	// ns-bits-bg_job_times.md).
	GetTimes(ctx context.Context) (JobTimes, error)

	// GetState returns the state.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D nf-bits-ibackgroundcopyjob-getstate.md).
	GetState(ctx context.Context) (JobState, error)

	// GetError returns what went wrong last, as long as it stands: in
	// BG_JOB_STATE_ERROR and BG_JOB_STATE_TRANSIENT_ERROR, and then until the job
	// is in BG_JOB_STATE_TRANSFERRING again. One page knows the former state only
	// (D bits-return-values.md). A call that fails leaves no trace in it.
	//
	// Errors: BG_E_ERROR_INFORMATION_UNAVAILABLE if there is no error (D).
	// By readers, in any state. BITS 1.0 (D nf-bits-ibackgroundcopyjob-geterror.md,
	// nn-bits-ibackgroundcopyerror.md).
	GetError(ctx context.Context) (Error, error)

	// GetOwner returns the user who made the job or took it over last.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D nf-bits-ibackgroundcopyjob-getowner.md).
	GetOwner(ctx context.Context) (sid.SID, error)

	// SetDisplayName changes the name. It has at most 256 characters.
	//
	// Errors: E_INVALIDARG or BG_E_STRING_TOO_LONG if it is too long, of which the
	// page lists both (D); BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-setdisplayname.md).
	SetDisplayName(ctx context.Context, displayName string) error

	// GetDisplayName returns the name.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getdisplayname.md).
	GetDisplayName(ctx context.Context) (string, error)

	// SetDescription changes the description. It has at most 1024 characters.
	//
	// Errors: BG_E_STRING_TOO_LONG if it is too long (D); BG_E_INVALID_STATE in a
	// final state (D); E_INVALIDARG for a NULL pointer only (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-setdescription.md).
	SetDescription(ctx context.Context, description string) error

	// GetDescription returns the description, which is empty at first (I).
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getdescription.md).
	GetDescription(ctx context.Context) (string, error)

	// SetPriority changes the priority. That of a job with an HTTP method of its
	// own stays BG_JOB_PRIORITY_FOREGROUND, see [JobHttpOptions2.SetHttpMethod].
	//
	// Errors: E_NOTIMPL for a value without a name (D); BG_E_INVALID_STATE in a
	// final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-setpriority.md).
	SetPriority(ctx context.Context, priority JobPriority) error

	// GetPriority returns the priority, BG_JOB_PRIORITY_NORMAL at first.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getpriority.md).
	GetPriority(ctx context.Context) (JobPriority, error)

	// SetNotifyFlags says which events the job tells. BG_NOTIFY_DISABLE overrides
	// all others. A command line is told of BG_NOTIFY_JOB_TRANSFERRED and
	// BG_NOTIFY_JOB_ERROR only.
	//
	// Errors: E_NOTIMPL for a flag without a name (D); BG_E_INVALID_STATE in a
	// final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-setnotifyflags.md).
	SetNotifyFlags(ctx context.Context, flags NotifyFlags) error

	// GetNotifyFlags returns the flags.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getnotifyflags.md).
	GetNotifyFlags(ctx context.Context) (NotifyFlags, error)

	// SetNotifyInterface makes the job tell events to callback, in place of the one
	// before, and with nil to none. If callback is a [Callback2] or [Callback3], it
	// is told of what these add. It is called as the caller of this method,
	// even after TakeOwnership. An event that has happened already is told too, and
	// may be told once more to a callback that replaces a dead one. The callback is
	// not stored: it ends with the program.
	//
	// Errors: BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-setnotifyinterface.md,
	// registering-a-com-callback.md).
	SetNotifyInterface(ctx context.Context, callback Callback) error

	// GetNotifyInterface returns the callback, and nil if there is none (I).
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getnotifyinterface.md).
	GetNotifyInterface(ctx context.Context) (Callback, error)

	// SetMinimumRetryDelay says how many seconds at least lie between a transient
	// error and the next try. Less than 5 is taken for 5. With a delay longer than
	// the no-progress timeout there is no next try, and the job goes to
	// BG_JOB_STATE_ERROR. Jobs that wait for the network, a locked disk or a
	// bandwidth policy wait for that instead.
	//
	// Errors: BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-setminimumretrydelay.md).
	SetMinimumRetryDelay(ctx context.Context, seconds uint32) error

	// GetMinimumRetryDelay returns the delay in seconds, 600 at first.
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getminimumretrydelay.md).
	GetMinimumRetryDelay(ctx context.Context) (uint32, error)

	// SetNoProgressTimeout says after how many seconds without progress, counted
	// from the first transient error, the job goes to BG_JOB_STATE_ERROR. 0 makes
	// every error do so.
	//
	// Errors: BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-setnoprogresstimeout.md).
	SetNoProgressTimeout(ctx context.Context, seconds uint32) error

	// GetNoProgressTimeout returns the timeout in seconds, 1209600 (14 days) at
	// first.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getnoprogresstimeout.md).
	GetNoProgressTimeout(ctx context.Context) (uint32, error)

	// GetErrorCount returns how often the transfer was interrupted by an error, and
	// how often a retry failed. It never falls. Network losses, disk checks and
	// bandwidth policies do not count.
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-geterrorcount.md).
	GetErrorCount(ctx context.Context) (uint32, error)

	// SetProxySettings says where the job takes its proxy from. The lists are for
	// BG_JOB_PROXY_USAGE_OVERRIDE and nil otherwise: proxies, and hosts to reach
	// without one, each separated by spaces. What they say is looked at when the
	// job runs: then bad text ends it in BG_JOB_STATE_ERROR with
	// BG_E_INVALID_PROXY_INFO.
	//
	// Errors: E_NOTIMPL for a usage without a name (D); E_INVALIDARG for
	// BG_JOB_PROXY_USAGE_OVERRIDE with a proxyList of nil (D);
	// BG_E_PROXY_LIST_TOO_LARGE and BG_E_PROXY_BYPASS_LIST_TOO_LARGE for a list that
	// is too long, where the page says both 4000 characters and 32 KB (D);
	// BG_E_INVALID_STATE in a final state (D).
	// By modifiers, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-setproxysettings.md).
	SetProxySettings(ctx context.Context, usage ProxyUsage, proxyList, bypassList *string) error

	// GetProxySettings returns what SetProxySettings set, with nil for a list that
	// is NULL, and BG_JOB_PROXY_USAGE_PRECONFIG without lists at first.
	//
	// Errors: E_INVALIDARG for a NULL pointer only (D).
	// By readers, in any state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-getproxysettings.md).
	GetProxySettings(ctx context.Context) (usage ProxyUsage, proxyList, bypassList *string, err error)

	// TakeOwnership makes the caller the owner. It drops credentials, client
	// certificate, custom headers and command line, and keeps the callback. From
	// then on the job runs when the new owner is logged on, and only who is
	// elevated can modify it.
	//
	// Errors: E_ACCESSDENIED for who is no administrator, or not elevated (D);
	// BG_E_NEW_OWNER_NO_FILE_ACCESS if he has no rights on the temporary files (D);
	// BG_E_NEW_OWNER_DIFF_MAPPING if his drive letters lead elsewhere (D);
	// BG_E_INVALID_STATE in a final state (D).
	// By administrators, from Vista on elevated ones, not in a final state. BITS 1.0 (D
	// nf-bits-ibackgroundcopyjob-takeownership.md).
	TakeOwnership(ctx context.Context) error
}
