package bitsemu

import (
	"time"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// Policy is the group policies and limits that an emulator has in force. Zero
// limits nothing.
type Policy struct {
	MaxJobsPerMachine int // BG_E_TOO_MANY_JOBS_PER_MACHINE: 300 (D group-policies.md)
	MaxJobsPerUser    int // BG_E_TOO_MANY_JOBS_PER_USER: 60 (D)
	MaxFilesPerJob    int // BG_E_TOO_MANY_FILES_IN_JOB: 200 (D)
	MaxRangesPerFile  int // BG_E_TOO_MANY_RANGES_IN_FILE: 500 (D)

	// JobInactivityTimeout cancels jobs that have neither made progress nor been
	// changed for so long: 90 days (D).
	JobInactivityTimeout time.Duration
	// MaxDownloadTime is what a new job has for IBackgroundCopyJob4's maximum
	// download time: 90 days (D).
	MaxDownloadTime time.Duration
}

// DefaultPolicy is what Windows does when no policy is set.
func DefaultPolicy() Policy {
	const day = 24 * time.Hour
	return Policy{
		MaxJobsPerMachine: 300, MaxJobsPerUser: 60, MaxFilesPerJob: 200, MaxRangesPerFile: 500,
		JobInactivityTimeout: 90 * day, MaxDownloadTime: 90 * day,
	}
}

// exempt reports whether the limits of jobs, files and ranges do not bind a
// caller: administrators and service accounts (D group-policies.md; the page of
// CreateJob tells so of the limit per user alone). A filtered administrator is
// none (I).
func exempt(caller token.Token) bool { return caller.IsAdmin() || service(caller.User()) }

// service reports whether user is an account that is always logged on (D
// service-accounts-and-bits.md).
func service(user sid.SID) bool {
	return user == sid.LocalSystem || user == sid.LocalService || user == sid.NetworkService
}
