package bitsemu

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/jobstore"
)

// Event is an entry of the Windows event log, as BITS writes it into the channels
// Microsoft-Windows-Bits-Client/Operational and System.
type Event struct{ entry eventlog.Entry }

// ID is the number of the event, such as 3 for a job that was created.
func (v Event) ID() uint16 { return uint16(v.entry.ID) }

// Time is when it was written.
func (v Event) Time() time.Time { return v.entry.Time }

// Job is the job that it is about.
func (v Event) Job() uuid.UUID { return v.entry.Job }

// Channel is the log that it is in.
func (v Event) Channel() string { return v.entry.ID.Channel() }

// String prints it in one line.
func (v Event) String() string { return v.entry.String() }

// MarshalJSON writes it with the names of its fields.
func (v Event) MarshalJSON() ([]byte, error) { return json.Marshal(v.entry) }

// Events lists the event log, of which the latest 10,000 entries are kept. Which
// events there are, docs/architecture.md tells.
func (e *Emulator) Events() []Event {
	all := e.events.All()
	events := make([]Event, len(all))
	for i, entry := range all {
		events[i] = Event{entry}
	}
	return events
}

func titled(j *jobstore.Job) eventlog.Job {
	return eventlog.Job{ID: j.ID, Title: j.DisplayName, Owner: j.Owner.User()}
}

// logStart writes that a job's transfer begins.
func (e *Emulator) logStart(j *jobstore.Job) {
	e.events.Append(eventlog.TransferStarted(e.Now(), titled(j), transferOf(j)))
}

// transferOf is the file that a job is at.
func transferOf(j *jobstore.Job) eventlog.Transfer {
	for i := range j.Files {
		if f := &j.Files[i]; !fetched(f) || i == len(j.Files)-1 {
			return eventlog.Transfer{URL: f.RemoteName, BytesTotal: f.BytesTotal, BytesTransferred: f.BytesTransferred}
		}
	}
	return eventlog.Transfer{BytesTotal: bits.BG_SIZE_UNKNOWN}
}

// logState writes what of a job's states is in the event log, and returns the error that
// the job has in it.
func (e *Emulator) logState(entry jobstore.Entry, s bits.JobState) jobstore.JobError {
	switch s {
	case bits.BG_JOB_STATE_TRANSFERRED, bits.BG_JOB_STATE_ERROR, bits.BG_JOB_STATE_TRANSIENT_ERROR:
	default:
		return jobstore.JobError{}
	}
	j, err := entry.Job()
	if err != nil {
		return jobstore.JobError{}
	}
	if s == bits.BG_JOB_STATE_TRANSFERRED {
		j.Error = jobstore.JobError{}
	}
	e.events.Append(eventlog.TransferStopped(e.Now(), titled(&j), transferOf(&j), j.Error.Code))
	return j.Error
}
