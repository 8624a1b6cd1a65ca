package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
)

// inspector is a bitsemu command that goes on until it is interrupted.
type inspector struct {
	*testing.T
	out *bufio.Reader
	end func() error
}

// startInspector runs the command in this process.
func startInspector(t *testing.T, args ...string) *inspector {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		root := commands()
		err := cli.Run(ctx, &root, args, cli.Env{Stdout: w, Stderr: io.Discard, Getenv: func(string) string { return "" }})
		_ = w.CloseWithError(err)
		ended <- err
	}()
	done := false
	i := &inspector{t, bufio.NewReader(r), func() error {
		if done {
			return nil
		}
		done = true
		cancel()
		return <-ended
	}}
	t.Cleanup(func() { _ = i.end() })
	return i
}

// line is the next that the command prints.
func (i *inspector) line() string {
	i.Helper()
	text, err := i.out.ReadString('\n')
	require.NoError(i, err)
	return text
}

func storeWith(t *testing.T, name string) string {
	path := filepath.Join(t.TempDir(), "jobs.db")
	store, err := jobstore.Open(path)
	require.NoError(t, err)
	_, err = store.Create(jobstore.Job{Owner: token.LocalSystem(), DisplayName: name})
	require.NoError(t, err)
	require.NoError(t, store.Close())
	return path
}

func TestInspect(t *testing.T) {
	t.Parallel()
	path := storeWith(t, "a job")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	i := startInspector(t, "inspect", "--json", "--windows", "8.1", path)
	var at struct{ Address, Link, Token string }
	require.NoError(t, json.Unmarshal([]byte(i.line()), &at))
	require.Contains(t, at.Link, "http://"+at.Address+"/inspect/enter#")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+at.Address+"/inspect/api/queue", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+at.Token)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Contains(t, string(text), `"name":"a job"`)
	require.Contains(t, string(text), `"windows":"Windows 8.1 (build 9600)"`)
	require.NoError(t, i.end())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after, "nothing is written to the store")
}

func TestInspectSnapshot(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "queue.json")
	require.NoError(t, run([]string{"export", "-o", path, storeWith(t, "a job")}, io.Discard, io.Discard, screen{}))
	i := startInspector(t, "inspect", path)
	require.Regexp(t, `^look at http://127\.0\.0\.1:\d+/inspect/enter#[A-Z2-7]{26}\n$`, i.line())
	require.NoError(t, i.end())
}

func TestInspectRefuses(t *testing.T) {
	t.Parallel()
	path := storeWith(t, "a job")
	for _, args := range [][]string{
		{"inspect", "--listen", "0.0.0.0:0", path}, {"inspect", "--windows", "95", path}, {"inspect", path + ".not"}, {"inspect"},
	} {
		err := run(args, io.Discard, io.Discard, screen{})
		require.Error(t, err, "%q", args)
		require.Equal(t, cli.Usage, cli.Status(err), "%q", args)
	}
}

// A service that is served shows the page on a port of its own.
func TestServeInspect(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "bitsemu") //nolint:usetesting // the path of a socket must be short
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	i := startInspector(t, "serve", "--socket", filepath.Join(dir, "s"), "--inspect", "--network", "local")
	require.Contains(t, i.line(), "serving on unix:")
	link := regexp.MustCompile(`http://\S+`).FindString(i.line())
	at, err := url.Parse(link)
	require.NoError(t, err)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm("http://"+at.Host+"/inspect/enter", url.Values{"key": {at.Fragment}})
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Contains(t, resp.Header.Get("Set-Cookie"), "HttpOnly; SameSite=Strict")
	transport.CloseIdleConnections()
	require.NoError(t, i.end())
}
