package eventlog

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
)

// Entry is an entry of the event log. What an event does not tell is zero.
type Entry struct {
	Record uint64    `json:"record,omitzero"` // place in the log, from 1: Log.Append sets it
	Time   time.Time `json:"time"`
	ID     ID        `json:"id"`

	Job      uuid.UUID `json:"job,omitzero"`
	JobTitle string    `json:"jobTitle,omitzero"`
	Owner    sid.SID   `json:"owner,omitzero"` // of the job
	User     sid.SID   `json:"user,omitzero"`  // who did it

	Files    int    `json:"files,omitzero"`    // how many the job has
	URL      string `json:"url,omitzero"`      // the remote name
	File     string `json:"file,omitzero"`     // the local name
	Property string `json:"property,omitzero"` // what was changed

	HRESULT          hresult.HRESULT `json:"hresult,omitzero"`
	BytesTotal       uint64          `json:"bytesTotal,omitzero"` // of the file, or bits.BG_SIZE_UNKNOWN
	BytesTransferred uint64          `json:"bytesTransferred,omitzero"`
}

// Level is how serious the entry is.
func (e Entry) Level() Level { return e.ID.Level() }

// String is the entry in one line, without Record: time, event and level, then
// what is known of it.
func (e Entry) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s: %s", e.Time.Format(time.RFC3339Nano), uint16(e.ID), e.Level(), e.ID)
	say := func(known bool, format string, args ...any) {
		if known {
			fmt.Fprintf(&b, format, args...)
		}
	}
	transfer := e.ID == IDTransferStarted || e.stopped()
	say(e.Job != uuid.Nil, ", job %s", bits.GUIDString(e.Job))
	say(e.JobTitle != "", " %q", e.JobTitle)
	say(!e.Owner.IsZero(), ", owner %s", e.Owner)
	say(!e.User.IsZero(), ", by %s", e.User)
	say(e.Files != 0, ", files %d", e.Files)
	say(e.URL != "", ", url %q", e.URL)
	say(e.File != "", ", file %q", e.File)
	say(e.Property != "", ", property %q", e.Property)
	say(transfer, ", %d bytes", e.BytesTransferred)
	say(transfer && e.BytesTotal != bits.BG_SIZE_UNKNOWN, " of %d", e.BytesTotal)
	say(e.stopped() || e.HRESULT != 0, ", %s (%s)", e.HRESULT.String(), e.HRESULT.Hex())
	return b.String()
}

func (e Entry) stopped() bool { return e.ID == IDTransferStopped || e.ID == IDTransferFailed }

// MarshalJSON is an object with the fields of the entry that are not zero, which
// package json reads back, and for a reader "event", "level" and "channel".
func (e Entry) MarshalJSON() ([]byte, error) {
	type fields Entry // without this method
	return json.Marshal(struct {
		Event   string `json:"event"`
		Level   string `json:"level"`
		Channel string `json:"channel,omitzero"`
		fields
	}{e.ID.String(), e.Level().String(), e.ID.Channel(), fields(e)})
}

// withoutPassword is a URL as it may be written down. That Windows does the same is
// not known (C).
func withoutPassword(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		// All that may be a password goes; without @ there is none.
		if i := strings.LastIndexByte(text, '@'); i >= 0 {
			return "(hidden)" + text[i:]
		}
		return text
	}
	if _, ok := u.User.Password(); !ok {
		return text
	}
	return u.Redacted()
}
