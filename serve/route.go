package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// route is what is answered under one path, in which {name} stands for any one segment.
type route struct {
	method string
	path   string
	says   string // one line for the OpenAPI document
	do     func(*Server, *request) (any, error)
	query  []string // parameters that are read

	takes, answers reflect.Type // the body and the answer, where they are neither a call's nor a call's answer
	stream         bool         // it writes its answer itself
}

// request is a request on its way through a route.
type request struct {
	w     http.ResponseWriter
	r     *http.Request
	at    map[string]string // what stands for {name}
	query url.Values
	body  []byte
}

// routes are all that the server answers.
func routes() []route {
	all := []route{
		{method: "GET", path: "/v1", says: "What this is.", do: (*Server).info, answers: reflect.TypeFor[about]()},
		{method: "GET", path: "/v1/openapi.json", says: "This document.", do: (*Server).openAPI},
	}
	all = append(all, callRoutes()...)
	all = append(all, sessionRoutes()...)
	all = append(all, lookRoutes()...)
	return append(all, controlRoutes()...)
}

// answer finds the route of a request and follows it.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) error {
	if err := s.guard(r); err != nil {
		return err
	}
	found, at, err := s.find(r.Method, r.URL)
	if err != nil {
		var no *refusal
		if errors.As(err, &no) && no.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", strings.Join(s.allowed(r.URL), ", "))
		}
		return err
	}
	if !s.begin() {
		w.Header().Set("Connection", "close")
		return errClosing
	}
	defer s.calls.Done()
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return malformed("the parameters: %v", err)
	}
	for name := range query {
		if !slices.Contains(found.query, name) {
			return malformed("there is no parameter %q here: want %s", name, wanted(found.query))
		}
	}
	req := &request{w: w, r: r, at: at, query: query}
	if r.Method == http.MethodPost {
		if req.body, err = s.read(w, r); err != nil {
			return err
		}
	}
	result, err := found.do(s, req)
	if err != nil || found.stream {
		return err
	}
	text, ok := result.(json.RawMessage)
	if !ok {
		if text, err = encode(result); err != nil {
			return err
		}
	}
	s.writeWithin(w)
	send(w, http.StatusOK, text)
	return nil
}

func wanted(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// encode writes a value as JSON, with <, > and & as they are.
func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

// writeWithin bounds the time that a client may take to read an answer.
func (s *Server) writeWithin(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.conf.reading)) // a handler under test has none
}

// read reads the body of a request.
func (s *Server) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.conf.maxBody))
	if err == nil {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // a handler under test has none
	} else { // what is still to come is not waited for
		w.Header().Set("Connection", "close")
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &refusal{http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf("the body has more than the %d bytes allowed", large.Limit)}
	case err != nil:
		return nil, &refusal{http.StatusBadRequest, "malformed", "the body did not come: " + err.Error()}
	}
	if given := r.Header.Get("Content-Type"); given != "" && len(body) > 0 {
		kind, _, err := mime.ParseMediaType(given)
		if err != nil || kind != "application/json" {
			return nil, &refusal{http.StatusUnsupportedMediaType, "media-type", "the body is of type " + given + ": want application/json"}
		}
	}
	return body, nil
}

// find is the route of a path, and what stands for the names in it.
func (s *Server) find(method string, u *url.URL) (*route, map[string]string, error) {
	segments, err := split(u)
	if err != nil {
		return nil, nil, err
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	other := false
	for i := range s.routes {
		at, ok := match(s.routes[i].path, segments)
		if ok && s.routes[i].method == method {
			return &s.routes[i], at, nil
		}
		other = other || ok
	}
	if other {
		return nil, nil, &refusal{http.StatusMethodNotAllowed, "method", method + " is not for " + u.Path + ": want " + strings.Join(s.allowed(u), " or ")}
	}
	return nil, nil, notFound("there is nothing at %s; GET /v1/openapi.json lists what there is", u.Path)
}

// allowed are the methods of a path.
func (s *Server) allowed(u *url.URL) []string {
	segments, err := split(u)
	if err != nil {
		return nil
	}
	var methods []string
	for _, r := range s.routes {
		if _, ok := match(r.path, segments); ok && !slices.Contains(methods, r.method) {
			methods = append(methods, r.method)
		}
	}
	return methods
}

// split cuts a path into segments, each of which may have had an escaped slash.
func split(u *url.URL) ([]string, error) {
	segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	for i, one := range segments {
		text, err := url.PathUnescape(one)
		if err != nil {
			return nil, malformed("the path: %v", err)
		}
		segments[i] = text
	}
	return segments, nil
}

// match compares a path with a route's.
func match(pattern string, segments []string) (map[string]string, bool) {
	n := 0
	var at map[string]string
	for part := range strings.SplitSeq(pattern[1:], "/") {
		if n >= len(segments) {
			return nil, false
		}
		switch name, isName := strings.CutPrefix(part, "{"); {
		case isName && segments[n] != "":
			if at == nil {
				at = map[string]string{}
			}
			at[strings.TrimSuffix(name, "}")] = segments[n]
		case part != segments[n]:
			return nil, false
		}
		n++
	}
	return at, n == len(segments)
}
