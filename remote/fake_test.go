package remote_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// fake is a server that answers what it is told to.
type fake struct {
	*httptest.Server
	lease   string
	mu      sync.Mutex
	paths   []string // the ends of paths, the last first
	answers map[string]http.HandlerFunc
	heard   chan string // what was asked, with the body
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{lease: "1h", answers: map[string]http.HandlerFunc{}, heard: make(chan string, 1000)}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	f.on("/v1/sessions", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"session":"S","lease":%q}`, f.lease)
	})
	f.say("/v1/sessions/S", `{}`)
	f.say("/activate", `{"hresult":"0x00000000","results":{"manager":{"object":"1","interface":"IBackgroundCopyManager"}}}`)
	f.say("/objects/1/GetJob", `{"hresult":"0x00000000","results":{"value":{"object":"2","interface":"IBackgroundCopyJob"}}}`)
	f.say("/SetNotifyInterface", `{"hresult":"0x00000000","results":{}}`)
	f.say("/release", `{}`)
	return f
}

// on has a handler answer paths that end so.
func (f *fake) on(path string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.paths = slices.Insert(f.paths, 0, path)
	f.answers[path] = h
}

func (f *fake) say(path, text string) {
	f.on(path, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, text) })
}

func (f *fake) refuse(path string, status int, text string) {
	f.on(path, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprintln(w, text)
	})
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.heard <- r.Method + " " + r.URL.Path + " " + string(body)
	f.mu.Lock()
	var h http.HandlerFunc
	if i := slices.IndexFunc(f.paths, func(end string) bool { return strings.HasSuffix(r.URL.Path, end) }); i >= 0 {
		h = f.answers[f.paths[i]]
	}
	f.mu.Unlock()
	if h == nil {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"error":{"code":"not-found","message":"no such path"}}`)
		return
	}
	h(w, r)
}

// wait waits until something was asked that begins so, and returns the rest.
func (f *fake) wait(t *testing.T, begin string) string {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case line := <-f.heard:
			if rest, ok := strings.CutPrefix(line, begin); ok {
				return rest
			}
		case <-deadline:
			require.FailNow(t, "nobody has asked", begin)
		}
	}
}

// stream is the stream of callbacks of a fake: each handler serves one connection.
func (f *fake) stream(t *testing.T, connections ...func(w io.Writer, flush func(), end <-chan struct{})) {
	t.Helper()
	n := 0
	f.on("/callbacks", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		mine := n
		n++
		f.mu.Unlock()
		flush := func() { _ = http.NewResponseController(w).Flush() }
		flush()
		if mine < len(connections) {
			connections[mine](w, flush, r.Context().Done())
			return
		}
		<-r.Context().Done()
	})
}
