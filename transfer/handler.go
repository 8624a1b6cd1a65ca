package transfer

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
)

// Handler is a transport whose server is h, in memory: there is no port and no
// listener, and answers stream. It treats h as a real server does, as far as a
// client sees. A handler runs in a goroutine of its own until it returns, which it
// should once the request's context ends: when the client closes the body, or its
// own context ends. It may use the values of the client's context, such as [Now].
//
// A handler that panics with http.ErrAbortHandler cuts the connection; any other
// panic does too, and the client's error tells of it.
func Handler(h http.Handler) http.RoundTripper { return memoryTransport{h} }

type memoryTransport struct{ handler http.Handler }

func (t memoryTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	r, pipe := io.Pipe()
	w := &memoryWriter{ctx: ctx, header: make(http.Header), req: req, pipe: pipe, ready: make(chan struct{})}
	// The end of the request ends both sides of the pipe.
	unbind := context.AfterFunc(req.Context(), func() {
		_ = pipe.CloseWithError(req.Context().Err()) // it never fails
	})
	// A handler waits where it must; only its client is told to come again.
	go w.serve(t.handler, serverRequest(context.WithValue(ctx, memoKey{}, (*memo)(nil)), req))
	stop := func() {
		unbind()
		cancel()
	}
	select {
	case <-w.ready:
	case <-ctx.Done():
		stop()
		return nil, ctx.Err()
	}
	if w.failed != nil {
		stop()
		return nil, w.failed
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode:    w.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.sent,
		Body:          &memoryBody{PipeReader: r, stop: stop},
		ContentLength: w.length,
		Request:       req,
	}, nil
}

// serverRequest is the request as a server sees it.
func serverRequest(ctx context.Context, req *http.Request) *http.Request {
	in := req.Clone(ctx)
	in.Header = make(http.Header, len(req.Header)) // a server has its own spelling of names
	for name, values := range req.Header {
		name = http.CanonicalHeaderKey(name)
		in.Header[name] = append(in.Header[name], values...)
	}
	if in.Host == "" {
		in.Host = req.URL.Host
	}
	in.RequestURI = req.URL.RequestURI()
	in.URL = &url.URL{Path: req.URL.Path, RawPath: req.URL.RawPath, RawQuery: req.URL.RawQuery}
	if in.URL.Path == "" {
		in.URL.Path = "/"
	}
	if ProxyOf(ctx) != nil && req.URL.Scheme == "http" { // a proxy is told the whole URL
		in.URL.Scheme, in.URL.Host = req.URL.Scheme, req.URL.Host
		in.RequestURI = in.URL.String()
	}
	in.Proto, in.ProtoMajor, in.ProtoMinor = "HTTP/1.1", 1, 1
	in.RemoteAddr = "192.0.2.1:1234" // of a net for documentation
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if req.URL.Scheme == "https" {
		in.TLS = &tls.ConnectionState{
			Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: req.URL.Hostname(),
			PeerCertificates: chainOf(ClientCertificateOf(ctx)),
		}
	}
	return in
}

// chainOf is the certificate as the server gets it, nil for none.
func chainOf(c *tls.Certificate) []*x509.Certificate {
	if c == nil {
		return nil
	}
	if c.Leaf != nil {
		return []*x509.Certificate{c.Leaf}
	}
	var chain []*x509.Certificate
	for _, der := range c.Certificate {
		if parsed, err := x509.ParseCertificate(der); err == nil {
			chain = append(chain, parsed)
		}
	}
	return chain
}

// memoryBody is the client's end.
type memoryBody struct {
	*io.PipeReader
	stop func()
}

func (b *memoryBody) Close() error {
	b.stop()
	return b.PipeReader.Close()
}

// earlyBytes is how much of an answer waits for the handler's return, lest a
// short one has no Content-Length. Package net/http has the same number.
const earlyBytes = 2048

// memoryWriter is the server's end.
type memoryWriter struct {
	ctx    context.Context
	req    *http.Request
	pipe   *io.PipeWriter
	ready  chan struct{} // closed when the head of the answer is settled
	header http.Header

	sent    http.Header // what the client gets; written before ready
	failed  error
	status  int
	length  int64 // Content-Length, or unknown
	settled bool

	early   bytes.Buffer // what was written before
	written int64
}

// serve runs the handler to its end.
func (w *memoryWriter) serve(h http.Handler, in *http.Request) {
	cut := errors.New("the handler did not return") // as after runtime.Goexit
	defer func() {
		if p := recover(); p != nil {
			cut = io.ErrUnexpectedEOF
			if err, ok := p.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				cut = fmt.Errorf("the handler panicked: %v\n%s", p, debug.Stack())
			}
		}
		w.finish(cut)
		_ = in.Body.Close() // it was only read
	}()
	h.ServeHTTP(w, in)
	cut = nil
}

// finish ends the answer: as it should, or by cutting the connection.
func (w *memoryWriter) finish(cut error) {
	if cut == nil && !w.settled {
		w.WriteHeader(http.StatusOK)
		w.settle(true, nil)
	}
	if !w.settled {
		w.settled, w.failed = true, cut
		close(w.ready)
	}
	switch {
	case !w.hasBody():
		cut = nil // there is nothing to cut
	case cut == nil:
		if cut = w.flushEarly(); cut == nil && w.length > w.written {
			cut = io.ErrUnexpectedEOF
		}
	}
	_ = w.pipe.CloseWithError(cut) // nil is the end of the body; it never fails
}

func (w *memoryWriter) Header() http.Header { return w.header }

func (w *memoryWriter) WriteHeader(status int) {
	if w.status != 0 || 100 <= status && status <= 199 {
		return
	}
	w.status, w.length, w.sent = status, unknown, w.header.Clone()
	if text := w.sent.Get("Content-Length"); text != "" {
		if w.length = number(text); w.length == unknown {
			w.sent.Del("Content-Length")
		}
	}
}

func (w *memoryWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if !bodyAllowed(w.status) {
		return 0, http.ErrBodyNotAllowed
	}
	if w.length >= 0 && w.written+int64(len(p)) > w.length {
		return 0, http.ErrContentLength
	}
	w.written += int64(len(p))
	if !w.settled {
		if w.early.Len()+len(p) <= earlyBytes {
			return w.early.Write(p)
		}
		w.settle(false, p)
	}
	if !w.hasBody() {
		return len(p), w.ctx.Err()
	}
	if err := w.flushEarly(); err != nil {
		return 0, err
	}
	return w.pipe.Write(p)
}

// Flush sends what there is.
func (w *memoryWriter) Flush() {
	w.WriteHeader(http.StatusOK)
	if !w.settled {
		w.settle(false, nil)
	}
	_ = w.flushEarly() // the next Write fails too
}

// settle settles the head of the answer; whole says that all of it is written, and
// next is what follows.
func (w *memoryWriter) settle(whole bool, next []byte) {
	if !bodyAllowed(w.status) {
		if w.req.Method != http.MethodHead {
			w.length = 0
		}
	} else {
		start := append(w.early.Bytes(), next[:min(len(next), earlyBytes)]...)
		if whole && w.length == unknown && (w.req.Method != http.MethodHead || w.early.Len() > 0) {
			w.length = int64(w.early.Len())
			w.sent.Set("Content-Length", strconv.FormatInt(w.length, 10))
		}
		_, typed := w.sent["Content-Type"]
		if !typed && w.sent.Get("Content-Encoding") == "" && len(start) > 0 {
			w.sent.Set("Content-Type", http.DetectContentType(start))
		}
	}
	if w.sent.Get("Date") == "" {
		w.sent.Set("Date", Now(w.ctx).UTC().Format(http.TimeFormat))
	}
	w.settled = true
	close(w.ready)
}

func (w *memoryWriter) flushEarly() error {
	if !w.hasBody() || w.early.Len() == 0 {
		return nil
	}
	_, err := w.pipe.Write(w.early.Bytes())
	w.early.Reset()
	return err
}

func (w *memoryWriter) hasBody() bool {
	return w.req.Method != http.MethodHead && bodyAllowed(w.status)
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}
