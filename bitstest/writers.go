package bitstest

import (
	"net/http"
	"strconv"
	"time"
)

// slow writes in pieces, with a pause after each.
type slow struct {
	http.ResponseWriter
	request *http.Request
	piece   int
	pause   time.Duration
}

func (w *slow) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n, err := w.ResponseWriter.Write(p[:min(w.piece, len(p))])
		written += n
		if err != nil {
			return written, err
		}
		p = p[n:]
		_ = http.NewResponseController(w.ResponseWriter).Flush() // what cannot flush is slow nevertheless
		select {
		case <-time.After(w.pause):
		case <-w.request.Context().Done():
			return written, w.request.Context().Err()
		}
	}
	return written, nil
}

// cut loses the connection after half of the body.
type cut struct {
	http.ResponseWriter
	begun bool
	left  int
}

func (w *cut) WriteHeader(status int) {
	length, _ := strconv.Atoi(w.Header().Get("Content-Length"))
	w.begun, w.left = true, length/2
	w.ResponseWriter.WriteHeader(status)
}

func (w *cut) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(p[:min(w.left, len(p))])
	w.left -= n
	if err == nil && n < len(p) {
		_ = http.NewResponseController(w.ResponseWriter).Flush() // the half has to arrive, if anything can
		panic(http.ErrAbortHandler)
	}
	return n, err
}

// counted tells how much was written.
type counted struct {
	http.ResponseWriter
	wrote func(n int)
}

func (w *counted) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.wrote(n)
	return n, err
}
