package bitsupload_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/stretchr/testify/require"
)

// The tests T01 to T21 are written on the wire, from both sides: here what the
// server answers to requests that are written by hand, in transfer/upload what the
// client makes of answers that are written by hand. T22 to T24 are in
// notify_test.go.

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

func TestT05OneFragmentThenClose(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(`BITS_POST /up/a.txt HTTP/1.1
Host: localhost
BITS-Packet-Type: Fragment
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Name: local.txt
Content-Range: bytes 0-11/12
Content-Length: 12

hello, bits!`, accepted(12))
	holds(t, srv, "hello, bits!")
	c.Exchange(closeSession, good)
	require.Equal(t, []string{"up/a.txt"}, srv.Files.Names())
	require.Empty(t, srv.Sessions())
	c.Exchange(closeSession, unknown)
}

func TestT06ThreeFragments(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes 0-4/11", "AAAAA"), accepted(5))
	c.Exchange(fragment("Bytes 5-9/11", "BBBBB"), accepted(10))
	require.Equal(t, uint64(10), srv.Sessions()[0].Next)
	_, err := srv.Files.ReadFile("up/a.txt")
	require.Error(t, err, "a file appears whole")
	c.Exchange(fragment("bytes 10-10/11", "C"), accepted(11))
	holds(t, srv, "AAAAABBBBBC")
	require.Equal(t, bitsupload.Stats{
		Packets: map[bitsupload.Packet]int{bitsupload.CreateSession: 1, bitsupload.Fragment: 3}, Stored: 11,
	}, srv.Stats())
}

func TestT07GapAndResync(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes 0-4/15", "AAAAA"), accepted(5))
	c.Exchange(fragment("bytes 10-14/15", "CCCCC"), refused(416, 5, "0x0", "0x5"))
	require.Equal(t, uint64(5), srv.Stats().Stored)
	c.Exchange(fragment("bytes 5-14/15", "BBBBBCCCCC"), accepted(15))
	holds(t, srv, "AAAAABBBBBCCCCC")
}

func TestT08OverlapIsTrimmed(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes 0-9/15", "AAAAAAAAAA"), accepted(10))
	c.Exchange(fragment("bytes 5-14/15", "BBBBBBBBBB"), accepted(15))
	holds(t, srv, "AAAAAAAAAABBBBB")
}

func TestT08DocumentedNumbers(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	a, b := strings.Repeat("a", 101), strings.Repeat("b", 101)
	c.Exchange(fragment("bytes 0-100/151", a), accepted(101))
	c.Exchange(fragment("bytes 50-150/151", b), accepted(151))
	holds(t, srv, a+b[:50])
}

func TestT08StrictMode(t *testing.T) {
	t.Parallel()
	srv, c := opened(t, func(o *bitsupload.Options) { o.StrictRanges = true })
	c.Exchange(fragment("bytes 0-9/15", "AAAAAAAAAA"), accepted(10))
	c.Exchange(fragment("bytes 5-14/15", "BBBBBBBBBB"), refused(416, 10, "0x0", "0x5"))
	c.Exchange(fragment("bytes 10-14/15", "BBBBB"), accepted(15))
	holds(t, srv, "AAAAAAAAAABBBBB")
	c.Exchange(fragment("bytes 10-14/15", "XXXXX"), accepted(15))
}

func TestT09Repeats(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes 0-4/15", "AAAAA"), accepted(5))
	c.Exchange(fragment("bytes 0-4/15", "XXXXX"), accepted(5))
	c.Exchange(fragment("bytes 5-14/15", "BBBBBCCCCC"), accepted(15))
	for range 3 {
		c.Exchange(fragment("bytes 5-14/15", "BBBBBCCCCC"), accepted(15))
	}
	holds(t, srv, "AAAAABBBBBCCCCC")
	c.Exchange(closeSession, good)
	require.Equal(t, []string{"up/a.txt"}, srv.Files.Names())
}

func TestT10BadContentRange(t *testing.T) {
	t.Parallel()
	absent := strings.Replace(fragment("x", "AAAAA"), "Content-Range: x\n", "", 1)
	for name, request := range map[string]string{
		"absent":        absent,
		"backwards":     fragment("bytes 5-4/15", "AAAAA"),
		"beyond":        fragment("bytes 0-15/15", strings.Repeat("A", 16)),
		"no total":      fragment("bytes 0-4", "AAAAA"),
		"total *":       fragment("bytes 0-4/*", "AAAAA"),
		"no first":      fragment("bytes -5/15", "AAAAA"),
		"letters":       fragment("bytes a-4/15", "AAAAA"),
		"other unit":    fragment("lines 0-4/15", "AAAAA"),
		"body short":    fragment("bytes 0-4/15", "AAA"),
		"body long":     fragment("bytes 0-4/15", "AAAAAA"),
		"overflow":      fragment("bytes 0-18446744073709551616/18446744073709551617", "AAAAA"),
		"whole 64 bits": fragment("bytes 0-18446744073709551615/18446744073709551615", "AAAAA"),
		"signs":         fragment("bytes +0-+4/+15", "AAAAA"),
		"negative":      fragment("bytes 0-4/-15", "AAAAA"),
		"underscores":   fragment("bytes 0-4/1_5", "AAAAA"),
		"hexadecimal":   fragment("bytes 0x0-0x4/0xf", "AAAAA"),
		"empty":         fragment("", "AAAAA"),
		"* and bytes":   fragment("bytes */15", "AAAAA"),
		"* and no file": fragment("bytes */0", "AAAAA"),
		"two":           strings.Replace(fragment("bytes 0-4/15", "AAAAA"), "Host:", "Content-Range: bytes 0-4/16\nHost:", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := opened(t)
			c.Exchange(request, refused(400, 0, "0x80070057", "0x5"))
			c.Exchange(fragment("bytes 0-4/15", "AAAAA"), accepted(5))
			c.Exchange(fragment("bytes 5-9/16", "BBBBB"), refused(400, 5, "0x80070057", "0x5"))
			c.Exchange(fragment("bytes 5-14/15", "BBBBBCCCCC"), accepted(15))
			holds(t, srv, "AAAAABBBBBCCCCC")
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

func TestT15FileTooLarge(t *testing.T) {
	t.Parallel()
	srv, c := opened(t, func(o *bitsupload.Options) { o.MaxUploadSize = 10 })
	c.Exchange(fragment("bytes 0-4/11", "AAAAA"), refused(500, 0, "0x80200020", "0x5"))
	c.Exchange(fragment("bytes 0-9/10", "AAAAABBBBB"), accepted(10))
	holds(t, srv, "AAAAABBBBB")

	_, c = opened(t)
	c.Exchange(fragment("bytes 0-4/9223372036854775808", "AAAAA"), refused(500, 0, "0x80200020", "0x5"))
	c.Exchange(fragment("bytes 0-4/9223372036854775807", "AAAAA"), accepted(5))
}

func TestT16FragmentTooLarge(t *testing.T) {
	t.Parallel()
	srv, c := opened(t, func(o *bitsupload.Options) { o.MaxFragmentSize = 1 << 20 })
	big := strings.Repeat("A", 8<<20)
	tooLarge := strings.Replace(accepted(0), "200 OK", "413 Request Entity Too Large", 1)
	for _, n := range []int{8 << 20, 4 << 20, 2 << 20} {
		c.Exchange(fragment(fmt.Sprintf("bytes 0-%d/8388608", n-1), big[:n]), tooLarge)
	}
	for at := 0; at < 8<<20; at += 1 << 20 {
		c.Exchange(fragment(fmt.Sprintf("bytes %d-%d/8388608", at, at+1<<20-1), big[:1<<20]), accepted(at+1<<20))
	}
	holds(t, srv, big)
}

func TestT17CloseTooEarly(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes 0-4/15", "AAAAA"), accepted(5))
	c.Exchange(closeSession, good)
	require.Empty(t, srv.Files.Names())
	c.Exchange(closeSession, unknown)
}

func TestT19CancelSession(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes 0-4/15", "AAAAA"), accepted(5))
	c.Exchange(cancelSession, good)
	require.Empty(t, srv.Files.Names())
	c.Exchange(fragment("bytes 5-9/15", "BBBBB"), unknown)
}

func TestT19CancelAfterTheLastFragment(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes 0-4/5", "AAAAA"), accepted(5))
	c.Exchange(cancelSession, good)
	holds(t, srv, "AAAAA")
}

func TestCommitAtClose(t *testing.T) {
	t.Parallel()
	atClose := func(o *bitsupload.Options) { o.CommitAtClose = true }
	srv, c := opened(t, atClose)
	c.Exchange(fragment("bytes 0-4/5", "AAAAA"), accepted(5))
	require.NotContains(t, srv.Files.Names(), "up/a.txt")
	c.Exchange(closeSession, good)
	holds(t, srv, "AAAAA")
	require.Len(t, srv.Files.Names(), 1)

	srv, c = opened(t, atClose)
	c.Exchange(fragment("bytes 0-4/5", "AAAAA"), accepted(5))
	c.Exchange(cancelSession, good)
	require.Empty(t, srv.Files.Names())

	srv, c = opened(t, atClose)
	c.Exchange(fragment("bytes 0-4/5", "AAAAA"), accepted(5))
	require.NoError(t, srv.Files.WriteFile("up/a.txt", []byte("in the way")))
	c.Exchange(closeSession, strings.NewReplacer("BITS-Received-Content-Range: 0\n", "").Replace(refused(403, 0, "0x80070005", "0x5")))
	holds(t, srv, "in the way")
}

func TestT20CutInTheMiddleOfAFragment(t *testing.T) {
	t.Parallel()
	for name, strict := range map[string]bool{"trimmed": false, "strict": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv, c := opened(t, func(o *bitsupload.Options) { o.StrictRanges = strict })
			first, second := strings.Repeat("A", 500), strings.Repeat("B", 500)
			whole := fragment("bytes 0-499/1000", first)
			c.Send(whole[:len(whole)-200])
			require.NoError(t, c.Close())
			require.Eventually(t, func() bool { return srv.Sessions()[0].Next == 300 }, 5*time.Second, time.Millisecond)

			c = wiretest.Dial(t, srv.URL)
			if strict {
				c.Exchange(whole, refused(416, 300, "0x0", "0x5"))
				c.Exchange(fragment("bytes 300-999/1000", first[300:]+second), accepted(1000))
			} else {
				c.Exchange(whole, accepted(500))
				c.Exchange(fragment("bytes 500-999/1000", second), accepted(1000))
			}
			holds(t, srv, first+second)
		})
	}
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

func TestEmptyFile(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes */0", ""), accepted(0))
	holds(t, srv, "")
	c.Exchange(fragment("bytes */0", ""), accepted(0))
	c.Exchange(closeSession, good)
	require.Equal(t, []string{"up/a.txt"}, srv.Files.Names())
}

func TestSpellingOfHeadersInAnswers(t *testing.T) {
	t.Parallel()
	_, c := opened(t)
	got := c.Do(fragment("bytes 0-4/5", "AAAAA"))
	for _, name := range []string{"BITS-Packet-Type", "BITS-Session-Id", "BITS-Received-Content-Range", "Content-Length"} {
		require.Contains(t, got.Names, name)
	}
}
