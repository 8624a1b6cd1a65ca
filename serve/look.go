package serve

import (
	"path/filepath"
	"reflect"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/winpath"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// lookRoutes are the routes by which one looks at the emulator. None of them calls BITS,
// and nobody is asked whether he may.
func lookRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/jobs", says: "All jobs in the queue, with all that is kept of them but their secrets.", do: (*Server).listJobs, answers: reflect.TypeFor[resultJobs]()},
		{method: "GET", path: "/v1/jobs/{id}", says: "One job, also one that is over if that is not long ago.", do: (*Server).showJob, answers: reflect.TypeFor[bitsemu.JobInfo]()},
		{method: "GET", path: "/v1/events", says: "The event log.", do: (*Server).listEvents, answers: reflect.TypeFor[resultEvents](), query: []string{"limit"}},
		{method: "GET", path: "/v1/audit", says: "What was opened, requested and answered for jobs, and as whom.", do: (*Server).listAudit, answers: reflect.TypeFor[resultAudit](), query: []string{"job", "limit"}},
		{method: "GET", path: "/v1/history", says: "How jobs have come from state to state.", do: (*Server).listHistory, answers: reflect.TypeFor[resultHistory](), query: []string{"job", "limit"}},
		{method: "GET", path: "/v1/snapshot", says: "All jobs and the state of the machine, as POST /v1/control/restore takes it.", do: (*Server).snapshot, answers: reflect.TypeFor[bitsemu.Snapshot]()},
		{method: "GET", path: "/v1/scripts", says: "The scripted files, and what was asked of them.", do: (*Server).listScripts, answers: reflect.TypeFor[resultScripts]()},
		{method: "GET", path: "/v1/path", says: "Where on this machine the file of a Windows path lies, empty for nowhere.", do: (*Server).path, answers: reflect.TypeFor[resultPath](), query: []string{"windows"}},
		{method: "GET", path: "/v1/check", says: "Whether the store holds together.", do: (*Server).check, answers: reflect.TypeFor[resultCheck]()},
		{method: "GET", path: "/v1/explain", says: "What the rules say about a call, which is not made.", do: (*Server).explain, answers: reflect.TypeFor[resultExplain](), query: []string{"caller", "flags", "job", "method", "owner", "windows"}},
	}
}

// about is the answer to GET /v1.
type about struct {
	Name    string       `json:"name"`
	Version string       `json:"version"`
	Windows uint32       `json:"windows"`
	Title   string       `json:"title"`
	BITS    string       `json:"bits"`
	Time    time.Time    `json:"time"`
	Clock   string       `json:"clock"`
	Caller  *token.Token `json:"caller,omitempty"`
}

func (s *Server) info(*request) (any, error) {
	b := s.emu.Build()
	a := about{
		Name: "bitsemu", Version: s.conf.version, Windows: b.Number(), Title: b.String(), BITS: b.BITS().String(),
		Time: s.emu.Now(), Clock: s.emu.Clock(),
	}
	if s.conf.pinned {
		a.Caller = &s.conf.caller
	}
	return a, nil
}

type resultJobs struct {
	Jobs []bitsemu.JobInfo `json:"jobs"`
}

func (s *Server) listJobs(*request) (any, error) {
	jobs, err := s.emu.Jobs()
	if jobs == nil {
		jobs = []bitsemu.JobInfo{}
	}
	return resultJobs{jobs}, err
}

func (s *Server) showJob(r *request) (any, error) {
	id, err := jobID(r)
	if err != nil {
		return nil, err
	}
	j, err := s.emu.Job(id)
	if err != nil {
		return nil, notFound("nobody has heard of job %s, or not lately", guidText(id))
	}
	return j, nil
}

// latest are the last of a list, as many as the parameter limit says.
func latest[T any](r *request, all []T) ([]T, error) {
	text := r.query.Get("limit")
	if text == "" {
		return all, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return nil, malformed("limit: %.40q is no number", text)
	}
	return all[max(0, len(all)-n):], nil
}

type resultEvents struct {
	Events []bitsemu.Event `json:"events"`
}

func (s *Server) listEvents(r *request) (any, error) {
	all, err := latest(r, s.emu.Events())
	return resultEvents{nonNil(all)}, err
}

func nonNil[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// auditEntry is a [bitsemu.AuditEntry].
type auditEntry struct {
	Time      time.Time    `json:"time"`
	Job       guid         `json:"job"`
	Action    string       `json:"action"`
	Resource  string       `json:"resource,omitempty"`
	Name      string       `json:"name"`
	As        string       `json:"as,omitempty"`
	Token     *token.Token `json:"token,omitempty"`
	Principal string       `json:"principal,omitempty"`
	Allowed   bool         `json:"allowed"`
	HRESULT   code         `json:"hresult"`
	Text      string       `json:"text"`
}

type resultAudit struct {
	Audit []auditEntry `json:"audit"`
}

func (s *Server) listAudit(r *request) (any, error) {
	var entries []bitsemu.AuditEntry
	if text := r.query.Get("job"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, malformed("job: %.80q is no GUID of a job", text)
		}
		entries = s.emu.AuditOf(id)
	} else {
		entries = s.emu.Audit()
	}
	entries, err := latest(r, entries)
	if err != nil {
		return nil, err
	}
	all := make([]auditEntry, len(entries))
	for i, e := range entries {
		v := auditEntry{
			Time: e.Time, Job: guid{e.Job}, Action: e.Action, Name: e.Name, Allowed: e.Allowed, HRESULT: code(e.HRESULT), Text: e.String(),
		}
		if e.Resource != 0 {
			v.Resource, v.As = e.Resource.String(), e.As.String()
		}
		if !e.Token.IsZero() {
			v.Token = &e.Token
		}
		if e.Principal != (noPrincipal) {
			v.Principal = e.Principal.String()
		}
		all[i] = v
	}
	return resultAudit{all}, nil
}

// stateChange is a [bitsemu.StateChange].
type stateChange struct {
	Time  time.Time      `json:"time"`
	Job   guid           `json:"job"`
	From  *bits.JobState `json:"from,omitempty"`
	To    bits.JobState  `json:"to"`
	Why   string         `json:"why"`
	By    *token.Token   `json:"by,omitempty"`
	Error *stateError    `json:"error,omitempty"`
	Text  string         `json:"text"`
}

type stateError struct {
	Code    code              `json:"code"`
	Name    string            `json:"name"`
	Context bits.ErrorContext `json:"context"`
}

type resultHistory struct {
	History []stateChange `json:"history"`
}

func (s *Server) listHistory(r *request) (any, error) {
	var changes []bitsemu.StateChange
	if text := r.query.Get("job"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, malformed("job: %.80q is no GUID of a job", text)
		}
		changes = s.emu.HistoryOf(id)
	} else {
		changes = s.emu.History()
	}
	changes, err := latest(r, changes)
	if err != nil {
		return nil, err
	}
	all := make([]stateChange, len(changes))
	for i, c := range changes {
		all[i] = stateChange{Time: c.Time, Job: guid{c.Job}, To: c.To, Why: c.Why, Text: c.String()}
		if !c.New {
			all[i].From = &c.From
		}
		if !c.By.IsZero() {
			all[i].By = &c.By
		}
		if c.Error != (jobstore.JobError{}) {
			all[i].Error = &stateError{code(c.Error.Code), c.Error.Code.String(), c.Error.Context}
		}
	}
	return resultHistory{all}, nil
}

func (s *Server) snapshot(*request) (any, error) {
	return s.emu.Snapshot()
}

type resultCheck struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

func (s *Server) check(*request) (any, error) {
	if err := s.emu.Check(); err != nil {
		return resultCheck{Error: err.Error()}, nil
	}
	return resultCheck{OK: true}, nil
}

type resultPath struct {
	Path string `json:"path"`
}

// path is the place of a file, as long as that lies in a directory that is mapped: a link
// in there may lead elsewhere.
func (s *Server) path(r *request) (any, error) {
	windows := r.query.Get("windows")
	host := s.emu.Path(windows)
	if host == "" || !within(s.root(windows), host) {
		return resultPath{}, nil
	}
	return resultPath{host}, nil
}

// root is the directory that a path's drive, share or directory is mapped to.
func (s *Server) root(windows string) string {
	if len(windows) == 2 && windows[1] == ':' {
		windows += `\`
	}
	at, err := winpath.Parse(windows)
	if err != nil {
		return ""
	}
	root := ""
	for {
		host := s.emu.Path(at.String())
		if host == "" {
			return root
		}
		root = host
		if at.IsRoot() {
			return root
		}
		at = at.Dir()
	}
}

// within reports whether a file, or what there is on the way to it, is in a directory,
// links followed.
func within(root, file string) bool {
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		return false
	}
	for {
		real, err := filepath.EvalSymlinks(file)
		if err == nil {
			rel, err := filepath.Rel(root, real)
			return err == nil && (rel == "." || filepath.IsLocal(rel))
		}
		up := filepath.Dir(file)
		if up == file || isLink(file) {
			return false // a link to nowhere may be one to somewhere tomorrow
		}
		file = up
	}
}
