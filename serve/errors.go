package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// refusal is a request that is refused before BITS has heard of it.
type refusal struct {
	status  int
	code    string
	message string
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

func malformed(format string, args ...any) error {
	return &refusal{http.StatusBadRequest, "malformed", fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return &refusal{http.StatusNotFound, "not-found", fmt.Sprintf(format, args...)}
}

func forbidden(format string, args ...any) error {
	return &refusal{http.StatusForbidden, "forbidden", fmt.Sprintf(format, args...)}
}

func limited(format string, args ...any) error {
	return &refusal{http.StatusTooManyRequests, "limit", fmt.Sprintf(format, args...)}
}

var (
	errClosing = &refusal{http.StatusServiceUnavailable, "closing", "the server is being shut down and takes no more calls"}
	errToken   = &refusal{http.StatusUnauthorized, "unauthorized", "over TCP a request needs the server's token: Authorization: Bearer TOKEN"}
)

// errorBody is the answer to a refused request.
type errorBody struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func refuse(w http.ResponseWriter, r *refusal) {
	var body errorBody
	body.Error.Code, body.Error.Message = r.code, r.message
	if r.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="bitsemu"`)
	}
	text, err := json.Marshal(body)
	if err != nil { // uncovered: two strings can always be written
		text = nil
	}
	send(w, r.status, text)
}

// send writes an answer.
func send(w http.ResponseWriter, status int, text []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(text)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // who has gone away does not get it
}
