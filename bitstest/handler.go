package bitstest

import (
	"bytes"
	"crypto/subtle"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// maxSize is the size of the largest file that is served.
const maxSize = 64 << 20

// Handler serves what cases ask for, at the root of a server. Files have the
// content that [Content] makes for their size, and Last-Modified, and are served
// in ranges:
//
//	/file/{size}                           a file
//	/noranges/{size}                       one that is served as a whole only
//	/nolength/{size}                       one whose length is not told before
//	/slow/{pieces}/{ms}/{size}             in pieces, with pauses of milliseconds
//	/status/{status}                       no file but this status
//	/redirect/{status}/{path}              a redirect to the rest of the path
//	/flaky/{id}/{times}/{size}             503 a number of times, and then a file
//	/cut/{id}/{times}/{size}               a file whose GETs lose the connection half way, a number of times
//	/cutwhole/{id}/{times}/{size}          the same, served as a whole only
//	/changed/{id}/{before}/{size}          a file of the size before until a GET has lost the connection half way, then a later one
//	/once/{id}/{size}                      a file until all bytes are fetched, and then 404
//	/auth/basic/{user}/{password}/{size}   a file for this user, by Basic authentication
//	/needs/{header}/{value}/{size}         a file for requests with this header, 403 for others
//	/method/{method}/{size}                a file for this method and HEAD, 405 for others
//
// An id is made up by who asks, and counts are kept for each. More path may
// follow a file, which changes nothing.
func Handler() http.Handler {
	h := &handler{seen: map[string]int{}}
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request, int){
		"/file/{size}":                         serveFile,
		"/noranges/{size}":                     serveWhole,
		"/nolength/{size}":                     serveUntold,
		"/slow/{pieces}/{ms}/{size}":           serveSlowly,
		"/flaky/{id}/{times}/{size}":           h.serveFlaky,
		"/cut/{id}/{times}/{size}":             h.serveCut,
		"/cutwhole/{id}/{times}/{size}":        h.serveCutWhole,
		"/changed/{id}/{before}/{size}":        h.serveChanged,
		"/once/{id}/{size}":                    h.serveOnce,
		"/auth/basic/{user}/{password}/{size}": serveProtected,
		"/needs/{header}/{value}/{size}":       serveHeader,
		"/method/{method}/{size}":              serveMethod,
	} {
		sized := func(w http.ResponseWriter, r *http.Request) {
			size, err := strconv.Atoi(r.PathValue("size"))
			if err != nil || size < 0 || size > maxSize {
				http.Error(w, "this is no size of a file: "+r.PathValue("size"), http.StatusBadRequest)
				return
			}
			serve(w, r, size)
		}
		mux.HandleFunc(pattern, sized)
		mux.HandleFunc(pattern+"/{more...}", sized)
	}
	mux.HandleFunc("/status/{status}", serveStatus)
	mux.HandleFunc("/redirect/{status}/{path...}", serveRedirect)
	return mux
}

// handler keeps the counts.
type handler struct {
	mu   sync.Mutex
	seen map[string]int
}

// count adds n to what was seen of key, and returns what was seen before.
func (h *handler) count(key string, n int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.seen[key]
	h.seen[key] = before + n
	return before
}

func serveFile(w http.ResponseWriter, r *http.Request, size int) {
	serveFileOf(w, r, size, modified)
}

func serveFileOf(w http.ResponseWriter, r *http.Request, size int, modified time.Time) {
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", modified, bytes.NewReader(Content(size)))
}

func serveWhole(w http.ResponseWriter, r *http.Request, size int) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Last-Modified", modified.Format(http.TimeFormat))
	w.Header().Set("Accept-Ranges", "none")
	w.Header().Set("Content-Length", strconv.Itoa(size))
	if r.Method != http.MethodHead {
		_, _ = w.Write(Content(size)) // who has gone away needs nothing
	}
}

func serveUntold(w http.ResponseWriter, r *http.Request, size int) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush() // the header goes out before the length can be known
	if r.Method != http.MethodHead {
		_, _ = w.Write(Content(size)) // who has gone away needs nothing
	}
}

func serveSlowly(w http.ResponseWriter, r *http.Request, size int) {
	pieces, ms := number(r, "pieces"), number(r, "ms")
	serveFile(&slow{w, r, max(1, size/max(1, pieces)), time.Duration(ms) * time.Millisecond}, r, size)
}

func serveStatus(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "as asked", status(r))
}

func serveRedirect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", "/"+r.PathValue("path"))
	w.WriteHeader(status(r))
}

func (h *handler) serveFlaky(w http.ResponseWriter, r *http.Request, size int) {
	if h.count("flaky "+r.PathValue("id"), 1) < number(r, "times") {
		http.Error(w, "not yet", http.StatusServiceUnavailable)
		return
	}
	serveFile(w, r, size)
}

func (h *handler) serveCut(w http.ResponseWriter, r *http.Request, size int) {
	if r.Method != http.MethodHead && h.count("cut "+r.PathValue("id"), 1) < number(r, "times") {
		w = &cut{ResponseWriter: w}
	}
	serveFile(w, r, size)
}

func (h *handler) serveCutWhole(w http.ResponseWriter, r *http.Request, size int) {
	if r.Method != http.MethodHead && h.count("cutwhole "+r.PathValue("id"), 1) < number(r, "times") {
		w = &cut{ResponseWriter: w}
	}
	serveWhole(w, r, size)
}

func (h *handler) serveChanged(w http.ResponseWriter, r *http.Request, size int) {
	key := "changed " + r.PathValue("id")
	switch {
	case h.count(key, 0) > 0:
		serveFileOf(w, r, size, modified.Add(time.Hour))
	case r.Method == http.MethodHead:
		serveFile(w, r, min(number(r, "before"), maxSize))
	default:
		h.count(key, 1)
		serveFile(&cut{ResponseWriter: w}, r, min(number(r, "before"), maxSize))
	}
}

func (h *handler) serveOnce(w http.ResponseWriter, r *http.Request, size int) {
	key := "once " + r.PathValue("id")
	if h.count(key, 0) >= size {
		http.NotFound(w, r)
		return
	}
	serveFile(&counted{w, func(n int) { h.count(key, n) }}, r, size)
}

func serveProtected(w http.ResponseWriter, r *http.Request, size int) {
	user, password, ok := r.BasicAuth()
	same := subtle.ConstantTimeCompare([]byte(user+":"+password), []byte(r.PathValue("user")+":"+r.PathValue("password")))
	if !ok || same == 0 {
		w.Header().Set("WWW-Authenticate", `Basic realm="bitstest"`)
		http.Error(w, "who is there?", http.StatusUnauthorized)
		return
	}
	serveFile(w, r, size)
}

func serveHeader(w http.ResponseWriter, r *http.Request, size int) {
	if r.Header.Get(r.PathValue("header")) != r.PathValue("value") {
		http.Error(w, "a header is missing", http.StatusForbidden)
		return
	}
	serveFile(w, r, size)
}

func serveMethod(w http.ResponseWriter, r *http.Request, size int) {
	if r.Method != r.PathValue("method") && r.Method != http.MethodHead {
		http.Error(w, "another method", http.StatusMethodNotAllowed)
		return
	}
	serveFile(w, r, size)
}

// number is a number in the path, and 0 for what is none.
func number(r *http.Request, name string) int {
	n, _ := strconv.Atoi(r.PathValue(name))
	return n
}

// status is the status in the path, and 400 for what is none.
func status(r *http.Request) int {
	if n := number(r, "status"); n >= 200 && n <= 599 {
		return n
	}
	return http.StatusBadRequest
}
