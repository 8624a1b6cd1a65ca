package upload_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost/wiretest"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

// elsewhere sends the packets of two hosts to two servers, as a name service would.
type elsewhere struct {
	http.RoundTripper
	hosts map[string]string
}

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	u := *r.URL
	u.Host = e.hosts[r.URL.Host]
	out := *r
	out.URL = &u
	return e.RoundTripper.RoundTrip(&out)
}

func withHost(lines string) string { return strings.Replace(created, "Accept-", lines+"Accept-", 1) }

// farm is a job on a farm of two servers, with a clock.
func farm(t *testing.T, lines, content string) (origin, node *wiretest.Server, j *job, clock *time.Time) {
	origin, node = wiretest.Serve(t, withHost(lines)), wiretest.Serve(t)
	j = newJob(t, "http://localhost:8001/up/a.txt", content, fragmentsOf(5))
	j.client.Transport = elsewhere{j.client.Transport, map[string]string{
		"localhost:8001": origin.Host(), "127.0.0.2:8001": node.Host(),
	}}
	clock = new(time.Time)
	*clock = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	j.ctx = transfer.WithNow(t.Context(), func() time.Time { return *clock })
	return origin, node, j, clock
}

const hostFor60 = "BITS-Host-Id: 127.0.0.2\nBITS-Host-Id-Fallback-Timeout: 60\n"

const pong = "HTTP/1.1 200 OK\nBITS-Packet-Type: Ack\nContent-Length: 0\n\n"

func TestT25HostID(t *testing.T) {
	t.Parallel()
	origin, node, j, _ := farm(t, hostFor60, "AAAAABBBBB")
	node.Play(pong, ack(5), ack(10), ended)
	require.NoError(t, j.run())
	require.Equal(t, []string{"Create-Session"}, heads(origin.Requests()))
	got := node.Requests()
	require.Equal(t, []string{"Ping", "Fragment bytes 0-4/10", "Fragment bytes 5-9/10", "Close-Session"}, heads(got))
	wiretest.CheckRequest(t, `BITS_POST /up/a.txt HTTP/1.1
Host: 127.0.0.2:8001
BITS-Packet-Type: Ping
Content-Length: 0

`, got[0])
	for _, m := range got {
		require.Equal(t, "127.0.0.2:8001", m.Header["host"])
	}
}

func TestT25Fallback(t *testing.T) {
	t.Parallel()
	origin, node, j, clock := farm(t, hostFor60, "AAAAABBBBB")
	start := *clock
	node.Play(pong, ack(5), wiretest.Cut) // out of reach at t
	e := j.fails()
	wants(t, e, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_CONNECTION_ERROR, remote, true)
	require.Equal(t, upload.State{
		Session: session, Offset: 5, Host: "127.0.0.2", HostTimeout: time.Minute, HostLostSince: start,
	}, j.state)

	*clock = start.Add(59 * time.Second)
	j.restart() // a restart keeps the running timer
	node.Play(wiretest.Cut)
	_ = j.fails()
	require.Equal(t, start, j.state.HostLostSince)

	*clock = start.Add(60 * time.Second)
	node.Requests()
	origin.Requests()
	origin.Play(strings.Replace(created, "01}", "02}", 1), ack(5), ack(10), ended)
	require.NoError(t, j.run())
	require.Empty(t, node.Requests())
	require.Equal(t, []string{
		"Create-Session", "Fragment bytes 0-4/10", "Fragment bytes 5-9/10", "Close-Session",
	}, heads(origin.Requests()))
}

func TestT25TimerIsReset(t *testing.T) {
	t.Parallel()
	origin, node, j, clock := farm(t, hostFor60, "AAAAABBBBB")
	start := *clock
	attempt := func(after time.Duration, answers ...string) {
		t.Helper()
		*clock = start.Add(after)
		node.Play(answers...)
		_ = j.fails()
	}
	attempt(0, wiretest.Cut)
	attempt(30*time.Second, pong, bare(503)) // it answers again
	require.Zero(t, j.state.HostLostSince)
	attempt(50*time.Second, wiretest.Cut)
	attempt(100*time.Second, wiretest.Cut)
	require.Equal(t, "127.0.0.2", j.state.Host)
	origin.Requests()
	origin.Play(created, bare(503))
	*clock = start.Add(110 * time.Second)
	_ = j.fails()
	require.Equal(t, []string{"Create-Session", "Fragment bytes 0-4/10"}, heads(origin.Requests()))
	require.Empty(t, j.state.Host)
}

func TestT25NoTimeout(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{
		"none": "BITS-Host-Id: 127.0.0.2\n", "0": strings.Replace(hostFor60, "60", "0", 1),
		"for ever": strings.Replace(hostFor60, "60", "4294967295", 1), "unreadable": strings.Replace(hostFor60, "60", "x", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, node, j, clock := farm(t, lines, "x")
			node.Play(wiretest.Cut, wiretest.Cut)
			_ = j.fails()
			*clock = clock.Add(7 * 24 * time.Hour)
			_ = j.fails()
			require.Equal(t, "127.0.0.2", j.state.Host)
			require.Len(t, node.Requests(), 2)
		})
	}
}

func TestHostExpiredWhenAllIsSent(t *testing.T) {
	t.Parallel()
	origin, node, j, clock := farm(t, hostFor60, "x")
	node.Play(pong, ack(1), wiretest.Cut)
	_ = j.fails()
	require.True(t, j.state.Finished)
	*clock = clock.Add(time.Minute)
	origin.Requests()
	origin.Play(lost)
	require.NoError(t, j.run())
	require.Equal(t, []string{"Close-Session"}, heads(origin.Requests()))
}

func TestCancelAfterHostExpired(t *testing.T) {
	t.Parallel()
	origin, node, j, clock := farm(t, hostFor60, "AAAAABBBBB")
	node.Play(pong, ack(5), wiretest.Cut)
	_ = j.fails()
	*clock = clock.Add(time.Minute)
	origin.Requests()
	origin.Play(lost)
	require.NoError(t, j.upload.Cancel(j.ctx))
	require.Equal(t, []string{"Cancel-Session"}, heads(origin.Requests()))
}
