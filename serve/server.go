package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/token"
)

// Server answers for an emulator over HTTP. It is an [http.Handler] too, for a listener
// of somebody else's, who then is the one to see who can connect.
type Server struct {
	emu     *bitsemu.Emulator
	conf    config
	routes  []route
	scripts scripts
	settler settler

	mu       sync.Mutex
	sessions map[string]*session
	https    map[*http.Server]struct{}
	closing  bool
	closed   chan struct{} // closed when closing begins
	calls    sync.WaitGroup
}

// New makes a server for an emulator, which stays the caller's to close, after the server.
// It fails when the owners of the jobs cannot be read (see [LogOnOwners]), and for a
// pinned caller that is none.
func New(emu *bitsemu.Emulator, opts ...Option) (*Server, error) {
	s := &Server{
		emu: emu, conf: defaults(), sessions: map[string]*session{}, https: map[*http.Server]struct{}{}, closed: make(chan struct{}),
	}
	for _, opt := range opts {
		opt(&s.conf)
	}
	if s.conf.pinned && s.conf.caller.IsZero() {
		return nil, errors.New("serve: the pinned caller is nobody")
	}
	s.routes = routes()
	if s.conf.owners {
		if err := s.logOnOwners(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// logOnOwners logs on those whose jobs there are.
func (s *Server) logOnOwners() error {
	jobs, err := s.emu.Jobs()
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for _, j := range jobs {
		if key := j.Owner.Key(); !done[key] {
			done[key] = true
			if j.Owner.Logon() == token.LogonInteractive {
				s.emu.LogOnSession(j.Owner.User(), j.Owner.Session())
			}
		}
	}
	return nil
}

// Serve answers what comes to a listener, until [Server.Shutdown] or [Server.Close], and
// closes it. It refuses listeners beyond this machine, and, without [BearerToken], all
// but unix sockets.
func (s *Server) Serve(l net.Listener) error {
	if err := s.admits(l.Addr()); err != nil {
		return errors.Join(err, l.Close())
	}
	h := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.conf.log.Handler(), slog.LevelDebug),
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return errors.Join(http.ErrServerClosed, l.Close())
	}
	s.https[h] = struct{}{}
	s.mu.Unlock()
	err := h.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	s.mu.Lock()
	delete(s.https, h)
	s.mu.Unlock()
	return errors.Join(err, h.Close())
}

// admits reports whether the server may be listened to at an address.
func (s *Server) admits(a net.Addr) error {
	switch a := a.(type) {
	case *net.UnixAddr:
		return nil
	case *net.TCPAddr:
		switch {
		case !a.IP.IsLoopback():
			return fmt.Errorf("serve: %s can be reached from other machines; the server is for this one alone", a)
		case s.conf.bearer == "":
			return fmt.Errorf("serve: %s can be reached by every user of this machine: a bearer token is needed", a)
		}
		return nil
	}
	return fmt.Errorf("serve: %v is neither a unix socket nor a TCP address", a)
}

// Shutdown takes no more calls, ends all sessions, and waits until the calls under way
// have ended. When ctx ends first, it leaves them and returns its error. Callbacks that
// a client is being called with fail with RPC_E_DISCONNECTED.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if !s.closing {
		s.closing = true
		close(s.closed)
	}
	sessions := make([]*session, 0, len(s.sessions))
	for _, open := range s.sessions {
		sessions = append(sessions, open)
	}
	https := make([]*http.Server, 0, len(s.https))
	for h := range s.https {
		https = append(https, h)
	}
	s.mu.Unlock()
	for _, open := range sessions {
		open.end()
	}
	var errs []error
	for _, h := range https {
		if err := h.Shutdown(ctx); err != nil {
			errs = append(errs, err, h.Close())
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.calls.Wait()
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		errs = append(errs, context.Cause(ctx))
	}
	return errors.Join(errs...)
}

// Close is [Server.Shutdown] that waits for nothing.
func (s *Server) Close() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Shutdown(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// begin notes a call, unless the server is being shut down.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.calls.Add(1)
	return true
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	sw := &statusWriter{ResponseWriter: w}
	defer func() {
		if x := recover(); x != nil {
			s.panicked(sw, r, x)
		}
		s.conf.log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", sw.status, "took", time.Since(started))
	}()
	if r.Body != nil && r.Body != http.NoBody {
		// Also of a body that is never read: the connection is not kept for what does not come.
		_ = http.NewResponseController(w).SetReadDeadline(started.Add(s.conf.reading)) // a handler under test has none
	}
	if err := s.answer(sw, r); err != nil {
		var no *refusal
		if !errors.As(err, &no) {
			s.conf.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
			no = &refusal{http.StatusInternalServerError, "internal", err.Error()}
		}
		refuse(sw, no)
	}
}

// panicked answers for a handler that has panicked; the emulator is left as it is.
func (s *Server) panicked(w *statusWriter, r *http.Request, x any) {
	if x == http.ErrAbortHandler { //nolint:errorlint // it is panicked with as it is
		panic(x)
	}
	s.conf.log.Error("a request made the server panic", "method", r.Method, "path", r.URL.Path, "panic", fmt.Sprint(x), "stack", string(debug.Stack()))
	if w.status == 0 {
		refuse(w, &refusal{http.StatusInternalServerError, "panic", fmt.Sprintf("the server has a defect: %v", x)})
	}
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
