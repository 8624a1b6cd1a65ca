package bitsemu

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// StateChange is a job that has come from one state into another, as clients see them:
// what a call of theirs passes through on its way is no change.
type StateChange struct {
	Time time.Time
	Job  uuid.UUID
	New  bool // the job was not there before: From means nothing
	From bits.JobState
	To   bits.JobState
	// Error is why, for BG_JOB_STATE_ERROR and BG_JOB_STATE_TRANSIENT_ERROR.
	Error jobstore.JobError
	// Why is what has happened, in a few words: the name of a method, "its turn".
	Why string
	// By is the caller of the method; the zero token for what BITS does by itself.
	By token.Token
}

// String prints the change in one line:
//
//	BG_JOB_STATE_SUSPENDED -> BG_JOB_STATE_QUEUED: Resume by S-1-5-21-1-2-3-1001 (user, Medium)
func (c StateChange) String() string {
	var b strings.Builder
	if c.New {
		b.WriteString("new")
	} else {
		b.WriteString(c.From.String())
	}
	fmt.Fprintf(&b, " -> %s: %s", c.To, c.Why)
	if !c.By.IsZero() {
		fmt.Fprintf(&b, " by %s", c.By)
	}
	if c.Error != (jobstore.JobError{}) {
		fmt.Fprintf(&b, ", %s (%s) in %s", c.Error.Code.String(), c.Error.Code.Hex(), c.Error.Context)
	}
	return b.String()
}

func (c StateChange) about() uuid.UUID { return c.Job }

// history keeps which states jobs have come through.
type history struct {
	kept[StateChange]
	latest map[uuid.UUID]bits.JobState // of jobs in what is kept that are not over
}

// add notes a change, unless it is none. Where a job was is known from the change
// before; c.From counts for one of which none is kept.
func (h *history) add(c StateChange) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if before, known := h.latest[c.Job]; known && !c.New {
		c.From = before
	}
	if c.From == c.To && !c.New {
		return
	}
	if !h.push(c) {
		h.remember(c)
		return
	}
	h.latest = nil
	for _, kept := range h.all {
		h.remember(kept)
	}
}

func (h *history) remember(c StateChange) {
	if c.To.Final() {
		delete(h.latest, c.Job)
		return
	}
	if h.latest == nil {
		h.latest = map[uuid.UUID]bits.JobState{}
	}
	h.latest[c.Job] = c.To
}

// History lists the states that jobs have come through since the emulator was made, in
// order: what was before, no store tells. Of very many changes the latest are kept,
// 50,000 at least.
func (e *Emulator) History() []StateChange { return e.history.list() }

// HistoryOf is the part of [Emulator.History] that is about one job.
func (e *Emulator) HistoryOf(job uuid.UUID) []StateChange { return e.history.of(job) }

// reason is why a job changes its state.
type reason struct {
	why string
	by  token.Token
}

// What BITS does by itself.
var (
	byTurn       = reason{why: "its turn"}
	byAnswer     = reason{why: "the server has answered"}
	byEnd        = reason{why: "all files are there"}
	byFailure    = reason{why: "the transfer has failed"}
	byPreemption = reason{why: "another job's turn"}
	byEvent      = reason{why: "blocked until an event"}
	byUnblocking = reason{why: "nothing blocks it any more"}
	byRetry      = reason{why: "tried again"}
	byRanges     = reason{why: "the ranges asked for are there"}
	byNoProgress = reason{why: "no progress for too long"}
	byTimeout    = reason{why: "the time for the download is over"}
	byInactivity = reason{why: "nobody has cared for it"}
	byGoingOff   = reason{why: "its owner has logged off"}
	byLostToken  = reason{why: "its helper token is lost"}
	byStop       = reason{why: "the service has stopped"}
	byStart      = reason{why: "the service has started"}
)

const byRestore = "restored from a snapshot"

// reason is that a method was called.
func (o *object) reason(ctx context.Context, method string) reason {
	_, short, _ := strings.Cut(method, "::")
	return reason{short, o.caller(ctx)}
}

// changed notes that clients see a job in another state.
func (e *Emulator) changed(entry jobstore.Entry, from, to bits.JobState, r reason) {
	e.noted(entry, from, to, jobstore.JobError{}, r)
}

func (e *Emulator) noted(entry jobstore.Entry, from, to bits.JobState, failed jobstore.JobError, r reason) {
	e.history.add(StateChange{Time: e.Now(), Job: entry.ID(), From: from, To: to, Error: failed, Why: r.why, By: r.by})
}
