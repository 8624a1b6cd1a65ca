package bitsupload_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// numbered makes the identifiers of the fixture, one after the other.
func numbered(o *bitsupload.Options) {
	var mu sync.Mutex
	n := 0
	o.NewID = func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("{a0000000-0000-4000-8000-%012d}", n)
	}
}

// serve starts the server of the fixture.
func serve(t testing.TB, change ...func(*bitsupload.Options)) (*bitsupload.TestServer, *wiretest.Conn) {
	t.Helper()
	srv := bitsupload.RunT(t, append([]func(*bitsupload.Options){numbered}, change...)...)
	return srv, wiretest.Dial(t, srv.URL)
}

// opened is serve with the session of T02.
func opened(t testing.TB, change ...func(*bitsupload.Options)) (*bitsupload.TestServer, *wiretest.Conn) {
	t.Helper()
	srv, c := serve(t, change...)
	c.Exchange(createSession, created)
	return srv, c
}

const (
	createSession = `BITS_POST /up/a.txt HTTP/1.1
Host: localhost
BITS-Packet-Type: Create-Session
BITS-Supported-Protocols: {7df0354d-249b-430f-820d-3d2a9bef4931}
Content-Length: 0

`
	created = `HTTP/1.1 200 OK
BITS-Packet-Type: Ack
BITS-Protocol: {7df0354d-249b-430f-820d-3d2a9bef4931}
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Accept-Encoding: Identity
Content-Length: 0

`
	closeSession = `BITS_POST /up/a.txt HTTP/1.1
Host: localhost
BITS-Packet-Type: Close-Session
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Length: 0

`
	cancelSession = `BITS_POST /up/a.txt HTTP/1.1
Host: localhost
BITS-Packet-Type: Cancel-Session
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Length: 0

`
	good = `HTTP/1.1 200 OK
BITS-Packet-Type: Ack
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Length: 0

`
	unknown = `HTTP/1.1 500 Internal Server Error
BITS-Packet-Type: Ack
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
BITS-Error-Code: 0x8020001f
BITS-Error-Context: 0x5
Content-Length: 0

`
	badRequest = `HTTP/1.1 400 Bad Request
BITS-Packet-Type: Ack
BITS-Error-Code: 0x80070057
BITS-Error-Context: 0x5
Content-Length: 0

`
)

// fragment writes a Fragment of the session.
func fragment(contentRange, body string) string {
	return fmt.Sprintf(`BITS_POST /up/a.txt HTTP/1.1
Host: localhost
BITS-Packet-Type: Fragment
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Range: %s
Content-Length: %d

%s`, contentRange, len(body), body)
}

// accepted is the answer to a good Fragment.
func accepted(next int) string {
	return fmt.Sprintf(`HTTP/1.1 200 OK
BITS-Packet-Type: Ack
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
BITS-Received-Content-Range: %d
Content-Length: 0

`, next)
}

// refused is the answer to a bad one.
func refused(status, next int, code, context string) string {
	return fmt.Sprintf(`HTTP/1.1 %d X
BITS-Packet-Type: Ack
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
BITS-Received-Content-Range: %d
BITS-Error-Code: %s
BITS-Error-Context: %s
Content-Length: 0

`, status, next, code, context)
}

// holds checks what is at /up/a.txt, and that nothing else is there.
func holds(t testing.TB, srv *bitsupload.TestServer, content string) {
	t.Helper()
	got, err := srv.Files.ReadFile("up/a.txt")
	require.NoError(t, err)
	require.Equal(t, content, string(got))
}

// fakeClock moves when told.
type fakeClock struct {
	mu   sync.Mutex
	now  time.Time
	wake chan struct{}

	asleep atomic.Int32 // how many sleeps have begun
}

func newClock() *fakeClock {
	return &fakeClock{now: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), wake: make(chan struct{})}
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	close(c.wake)
	c.wake = make(chan struct{})
}

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	end := c.Now().Add(d)
	c.asleep.Add(1)
	for {
		c.mu.Lock()
		now, wake := c.now, c.wake
		c.mu.Unlock()
		if !now.Before(end) {
			return nil
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
