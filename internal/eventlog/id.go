package eventlog

import (
	"slices"
	"strconv"
)

// ID is the number of an event.
type ID uint16

// The events. The package comment tells what they rest on.
const (
	IDJobCreated      ID = 3     // O
	IDJobCompleted    ID = 4     // O
	IDJobCancelled    ID = 5     // O
	IDTransferStarted ID = 59    // O
	IDTransferStopped ID = 60    // O, with a status of success
	IDTransferFailed  ID = 61    // O, with the status of an error
	IDFileAdded       ID = 16403 // O

	IDCancelledByAdministrator ID = 16384 // D BITS_MC_JOB_CANCELLED
	IDFilesLeft                ID = 16385 // D BITS_MC_FILE_DELETION_FAILED
	IDPropertyChanged          ID = 16387 // D BITS_MC_JOB_PROPERTY_CHANGE
	IDOwnershipTaken           ID = 16388 // D BITS_MC_JOB_TAKE_OWNERSHIP
	IDJobExpired               ID = 16389 // D BITS_MC_JOB_SCAVENGED
	IDNotificationFailed       ID = 16390 // D BITS_MC_JOB_NOTIFICATION_FAILURE
)

// The channels that events are in.
const (
	Operational = "Microsoft-Windows-Bits-Client/Operational"
	System      = "System"
)

// Level is how serious an event is, in the numbers of Windows (D winmeta.h,
// WINEVENT_LEVEL_*).
type Level uint8

// The levels that events of BITS have here.
const (
	LevelWarning     Level = 3
	LevelInformation Level = 4
)

// String is "Warning" or "Information", or the number of another level.
func (l Level) String() string {
	switch l {
	case LevelWarning:
		return "Warning"
	case LevelInformation:
		return "Information"
	}
	return strconv.Itoa(int(l))
}

// event is what all entries of an ID have in common.
type event struct {
	id      ID
	name    string
	level   Level
	channel string
}

// events ascend.
var events = []event{
	{IDJobCreated, "job created", LevelInformation, Operational},
	{IDJobCompleted, "job completed", LevelInformation, Operational},
	{IDJobCancelled, "job cancelled", LevelInformation, Operational},
	{IDTransferStarted, "transfer started", LevelInformation, Operational},
	{IDTransferStopped, "transfer stopped", LevelInformation, Operational},
	{IDTransferFailed, "transfer failed", LevelWarning, Operational},
	{IDCancelledByAdministrator, "job cancelled by an administrator", LevelWarning, System},
	{IDFilesLeft, "temporary file left behind", LevelWarning, System},
	{IDPropertyChanged, "property changed by an administrator", LevelWarning, System},
	{IDOwnershipTaken, "ownership taken", LevelWarning, System},
	{IDJobExpired, "job expired", LevelWarning, System},
	{IDNotificationFailed, "notification failed", LevelWarning, System},
	{IDFileAdded, "file added", LevelInformation, Operational},
}

// event of an unknown ID is an empty one.
func (id ID) event() event {
	i := slices.IndexFunc(events, func(e event) bool { return e.id == id })
	if i < 0 {
		return event{id: id, name: "unknown event"}
	}
	return events[i]
}

// IDs lists the events, ascending.
func IDs() []ID {
	ids := make([]ID, len(events))
	for i, e := range events {
		ids[i] = e.id
	}
	return ids
}

// String says what has happened, "job created" for instance.
func (id ID) String() string { return id.event().name }

// Level is how serious the event is; 0 for an unknown one.
func (id ID) Level() Level { return id.event().level }

// Channel is Operational or System; "" for an unknown event.
func (id ID) Channel() string { return id.event().channel }
