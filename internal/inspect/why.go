package inspect

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// tones are how states are shown, and how much a job in one wants to be looked at: the
// first most.
var tones = [...]struct {
	tone string
	rank int
}{
	bits.BG_JOB_STATE_ERROR:           {"error", 0},
	bits.BG_JOB_STATE_TRANSIENT_ERROR: {"transient", 1},
	bits.BG_JOB_STATE_TRANSFERRING:    {"work", 2},
	bits.BG_JOB_STATE_CONNECTING:      {"work", 3},
	bits.BG_JOB_STATE_QUEUED:          {"queued", 4},
	bits.BG_JOB_STATE_SUSPENDED:       {"suspended", 5},
	bits.BG_JOB_STATE_TRANSFERRED:     {"done", 6},
	bits.BG_JOB_STATE_ACKNOWLEDGED:    {"over", 7},
	bits.BG_JOB_STATE_CANCELLED:       {"over", 7},
}

func toneOf(s bits.JobState) string {
	if int(s) < len(tones) {
		return tones[s].tone
	}
	return "over"
}

func rankOf(s bits.JobState) int {
	if int(s) < len(tones) {
		return tones[s].rank
	}
	return len(tones)
}

// stateName is a state as people say it: "Transient error".
func stateName(s bits.JobState) string {
	words := strings.ToLower(strings.ReplaceAll(s.Short(), "_", " "))
	if words == "" {
		return s.String()
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// why is a job's state in words: what it waits for, or what has gone wrong.
func why(j *jobstore.Job, q *Queue) string {
	switch j.State {
	case bits.BG_JOB_STATE_ERROR:
		return problem(j) + "; Resume tries again"
	case bits.BG_JOB_STATE_TRANSIENT_ERROR:
		if j.RetryTime.IsZero() {
			return problem(j) + "; goes on when that has changed"
		}
		return problem(j) + "; tried again at " + moment(j.RetryTime, q.Time)
	case bits.BG_JOB_STATE_QUEUED:
		m := q.Machine
		switch {
		case m == nil:
			return "waits for its turn, or for its owner to log on"
		case m.Service != "running":
			return "the service is " + m.Service
		case !serviceAccount(j.Owner.User()) && !m.LoggedOn[j.Owner.User()]:
			return short(name(j.Owner.User())) + " is not logged on"
		}
		return "waits for its turn"
	case bits.BG_JOB_STATE_CONNECTING:
		return "asks for " + current(j)
	case bits.BG_JOB_STATE_TRANSFERRING:
		return "at " + current(j)
	case bits.BG_JOB_STATE_SUSPENDED:
		switch {
		case len(j.Files) == 0:
			return "has no files yet"
		case !j.Resumed:
			return "was never resumed"
		}
		return "waits for Resume"
	case bits.BG_JOB_STATE_TRANSFERRED:
		return "all files are there; waits for Complete"
	case bits.BG_JOB_STATE_ACKNOWLEDGED:
		return "completed"
	case bits.BG_JOB_STATE_CANCELLED:
		return "cancelled"
	}
	return ""
}

// problem is a job's error in words.
func problem(j *jobstore.Job) string {
	if j.Error.Code == 0 {
		return "no error is recorded"
	}
	text := fmt.Sprintf("%s in %s", j.Error.Code.String(), strings.ToLower(strings.ReplaceAll(j.Error.Context.Short(), "_", " ")))
	if i := int(j.Error.File); i > 0 && i <= len(j.Files) {
		text += ", " + shortRemote(j.Files[i-1].RemoteName)
	}
	return text
}

// current is the file that a job is at.
func current(j *jobstore.Job) string {
	for i := range j.Files {
		f := &j.Files[i]
		if f.BytesTotal == bits.BG_SIZE_UNKNOWN || f.BytesTransferred < f.BytesTotal {
			return shortRemote(f.RemoteName)
		}
	}
	if j.Type == bits.BG_JOB_TYPE_UPLOAD_REPLY {
		return "the reply"
	}
	return "its last file"
}

// shortRemote is the last part of a remote name.
func shortRemote(remote string) string {
	remote = withoutPassword(remote)
	remote, _, _ = strings.Cut(remote, "?")
	if base := path.Base(strings.ReplaceAll(remote, `\`, "/")); base != "." && base != "/" {
		return base
	}
	return remote
}

func serviceAccount(s sid.SID) bool {
	return s == sid.LocalSystem || s == sid.LocalService || s == sid.NetworkService
}

// name is how a user is shown.
func name(s sid.SID) string {
	if s.IsZero() {
		return ""
	}
	return who.Name(s)
}

// nameOf is how the user of a token is shown, and what kind of token it is.
func nameOf(t token.Token) string {
	if t.IsZero() {
		return ""
	}
	n := name(t.User())
	switch {
	case serviceAccount(t.User()):
		return n
	case t.Elevated() && t.IsAdmin():
		return n + " (elevated)"
	}
	return n
}

// short is a user's name without what it is of.
func short(name string) string {
	return name[strings.LastIndexByte(name, '\\')+1:]
}

// moment is a time as somebody says it at another: without the date on the same day.
func moment(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.UTC(), now.UTC()
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(time.TimeOnly)
	}
	return t.Format("2006-01-02 15:04")
}

// clock is a time of the emulated machine as the page shows it.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
