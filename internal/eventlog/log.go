package eventlog

import (
	"slices"
	"sync"
)

// DefaultLimit is how many entries a log keeps unless told otherwise (C; a log of
// Windows has a limit in bytes).
const DefaultLimit = 10_000

// Log keeps the latest entries, and forgets the oldest when there are too many. It
// is safe for concurrent use. Make one with [NewLog].
type Log struct {
	limit int

	mu      sync.Mutex
	entries []Entry // once full, record n is at place (n-1) % limit
	last    uint64  // the record appended last
}

// NewLog returns a log of at most limit entries, or DefaultLimit if that is 0 or
// less.
func NewLog(limit int) *Log {
	if limit <= 0 {
		limit = DefaultLimit
	}
	return &Log{limit: limit}
}

// Append adds an entry under the next record number, and returns it with that.
func (l *Log) Append(e Entry) Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	place := l.place()
	l.last++
	e.Record = l.last
	if place == len(l.entries) {
		l.entries = append(l.entries, e)
	} else {
		l.entries[place] = e
	}
	return e
}

// All returns the entries that are kept, the oldest first. Where the first has a
// Record above 1, older ones are forgotten.
func (l *Log) All() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) < l.limit {
		return slices.Clone(l.entries)
	}
	oldest := l.place()
	return slices.Concat(l.entries[oldest:], l.entries[:oldest])
}

// place is where the next entry goes, and in a full log where the oldest is.
func (l *Log) place() int { return int(l.last % uint64(l.limit)) }

// Len is the number of entries kept.
func (l *Log) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}
