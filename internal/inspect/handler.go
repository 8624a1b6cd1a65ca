package inspect

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/jobstore"
)

// Path is where the page sits.
const Path = "/inspect/"

//go:embed page
var files embed.FS

var templates = template.Must(template.New("").ParseFS(files, "page/*.html"))

// headers are set on all that is answered. Nothing but this page's own script, style and
// icon is loaded, nothing is kept, and nobody else may frame or read it.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"Cache-Control":                "no-store",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
}

// handler answers for a source.
type handler struct {
	source Source
	mux    *http.ServeMux

	// The queue is read for all who ask at about the same time at once.
	mu    sync.Mutex
	queue Queue
	over  []jobstore.Job
	knows bool
	err   error
	until time.Time // it counts as now
}

// fresh is for how long what was read counts as now: longer, where to read takes long.
const fresh = 200 * time.Millisecond

// New makes the handler, for requests below [Path]. What it shows is for whoever asks:
// see [NewDoor].
func New(source Source) http.Handler {
	h := &handler{source: source, mux: http.NewServeMux()}
	get := func(path string, answer func(http.ResponseWriter, *http.Request) error) {
		h.mux.HandleFunc("GET "+Path+path, func(w http.ResponseWriter, r *http.Request) {
			if err := answer(w, r); err != nil {
				h.fail(w, r, err)
			}
		})
	}
	get("{$}", h.listPage)
	get("job/{id}", h.jobPage)
	get("audit", h.auditPage)
	get("events", h.eventsPage)
	get("api/queue", h.api(func(r *http.Request) (any, error) {
		q, over, knows, err := h.look()
		return withMachine{h.machine(&q), list(&q, over, knows, r.URL.Query())}, err
	}))
	get("api/jobs/{id}", h.api(func(r *http.Request) (any, error) {
		q, j, err := h.job(r)
		if err != nil {
			return nil, err
		}
		return jobOf(source, &q, &j), nil
	}))
	get("api/jobs/{id}/explain", h.api(func(r *http.Request) (any, error) {
		q, j, err := h.job(r)
		if err != nil {
			return nil, err
		}
		e := explain(&j, &q, r.URL.Query())
		if e.Error != "" {
			return nil, &wrong{http.StatusBadRequest, e.Error}
		}
		return e, nil
	}))
	get("api/audit", h.api(func(r *http.Request) (any, error) { return h.audit(page(r)), nil }))
	get("api/events", h.api(func(r *http.Request) (any, error) { return h.events(page(r)), nil }))
	for name, kind := range map[string]string{"app.js": "text/javascript", "app.css": "text/css", "icon.svg": "image/svg+xml"} {
		content, err := files.ReadFile("page/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		get(name, func(w http.ResponseWriter, r *http.Request) error {
			send(w, r, kind+"; charset=utf-8", content, "")
			return nil
		})
	}
	get("", func(_ http.ResponseWriter, r *http.Request) error {
		return &wrong{http.StatusNotFound, fmt.Sprintf("there is nothing at %s", r.URL.Path)}
	})
	return h
}

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	h.mux.ServeHTTP(w, r)
}

// wrong is a request that cannot be answered.
type wrong struct {
	status int
	says   string
}

func (w *wrong) Error() string { return w.says }

// look reads the queue, unless that was just done.
func (h *handler) look() (Queue, []jobstore.Job, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if start := time.Now(); start.After(h.until) {
		h.queue, h.err = h.source.Queue()
		h.over, h.knows = jobsOver(h.source)
		h.until = time.Now().Add(max(fresh, 2*time.Since(start)))
	}
	return h.queue, h.over, h.knows, h.err
}

// job finds the job that an address names.
func (h *handler) job(r *http.Request) (Queue, jobstore.Job, error) {
	id, err := uuid.Parse(strings.Trim(r.PathValue("id"), "{}"))
	if err != nil {
		return Queue{}, jobstore.Job{}, &wrong{http.StatusBadRequest, fmt.Sprintf("%q is no GUID", r.PathValue("id"))}
	}
	q, _, _, err := h.look()
	if err != nil {
		return q, jobstore.Job{}, err
	}
	j, err := h.source.Job(id)
	if errors.Is(err, jobstore.ErrNotFound) {
		err = &wrong{http.StatusNotFound, fmt.Sprintf("there is no job %s, or it was over too long ago", r.PathValue("id"))}
	}
	return q, j, err
}

func page(r *http.Request) int {
	n, _ := strconv.Atoi(r.URL.Query().Get("page")) // none is the first
	return n
}

// jobLink is the address of a job's page.
func jobLink(id uuid.UUID) string { return Path + "job/" + id.String() }

func (h *handler) audit(page int) Log[Access] {
	var all []bitsemu.AuditEntry
	m := h.source.Memory()
	if m != nil {
		all = m.Audit()
	}
	return logOf(m != nil, all, page, func(a bitsemu.AuditEntry) Access {
		v := accessOf(a)
		v.Link = jobLink(a.Job)
		return v
	})
}

func (h *handler) events(page int) Log[Event] {
	var all []bitsemu.Event
	m := h.source.Memory()
	if m != nil {
		all = m.Events()
	}
	return logOf(m != nil, all, page, func(e bitsemu.Event) Event {
		v := eventOf(e)
		if v.Job != "" {
			v.Link = jobLink(e.Job())
		}
		return v
	})
}

// machineView is what is known of the machine, in words.
type machineView struct {
	Store   string   `json:"store"`
	What    string   `json:"-"`
	Windows string   `json:"windows"`
	BITS    string   `json:"bits"`
	Assumed bool     `json:"windowsAssumed,omitzero"`
	Live    bool     `json:"live"`
	Notes   []string `json:"notes,omitzero"`
	Time    string   `json:"time"`
}

func (h *handler) machine(q *Queue) machineView {
	v := machineView{
		Store: q.Name, Windows: q.Build.String(), BITS: q.Build.BITS().String(), Assumed: q.Assumed, Time: clock(q.Time),
	}
	switch {
	case h.source.Memory() != nil:
		v.Live, v.What = true, "Live"
	case q.Machine != nil:
		v.What = "Snapshot: history, audit and events are not in it"
	default:
		v.What = "Store, read only: history, audit and events are not in it"
	}
	if m := q.Machine; m != nil {
		if m.Service != "running" {
			v.Notes = append(v.Notes, "The service is "+m.Service+".")
		}
		if m.Offline {
			v.Notes = append(v.Notes, "The network is away.")
		}
	}
	return v
}

type withMachine struct {
	Machine machineView `json:"machine"`
	List
}

// view is what the templates show.
type view struct {
	Title   string
	Base    string // of relative addresses
	At      string // the page: "jobs", "job", "audit", "events", "error"
	Clock   string
	Machine machineView
	List    List
	Job     Job
	Tab     string
	Tabs    []Option
	Explain Explanation
	Audit   Log[Access]
	Events  Log[Event]
	Error   string
}

// clockMark stands for the time in a page, which is no change of it. Nobody can write it
// into a job.
var clockMark = rand.Text()

func (h *handler) listPage(w http.ResponseWriter, r *http.Request) error {
	q, over, knows, err := h.look()
	if err != nil {
		return err
	}
	v := view{Title: "Jobs", Base: "./", At: "jobs", List: list(&q, over, knows, r.URL.Query())}
	return h.show(w, r, &q, v, http.StatusOK)
}

// tabs are the parts of a job's page.
var tabs = []struct{ key, name string }{
	{"timeline", "Timeline"}, {"files", "Files"}, {"identity", "Identity"}, {"access", "Who may"},
	{"audit", "Audit"}, {"events", "Events"}, {"properties", "Properties"},
}

func (h *handler) jobPage(w http.ResponseWriter, r *http.Request) error {
	q, j, err := h.job(r)
	if err != nil {
		return err
	}
	v := view{Base: "../", At: "job", Job: jobOf(h.source, &q, &j), Tab: r.URL.Query().Get("tab")}
	v.Title = v.Job.Name
	if v.Title == "" {
		v.Title = v.Job.ID
	}
	found := false
	for _, t := range tabs {
		found = found || t.key == v.Tab
	}
	if !found {
		v.Tab = tabs[0].key
	}
	for _, t := range tabs {
		v.Tabs = append(v.Tabs, Option{t.key, t.name, t.key == v.Tab})
	}
	if v.Tab == "access" {
		v.Explain = explain(&j, &q, r.URL.Query())
	}
	return h.show(w, r, &q, v, http.StatusOK)
}

func (h *handler) auditPage(w http.ResponseWriter, r *http.Request) error {
	q, _, _, err := h.look()
	if err != nil {
		return err
	}
	return h.show(w, r, &q, view{Title: "Audit", Base: "./", At: "audit", Audit: h.audit(page(r))}, http.StatusOK)
}

func (h *handler) eventsPage(w http.ResponseWriter, r *http.Request) error {
	q, _, _, err := h.look()
	if err != nil {
		return err
	}
	return h.show(w, r, &q, view{Title: "Event log", Base: "./", At: "events", Events: h.events(page(r))}, http.StatusOK)
}

// show sends a page.
func (h *handler) show(w http.ResponseWriter, r *http.Request, q *Queue, v view, status int) error {
	v.Machine, v.Clock = h.machine(q), clockMark
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "page", v); err != nil {
		return fmt.Errorf("the page cannot be made: %w", err)
	}
	now := v.Machine.Time
	w.Header().Set("X-Bitsemu-Time", now)
	if status != http.StatusOK {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write(bytes.Replace(b.Bytes(), []byte(clockMark), []byte(now), 1)) // nobody is left to be told
		return nil
	}
	send(w, r, "text/html; charset=utf-8", b.Bytes(), now)
	return nil
}

// send sends what has not changed since the reader has seen it but once.
func send(w http.ResponseWriter, r *http.Request, kind string, content []byte, now string) {
	sum := sha256.Sum256(content)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content = bytes.Replace(content, []byte(clockMark), []byte(now), 1)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content) // nobody is left to be told
}

// api sends a value as JSON.
func (h *handler) api(answer func(*http.Request) (any, error)) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := answer(r)
		if err != nil {
			return err
		}
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		send(w, r, "application/json", append(text, '\n'), "")
		return nil
	}
}

// fail says why there is no answer.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	var no *wrong
	if errors.As(err, &no) {
		status = no.status
	}
	if strings.HasPrefix(r.URL.Path, Path+"api/") {
		text, _ := json.Marshal(map[string]any{"error": map[string]string{"message": err.Error()}}) // it is text
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(append(text, '\n')) // nobody is left to be told
		return
	}
	var q Queue
	if status != http.StatusInternalServerError {
		q, _, _, _ = h.look() // without it the page says less
	}
	base := "./" + strings.Repeat("../", strings.Count(strings.TrimPrefix(r.URL.Path, Path), "/"))
	v := view{Title: http.StatusText(status), Base: base, At: "error", Error: err.Error()}
	if err := h.show(w, r, &q, v, status); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// TabLink is the address of a part of a job's page.
func (v view) TabLink(key string) string {
	if key == tabs[0].key {
		return v.Job.Key
	}
	return v.Job.Key + "?" + url.Values{"tab": {key}}.Encode()
}

// MethodLink is the address of the question about another method.
func (v view) MethodLink(key string) string {
	q := url.Values{"tab": {"access"}, "method": {key}}
	for name, value := range map[string]string{"caller": v.Explain.Caller, "token": v.Explain.Token, "flags": v.Explain.Flags, "windows": v.Explain.Windows} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return v.Job.Key + "?" + q.Encode()
}
