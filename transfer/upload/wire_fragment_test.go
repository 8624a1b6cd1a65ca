package upload_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

func TestT06ThreeFragments(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, ack(5), ack(10), ack(11), ended)
	j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBBC", fragmentsOf(5))
	require.NoError(t, j.run())
	got := srv.Requests()
	require.Equal(t, []string{
		"Create-Session", "Fragment bytes 0-4/11", "Fragment bytes 5-9/11", "Fragment bytes 10-10/11", "Close-Session",
	}, heads(got))
	wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: `+srv.Host()+`
BITS-Packet-Type: Fragment
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Range: bytes 10-10/11
Content-Length: 1

C`, got[3])
	require.Equal(t, "AAAAA", got[1].Body)
	require.Equal(t, "BBBBB", got[2].Body)
	require.Contains(t, got[1].Header, "content-name")
	require.NotContains(t, got[2].Header, "content-name")
	for _, m := range got {
		require.NotContains(t, m.Header, "content-encoding")
	}
}

func TestT07Resync(t *testing.T) {
	t.Parallel()
	outOfStep := func(next any) string {
		return failure(416, "0x0", "0x5", fmt.Sprintf("BITS-Received-Content-Range: %v", next))
	}
	t.Run("goes back", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, created, ack(10), outOfStep(5), ack(15), ended)
		j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBBCCCCC", fragmentsOf(10))
		_, err := j.step()
		require.NoError(t, err)
		r, err := j.step()
		require.NoError(t, err)
		require.Equal(t, int64(10), r.Moved)
		r, err = j.step()
		require.NoError(t, err)
		require.Equal(t, uint64(5), r.Offset)
		require.Zero(t, r.Moved)
		require.NoError(t, j.run())
		require.Equal(t, []string{
			"Create-Session", "Fragment bytes 0-9/15", "Fragment bytes 10-14/15", "Fragment bytes 5-14/15", "Close-Session",
		}, heads(srv.Requests()))
	})
	for name, text := range map[string]string{
		"beyond the end": outOfStep(20), "no number": outOfStep("x"), "negative": outOfStep(-1), "none": failure(416, "0x0", "0x5"),
		"bare": bare(416),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, created, text)
			wants(t, newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBBCCCCC").fails(), hresult.BG_E_INVALID_SERVER_RESPONSE, remote, false)
		})
	}
	t.Run("the offset that was sent, twice", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, created, outOfStep(0), outOfStep(0))
		wants(t, newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBBCCCCC").fails(), hresult.BG_E_INVALID_SERVER_RESPONSE, remote, false)
	})
	t.Run("to and fro", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, created, outOfStep(5), outOfStep(0), outOfStep(5), outOfStep(0), outOfStep(5))
		wants(t, newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBBCCCCC").fails(), hresult.BG_E_INVALID_SERVER_RESPONSE, remote, false)
	})
	t.Run("the end, and the answer to the last fragment never came", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, created, ack(5), outOfStep(10), ack(10), ended)
		j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5))
		require.NoError(t, j.run())
		require.Equal(t, []string{
			"Create-Session", "Fragment bytes 0-4/10", "Fragment bytes 5-9/10", "Fragment bytes 5-9/10", "Close-Session",
		}, heads(srv.Requests()))
	})
}

func TestAcceptedOffsets(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answers []string
		want    []string
	}{
		"no number is the next byte":    {[]string{answer(200), answer(200), ended}, []string{"0-4/10", "5-9/10"}},
		"more than was sent":            {[]string{ack(7), ack(10), ended}, []string{"0-4/10", "7-9/10"}},
		"less than was sent":            {[]string{ack(2), ack(7), ack(10), ended}, []string{"0-4/10", "2-6/10", "7-9/10"}},
		"back":                          {[]string{ack(5), ack(0), ack(5), ack(10), ended}, []string{"0-4/10", "5-9/10", "0-4/10", "5-9/10"}},
		"all, before the last was sent": {[]string{ack(10), ack(10), ended}, []string{"0-4/10", "5-9/10"}},
		"no progress, twice":            {[]string{ack(0), ack(0), ack(5), ack(10), ended}, []string{"0-4/10", "0-4/10", "0-4/10", "5-9/10"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, append([]string{created}, row.answers...)...)
			require.NoError(t, newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5)).run())
			var want []string
			for _, r := range row.want {
				want = append(want, "Fragment bytes "+r)
			}
			got := heads(srv.Requests())
			require.Equal(t, want, got[1:len(got)-1])
		})
	}
	for name, row := range map[string]struct {
		answers   []string
		transient bool
	}{
		"beyond the end":     {[]string{ack(11)}, false},
		"no number":          {[]string{ack("five")}, false},
		"no progress thrice": {[]string{ack(0), ack(0), ack(0)}, true},
		"to and fro for ever": {[]string{
			ack(5), ack(0), ack(5), ack(0), ack(5), ack(0), ack(5), ack(0), ack(5), ack(0), ack(5), ack(0), ack(5), ack(0), ack(5), ack(0),
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, append([]string{created}, row.answers...)...)
			j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5))
			wants(t, j.fails(), hresult.BG_E_INVALID_SERVER_RESPONSE, remote, row.transient)
		})
	}
}

func TestT09LastAnswerLost(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, ack(5), wiretest.Cut)
	j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5))
	wants(t, j.fails(), hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, remote, true)
	require.Equal(t, upload.State{Session: session, Offset: 5}, j.state)
	before := srv.Requests()
	srv.Play(ack(10), ended)
	require.NoError(t, j.run())
	got := srv.Requests()
	require.Equal(t, before[2].Raw, got[0].Raw)
	require.Equal(t, []string{"Fragment bytes 5-9/10", "Close-Session"}, heads(got))
}

func TestT12SessionUnknown(t *testing.T) {
	t.Parallel()
	t.Run("a new one at once", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, created, ack(5), lost, strings.Replace(created, "01}", "02}", 1), ack(5), ack(10), ended)
		j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5))
		require.NoError(t, j.run())
		got := srv.Requests()
		require.Equal(t, []string{
			"Create-Session", "Fragment bytes 0-4/10", "Fragment bytes 5-9/10",
			"Create-Session", "Fragment bytes 0-4/10", "Fragment bytes 5-9/10", "Close-Session",
		}, heads(got))
		require.Equal(t, "{a0000000-0000-4000-8000-000000000002}", got[6].Header["bits-session-id"])
	})
	t.Run("T12d again for the first fragment", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, created, lost, created, lost)
		j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5))
		wants(t, j.fails(), hresult.BG_E_SESSION_NOT_FOUND, remote, true)
		require.Equal(t, upload.State{}, j.state)
	})
	t.Run("for Create-Session", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, lost, lost)
		wants(t, newJob(t, srv.URL()+"/up/a.txt", "x").fails(), hresult.BG_E_SESSION_NOT_FOUND, remote, true)
	})
	t.Run("after each first fragment", func(t *testing.T) {
		t.Parallel()
		var answers []string
		for range 8 {
			answers = append(answers, created, ack(5), lost)
		}
		srv := wiretest.Serve(t, answers...)
		wants(t, newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5)).fails(),
			hresult.BG_E_INVALID_SERVER_RESPONSE, remote, true)
	})
}

func TestRefusedFragment(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer    string
		code      hresult.HRESULT
		context   bits.ErrorContext
		transient bool
	}{
		"T15 too large":           {failure(500, "0x80200020", "0x5"), hresult.BG_E_TOO_LARGE, remote, false},
		"T21d no 0x":              {failure(500, "80200020", "0x5"), hresult.BG_E_TOO_LARGE, remote, false},
		"T21d x":                  {failure(500, "x80200020", "0x5"), hresult.BG_E_TOO_LARGE, remote, false},
		"T21d 0X":                 {failure(500, "0X80200020", "0x5"), hresult.BG_E_TOO_LARGE, remote, false},
		"T21c BITS-Error":         {answer(500, "BITS-Error: 0x80200020"), hresult.BG_E_TOO_LARGE, remote, false},
		"T21c both":               {answer(500, "BITS-Error: 0x80200020", "BITS-Error-Code: 0x80004005"), hresult.E_FAIL, remote, true},
		"400":                     {failure(400, "0x80070057", "0x5"), hresult.E_INVALIDARG, remote, false},
		"408":                     {bare(408), hresult.FromHTTPStatus(408), remote, true},
		"T16 413 at the floor":    {bare(413), hresult.FromHTTPStatus(413), remote, false},
		"411":                     {bare(411), hresult.FromHTTPStatus(411), remote, false},
		"505":                     {bare(505), hresult.FromHTTPStatus(505), remote, false},
		"418 and more":            {bare(451), hresult.FromHTTPStatus(451), remote, false},
		"an unreadable code":      {failure(500, "?", "0x7"), hresult.FromHTTPStatus(500), remote, true},
		"a success for a code":    {failure(500, "0x0", "0x5"), hresult.FromHTTPStatus(500), remote, true},
		"a context of nobody":     {failure(500, "0x80004005", "0x6"), hresult.E_FAIL, remote, true},
		"T24 413 of application":  {failure(413, "0x8019019d", "0x7"), hresult.FromHTTPStatus(413), application, false},
		"T24 416 of application":  {failure(416, "0x801901a0", "0x7", "BITS-Received-Content-Range: 1"), hresult.FromHTTPStatus(416), application, false},
		"T24 silent application":  {failure(500, "0x80072ee2", "0x7"), hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_TIMEOUT, application, true},
		"T24 denied by the other": {failure(403, "0x80070005", "0x7"), hresult.E_ACCESSDENIED, application, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, created, row.answer)
			j := newJob(t, srv.URL()+"/up/a.txt", "x")
			wants(t, j.fails(), row.code, row.context, row.transient)
			require.Equal(t, session, j.state.Session)
		})
	}
}

func TestT16SmallerFragments(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	answers := []string{created}
	for range 3 {
		answers = append(answers, answer(413, "BITS-Received-Content-Range: 0"))
	}
	answers = append(answers, ack(mib), bare(413)) // once more, for the second piece
	for at := mib + mib/2; at < 8*mib; at += mib / 2 {
		answers = append(answers, ack(at))
	}
	srv := wiretest.Serve(t, append(answers, ack(8*mib), ended)...)
	j := newJob(t, srv.URL()+"/up/a.bin", strings.Repeat("A", 8*mib), fragmentsOf(8*mib))
	require.NoError(t, j.run())
	got := heads(srv.Requests())
	require.Equal(t, []string{
		"Create-Session", "Fragment bytes 0-8388607/8388608", "Fragment bytes 0-4194303/8388608",
		"Fragment bytes 0-2097151/8388608", "Fragment bytes 0-1048575/8388608",
		"Fragment bytes 1048576-2097151/8388608", "Fragment bytes 1048576-1572863/8388608", "Fragment bytes 1572864-2097151/8388608",
	}, got[:8])
}

func TestT16Floor(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, bare(413), bare(413))
	j := newJob(t, srv.URL()+"/up/a.bin", strings.Repeat("A", 100<<10))
	wants(t, j.fails(), hresult.FromHTTPStatus(413), remote, false)
	require.Equal(t, []string{"Create-Session", "Fragment bytes 0-102399/102400", "Fragment bytes 0-65535/102400"}, heads(srv.Requests()))
}

func TestStepBoundsTheFragment(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, ack(3))
	j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB")
	_, err := j.step()
	require.NoError(t, err)
	r, err := j.upload.Step(t.Context(), strings.NewReader(j.content), 3)
	require.NoError(t, err)
	require.Equal(t, int64(3), r.Moved)
	require.Equal(t, "Fragment bytes 0-2/10", heads(srv.Requests())[1])
}

func TestEmptyFile(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, ack(0), ended)
	require.NoError(t, newJob(t, srv.URL()+"/up/a.txt", "").run())
	wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: `+srv.Host()+`
BITS-Packet-Type: Fragment
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Name: local.txt
Content-Range: bytes */0
Content-Length: 0

`, srv.Requests()[1])
}

func TestEmptyFileRefused(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, bare(400))
	wants(t, newJob(t, srv.URL()+"/up/a.txt", "").fails(), hresult.FromHTTPStatus(400), remote, false)
}
