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

func TestEmptyFile(t *testing.T) {
	t.Parallel()
	srv, c := opened(t)
	c.Exchange(fragment("bytes */0", ""), accepted(0))
	holds(t, srv, "")
	c.Exchange(fragment("bytes */0", ""), accepted(0))
	c.Exchange(closeSession, good)
	require.Equal(t, []string{"up/a.txt"}, srv.Files.Names())
}
