package bits

import (
	"math"
	"time"
)

// JobTimes is BG_JOB_TIMES: when things happened to a job. BITS 1.0 (D
// ns-bits-bg_job_times.md). A time that has not come is the zero time.Time, for
// which IsZero is true, and a FILETIME of zero in COM (I, O that programs take it
// so).
type JobTimes struct {
	CreationTime time.Time

	// ModificationTime is that of the last file added, property set, bytes moved,
	// change of state, or call of Suspend, Resume, Cancel or Complete.
	ModificationTime time.Time

	// TransferCompletionTime is when the job entered BG_JOB_STATE_TRANSFERRED.
	TransferCompletionTime time.Time
}

// A FILETIME counts the ticks of 100 ns since the start of 1601 in UTC.
const (
	ticksPerSecond = 10_000_000
	secondsTo1970  = 11_644_473_600
)

// TimeFromWindows converts a FILETIME, taken as one number of 64 bits, to a time
// in UTC. Zero becomes the zero time.Time.
func TimeFromWindows(filetime uint64) time.Time {
	if filetime == 0 {
		return time.Time{}
	}
	seconds := int64(filetime/ticksPerSecond) - secondsTo1970
	return time.Unix(seconds, int64(filetime%ticksPerSecond)*100).UTC()
}

// TimeToWindows is the way back from [TimeFromWindows]. What is less than 100 ns
// is cut off. A time before 1601, the zero time.Time among them, becomes zero,
// and one too late for a FILETIME, in the year 60056 or after, its largest value.
func TimeToWindows(t time.Time) uint64 {
	seconds := t.Unix()
	switch {
	case seconds < -secondsTo1970:
		return 0
	case seconds > math.MaxUint64/ticksPerSecond-secondsTo1970:
		return math.MaxUint64
	}
	ticks := uint64(seconds+secondsTo1970) * ticksPerSecond
	return ticks + min(uint64(t.Nanosecond()/100), math.MaxUint64-ticks)
}
