package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// process is a running bitsemu serve.
type process struct {
	cmd     *exec.Cmd
	address string
	log     *bytes.Buffer
	client  *http.Client
	base    string
}

// startServe runs this test's binary as bitsemu serve, and waits until it is ready.
func startServe(t *testing.T, args ...string) *process {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the test stops processes by signals")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "bitsemu")
	require.NoError(t, os.Symlink(self, name))
	p := &process{cmd: exec.Command(name, append([]string{"serve"}, args...)...), log: new(bytes.Buffer)}
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = p.cmd.Wait()
		require.NoError(t, err, p.log.String())
	}
	p.address = strings.TrimSuffix(strings.TrimPrefix(line, "serving on "), "\n")
	transport := &http.Transport{MaxIdleConnsPerHost: 50}
	p.base = p.address
	if path, ok := strings.CutPrefix(p.address, "unix:"); ok {
		p.base = "http://localhost"
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}
	}
	p.client = &http.Client{Transport: transport}
	t.Cleanup(transport.CloseIdleConnections)
	return p
}

// post makes a call; ok is whether its success was acknowledged.
func (p *process) post(path, body string, results any) (ok bool) {
	resp, err := p.client.Post(p.base+path, "application/json", strings.NewReader(body))
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	var a struct {
		Name    string
		Results json.RawMessage
	}
	if json.NewDecoder(resp.Body).Decode(&a) != nil || a.Name != "S_OK" {
		return false
	}
	return results == nil || json.Unmarshal(a.Results, results) == nil
}

func (p *process) get(t *testing.T, path string, v any) {
	t.Helper()
	resp, err := p.client.Get(p.base + path)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, v), string(text))
}

// stop ends the process by a signal, and returns its exit status.
func (p *process) stop(t *testing.T, s os.Signal) int {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(s))
	_ = p.cmd.Wait() // the state tells
	return p.cmd.ProcessState.ExitCode()
}

// socketDir is a directory with a short name.
func socketDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "bits") //nolint:usetesting // the name of a test's own may be too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func TestServe(t *testing.T) {
	t.Parallel()
	dir := socketDir(t)
	disk := filepath.Join(dir, "c")
	require.NoError(t, os.Mkdir(disk, 0o700))
	args := []string{"--store", filepath.Join(dir, "jobs.db"), "--drive", "C:=" + disk, "--socket", filepath.Join(dir, "s"), "--network", "local"}
	p := startServe(t, args...)
	require.Equal(t, "unix:"+filepath.Join(dir, "s"), p.address)
	require.True(t, p.post("/v1/control/script", `{"url":"http://files.test/a","text":"the content"}`, nil))
	var made struct{ JobID string }
	require.True(t, p.post("/v1/manager/CreateJob", `{"args":["kept","DOWNLOAD"]}`, &made))
	require.True(t, p.post("/v1/jobs/"+made.JobID+"/AddFile", `{"args":["http://files.test/a","C:\\a"]}`, nil))
	require.Zero(t, p.stop(t, syscall.SIGTERM), p.log)
	_, err := os.Lstat(filepath.Join(dir, "s"))
	require.ErrorIs(t, err, os.ErrNotExist)

	p = startServe(t, args...)
	require.True(t, p.post("/v1/control/script", `{"url":"http://files.test/a","text":"the content"}`, nil))
	require.True(t, p.post("/v1/jobs/"+made.JobID+"/Resume", "", nil))
	require.True(t, p.post("/v1/control/settle", "", nil))
	require.True(t, p.post("/v1/jobs/"+made.JobID+"/Complete", "", nil), "the owner is logged on")
	text, err := os.ReadFile(filepath.Join(disk, "a"))
	require.NoError(t, err)
	require.Equal(t, "the content", string(text))
	second := exec.Command(p.cmd.Path, "serve", "--socket", filepath.Join(dir, "s"))
	out, err := second.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, 2, second.ProcessState.ExitCode())
	require.Contains(t, string(out), "a server answers on")
	require.Zero(t, p.stop(t, syscall.SIGINT), p.log)
}

func TestServeTCP(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	p := startServe(t, "--listen", "127.0.0.1:0", "--token-file", file, "--as", "networkservice", "--time", "manual", "--json", "-v")
	require.True(t, strings.HasPrefix(p.address, "http://127.0.0.1:"), p.address)
	require.False(t, p.post("/v1/manager/CreateJob", `{"args":["a","DOWNLOAD"]}`, nil))
	secret, err := os.ReadFile(file)
	require.NoError(t, err)
	r, err := http.NewRequest(http.MethodGet, p.base+"/v1", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(secret)))
	resp, err := p.client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	var about struct {
		Clock  string
		Caller struct{ User string }
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&about))
	require.Equal(t, "manual", about.Clock)
	require.Equal(t, "S-1-5-20", about.Caller.User)
	require.Zero(t, p.stop(t, syscall.SIGTERM))
	require.Contains(t, p.log.String(), `"status":401`)
	require.NotContains(t, p.log.String(), strings.TrimSpace(string(secret)))
}

// A second signal ends the command at once.
func TestServeStopsAtOnce(t *testing.T) {
	t.Parallel()
	dir := socketDir(t)
	p := startServe(t, "--socket", filepath.Join(dir, "s"), "--grace", "1h", "--time", "real", "--network", "local")
	conn, err := net.Dial("unix", strings.TrimPrefix(p.address, "unix:"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /v1/control/settle HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	require.NoError(t, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "100 Continue", "the server waits for the body, so the call is under way")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = p.cmd.Wait()
	}()
	for running := true; running; {
		select {
		case <-ended:
			running = false
		case <-time.After(50 * time.Millisecond):
			_ = p.cmd.Process.Signal(syscall.SIGTERM) // the first may still be on its way
		}
	}
	require.False(t, p.cmd.ProcessState.Success())
}

// truth is what a client knows of a job: what was acknowledged, and what was asked for
// and may have happened.
type truth struct {
	name        string
	notes       [2]string // acknowledged, asked for
	files       [2]int
	gone, going bool
}

// What was acknowledged is there after the server was killed, whenever that is.
func TestServeLosesNothing(t *testing.T) {
	t.Parallel()
	rounds := 4
	if text := os.Getenv("KILL_ROUNDS"); text != "" {
		var err error
		rounds, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	dir := socketDir(t)
	args := []string{"--store", filepath.Join(dir, "jobs.db"), "--drive", "C:=" + dir, "--socket", filepath.Join(dir, "s"), "--as", "system", "--time", "manual", "--network", "local"}
	const workers = 8
	known := make([]map[string]*truth, workers) // by id
	var pending sync.Map                        // names of jobs whose creation was not acknowledged
	for i := range known {
		known[i] = map[string]*truth{}
	}
	var acknowledged atomic.Int64
	for round := range rounds {
		p := startServe(t, args...)
		verify(t, p, known, &pending)
		var group sync.WaitGroup
		alive := new(atomic.Bool)
		alive.Store(true)
		limit := acknowledged.Load() + 20 + rand.Int64N(150)
		for i := range workers {
			group.Go(func() { change(p, known[i], &pending, fmt.Sprintf("%d-%d", round, i), alive, &acknowledged) })
		}
		for acknowledged.Load() < limit {
			time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond) // any moment will do
		}
		require.NoError(t, p.cmd.Process.Kill())
		_ = p.cmd.Wait()
		alive.Store(false)
		group.Wait()
	}
	p := startServe(t, args...)
	verify(t, p, known, &pending)
	t.Logf("%d changes acknowledged, in %d rounds that each ended with a kill", acknowledged.Load(), rounds)
	require.Zero(t, p.stop(t, syscall.SIGTERM), p.log)
}

// change changes jobs of one client's until the server is gone.
func change(p *process, mine map[string]*truth, pending *sync.Map, who string, alive *atomic.Bool, acknowledged *atomic.Int64) {
	for n := 0; alive.Load(); n++ {
		name := fmt.Sprintf("%s-%d", who, n)
		pending.Store(name, true)
		var made struct{ JobID string }
		if !p.post("/v1/manager/CreateJob", `{"args":["`+name+`","DOWNLOAD"]}`, &made) {
			return
		}
		pending.Delete(name)
		acknowledged.Add(1)
		j := &truth{name: name}
		mine[made.JobID] = j
		job := "/v1/jobs/" + made.JobID
		for k := range 3 {
			j.notes[1] = strconv.Itoa(k)
			if !p.post(job+"/SetDescription", `{"args":["`+j.notes[1]+`"]}`, nil) {
				return
			}
			j.notes[0] = j.notes[1]
			j.files[1]++
			if !p.post(job+"/AddFile", fmt.Sprintf(`{"args":["http://files.test/%d","C:\\%s-%d"]}`, k, name, k), nil) {
				return
			}
			j.files[0] = j.files[1]
			acknowledged.Add(2)
		}
		if n%2 == 0 {
			j.going = true
			if !p.post(job+"/Cancel", "", nil) {
				return
			}
			j.gone = true
			acknowledged.Add(1)
		}
	}
}

// verify compares a server with what its clients know.
func verify(t *testing.T, p *process, known []map[string]*truth, pending *sync.Map) {
	t.Helper()
	var check struct{ OK bool }
	p.get(t, "/v1/check", &check)
	require.True(t, check.OK)
	var queue struct {
		Jobs []struct {
			ID, DisplayName, Description string
			Files                        []struct{ LocalName string }
		}
	}
	p.get(t, "/v1/jobs", &queue)
	all := map[string]*truth{}
	for _, mine := range known {
		maps.Copy(all, mine)
	}
	seen := map[string]bool{}
	for _, j := range queue.Jobs {
		id := "{" + strings.ToUpper(j.ID) + "}"
		seen[id] = true
		want := all[id]
		if want == nil {
			_, asked := pending.Load(j.DisplayName)
			require.True(t, asked, "nobody has asked for job %s %q", id, j.DisplayName)
			continue
		}
		require.False(t, want.gone, "job %s was cancelled", id)
		require.Equal(t, want.name, j.DisplayName)
		require.Contains(t, want.notes, j.Description, id)
		require.Contains(t, want.files, len(j.Files), id)
		want.notes[0], want.files[0], want.going = j.Description, len(j.Files), false
		want.notes[1], want.files[1] = want.notes[0], want.files[0]
	}
	for id, want := range all {
		require.True(t, seen[id] || want.going, "job %s %q is lost", id, want.name)
		want.gone = want.gone || !seen[id]
	}
}
