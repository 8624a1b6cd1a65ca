package upload_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

// The client's half of the tests T01 to T25: answers are written by hand, and
// requests compared with what is written by hand. The server's half is in package
// bitsupload.

const (
	session = "{a0000000-0000-4000-8000-000000000001}"
	created = `HTTP/1.1 200 OK
BITS-Packet-Type: Ack
BITS-Protocol: {7df0354d-249b-430f-820d-3d2a9bef4931}
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Accept-Encoding: Identity
Content-Length: 0

`
	ended = `HTTP/1.1 200 OK
BITS-Packet-Type: Ack
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Length: 0

`
	lost = `HTTP/1.1 500 Internal Server Error
BITS-Packet-Type: Ack
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
BITS-Error-Code: 0x8020001f
BITS-Error-Context: 0x5
Content-Length: 0

`
)

// ack is the answer to a fragment; extra lines go with it.
func ack(next any, extra ...string) string {
	return answer(200, append([]string{fmt.Sprintf("BITS-Received-Content-Range: %v", next)}, extra...)...)
}

// answer is an Ack.
func answer(status int, lines ...string) string {
	return bare(status, append([]string{"BITS-Packet-Type: Ack", "BITS-Session-Id: " + session}, lines...)...)
}

// bare is an answer that is no Ack.
func bare(status int, lines ...string) string {
	lines = append([]string{fmt.Sprintf("HTTP/1.1 %d X", status)}, lines...)
	return strings.Join(append(lines, "Content-Length: 0"), "\n") + "\n\n"
}

// failure is an Ack with an error.
func failure(status int, code, context string, lines ...string) string {
	return answer(status, append(lines, "BITS-Error-Code: "+code, "BITS-Error-Context: "+context)...)
}

// wants checks an error of an attempt.
func wants(t testing.TB, e *transfer.Error, code hresult.HRESULT, context bits.ErrorContext, transient bool) {
	t.Helper()
	require.Equal(t, code, e.Code, "%v", e)
	require.Equal(t, context, e.Context)
	require.Equal(t, transient, e.Transient, "transient")
	require.ErrorIs(t, e, code)
}

const (
	remote      = bits.BG_ERROR_CONTEXT_REMOTE_FILE
	application = bits.BG_ERROR_CONTEXT_REMOTE_APPLICATION
	local       = bits.BG_ERROR_CONTEXT_LOCAL_FILE
)

func fragmentsOf(n int64) func(*upload.Request) {
	return func(r *upload.Request) { r.FragmentSize = n }
}

func TestT05OneFragmentThenClose(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, ack(12), ended)
	j := newJob(t, srv.URL()+"/up/a.txt", "hello, bits!")
	r, err := j.step()
	require.NoError(t, err)
	require.True(t, r.Connected)
	require.Contains(t, r.Headers, "HTTP/1.1 200 OK\r\n")
	r, err = j.step()
	require.NoError(t, err)
	require.Equal(t, upload.Result{Moved: 12, Offset: 12, Uploaded: true, Headers: r.Headers}, r)
	r, err = j.step()
	require.NoError(t, err)
	require.True(t, r.Done)
	r, err = j.step()
	require.NoError(t, err)
	require.True(t, r.Done, "and nothing is sent")
	require.True(t, j.state.Closed)

	got := srv.Requests()
	require.Len(t, got, 3)
	host := srv.Host()
	wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: `+host+`
BITS-Packet-Type: Create-Session
BITS-Supported-Protocols: {7df0354d-249b-430f-820d-3d2a9bef4931}
Content-Length: 0

`, got[0])
	wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: `+host+`
BITS-Packet-Type: Fragment
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Name: local.txt
Content-Range: bytes 0-11/12
Content-Length: 12

hello, bits!`, got[1])
	wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: `+host+`
BITS-Packet-Type: Close-Session
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Length: 0

`, got[2])
	for _, m := range got {
		require.Equal(t, "Microsoft BITS/7.8", m.Header["user-agent"])
		require.Equal(t, "identity", m.Header["accept-encoding"])
		require.Equal(t, "*/*", m.Header["accept"])
		require.Contains(t, m.Names, "BITS-Packet-Type")
	}
}

func TestT01PingFirst(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, bare(200, "BITS-Packet-Type: Ack"), created, ack(1), ended)
	j := newJob(t, srv.URL()+"/up/a.txt", "x", func(r *upload.Request) { r.PingFirst = true })
	require.NoError(t, j.run())
	got := srv.Requests()
	wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: `+srv.Host()+`
BITS-Packet-Type: Ping
Content-Length: 0

`, got[0])
	require.Equal(t, []string{"Ping", "Create-Session", "Fragment bytes 0-0/1", "Close-Session"}, heads(got))
}

func TestT02Created(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, strings.Replace(created, "200 OK", "201 Created", 1), ack(1), ended)
	require.NoError(t, newJob(t, srv.URL()+"/up/a.txt", "x").run())
}

func TestCreateSessionAnswersThatBreakTheRules(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"T03d another protocol": strings.Replace(created, "7df0354d-249b-430f-820d-3d2a9bef4931", "00000000-0000-0000-0000-00000000abcd", 1),
		"no protocol":           strings.Replace(created, "BITS-Protocol: ", "X: ", 1),
		"no session":            strings.Replace(created, "BITS-Session-Id: ", "X: ", 1),
		"a long session":        strings.Replace(created, session, strings.Repeat("x", 101), 1),
		"two sessions":          strings.Replace(created, "Accept-", "BITS-Session-Id: {2}\nAccept-", 1),
		"a bad host":            strings.Replace(created, "Accept-", "BITS-Host-Id: a/b\nAccept-", 1),
		"T21e no packet type":   strings.Replace(created, "BITS-Packet-Type: Ack\n", "", 1),
		"another packet type":   strings.Replace(created, ": Ack", ": Ping", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, text)
			j := newJob(t, srv.URL()+"/up/a.txt", "x")
			wants(t, j.fails(), hresult.BG_E_INVALID_SERVER_RESPONSE, remote, false)
			require.Equal(t, upload.State{}, j.state)
		})
	}
}

func TestRefusedCreateSession(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer    string
		code      hresult.HRESULT
		transient bool
	}{
		"T04a nothing in common": {failure(400, "0x80070057", "0x5"), hresult.E_INVALIDARG, false},
		"T13 exists, 403":        {failure(403, "0x80070005", "0x5"), hresult.E_ACCESSDENIED, false},
		"T13 exists, 409":        {failure(409, "0x80070005", "0x5"), hresult.E_ACCESSDENIED, false},
		"409 without a code":     {bare(409), hresult.FromHTTPStatus(409), false},
		"T14a uploads off":       {failure(501, "0x80070005", "0x5"), hresult.E_ACCESSDENIED, false},
		"T14b bare 404":          {bare(404), hresult.FromHTTPStatus(404), false},
		"T14c bare 405":          {bare(405), hresult.FromHTTPStatus(405), false},
		"scripts":                {failure(403, "0x80200023", "0x5"), hresult.BG_E_SERVER_EXECUTE_ENABLE, false},
		"T21e bare 500":          {bare(500), hresult.FromHTTPStatus(500), true},
		"503":                    {bare(503), hresult.FromHTTPStatus(503), true},
		"403 with a 500's code":  {failure(500, "0x80070005", "0x5"), hresult.E_ACCESSDENIED, true},
		"E_INVALIDARG with 500":  {failure(500, "0x80070057", "0x5"), hresult.E_INVALIDARG, false},
		"401":                    {bare(401, `WWW-Authenticate: Basic realm="x"`), hresult.FromHTTPStatus(401), false},
		"407":                    {bare(407), hresult.FromHTTPStatus(407), false},
		"302":                    {bare(302, "Location: /elsewhere"), hresult.FromHTTPStatus(302), false},
		"308":                    {bare(308, "Location: /elsewhere"), hresult.FromHTTPStatus(308), true},
		"a failure with 200":     {failure(200, "0x80070005", "0x5"), hresult.E_ACCESSDENIED, true},
		"202":                    {answer(202), hresult.FromHTTPStatus(202), true},
		"202 that is no Ack":     {bare(202), hresult.BG_E_INVALID_SERVER_RESPONSE, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, row.answer)
			j := newJob(t, srv.URL()+"/up/a.txt", "x")
			e := j.fails()
			wants(t, e, row.code, remote, row.transient)
			require.Equal(t, srv.URL()+"/up/a.txt", e.URL)
			require.NotZero(t, e.Status)
			require.Len(t, srv.Requests(), 1)
		})
	}
}

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

func TestT24StatusOfTheApplication(t *testing.T) {
	t.Parallel()
	for status, transient := range map[int]bool{
		301: false, 304: false, 307: false, 306: true, 308: true, 400: false, 403: false, 404: false, 410: false,
		408: true, 409: true, 500: true, 502: true, 503: true, 501: false, 505: false, 201: true, 204: true,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			code := hresult.FromHTTPStatus(status)
			text := failure(status, code.Hex(), "0x7", "BITS-Received-Content-Range: 5")
			if status == 204 || status == 304 {
				text = strings.Replace(text, "Content-Length: 0\n", "Connection: close\n", 1)
			}
			srv := wiretest.Serve(t, created, text)
			j := newJob(t, srv.URL()+"/up/order.txt", "order", func(r *upload.Request) { r.Reply = true })
			wants(t, j.fails(), code, application, transient)

			// The next attempt sends the last fragment and nothing else.
			srv.Requests()
			srv.Play(ack(5, "BITS-Reply-URL: http://elsewhere/reply"), ended)
			require.NoError(t, j.run())
			require.Equal(t, []string{"Fragment bytes 0-4/5", "Close-Session"}, heads(srv.Requests()))
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

func TestT18Close(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer string
		again  bool
	}{
		"503":              {bare(503), true},
		"500 with another": {failure(500, "0x80200020", "0x5"), true},
		"cut":              {wiretest.Cut, true},
		"500 unknown":      {lost, false},
		"400":              {bare(400), false},
		"404":              {bare(404), false},
		"200 without id":   {bare(200, "BITS-Packet-Type: Ack"), false},
		"201":              {answer(201), false},
		"200 that is bare": {bare(200), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, created, ack(1), row.answer)
			j := newJob(t, srv.URL()+"/up/a.txt", "x")
			if row.again {
				require.True(t, j.fails().Transient)
				require.True(t, j.state.Finished)
				require.False(t, j.state.Closed)
				before := srv.Requests()
				srv.Play(ended)
				require.NoError(t, j.run())
				got := srv.Requests()
				require.Len(t, got, 1)
				require.Equal(t, before[2].Raw, got[0].Raw)
			} else {
				require.NoError(t, j.run())
				require.Len(t, srv.Requests(), 3)
			}
			require.True(t, j.state.Closed)
			require.Empty(t, j.state.Session)
		})
	}
}

func TestT19Cancel(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T, answers ...string) (*wiretest.Server, *job) {
		srv := wiretest.Serve(t, append([]string{created, ack(5)}, answers...)...)
		j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", fragmentsOf(5))
		for range 2 {
			_, err := j.step()
			require.NoError(t, err)
		}
		srv.Requests()
		return srv, j
	}
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		srv, j := start(t, ended)
		require.NoError(t, j.upload.Cancel(t.Context()))
		require.True(t, j.upload.State().Closed)
		require.NoError(t, j.upload.Cancel(t.Context()))
		got := srv.Requests()
		require.Len(t, got, 1)
		wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: `+srv.Host()+`
BITS-Packet-Type: Cancel-Session
BITS-Session-Id: {a0000000-0000-4000-8000-000000000001}
Content-Length: 0

`, got[0])
		r, err := j.step()
		require.NoError(t, err)
		require.True(t, r.Done)
	})
	t.Run("T19d again after a 503", func(t *testing.T) {
		t.Parallel()
		srv, j := start(t, bare(503), wiretest.Cut, ended)
		for range 2 {
			var e *transfer.Error
			require.ErrorAs(t, j.upload.Cancel(t.Context()), &e)
			require.True(t, e.Transient)
			require.False(t, j.upload.State().Closed)
		}
		require.NoError(t, j.upload.Cancel(t.Context()))
		require.Equal(t, []string{"Cancel-Session", "Cancel-Session", "Cancel-Session"}, heads(srv.Requests()))
	})
	t.Run("T19e unknown session", func(t *testing.T) {
		t.Parallel()
		_, j := start(t, lost)
		require.NoError(t, j.upload.Cancel(t.Context()))
	})
	t.Run("400", func(t *testing.T) {
		t.Parallel()
		_, j := start(t, bare(400))
		require.NoError(t, j.upload.Cancel(t.Context()))
	})
	t.Run("T19f no session", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t)
		j := newJob(t, srv.URL()+"/up/a.txt", "x")
		j.restart()
		require.NoError(t, j.upload.Cancel(t.Context()))
		require.Empty(t, srv.Requests())
	})
}

func TestT20CutInTheMiddle(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, wiretest.CutAfter(300))
	j := newJob(t, srv.URL()+"/up/a.txt", strings.Repeat("A", 1000), fragmentsOf(500))
	wants(t, j.fails(), hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, remote, true)
	srv.Requests()
	srv.Play(failure(416, "0x0", "0x5", "BITS-Received-Content-Range: 300"), ack(800), ack(1000), ended)
	j.restart()
	require.NoError(t, j.run())
	require.Equal(t, []string{
		"Fragment bytes 0-499/1000", "Fragment bytes 300-799/1000", "Fragment bytes 800-999/1000", "Close-Session",
	}, heads(srv.Requests()))
}

func TestT20Restart(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, ack(500), ack(1000), ended)
	j := newJob(t, srv.URL()+"/up/a.txt", strings.Repeat("A", 1000), fragmentsOf(500))
	for range 2 {
		_, err := j.step()
		require.NoError(t, err)
	}
	require.NoError(t, j.upload.Close())
	require.NoError(t, j.upload.Close())
	_, err := j.step()
	require.ErrorIs(t, err, fs.ErrClosed)
	srv.Requests()

	j.restart()
	r, err := j.step()
	require.NoError(t, err)
	require.True(t, r.Connected)
	require.Empty(t, srv.Requests(), "a known session needs no contact")
	require.NoError(t, j.run())
	got := srv.Requests()
	require.Equal(t, []string{"Fragment bytes 500-999/1000", "Close-Session"}, heads(got))
	require.Equal(t, session, got[0].Header["bits-session-id"])
}

func TestT21SpellingOfAnswers(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"Ack", "ack", "ACK"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			small := strings.NewReplacer("BITS-Packet-Type: Ack", "bits-packet-type: "+word, "BITS-", "bits-", "Session-Id", "session-id",
				"Protocol", "protocol", "Received-Content-Range", "received-content-range")
			srv := wiretest.Serve(t, small.Replace(created), small.Replace(ack(1)), small.Replace(ended))
			require.NoError(t, newJob(t, srv.URL()+"/up/a.txt", "x").run())
		})
	}
}

func TestT22UploadReply(t *testing.T) {
	t.Parallel()
	reply := func(r *upload.Request) { r.Reply = true }
	for name, row := range map[string]struct{ header, want string }{
		"absolute": {"http://localhost/up/BITS-Sessions/%7B1%7D/response", "http://localhost/up/BITS-Sessions/%7B1%7D/response"},
		"relative": {"BITS-Sessions/r", "HOST/up/BITS-Sessions/r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, created, ack(5, "BITS-Reply-URL: "+row.header), ended)
			j := newJob(t, srv.URL()+"/up/order.txt?ACCOUNT=1", "order", reply)
			for range 2 {
				_, err := j.step()
				require.NoError(t, err)
			}
			require.Equal(t, strings.Replace(row.want, "HOST", srv.URL(), 1), j.state.ReplyURL)
			require.Equal(t, "BITS_POST /up/order.txt?ACCOUNT=1 HTTP/1.1", srv.Requests()[1].Start)

			// After a restart the reply is still there, and the session not closed.
			j.restart()
			r, err := j.step()
			require.NoError(t, err)
			require.True(t, r.Uploaded)
			require.False(t, r.Done)
			require.Empty(t, srv.Requests())
			require.NoError(t, j.run())
			require.Equal(t, []string{"Close-Session"}, heads(srv.Requests()))
		})
	}
	for name, text := range map[string]string{
		"no URL": ack(5), "no URL of http": ack(5, "BITS-Reply-URL: file:///etc/passwd"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := wiretest.Serve(t, created, text)
			j := newJob(t, srv.URL()+"/up/order.txt", "order", reply)
			wants(t, j.fails(), hresult.BG_E_INVALID_SERVER_RESPONSE, remote, false)
			require.False(t, j.state.Finished)
		})
	}
	t.Run("T23c plain upload", func(t *testing.T) {
		t.Parallel()
		srv := wiretest.Serve(t, created, ack(5, "BITS-Reply-URL: http://localhost/reply"), ended)
		j := newJob(t, srv.URL()+"/up/order.txt", "order")
		require.NoError(t, j.run())
		require.Empty(t, j.state.ReplyURL)
	})
}

func TestAnswerWithoutAnEnd(t *testing.T) {
	t.Parallel()
	open := strings.NewReplacer("Content-Length: 0", "X: y")
	srv := wiretest.Serve(t, open.Replace(created), open.Replace(ack(1)), open.Replace(ended))
	require.NoError(t, newJob(t, srv.URL()+"/up/a.txt", "x").run())
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

func TestCancelledContext(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created)
	j := newJob(t, srv.URL()+"/up/a.txt", "x")
	_, err := j.step()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	j.ctx = ctx
	_, err = j.step()
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, session, j.state.Session)
}

func TestCancelledInTheMiddle(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t, created, wiretest.CutAfter(5), ack(10), ended)
	ctx, cancel := context.WithCancel(t.Context())
	j := newJob(t, srv.URL()+"/up/a.txt", "AAAAABBBBB", func(r *upload.Request) {
		r.OnMoved = func(int64) { cancel() }
	})
	_, err := j.step()
	require.NoError(t, err)
	j.ctx = ctx
	_, err = j.step()
	require.ErrorIs(t, err, context.Canceled)
	j.ctx = t.Context()
	require.NoError(t, j.run())
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	srv := wiretest.Serve(t)
	srv.Close()
	j := newJob(t, srv.URL()+"/up/a.txt", "x")
	wants(t, j.fails(), hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CANNOT_CONNECT, remote, true)
}
