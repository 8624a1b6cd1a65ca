package transfer_test

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/transfer"
)

// behind is a server that serves a script.
func behind(s *transfer.Script) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+r.Host+r.RequestURI, nil)
		if err != nil {
			panic(err)
		}
		out.Header = r.Header.Clone()
		resp, err := s.RoundTrip(out)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer resp.Body.Close()
		maps.Copy(w.Header(), resp.Header)
		w.WriteHeader(resp.StatusCode)
		if resp.ContentLength < 0 {
			w.(http.Flusher).Flush()
		}
		if _, err := io.Copy(w, resp.Body); err != nil {
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
	})
}

// way is one of the ways in which a script is reached.
type way struct {
	rt  http.RoundTripper
	url string
}

// ways are a script itself, a handler in memory and a real server.
func ways(t testing.TB, s *transfer.Script, wrap ...func(http.Handler) http.Handler) map[string]way {
	t.Helper()
	h := behind(s)
	for _, w := range wrap {
		h = w(h)
	}
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = nil
	server.Start()
	t.Cleanup(server.Close)
	all := map[string]way{
		"handler": {transfer.Handler(h), site},
		"network": {network(t), server.URL + "/file"},
	}
	if len(wrap) == 0 {
		all["script"] = way{s, site}
	}
	return all
}

func network(t testing.TB, opts ...transfer.NetworkOption) http.RoundTripper {
	n := transfer.Network(opts...)
	t.Cleanup(n.(interface{ CloseIdleConnections() }).CloseIdleConnections)
	return n
}

// eachWay runs a test with a new script on each of the ways.
func eachWay(t *testing.T, opts []transfer.ScriptOption, test func(t *testing.T, s *transfer.Script, w way)) {
	for _, name := range []string{"script", "handler", "network"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := transfer.NewScript(opts...)
			test(t, s, ways(t, s)[name])
		})
	}
}

// rawServer answers the requests of its connections with raw bytes, one after
// the other and then closes: the answers are the server's, not the library's. An
// answer to HEAD and one to GET are asked for by method.
type rawServer struct {
	url string

	mu       sync.Mutex
	requests []*http.Request
}

func newRawServer(t testing.TB, answer func(r *http.Request, n int) string) *rawServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &rawServer{url: "http://" + listener.Addr().String() + "/file"}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				req, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				s.mu.Lock()
				s.requests = append(s.requests, req)
				n := len(s.requests)
				s.mu.Unlock()
				_, _ = io.WriteString(conn, answer(req, n))
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		all.Wait()
	})
	return s
}

// raw is an answer in HTTP/1.1, of lines and a body.
func raw(body string, lines ...string) string {
	return strings.Join(lines, "\r\n") + "\r\nConnection: close\r\n\r\n" + body
}

// rawFile serves a good HEAD for size bytes, and this GET.
func rawFile(t testing.TB, size int, get string) *rawServer {
	return newRawServer(t, func(r *http.Request, _ int) string {
		if r.Method == http.MethodHead {
			return raw("", "HTTP/1.1 200 OK", fmt.Sprintf("Content-Length: %d", size))
		}
		return get
	})
}
