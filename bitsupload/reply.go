package bitsupload

import (
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// url is the URL of a request as the client sees it.
func (r *request) url() *url.URL {
	u, err := url.ParseRequestURI(r.RequestURI)
	if err != nil {
		c := *r.URL
		u = &c
	}
	if u.Host == "" {
		u.Host = r.Host
	}
	if u.Scheme == "" {
		u.Scheme = "http"
		if r.TLS != nil {
			u.Scheme = "https"
		}
	}
	return u
}

// replyURL is where the reply of a session is fetched: absolute, in the directory
// of sessions beside the destination (I).
func (r *request) replyURL(c *session) string {
	u := r.url()
	u.RawQuery = ""
	dir := strings.TrimSuffix(u.EscapedPath(), "/")
	dir = dir[:strings.LastIndexByte(dir, '/')+1]
	return u.Scheme + "://" + u.Host + dir + sessionsDir + "/" + url.PathEscape(c.id) + "/" + responseFile
}

// serveOther answers what is no packet: requests for replies are ordinary HTTP.
func (s *Server) serveOther(r *request) {
	get := r.Method == http.MethodGet || r.Method == http.MethodHead
	if dir, file := path.Split(r.URL.Path); get && file == responseFile {
		if dir, id := path.Split(path.Clean(dir)); path.Base(dir) == sessionsDir {
			s.serveReply(r, path.Dir(path.Clean(dir)), id)
			return
		}
	}
	if r.options.Other != nil {
		r.options.Other.ServeHTTP(r.w, r.Request)
		return
	}
	r.w.Header().Set("Allow", bitspost.Method)
	http.Error(r.w, "this is a BITS upload server", http.StatusMethodNotAllowed)
}

// serveReply sends the reply of a session. It does not count as progress.
func (s *Server) serveReply(r *request, dir, id string) {
	if r.options.Authorize != nil {
		user, err := r.options.Authorize(r.Request)
		if err != nil {
			http.Error(r.w, "you may not read this", http.StatusForbidden)
			return
		}
		r.user = user
	}
	file, c := s.openReply(r, dir, id)
	if file == nil {
		http.NotFound(r.w, r.Request)
		return
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		http.Error(r.w, "the reply cannot be read", http.StatusInternalServerError)
		return
	}
	r.w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(r.w, r.Request, "", c.replyTime, io.NewSectionReader(file, 0, info.Size()))
}

// openReply finds the reply of a session.
func (s *Server) openReply(r *request, dir, id string) (File, *session) {
	s.mu.Lock()
	c := s.sessions[bitspost.Key(id)]
	s.mu.Unlock()
	if c == nil || c.user != r.user || path.Dir("/"+c.name) != dir {
		return nil, nil
	}
	if !c.take(r.Context()) {
		return nil, nil
	}
	defer func() { <-c.turn }()
	if c.over || !c.reply || !c.finished {
		return nil, nil
	}
	file, err := s.storage.Open(c.response())
	if err != nil {
		return nil, nil
	}
	return file, c
}
