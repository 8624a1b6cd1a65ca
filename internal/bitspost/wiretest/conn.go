package wiretest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// limit ends a test that waits for what does not come.
const limit = 20 * time.Second

// Conn is a connection to a server.
type Conn struct {
	t testing.TB
	net.Conn
	r *bufio.Reader
}

// Dial connects to the server at a URL, without its path.
func Dial(t testing.TB, url string) *Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(limit)))
	return &Conn{t, c, bufio.NewReader(c)}
}

// Send sends a text.
func (c *Conn) Send(text string) {
	c.t.Helper()
	_, err := c.Write([]byte(Wire(text)))
	require.NoError(c.t, err)
}

// Answer reads the next answer.
func (c *Conn) Answer() Message {
	c.t.Helper()
	m, err := Read(c.r)
	require.NoError(c.t, err, "after %q", m.Raw)
	return m
}

// Do sends a request and reads its answer.
func (c *Conn) Do(text string) Message {
	c.t.Helper()
	c.Send(text)
	return c.Answer()
}

// Exchange sends a request and compares its answer.
func (c *Conn) Exchange(request, answer string) {
	c.t.Helper()
	CheckAnswer(c.t, answer, c.Do(request))
}

// Gone reads on and expects that the server has cut the connection.
func (c *Conn) Gone() {
	c.t.Helper()
	_, err := c.r.ReadByte()
	require.Error(c.t, err)
	require.NotErrorIs(c.t, err, os.ErrDeadlineExceeded, "the connection is open")
}

// Server plays answers.
type Server struct {
	t        testing.TB
	listener net.Listener
	requests chan Message
	answers  chan string

	mu      sync.Mutex
	current net.Conn
	closed  bool
}

// Cut in place of an answer closes the connection; CutAfter(n) does so after n bytes
// of a request's body.
const Cut = "cut"

// CutAfter is Cut in the middle of the request.
func CutAfter(n int) string { return fmt.Sprintf("cut %d", n) }

// Serve starts a server that answers request after request with these texts. It
// checks that no request comes before the answer to the one before, and, at the end
// of the test, that all answers were asked for.
func Serve(t testing.TB, answers ...string) *Server {
	t.Helper()
	return ServeAt(t, "127.0.0.1:0", answers...)
}

// ServeAt is Serve at an address.
func ServeAt(t testing.TB, address string, answers ...string) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	require.NoError(t, err)
	s := &Server{t: t, listener: listener, requests: make(chan Message, 1000), answers: make(chan string, 1000)}
	s.Play(answers...)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.run()
	}()
	t.Cleanup(func() {
		s.Close()
		<-stopped
		if !t.Failed() {
			require.Empty(t, s.answers, "answers that nobody asked for")
		}
	})
	return s
}

// Close stops the server: connections are refused from now on.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	_ = s.listener.Close()
	if s.current != nil {
		_ = s.current.Close()
	}
}

// enter notes the connection that is served; false when the server is closed.
func (s *Server) enter(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = c
	return !s.closed
}

// Play adds answers.
func (s *Server) Play(answers ...string) {
	for _, a := range answers {
		s.answers <- a
	}
}

// URL returns where the server is.
func (s *Server) URL() string { return "http://" + s.Host() }

// Host returns host and port.
func (s *Server) Host() string { return s.listener.Addr().String() }

// Requests returns the requests that have come since the last call.
func (s *Server) Requests() []Message {
	var all []Message
	for {
		select {
		case m := <-s.requests:
			all = append(all, m)
		default:
			return all
		}
	}
}

// run serves one connection at a time: a client has one request outstanding.
func (s *Server) run() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		_ = c.SetDeadline(time.Now().Add(limit))
		if s.enter(c) {
			s.serve(c)
		}
		_ = c.Close()
	}
}

func (s *Server) serve(c net.Conn) {
	r := bufio.NewReader(c)
	for {
		if _, err := r.Peek(1); err != nil {
			return
		}
		var after int
		select {
		case a := <-s.answers:
			if n, _ := fmt.Sscanf(a, "cut %d", &after); n == 1 {
				s.cut(r, after)
				return
			}
			m, err := Read(r)
			s.requests <- m
			if a == Cut || err != nil {
				return
			}
			if r.Buffered() > 0 {
				s.t.Errorf("a request came before the answer to the one before:\n%s", m.Raw)
				return
			}
			if _, err := c.Write([]byte(Wire(a))); err != nil {
				return
			}
			if strings.Contains(strings.ToLower(a), "\nconnection: close") {
				return
			}
		default:
			m, _ := Read(r)
			s.t.Errorf("a request that was not expected:\n%.500s", m.Raw)
			return
		}
	}
}

// cut reads a head and some bytes of the body.
func (s *Server) cut(r *bufio.Reader, n int) {
	var m Message
	for !strings.HasSuffix(m.Raw, "\r\n\r\n") {
		line, err := r.ReadString('\n')
		m.Raw += line
		if err != nil {
			return
		}
	}
	head, err := Read(bufio.NewReader(strings.NewReader(strings.Replace(m.Raw, "Content-Length: ", "Was: ", 1))))
	if err != nil {
		s.t.Errorf("cut: %v", err)
		return
	}
	_, _ = r.Discard(n)
	s.requests <- head
}
