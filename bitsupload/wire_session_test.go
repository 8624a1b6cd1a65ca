package bitsupload_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/stretchr/testify/require"
)

func TestT01PingNeedsNoSession(t *testing.T) {
	t.Parallel()
	srv, c := serve(t)
	const pong = `HTTP/1.1 200 OK
BITS-Packet-Type: Ack
Content-Length: 0

`
	c.Exchange(`BITS_POST /up/a.txt HTTP/1.1
Host: localhost
BITS-Packet-Type: Ping
Content-Length: 0

`, pong)
	c.Exchange(`BITS_POST /up/a.txt HTTP/1.1
Host: localhost
BITS-Packet-Type: Ping
BITS-Session-Id: {deadbeef-0000-4000-8000-000000000000}
Content-Length: 0

`, pong)
	require.Empty(t, srv.Sessions())
	require.Empty(t, srv.Files.Names())
}

func TestT02CreateSession(t *testing.T) {
	t.Parallel()
	srv, c := serve(t)
	c.Exchange(createSession, created)
	require.Equal(t, []bitsupload.Session{{ID: "{a0000000-0000-4000-8000-000000000001}", Name: "up/a.txt"}}, srv.Sessions())

	_, c = serve(t, func(o *bitsupload.Options) { o.CreatedStatus = 201 })
	c.Exchange(createSession, strings.Replace(created, "200 OK", "201 Created", 1))
}

func TestT03ProtocolList(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"an unknown one first": "{00000000-0000-0000-0000-00000000abcd} {7df0354d-249b-430f-820d-3d2a9bef4931}",
		"with a comma":         "{00000000-0000-0000-0000-00000000abcd}, {7df0354d-249b-430f-820d-3d2a9bef4931}",
		"in capitals":          "{7DF0354D-249B-430F-820D-3D2A9BEF4931}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := serve(t)
			c.Exchange(strings.Replace(createSession, "{7df0354d-249b-430f-820d-3d2a9bef4931}", list, 1), created)
		})
	}
}

func TestT04Refused(t *testing.T) {
	t.Parallel()
	const protocols = "BITS-Supported-Protocols: {7df0354d-249b-430f-820d-3d2a9bef4931}\n"
	for name, request := range map[string]string{
		"nothing in common": strings.Replace(createSession, "7df0354d-249b-430f-820d-3d2a9bef4931", "00000000-0000-0000-0000-00000000abcd", 1),
		"no list":           strings.Replace(createSession, protocols, "", 1),
		"unknown packet":    strings.Replace(createSession, "Create-Session", "Resume-Session", 1),
		"an Ack":            strings.Replace(createSession, "Create-Session", "Ack", 1),
		"no packet type":    strings.Replace(createSession, "BITS-Packet-Type: Create-Session\n", "", 1),
		"two packet types":  strings.Replace(createSession, "Host:", "BITS-Packet-Type: Ping\nHost:", 1),
		"with a body":       strings.Replace(createSession, "Length: 0\n\n", "Length: 4\n\nbody", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := serve(t)
			c.Exchange(request, badRequest)
			require.Empty(t, srv.Sessions())
			c.Exchange(createSession, created)
		})
	}
}

func TestT11ContentLengthMissing(t *testing.T) {
	t.Parallel()
	const missing = `HTTP/1.1 411 Length Required
BITS-Packet-Type: Ack
BITS-Error-Code: 0x80070057
BITS-Error-Context: 0x5
Content-Length: 0

`
	_, c := opened(t)
	c.Exchange(strings.Replace(createSession, "Content-Length: 0\n", "", 1), missing)
	c.Exchange(strings.Replace(fragment("bytes 0-4/15", "5\r\nAAAAA\r\n0\r\n\r\n"), "Content-Length: 15", "Transfer-Encoding: chunked", 1), missing)
}

func TestT12UnknownSession(t *testing.T) {
	t.Parallel()
	_, c := opened(t)
	stranger := strings.NewReplacer("{a0000000-0000-4000-8000-000000000001}", "{deadbeef-0000-4000-8000-000000000000}")
	c.Exchange(stranger.Replace(fragment("bytes 5-9/15", "BBBBB")), stranger.Replace(unknown))
	c.Exchange(stranger.Replace(closeSession), stranger.Replace(unknown))
	c.Exchange(stranger.Replace(cancelSession), stranger.Replace(unknown))

	elsewhere := strings.NewReplacer("/up/a.txt", "/up/b.txt")
	c.Exchange(elsewhere.Replace(fragment("bytes 0-4/15", "BBBBB")), unknown)
	c.Exchange(strings.Replace(fragment("bytes 0-4/15", "BBBBB"), "/up/a.txt", "/up/a.txt?x", 1), unknown)
	c.Exchange(fragment("bytes 0-4/15", "AAAAA"), accepted(5))
}

func TestT12SessionTimeout(t *testing.T) {
	t.Parallel()
	clock := newClock()
	const day = 24 * time.Hour
	srv, c := opened(t, func(o *bitsupload.Options) { o.Clock = clock })
	clock.Advance(14*day - time.Second)
	c.Exchange(fragment("bytes 0-4/15", "AAAAA"), accepted(5))
	clock.Advance(14*day - time.Second)
	c.Exchange(fragment("bytes 0-4/15", "AAAAA"), accepted(5)) // no progress
	clock.Advance(time.Second)
	c.Exchange(fragment("bytes 5-9/15", "BBBBB"), unknown)
	require.Empty(t, srv.Files.Names())
}

func TestT12SessionsOfOthersAreSwept(t *testing.T) {
	t.Parallel()
	clock := newClock()
	srv, c := opened(t, func(o *bitsupload.Options) { o.Clock = clock; o.SessionTimeout = time.Hour })
	clock.Advance(time.Hour)
	c.Exchange(createSession, strings.Replace(created, "01}", "02}", 1))
	require.Len(t, srv.Sessions(), 1)
	require.Equal(t, []string{"up/BITS-Sessions/{a0000000-0000-4000-8000-000000000002}/request"}, srv.Files.Names())
}

func TestT13DestinationExists(t *testing.T) {
	t.Parallel()
	const there = `HTTP/1.1 403 Forbidden
BITS-Packet-Type: Ack
BITS-Error-Code: 0x80070005
BITS-Error-Context: 0x5
Content-Length: 0

`
	srv, c := serve(t)
	require.NoError(t, srv.Files.WriteFile("up/a.txt", []byte("old")))
	c.Exchange(createSession, there)
	require.Empty(t, srv.Sessions())
	require.NoError(t, srv.Configure(func(o *bitsupload.Options) { o.ConflictStatus = 409 }))
	c.Exchange(createSession, strings.Replace(there, "403", "409", 1))
	require.NoError(t, srv.Configure(func(o *bitsupload.Options) { o.AllowOverwrite = true }))
	c.Exchange(createSession, created)
	c.Exchange(fragment("bytes 0-4/10", "AAAAA"), accepted(5))
	holds(t, srv, "old")
	c.Exchange(fragment("bytes 5-9/10", "BBBBB"), accepted(10))
	holds(t, srv, "AAAAABBBBB")
}

func TestT13SecondOfTwoUploadsToOneName(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	second := strings.NewReplacer("000000000001}", "000000000002}")
	c.Exchange(createSession, second.Replace(created))
	c.Exchange(fragment("bytes 0-4/5", "first"), accepted(5))
	c.Exchange(second.Replace(fragment("bytes 0-4/5", "other")), second.Replace(refused(403, 5, "0x80070005", "0x5")))
	holds(t, srv, "first")
}

func TestT14UploadsOff(t *testing.T) {
	t.Parallel()
	_, c := serve(t, func(o *bitsupload.Options) { o.Disabled = true })
	c.Exchange(createSession, `HTTP/1.1 501 Not Implemented
BITS-Packet-Type: Ack
BITS-Error-Code: 0x80070005
BITS-Error-Context: 0x5
Content-Length: 0

`)
}

func TestT21Spelling(t *testing.T) {
	t.Parallel()
	_, c := serve(t)
	c.Exchange(`BITS_POST /up/a.txt HTTP/1.1
host: localhost
bits-packet-type: CREATE-SESSION
bits-supported-protocols: {7df0354d-249b-430f-820d-3d2a9bef4931}
content-length: 0

`, created)
	c.Exchange(strings.NewReplacer(
		"Content-Range", "CONTENT-RANGE", "BITS-Packet-Type: Fragment", "bits-packet-type: fragment",
		"{a0000000-0000-4000-8000-000000000001}", "A0000000-0000-4000-8000-000000000001",
	).Replace(fragment("bytes 0-4/5", "AAAAA")), accepted(5))
}

func TestT21ErrorHeaders(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		header bitsupload.ErrorHeader
		want   string
	}{
		"Error-Code": {bitsupload.ErrorHeaderCode, "BITS-Error-Code: 0x80070057\n"},
		"Error":      {bitsupload.ErrorHeaderOpen, "BITS-Error: 0x80070057\n"},
		"both":       {bitsupload.ErrorHeaderBoth, "BITS-Error: 0x80070057\nBITS-Error-Code: 0x80070057\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, c := serve(t, func(o *bitsupload.Options) { o.ErrorHeader = row.header })
			c.Exchange(strings.Replace(createSession, "Create", "Re", 1),
				strings.Replace(badRequest, "BITS-Error-Code: 0x80070057\n", row.want, 1))
		})
	}
}

func TestSpellingOfHeadersInAnswers(t *testing.T) {
	t.Parallel()
	_, c := opened(t)
	got := c.Do(fragment("bytes 0-4/5", "AAAAA"))
	for _, name := range []string{"BITS-Packet-Type", "BITS-Session-Id", "BITS-Received-Content-Range", "Content-Length"} {
		require.Contains(t, got.Names, name)
	}
}
