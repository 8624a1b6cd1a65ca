package serve_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/serve"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client talks to a server as curl would.
type client struct {
	t    *testing.T
	base string
	http *http.Client
}

// dial makes a client for an address.
func dial(t *testing.T, address string) *client {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	base := address
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		base = "http://localhost"
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}
	}
	c := &client{t, base, &http.Client{Transport: transport}}
	t.Cleanup(transport.CloseIdleConnections)
	return c
}

// rig is an emulator with a server and a client.
func rig(t *testing.T, opts ...serve.Option) (*bitsemu.Emulator, *client) {
	t.Helper()
	emu := bitsemu.RunT(t)
	return emu, dial(t, serve.RunT(t, emu, opts...))
}

func (c *client) request(method, path, body string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	require.NoError(c.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// send sends a request and returns status and body.
func (c *client) send(r *http.Request) (int, string) {
	c.t.Helper()
	resp, err := c.http.Do(r)
	require.NoError(c.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	answer := strings.TrimRight(string(text), "\n")
	if strings.HasPrefix(r.URL.Path, "/v1") && r.URL.Path != "/v1/openapi.json" {
		sent := ""
		if body, err := r.GetBody(); err == nil {
			text, err := io.ReadAll(body)
			require.NoError(c.t, err)
			sent = string(text)
		}
		checkExchange(c.t, r.Method, r.URL.Path, sent, resp.StatusCode, answer)
	}
	return resp.StatusCode, answer
}

func (c *client) do(method, path, body string) (int, string) {
	c.t.Helper()
	return c.send(c.request(method, path, body))
}

// call makes a call that must reach BITS.
func (c *client) call(path, body string) answer {
	c.t.Helper()
	status, text := c.do(http.MethodPost, path, body)
	require.Equal(c.t, http.StatusOK, status, "%s %s: %s", path, body, text)
	var a answer
	require.NoError(c.t, json.Unmarshal([]byte(text), &a), text)
	return a
}

// ok makes a call that must succeed, and reads its results.
func (c *client) ok(path, body string, results any) {
	c.t.Helper()
	a := c.call(path, body)
	require.Equal(c.t, "S_OK", a.Name, "%s %s: %+v", path, body, a.Error)
	if results != nil {
		require.NoError(c.t, json.Unmarshal(a.Results, results), string(a.Results))
	}
}

// get reads what a path answers to GET.
func (c *client) get(path string, v any) {
	c.t.Helper()
	status, text := c.do(http.MethodGet, path, "")
	require.Equal(c.t, http.StatusOK, status, "%s: %s", path, text)
	require.NoError(c.t, json.Unmarshal([]byte(text), v), text)
}

// create makes a job with a file, and returns its path.
func (c *client) create(name, url, local string) string {
	c.t.Helper()
	var made struct{ JobID string }
	c.ok("/v1/manager/CreateJob", quote(map[string]any{"args": map[string]any{"displayName": name, "jobType": "BG_JOB_TYPE_DOWNLOAD"}}), &made)
	path := "/v1/jobs/" + made.JobID
	c.ok(path+"/AddFile", quote(map[string]any{"args": []string{url, local}}), nil)
	return path
}

type answer struct {
	HRESULT string
	Name    string
	Results json.RawMessage
	Error   *struct {
		Message, Method, Job, Caller string
		Rule                         map[string]any
	}
}

func quote(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return b.String()
}
