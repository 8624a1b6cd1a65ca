package eventlog

import (
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// Job is what an entry says of a job.
type Job struct {
	ID    uuid.UUID
	Title string // the display name
	Owner sid.SID
}

func (j Job) entry(at time.Time, id ID) Entry {
	return Entry{Time: at, ID: id, Job: j.ID, JobTitle: j.Title, Owner: j.Owner}
}

// JobCreated is the entry for a job that CreateJob has made.
func JobCreated(at time.Time, j Job) Entry { return j.entry(at, IDJobCreated) }

// FileAdded is the entry for a file added to a job, which has so many files then.
// A password in the URL is not kept.
func FileAdded(at time.Time, j Job, user sid.SID, url, file string, files int) Entry {
	e := j.entry(at, IDFileAdded)
	e.User, e.URL, e.File, e.Files = user, withoutPassword(url), file, files
	return e
}

// JobCompleted is the entry for a job of so many files that Complete has ended.
func JobCompleted(at time.Time, j Job, user sid.SID, files int) Entry {
	e := j.entry(at, IDJobCompleted)
	e.User, e.Files = user, files
	return e
}

// JobCancelled is the entry for a job of so many files that Cancel has ended.
func JobCancelled(at time.Time, j Job, user sid.SID, files int) Entry {
	e := j.entry(at, IDJobCancelled)
	e.User, e.Files = user, files
	return e
}

// Transfer is what an entry says of a file that is transferred.
type Transfer struct {
	URL              string // a password in it is not kept
	BytesTotal       uint64 // bits.BG_SIZE_UNKNOWN until the server has told it
	BytesTransferred uint64
}

func (t Transfer) entry(at time.Time, j Job, id ID) Entry {
	e := j.entry(at, id)
	e.URL, e.BytesTotal, e.BytesTransferred = withoutPassword(t.URL), t.BytesTotal, t.BytesTransferred
	return e
}

// TransferStarted is the entry for a file whose transfer begins or goes on.
func TransferStarted(at time.Time, j Job, t Transfer) Entry {
	return t.entry(at, j, IDTransferStarted)
}

// TransferStopped is the entry for a file whose transfer has ended or is
// interrupted: [IDTransferStopped] when the status is one of success, and
// [IDTransferFailed] when it is that of an error.
func TransferStopped(at time.Time, j Job, t Transfer, status hresult.HRESULT) Entry {
	id := IDTransferStopped
	if status.Failed() {
		id = IDTransferFailed
	}
	e := t.entry(at, j, id)
	e.HRESULT = status
	return e
}

// CancelledByAdministrator is the entry for a job that a user other than its owner
// has cancelled.
func CancelledByAdministrator(at time.Time, j Job, user sid.SID) Entry {
	e := j.entry(at, IDCancelledByAdministrator)
	e.User = user
	return e
}

// FilesLeft is the entry for a temporary file that a cancelled job could not
// delete.
func FilesLeft(at time.Time, j Job, file string) Entry {
	e := j.entry(at, IDFilesLeft)
	e.File = file
	return e
}

// PropertyChanged is the entry for a property, "priority" for instance, that a user
// other than the owner of the job has changed.
func PropertyChanged(at time.Time, j Job, user sid.SID, property string) Entry {
	e := j.entry(at, IDPropertyChanged)
	e.User, e.Property = user, property
	return e
}

// OwnershipTaken is the entry for a job that TakeOwnership has given to user. The
// job is as it was before: its owner is the one who has lost it.
func OwnershipTaken(at time.Time, j Job, user sid.SID) Entry {
	e := j.entry(at, IDOwnershipTaken)
	e.User = user
	return e
}

// JobExpired is the entry for a job that the service has cancelled since nothing
// had happened to it for too long.
func JobExpired(at time.Time, j Job) Entry { return j.entry(at, IDJobExpired) }

// NotificationFailed is the entry for a callback that has answered with an error,
// or a command line that could not be started; the service will try again.
func NotificationFailed(at time.Time, j Job, why hresult.HRESULT) Entry {
	e := j.entry(at, IDNotificationFailed)
	e.HRESULT = why
	return e
}
