package serve

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
)

// A client that does not send what it has promised is not waited for.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	s, err := New(bitsemu.RunT(t), BearerToken("0123456789abcdef"))
	require.NoError(t, err)
	s.conf.reading = 50 * time.Millisecond
	l, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	for authorization, status := range map[string]int{"Bearer 0123456789abcdef": http.StatusBadRequest, "none": http.StatusUnauthorized} {
		conn, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		_, err = io.WriteString(conn, "POST /v1/control/settle HTTP/1.1\r\nHost: localhost\r\nAuthorization: "+authorization+"\r\nContent-Length: 100\r\n\r\n{")
		require.NoError(t, err)
		from := bufio.NewReader(conn)
		resp, err := http.ReadResponse(from, nil)
		require.NoError(t, err)
		defer resp.Body.Close()
		require.Equal(t, status, resp.StatusCode)
		_, err = io.Copy(io.Discard, from)
		require.NoError(t, err, "the server hangs up")
	}
	require.NoError(t, s.Shutdown(t.Context()))
	require.NoError(t, <-served)
}

// Headers that are too long are refused before they are all there.
func TestLongHeader(t *testing.T) {
	t.Parallel()
	s, err := New(bitsemu.RunT(t), BearerToken("0123456789abcdef"))
	require.NoError(t, err)
	l, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, Address(l)+"/v1", nil)
	require.NoError(t, err)
	r.Header.Set("X-Long", strings.Repeat("x", 200<<10))
	transport := new(http.Transport)
	resp, err := transport.RoundTrip(r)
	if err == nil { // the server may have hung up before it was read
		require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
	}
	transport.CloseIdleConnections()
	require.NoError(t, s.Shutdown(t.Context()))
	require.NoError(t, <-served)
}
