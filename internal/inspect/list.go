package inspect

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/sid"
)

// List is a page of the list of jobs.
type List struct {
	Query     string  `json:"query,omitzero"`
	State     string  `json:"state,omitzero"`
	Sort      string  `json:"sort"`
	Desc      bool    `json:"desc,omitzero"`
	Total     int     `json:"total"`    // in the queue
	Matching  int     `json:"matching"` // what the filter lets through
	Page      int     `json:"page"`     // from 1
	Pages     int     `json:"pages"`
	States    []Count `json:"states"`
	Jobs      []Row   `json:"jobs"`
	OverKnown bool    `json:"overKnown"` // false: nobody has kept which jobs are over
}

// Count is how many jobs are in a state.
type Count struct {
	Key   string `json:"state"` // "TRANSIENT_ERROR"; "over" for jobs that have left the queue
	Name  string `json:"name"`
	Tone  string `json:"-"`
	Count int    `json:"count"`
}

// Row is a job in the list.
type Row struct {
	ID          string `json:"id"`
	Key         string `json:"-"` // the id as a path has it
	Name        string `json:"name"`
	Type        string `json:"type"`
	Priority    string `json:"priority"`
	State       string `json:"state"`
	StateName   string `json:"-"`
	Tone        string `json:"-"`
	Owner       string `json:"owner"`
	OwnerSID    string `json:"ownerSid"`
	Helper      string `json:"helper,omitzero"`
	HelperFlags string `json:"helperFlags,omitzero"`
	Why         string `json:"why"`
	HRESULT     string `json:"hresult,omitzero"`
	Progress
	Modified string `json:"modified"`
	Changed  string `json:"-"` // the same, as one says it now
}

// ShortOwner is the owner without the machine or domain.
func (r Row) ShortOwner() string { return short(r.Owner) }

// ShortHelper is the helper without the machine or domain.
func (r Row) ShortHelper() string { return short(r.Helper) }

// Progress is how far a job or a file is.
type Progress struct {
	Bytes     uint64  `json:"bytes"`
	Total     *uint64 `json:"total"` // null: not known yet
	Files     int     `json:"files"`
	FilesDone int     `json:"filesDone"`
}

// Permille is the part that is there, from 0 to 1000; -1 when it is not known.
func (p Progress) Permille() int {
	switch {
	case p.Total == nil:
		return -1
	case *p.Total == 0:
		if p.FilesDone == p.Files && p.Files > 0 {
			return 1000
		}
		return 0
	}
	return int(min(1000, float64(p.Bytes)/float64(*p.Total)*1000))
}

// Text is "1.2 of 3.4 MB".
func (p Progress) Text() string {
	switch {
	case p.Files == 0:
		return "no files"
	case p.Total == nil && p.Bytes == 0:
		return "size not known"
	case p.Total == nil:
		return size(p.Bytes) + " of ?"
	case p.Bytes == *p.Total:
		return size(p.Bytes)
	}
	return size(p.Bytes) + " of " + size(*p.Total)
}

// size is a number of bytes for people.
func size(n uint64) string {
	if n < 1000 {
		return strconv.FormatUint(n, 10) + " B"
	}
	f := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB", "PB"} {
		if f /= 1000; f < 999.95 {
			return strconv.FormatFloat(f, 'f', 1, 64) + " " + unit
		}
	}
	return strconv.FormatFloat(f/1000, 'f', 1, 64) + " EB"
}

func known(total uint64) *uint64 {
	if total == bits.BG_SIZE_UNKNOWN {
		return nil
	}
	return &total
}

func progressOf(j *jobstore.Job) Progress {
	p := Progress{Files: len(j.Files)}
	var total uint64
	unknown := false
	for i := range j.Files {
		f := &j.Files[i]
		p.Bytes += f.BytesTransferred
		if f.BytesTotal == bits.BG_SIZE_UNKNOWN || f.BytesTotal > math.MaxUint64-1-total {
			unknown = true
			continue
		}
		total += f.BytesTotal
		if f.BytesTransferred == f.BytesTotal && (f.TemporaryName != "" || f.Completed || f.BytesTotal > 0) {
			p.FilesDone++
		}
	}
	if !unknown {
		p.Total = &total
	}
	return p
}

func rowOf(j *jobstore.Job, q *Queue) Row {
	row := Row{
		ID: bits.GUIDString(j.ID), Key: j.ID.String(), Name: j.DisplayName, Type: strings.ToLower(j.Type.Short()),
		Priority: strings.ToLower(j.Priority.Short()), State: j.State.Short(), StateName: stateName(j.State), Tone: toneOf(j.State),
		Owner: nameOf(j.Owner), OwnerSID: j.Owner.User().String(), Helper: nameOf(j.HelperToken), Why: why(j, q),
		Progress: progressOf(j), Modified: clock(j.ModificationTime), Changed: moment(j.ModificationTime, q.Time),
	}
	if j.HelperTokenFlags != 0 {
		row.HelperFlags = j.HelperTokenFlags.String()
	}
	if j.State == bits.BG_JOB_STATE_ERROR || j.State == bits.BG_JOB_STATE_TRANSIENT_ERROR {
		row.HRESULT = j.Error.Code.Hex()
	}
	return row
}

// perPage is how many jobs a page of the list has.
const perPage = 100

// FlagsText is HelperFlags with room to break a line.
func (r Row) FlagsText() string { return strings.ReplaceAll(r.HelperFlags, "|", " | ") }

// sorts are the orders of the list, by the name in the address.
var sorts = map[string]func(a, b *jobstore.Job) int{
	"attention": func(a, b *jobstore.Job) int {
		return cmp.Or(cmp.Compare(rankOf(a.State), rankOf(b.State)), b.ModificationTime.Compare(a.ModificationTime))
	},
	"state": func(a, b *jobstore.Job) int { return cmp.Compare(a.State, b.State) },
	"name": func(a, b *jobstore.Job) int {
		return cmp.Compare(strings.ToLower(a.DisplayName), strings.ToLower(b.DisplayName))
	},
	"owner":    func(a, b *jobstore.Job) int { return cmp.Compare(name(a.Owner.User()), name(b.Owner.User())) },
	"progress": func(a, b *jobstore.Job) int { return cmp.Compare(progressOf(a).Permille(), progressOf(b).Permille()) },
	"changed":  func(a, b *jobstore.Job) int { return b.ModificationTime.Compare(a.ModificationTime) },
	"created":  func(a, b *jobstore.Job) int { return a.CreationTime.Compare(b.CreationTime) },
}

// list makes the page of the list that an address asks for. What an address asks for
// that there is not, is what there is by default.
func list(q *Queue, over []jobstore.Job, overKnown bool, v url.Values) List {
	l := List{Query: strings.TrimSpace(v.Get("q")), State: v.Get("state"), Sort: v.Get("sort"), Desc: v.Get("desc") == "1", Total: len(q.Jobs), OverKnown: overKnown}
	if sorts[l.Sort] == nil {
		l.Sort = "attention"
	}
	l.States = counts(q.Jobs, len(over))
	jobs := q.Jobs
	if l.State == "over" {
		jobs = over
	} else if !slices.ContainsFunc(l.States, func(c Count) bool { return c.Key == l.State }) {
		l.State = ""
	}
	needle := strings.ToLower(l.Query)
	names := map[sid.SID]string{} // in lower case
	var found []*jobstore.Job
	for i := range jobs {
		j := &jobs[i]
		if (l.State == "" || l.State == "over" || j.State.Short() == l.State) && matches(j, needle, names) {
			found = append(found, j)
		}
	}
	order := sorts[l.Sort]
	slices.SortStableFunc(found, func(a, b *jobstore.Job) int {
		if l.Desc {
			a, b = b, a
		}
		return order(a, b)
	})
	l.Matching = len(found)
	l.Pages = max(1, (len(found)+perPage-1)/perPage)
	l.Page, _ = strconv.Atoi(v.Get("page")) // none is page 0, which is the first
	l.Page = min(max(l.Page, 1), l.Pages)
	found = found[(l.Page-1)*perPage : min(l.Page*perPage, len(found))]
	l.Jobs = make([]Row, len(found))
	for i, j := range found {
		l.Jobs[i] = rowOf(j, q)
	}
	return l
}

// counts is how many jobs are in which state, the most urgent first.
func counts(jobs []jobstore.Job, over int) []Count {
	var by [len(tones)]int
	for i := range jobs {
		if s := int(jobs[i].State); s < len(by) {
			by[s]++
		}
	}
	states := make([]Count, 0, len(by))
	for s := range by {
		state := bits.JobState(s)
		if !state.Final() {
			states = append(states, Count{state.Short(), stateName(state), toneOf(state), by[s]})
		}
	}
	slices.SortStableFunc(states, func(a, b Count) int { return cmp.Compare(rankOfKey(a.Key), rankOfKey(b.Key)) })
	return append(states, Count{"over", "Over", "over", over})
}

func rankOfKey(key string) int {
	var s bits.JobState
	if err := s.UnmarshalText([]byte("BG_JOB_STATE_" + key)); err != nil {
		return len(tones)
	}
	return rankOf(s)
}

// matches reports whether a job has what is looked for in its name, its id, its owner, its
// error or one of its files.
func matches(j *jobstore.Job, needle string, names map[sid.SID]string) bool {
	if needle == "" {
		return true
	}
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), needle) }
	is := func(user sid.SID) bool {
		if user.IsZero() {
			return false
		}
		text, known := names[user]
		if !known {
			text = strings.ToLower(name(user) + " " + user.String())
			names[user] = text
		}
		return strings.Contains(text, needle)
	}
	return has(j.DisplayName) || is(j.Owner.User()) || is(j.HelperToken.User()) || has(bits.GUIDString(j.ID)) ||
		j.Error.Code != 0 && (has(j.Error.Code.String()) || has(j.Error.Code.Hex())) ||
		slices.ContainsFunc(j.Files, func(f jobstore.File) bool { return has(withoutPassword(f.RemoteName)) || has(f.LocalName) })
}

// maxOver is how many jobs that are over are listed, the latest.
const maxOver = 200

// jobsOver finds the jobs that have left the queue, the latest first.
func jobsOver(s Source) (jobs []jobstore.Job, known bool) {
	m := s.Memory()
	if m == nil {
		return nil, false
	}
	seen := map[uuid.UUID]bool{}
	for _, c := range slices.Backward(m.History()) {
		if !c.To.Final() || seen[c.Job] || len(jobs) == maxOver {
			continue
		}
		seen[c.Job] = true
		if j, err := s.Job(c.Job); err == nil && j.State.Final() {
			jobs = append(jobs, j)
		}
	}
	return jobs, true
}

// link is the address of another page of the same list.
func (l List) link(change ...string) string {
	v := url.Values{}
	set := func(key, value, standard string) {
		if value == standard {
			v.Del(key)
		} else {
			v.Set(key, value)
		}
	}
	set("q", l.Query, "")
	set("state", l.State, "")
	set("sort", l.Sort, "attention")
	if l.Desc {
		v.Set("desc", "1")
	}
	for i := 0; i+1 < len(change); i += 2 {
		set(change[i], change[i+1], "")
	}
	if len(v) == 0 {
		return "./"
	}
	return "./?" + v.Encode()
}

// Next is the page after this one, "" where there is none.
func (l List) Next() string { return l.beside(l.Page + 1) }

// Previous is the page before this one, "" where there is none.
func (l List) Previous() string { return l.beside(l.Page - 1) }

func (l List) beside(page int) string {
	if page < 1 || page > l.Pages {
		return ""
	}
	return l.link("page", fmt.Sprint(page))
}

// ByState is the address of the jobs in a state, of all for "".
func (l List) ByState(key string) string { return l.link("state", key) }

// BySort is the address of the list in an order, turned round when it is in it already.
func (l List) BySort(key string) string {
	desc := ""
	if l.Sort == key && !l.Desc {
		desc = "1"
	}
	if key == "attention" {
		key, desc = "", ""
	}
	return l.link("sort", key, "desc", desc)
}

// Order is how a column is sorted, for aria-sort.
func (l List) Order(key string) string {
	switch {
	case l.Sort != key:
		return "none"
	case l.Desc != (key == "changed"):
		return "descending"
	}
	return "ascending"
}

// First is the number of the first job of the page, of those that match.
func (l List) First() int { return min(l.Matching, (l.Page-1)*perPage+1) }

// Last is the number of the last.
func (l List) Last() int { return (l.Page-1)*perPage + len(l.Jobs) }
