package bits

import "context"

// Callback is IBackgroundCopyCallback, implemented by the caller: it hears of the
// events of a job. BITS 1.0. See [Job.SetNotifyInterface], and [Job.SetNotifyFlags]
// for the choice of events. One that is also a [Callback2] or [Callback3] hears
// of more.
//
// BITS calls as the user who set the callback, whom ctx carries, from several
// goroutines, with at most four calls at a time to one user. A callback may call
// the job, also to complete it, and keep it after it has returned (D
// nn-bits-ibackgroundcopycallback.md).
//
// What it returns is read by [ResultOf]. With JobTransferred and JobError anything
// but S_OK makes BITS tell the event again, so an error is not for things that
// will not change; if a command line is set, it runs instead.
type Callback interface {
	// JobTransferred tells that all files are transferred: BITS waits for Complete.
	// It needs BG_NOTIFY_JOB_TRANSFERRED. Calls of JobModification that were on
	// their way may come after it.
	//
	// Results: nil, S_OK, means that it was dealt with; after anything else it is
	// called again (D).
	// Called when the job enters BG_JOB_STATE_TRANSFERRED, or later if the callback
	// is set later. BITS 1.0 (D
	// nf-bits-ibackgroundcopycallback-jobtransferred.md,
	// nn-bits-ibackgroundcopycallback.md).
	JobTransferred(ctx context.Context, job Job) error

	// JobError tells that the job waits for somebody to mend it and to call Resume,
	// or to call Complete or Cancel. It needs BG_NOTIFY_JOB_ERROR. jobError is what
	// [Job.GetError] returns.
	//
	// Results: nil, S_OK, means that it was dealt with; after anything else it is
	// called again (D).
	// Called when the job enters BG_JOB_STATE_ERROR, never for
	// BG_JOB_STATE_TRANSIENT_ERROR. BITS 1.0 (D
	// nf-bits-ibackgroundcopycallback-joberror.md).
	JobError(ctx context.Context, job Job, jobError Error) error

	// JobModification tells that bytes were moved, a file was added, or a property
	// or the state changed. It needs BG_NOTIFY_JOB_MODIFICATION. Calls may be lost
	// when there is much to do; between two of them lie, by default, 500 ms or more.
	//
	// Results: nil is expected, and an error is not called again (D).
	// Called after any change but that to BG_JOB_STATE_ERROR or
	// BG_JOB_STATE_TRANSFERRED. BITS 1.0 (D
	// nf-bits-ibackgroundcopycallback-jobmodification.md).
	JobModification(ctx context.Context, job Job) error
}
