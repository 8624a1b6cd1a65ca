package inspect_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/inspect"
	"github.com/bitsemu/bitsemu/internal/inspect/inspecttest"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/winver"
)

// pages are all that is shown of a scene.
func (r *rig) pages() []string {
	all := []string{"", "?state=over", "audit", "events", "api/queue", "api/audit", "api/events"}
	for key := range r.Jobs {
		id := r.id(key)
		all = append(all, "job/"+id, "api/jobs/"+id, "api/jobs/"+id+"/explain")
		for _, tab := range []string{"files", "identity", "access", "audit", "events", "properties"} {
			all = append(all, "job/"+id+"?tab="+tab)
		}
	}
	return all
}

// On no page is a secret, and nothing that clients have named is markup.
func TestNothingLeaksAndNothingRuns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range r.pages() {
		w := get(t, r.page, path)
		require.Equal(t, http.StatusOK, w.Code, path)
		require.NotContains(t, w.Body.String(), inspecttest.Password, path)
		require.NotContains(t, w.Body.String(), "<img", path)
		require.NotContains(t, w.Body.String(), "<script>", path)
		require.NotContains(t, w.Body.String(), "ZgotmplZ", path)
		require.NotContains(t, w.Body.String(), " style=", path)
	}
	require.Contains(t, html(t, r.page, ""), "&lt;img src=x onerror=")
}

// The policy has no room for what is not the page's own.
func TestHeaders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"", "api/queue", "app.js", "app.css", "icon.svg", "nothing", "api/nothing"} {
		h := get(t, r.page, path).Header()
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'", path)
		require.NotContains(t, h.Get("Content-Security-Policy"), "unsafe", path)
		require.Equal(t, "no-store", h.Get("Cache-Control"), path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		require.Empty(t, h.Get("Access-Control-Allow-Origin"), path)
	}
}

// The page can be looked at, and nothing more.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"", "api/queue", "job/" + r.id("moving"), "audit"} {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
			w := httptest.NewRecorder()
			r.page.ServeHTTP(w, httptest.NewRequest(method, inspect.Path+path, strings.NewReader("{}")))
			require.Equal(t, http.StatusMethodNotAllowed, w.Code, "%s %s", method, path)
		}
		w := httptest.NewRecorder()
		r.page.ServeHTTP(w, httptest.NewRequest(http.MethodHead, inspect.Path+path, nil))
		require.Equal(t, http.StatusOK, w.Code)
	}
}

// Who asks again is told that nothing has changed, but for the time; and that something
// has.
func TestAskingAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"", "api/queue", "job/" + r.id("next")} {
		first := get(t, r.page, path)
		tag := first.Header().Get("ETag")
		require.NotEmpty(t, tag)
		again := get(t, r.page, path, "If-None-Match", tag)
		require.Equal(t, http.StatusNotModified, again.Code, path)
		require.Empty(t, again.Body.String())
	}
	list := get(t, r.page, "")
	require.Contains(t, list.Body.String(), `<time id="clock">2024-01-02 03:04:32</time>`)
	require.Equal(t, "2024-01-02 03:04:32", list.Header().Get("X-Bitsemu-Time"))
	_, err := r.Jobs["next"].Cancel(t.Context())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		return get(t, r.page, "", "If-None-Match", list.Header().Get("ETag")).Code == http.StatusOK
	}, waiting, tick)
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for path, status := range map[string]int{
		"nothing": 404, "job/" + uuid.NewString(): 404, "job/what": 400, "job/a/b": 404, "enter": 404,
		"api/nothing": 404, "api/jobs/" + uuid.NewString(): 404, "api/jobs/{}": 400, "api/jobs/what/explain": 400,
		"api/jobs/" + r.id("next") + "/explain?caller=eve": 400,
	} {
		w := get(t, r.page, path)
		require.Equal(t, status, w.Code, path)
		if strings.HasPrefix(path, "api/") {
			require.Contains(t, w.Body.String(), `{"error":{"message":`, path)
			continue
		}
		require.Contains(t, w.Body.String(), "All jobs", path)
		require.Contains(t, w.Body.String(), `href="./`+strings.Repeat("../", strings.Count(path, "/"))+`audit"`, path)
	}
}

// The logs of all jobs lead to each.
func TestLogsLeadToJobs(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"audit", "events"} {
		require.Contains(t, html(t, r.page, path), `href="/inspect/job/`+r.id("next")+`"`, path)
		require.NotContains(t, html(t, r.page, "job/"+r.id("next")+"?tab="+path), `href="/inspect/job/`, path)
	}
}

// broken is a source that cannot be read.
type broken struct{ inspect.Source }

func (broken) Queue() (inspect.Queue, error) { return inspect.Queue{}, errors.New("no disk") }
func (broken) Memory() inspect.Memory        { return nil }

func TestSourceFails(t *testing.T) {
	t.Parallel()
	page := inspect.New(broken{})
	for _, path := range []string{"", "audit", "events", "job/" + uuid.NewString(), "api/queue", "api/jobs/" + uuid.NewString()} {
		w := get(t, page, path)
		require.Equal(t, http.StatusInternalServerError, w.Code, path)
		require.Contains(t, w.Body.String(), "no disk", path)
	}
}

// A store that is opened to be read shows what it has, and the rest as not known.
func TestStored(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "jobs.db")
	scene := inspecttest.Play(t, bitsemu.RunT(t, bitsemu.Store(path)))
	id, err := scene.Jobs["backup"].GetId(t.Context())
	require.NoError(t, err)
	require.NoError(t, scene.Emu.Close())
	store, err := jobstore.OpenReadOnly(path)
	require.NoError(t, err)
	defer store.Close()
	page := inspect.New(inspect.Stored(store, winver.Windows8_1))
	list := html(t, page, "")
	require.Contains(t, list, "Windows 8.1 (build 9600) (assumed)")
	require.Contains(t, list, "<b>?</b> Over")
	require.Contains(t, list, "waits for its turn, or for its owner to log on")
	require.Contains(t, list, "read only: history, audit and events are not in it")
	for path, says := range map[string]string{
		"?state=over": "Neither a store nor a snapshot keeps a job that is over", "audit": "Not known", "events": "Not known", "job/" + id.String(): "Not known",
		"job/" + id.String() + "?tab=audit": "Not known", "job/" + id.String() + "?tab=events": "Not known",
	} {
		require.Contains(t, html(t, page, path), says, path)
	}
	j := ask[inspect.Job](t, page, "jobs/"+id.String())
	require.False(t, j.HasHistory)
	require.Empty(t, j.History)
	e := ask[inspect.Explanation](t, page, "jobs/"+id.String()+"/explain")
	require.Equal(t, "assumed: a store does not tell", e.Chosen[0].Note)
	require.Equal(t, "Windows 8.1 (build 9600)", e.Builds[0])
	require.NotContains(t, list, inspecttest.Password)
}

// A snapshot knows the machine, and no history.
func TestSaved(t *testing.T) {
	t.Parallel()
	scene := inspecttest.Play(t, bitsemu.RunT(t))
	snapshot, err := scene.Emu.Snapshot()
	require.NoError(t, err)
	page := inspect.New(inspect.Saved("queue.json", snapshot))
	list := html(t, page, "")
	require.Contains(t, list, "dave is not logged on")
	require.Contains(t, list, "Snapshot: history, audit and events are not in it · queue.json")
	require.Equal(t, 12, ask[inspect.List](t, page, "queue").Total)
	require.Contains(t, html(t, page, "job/"+strings.Trim(guid(t, scene.Jobs["game"]), "{}")), "Not known: a store and a snapshot")
	require.Equal(t, http.StatusNotFound, get(t, page, "job/"+uuid.NewString()).Code)
}

func TestEmptyQueue(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	page := inspect.New(inspect.Live(emu))
	require.Contains(t, html(t, page, ""), "The queue is empty.")
	require.Contains(t, html(t, page, "audit"), "Nothing yet.")
	require.Contains(t, html(t, page, "events"), "Nothing yet.")
	require.Contains(t, html(t, page, "?q=x"), "No job is like that.")
	emu.NetworkDown()
	require.NoError(t, emu.Stop())
	page = inspect.New(inspect.Live(emu))
	require.Contains(t, html(t, page, ""), "The service is stopped.")
	require.Contains(t, html(t, page, ""), "The network is away.")
}
