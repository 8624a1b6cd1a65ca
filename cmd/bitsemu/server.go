package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// server is a real one, on a port of this machine, with one file. It is busy at first,
// and breaks off the first answer that comes to the byte cut.
type server struct {
	content []byte
	url     string
	http    http.Server
	ended   chan struct{}

	mu   sync.Mutex
	busy int
	cut  int64
	log  []string
}

func newServer(content []byte, cut int64) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the demo needs a port of this machine for its server: %w", err)
	}
	s := &server{content: content, busy: 1, cut: cut, url: fmt.Sprintf("http://%s/app.msi", listener.Addr()), ended: make(chan struct{})}
	s.http.Handler = s
	go func() {
		defer close(s.ended)
		_ = s.http.Serve(listener) // it ends with Close
	}()
	return s, nil
}

func (s *server) close() error {
	err := s.http.Close()
	<-s.ended
	return err
}

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	busy, cut := s.busy > 0, s.cut > 0 && r.Method == http.MethodGet
	at := s.cut
	what := r.Method
	if parts := r.Header.Get("Range"); parts != "" {
		what += " " + parts
	}
	switch {
	case busy:
		s.busy--
		what += ", answered with 503"
	case cut:
		s.cut = 0
		what += fmt.Sprintf(", cut off after %d bytes", at)
	}
	s.log = append(s.log, what)
	s.mu.Unlock()
	if busy {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if cut {
		w = &cutWriter{ResponseWriter: w, left: at}
	}
	http.ServeContent(w, r, "", time.Date(2023, 11, 14, 0, 0, 0, 0, time.UTC), bytes.NewReader(s.content))
}

// requests is what was asked.
func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.log...)
}

// cutWriter breaks the connection after so many bytes.
type cutWriter struct {
	http.ResponseWriter
	left int64
}

func (w *cutWriter) Write(p []byte) (int, error) {
	if int64(len(p)) < w.left {
		w.left -= int64(len(p))
		return w.ResponseWriter.Write(p)
	}
	_, _ = w.ResponseWriter.Write(p[:w.left]) // the client is about to lose it anyway
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}
