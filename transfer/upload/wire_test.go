package upload_test

import (
	"fmt"
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

func TestAnswerWithoutAnEnd(t *testing.T) {
	t.Parallel()
	open := strings.NewReplacer("Content-Length: 0", "X: y")
	srv := wiretest.Serve(t, open.Replace(created), open.Replace(ack(1)), open.Replace(ended))
	require.NoError(t, newJob(t, srv.URL()+"/up/a.txt", "x").run())
}
