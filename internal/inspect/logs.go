package inspect

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/sid"
)

// Access is what was done with somebody's identity.
type Access struct {
	Time     string `json:"time"`
	Job      string `json:"job"`
	Short    string `json:"-"` // the id's first part
	Link     string `json:"-"` // to the job's page, "" on that itself
	Action   string `json:"action"`
	Resource string `json:"resource,omitzero"`
	Name     string `json:"name"`
	As       string `json:"as"`
	Who      string `json:"who,omitzero"`
	Remote   string `json:"remoteAs,omitzero"`
	Allowed  bool   `json:"allowed"`
	Error    string `json:"error,omitzero"`
	HRESULT  string `json:"hresult,omitzero"`
}

func accessOf(a bitsemu.AuditEntry) Access {
	v := Access{
		Time: clock(a.Time) + a.Time.UTC().Format(".000"), Job: bits.GUIDString(a.Job), Short: a.Job.String()[:8], Action: a.Action,
		Name: withoutPassword(a.Name), As: a.As.String(), Who: nameOf(a.Token), Allowed: a.Allowed,
	}
	if a.Resource != 0 {
		v.Resource = a.Resource.String()
	} else if a.Action == "run" {
		v.As = "the one who set it"
	}
	if a.Principal.String() != "none" {
		v.Remote = a.Principal.String()
	}
	if !a.Allowed {
		v.Error, v.HRESULT = a.HRESULT.String(), a.HRESULT.Hex()
	}
	return v
}

// Event is an entry of the event log.
type Event struct {
	Record  uint64 `json:"record"`
	Time    string `json:"time"`
	ID      uint16 `json:"id"`
	Level   string `json:"level"`
	Says    string `json:"event"`
	Channel string `json:"channel"`
	Job     string `json:"job,omitzero"`
	Link    string `json:"-"` // to the job's page, "" on that itself
	Title   string `json:"jobTitle,omitzero"`
	Detail  string `json:"detail,omitzero"`
	By      string `json:"by,omitzero"`
}

// eventOf reads an event's own JSON, which has more than its methods tell.
func eventOf(e bitsemu.Event) Event {
	v := Event{ID: e.ID(), Time: clock(e.Time()) + e.Time().UTC().Format(".000"), Channel: e.Channel()}
	if id := e.Job(); id != uuid.Nil {
		v.Job = bits.GUIDString(id)
	}
	var f struct {
		Record   uint64  `json:"record"`
		Event    string  `json:"event"`
		Level    string  `json:"level"`
		Title    string  `json:"jobTitle"`
		User     sid.SID `json:"user"`
		URL      string  `json:"url"`
		File     string  `json:"file"`
		Property string  `json:"property"`
		HRESULT  string  `json:"hresult"`
	}
	if text, err := e.MarshalJSON(); err == nil {
		_ = json.Unmarshal(text, &f) // what cannot be read is not shown
	}
	v.Record, v.Says, v.Level, v.Title, v.By = f.Record, f.Event, f.Level, f.Title, name(f.User)
	for _, part := range []string{withoutPassword(f.URL), f.File, f.Property, f.HRESULT} {
		if part != "" && v.Detail != "" {
			v.Detail += " · "
		}
		v.Detail += part
	}
	return v
}

// Log is a page of the audit or of the event log, the latest first.
type Log[T any] struct {
	Known   bool `json:"known"`
	Total   int  `json:"total"`
	Page    int  `json:"page"` // from 1
	Pages   int  `json:"pages"`
	Entries []T  `json:"entries"`
}

// logPage is how many entries a page of a log has.
const logPage = 200

// logOf makes a page of a log.
func logOf[E, T any](known bool, all []E, page int, show func(E) T) Log[T] {
	l := Log[T]{Known: known, Total: len(all), Pages: max(1, (len(all)+logPage-1)/logPage), Entries: []T{}}
	l.Page = min(max(page, 1), l.Pages)
	end := len(all) - (l.Page-1)*logPage
	for i := end - 1; i >= max(0, end-logPage); i-- {
		l.Entries = append(l.Entries, show(all[i]))
	}
	return l
}

// Before is the number of the page before this one.
func (l Log[T]) Before() int { return l.Page - 1 }

// After is the number of the page after it.
func (l Log[T]) After() int { return l.Page + 1 }
