package serve_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/serve"
)

// opened is a session of the rig's client.
type opened struct {
	*client
	path string
}

type ref struct{ Object, Interface string }

func (c *client) open(body string) opened {
	c.t.Helper()
	status, text := c.do(http.MethodPost, "/v1/sessions", body)
	require.Equal(c.t, http.StatusOK, status, text)
	var s struct{ Session, Lease string }
	require.NoError(c.t, json.Unmarshal([]byte(text), &s))
	return opened{c, "/v1/sessions/" + s.Session}
}

// manager activates.
func (o opened) manager() string {
	o.t.Helper()
	var m struct{ Manager ref }
	o.ok(o.path+"/activate", "", &m)
	require.Equal(o.t, "IBackgroundCopyManager", m.Manager.Interface)
	return o.at(m.Manager)
}

func (o opened) at(r ref) string { return o.path + "/objects/" + r.Object }

// job makes a job and returns the path of the pointer to it, and its id.
func (o opened) job(manager, name string) (job, id string) {
	o.t.Helper()
	var made struct {
		JobID string
		Job   ref
	}
	o.ok(manager+"/CreateJob", `{"args":["`+name+`","BG_JOB_TYPE_DOWNLOAD"]}`, &made)
	return o.at(made.Job), made.JobID
}

// line is a call of a callback.
type line struct {
	Call, Callback, Interface, Method string
	Caller                            struct{ User string }
	Args                              map[string]json.RawMessage
}

// listen opens the stream of callbacks; the lines come through the channel, which is
// closed at its end.
func (o opened) listen() <-chan line {
	o.t.Helper()
	resp, err := o.http.Do(o.request(http.MethodGet, o.path+"/callbacks", ""))
	require.NoError(o.t, err)
	require.Equal(o.t, http.StatusOK, resp.StatusCode)
	require.Equal(o.t, "application/x-ndjson", resp.Header.Get("Content-Type"))
	lines := make(chan line, 100)
	go func() {
		defer close(lines)
		defer resp.Body.Close()
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			if text := scan.Text(); text != "" {
				var l line
				if json.Unmarshal([]byte(text), &l) == nil {
					lines <- l
				}
			}
		}
	}()
	return lines
}

func TestObjects(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	s := c.open("")
	manager := s.manager()
	job, id := s.job(manager, "a")
	s.ok(job+"/AddFile", `{"args":["http://files.test/a","C:\\Downloads\\a"]}`, nil)

	var job2 struct{ Object ref }
	s.ok(job+"/QueryInterface", `{"args":{"iid":"{54B50739-686F-45EB-9DFF-D6A9A0FAA9AF}"}}`, &job2)
	require.Equal(t, "IBackgroundCopyJob2", job2.Object.Interface)
	s.ok(s.at(job2.Object)+"/SetNotifyCmdLine", `{"args":["C:\\a.exe",null]}`, nil)
	s.ok(s.at(job2.Object)+"/Suspend", "", nil) // by inheritance
	status, text := s.do(http.MethodPost, job+"/SetNotifyCmdLine", `{"args":["C:\\a.exe",null]}`)
	require.Equal(t, http.StatusNotFound, status, text)
	require.Equal(t, "E_NOINTERFACE", s.call(job+"/QueryInterface", `{"args":["`+id+`"]}`).Name)

	var files struct{ Value ref }
	s.ok(job+"/EnumFiles", "", &files)
	var next struct{ Elements []ref }
	a := s.call(s.at(files.Value)+"/Next", `{"args":[2]}`)
	require.Equal(t, "S_FALSE", a.Name)
	require.NoError(t, json.Unmarshal(a.Results, &next))
	require.Len(t, next.Elements, 1)
	var name struct{ Value string }
	s.ok(s.at(next.Elements[0])+"/GetRemoteName", "", &name)
	require.Equal(t, "http://files.test/a", name.Value)

	s.ok(job+"/Release", "", nil)
	for _, gone := range []string{job + "/Resume", job + "/Release", s.path + "/objects/x/Resume"} {
		status, text = s.do(http.MethodPost, gone, "")
		require.Equal(t, http.StatusNotFound, status, text)
	}
	status, text = s.do(http.MethodPost, s.path+"/release", `{"objects":["`+next.Elements[0].Object+`","77","x"]}`)
	require.Equal(t, http.StatusOK, status, text)
	status, _ = s.do(http.MethodPost, s.at(next.Elements[0])+"/GetRemoteName", "")
	require.Equal(t, http.StatusNotFound, status)
	s.ok("/v1/control/service", `{"do":"restart"}`, nil)
	require.Contains(t, s.call(s.at(job2.Object)+"/Suspend", "").Name, "RPC_S_SERVER_UNAVAILABLE")

	status, _ = s.do(http.MethodDelete, s.path, "")
	require.Equal(t, http.StatusOK, status)
	status, _ = s.do(http.MethodDelete, s.path, "")
	require.Equal(t, http.StatusNotFound, status)
	status, _ = s.do(http.MethodPost, manager+"/EnumJobs", `{"args":[0]}`)
	require.Equal(t, http.StatusNotFound, status)
}

func TestCallersOfASession(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	s := c.open(`{"caller":"bob"}`)
	job, id := s.job(s.manager(), "of bob")
	var owner struct{ Value string }
	s.ok(job+"/GetOwner", "", &owner)
	require.Contains(t, owner.Value, "-1002")
	require.Equal(t, "E_ACCESSDENIED", c.call("/v1/jobs/"+id+"/Suspend", "").Name, "alice")
	var m struct{ Manager ref }
	s.ok(s.path+"/activate", `{"caller":"carol","clsid":"{4991D34B-80A1-4291-83B6-3328366B9097}"}`, &m)
	job, _ = s.job(s.at(m.Manager), "of carol")
	s.ok(job+"/GetOwner", "", &owner)
	require.Contains(t, owner.Value, "-1003")
	require.Equal(t, "REGDB_E_CLASSNOTREG", s.call(s.path+"/activate", `{"clsid":"`+id+`"}`).Name)
	low := `{"user":"S-1-5-21-1-2-3-4","integrity":"Low"}`
	require.Equal(t, "E_ACCESSDENIED", s.call(s.path+"/activate", `{"caller":`+low+`}`).Name)
}

const allNotes = `{"args":["BG_NOTIFY_JOB_TRANSFERRED|BG_NOTIFY_JOB_ERROR|BG_NOTIFY_FILE_TRANSFERRED"]}`

// transferring is a job that is about to be transferred, with a callback.
func transferring(s opened, callback string) (job string) {
	s.t.Helper()
	s.ok("/v1/control/script", `{"url":"http://files.test/a","size":100}`, nil)
	job, _ = s.job(s.manager(), "a")
	s.ok(job+"/AddFile", `{"args":["http://files.test/a","C:\\Downloads\\a"]}`, nil)
	s.ok(job+"/SetNotifyFlags", allNotes, nil)
	s.ok(job+"/SetNotifyInterface", `{"args":[`+callback+`]}`, nil)
	s.ok(job+"/Resume", "", nil)
	return job
}

// settle settles in the background.
func (c *client) settle() (done <-chan struct{}) {
	ended := make(chan struct{})
	r := c.request(http.MethodPost, "/v1/control/settle", "")
	go func() {
		defer close(ended)
		if resp, err := c.http.Do(r); err == nil {
			_ = resp.Body.Close()
		}
	}()
	return ended
}

func TestCallbacks(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	s := c.open("")
	lines := s.listen()
	const cb = `{"callback":"c1","interface":"IBackgroundCopyCallback2"}`
	job := transferring(s, cb)
	var registered struct{ Value map[string]any }
	s.ok(job+"/GetNotifyInterface", "", &registered)
	require.Equal(t, map[string]any{"callback": "c1"}, registered.Value)
	other := c.open("")
	var jobs struct{ Value ref }
	other.ok(other.manager()+"/EnumJobs", `{"args":[0]}`, &jobs)
	var next struct{ Elements []ref }
	other.ok(other.at(jobs.Value)+"/Next", `{"args":[1]}`, &next)
	other.ok(other.at(next.Elements[0])+"/GetNotifyInterface", "", &registered)
	require.Equal(t, map[string]any{"callback": nil, "foreign": true}, registered.Value)

	settled := s.settle()
	l := <-lines
	require.Equal(t, "FileTransferred", l.Method)
	require.Equal(t, "IBackgroundCopyCallback2", l.Interface)
	require.Equal(t, "c1", l.Callback)
	require.Contains(t, l.Caller.User, "-1001")
	var file ref
	require.NoError(t, json.Unmarshal(l.Args["file"], &file))
	var name struct{ Value string }
	s.ok(s.at(file)+"/GetRemoteName", "", &name)
	require.Equal(t, "http://files.test/a", name.Value)
	status, text := s.do(http.MethodPost, s.path+"/callbacks/"+l.Call, `{"hresult":"0x00000000"}`)
	require.Equal(t, http.StatusOK, status, text)
	status, _ = s.do(http.MethodPost, s.path+"/callbacks/"+l.Call, `{"hresult":"0x00000000"}`)
	require.Equal(t, http.StatusNotFound, status, "twice")

	l = <-lines
	require.Equal(t, "JobTransferred", l.Method)
	var its ref
	require.NoError(t, json.Unmarshal(l.Args["job"], &its))
	s.ok(s.at(its)+"/Complete", "", nil) // within the callback
	status, _ = s.do(http.MethodPost, s.path+"/callbacks/"+l.Call, `{"hresult":"S_OK"}`)
	require.Equal(t, http.StatusOK, status)
	<-settled
}

// A callback that fails is called again after the job's retry delay; with a stream that
// was broken, the call comes again over the next.
func TestCallbackThatFails(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	s := c.open("")
	lines := s.listen()
	job := transferring(s, `{"callback":"c1"}`)
	settled := s.settle()
	l := <-lines
	require.Equal(t, "JobTransferred", l.Method, "it is no IBackgroundCopyCallback2")
	again := s.listen()
	for range lines {
		require.Fail(t, "a call on the stream that was replaced")
	}
	repeated := <-again
	require.Equal(t, l.Call, repeated.Call)
	s.do(http.MethodPost, s.path+"/callbacks/"+l.Call, `{"hresult":"E_FAIL"}`)
	<-settled
	var delay struct{ Value int }
	s.ok(job+"/GetMinimumRetryDelay", "", &delay)
	require.Equal(t, 600, delay.Value)
	done := make(chan struct{})
	r := s.request(http.MethodPost, "/v1/control/advance", `{"by":"10m"}`)
	go func() {
		defer close(done)
		if resp, err := s.http.Do(r); err == nil {
			_ = resp.Body.Close()
		}
	}()
	l = <-again
	require.NotEqual(t, repeated.Call, l.Call)
	status, _ := s.do(http.MethodDelete, s.path, "")
	require.Equal(t, http.StatusOK, status)
	<-done // what nobody can answer any more does not hold the emulator up
	for range again {
		require.Fail(t, "a call after the end")
	}
}

func TestCallbackNobodyAnswers(t *testing.T) {
	t.Parallel()
	_, c := rig(t, serve.Patience(time.Millisecond))
	s := c.open("")
	job := transferring(s, `{"callback":"c1"}`)
	<-s.settle() // there is not even a stream
	var state struct{ Value string }
	s.ok(job+"/GetState", "", &state)
	require.Equal(t, "BG_JOB_STATE_TRANSFERRED", state.Value)
}

func TestBadCallbacks(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	s := c.open("")
	job, _ := s.job(s.manager(), "a")
	for _, bad := range []string{
		`{"callback":5}`, `{"callback":"c","interface":"IBackgroundCopyJob"}`, `{"callback":"c","interface":"x"}`,
		`{"callback":"c","interface":"IBackgroundCopyServerCertificateValidationCallback"}`,
		`{"callback":null,"foreign":true}`, `{"callback":"c","x":1}`, `"c"`,
	} {
		status, text := s.do(http.MethodPost, job+"/SetNotifyInterface", `{"args":[`+bad+`]}`)
		require.Equal(t, http.StatusBadRequest, status, "%s: %s", bad, text)
	}
	s.ok(job+"/SetNotifyInterface", `{"args":[null]}`, nil)
	s.ok(job+"/SetNotifyInterface", `{"args":[{"callback":null}]}`, nil)
	for _, body := range []string{`{}x`, `{"hresult":5}`, `{"hresult":"maybe"}`} {
		status, text := s.do(http.MethodPost, s.path+"/callbacks/1", body)
		require.Equal(t, http.StatusBadRequest, status, text)
	}
	for _, call := range []string{"1", "x", "99999999999999999999"} {
		status, text := s.do(http.MethodPost, s.path+"/callbacks/"+call, `{"hresult":"S_OK"}`)
		require.Equal(t, http.StatusNotFound, status, text)
	}
}

// The client is heard of by its calls, and by its stream as long as that is open.
func TestLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, err := serve.New(bitsemu.RunT(t), serve.Lease(30*time.Second), serve.Heartbeat(10*time.Second))
		require.NoError(t, err)
		post := func(path string) (int, string) {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, nil)
			r.Host = "localhost"
			srv.ServeHTTP(w, r)
			return w.Code, w.Body.String()
		}
		_, text := post("/v1/sessions")
		var s struct{ Session string }
		require.NoError(t, json.Unmarshal([]byte(text), &s))
		alive := func() bool {
			status, _ := post("/v1/sessions/" + s.Session + "/activate")
			return status == http.StatusOK
		}
		for range 3 {
			time.Sleep(29 * time.Second)
			require.True(t, alive(), "a call is a sign of life")
		}
		ctx, hangUp := context.WithCancel(t.Context())
		ended := make(chan string)
		go func() {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/sessions/"+s.Session+"/callbacks", nil)
			r.Host = "localhost"
			srv.ServeHTTP(w, r)
			ended <- w.Body.String()
		}()
		time.Sleep(5*time.Minute + time.Second)
		hangUp()
		require.Equal(t, strings.Repeat("\n", 31), <-ended, "a beat every ten seconds")
		time.Sleep(29 * time.Second)
		require.True(t, alive(), "the lease begins with the end of the stream")
		time.Sleep(31 * time.Second)
		require.False(t, alive())
		require.NoError(t, srv.Close())
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	_, c := rig(t, serve.Limits(0, 2, 2))
	s := c.open("")
	c.open("")
	status, text := c.do(http.MethodPost, "/v1/sessions", "")
	require.Equal(t, http.StatusTooManyRequests, status, text)
	manager := s.manager()
	job, _ := s.job(manager, "a")
	status, text = s.do(http.MethodPost, s.path+"/activate", "")
	require.Equal(t, http.StatusTooManyRequests, status, text)
	status, text = s.do(http.MethodPost, manager+"/EnumJobs", `{"args":[0]}`)
	require.Equal(t, http.StatusTooManyRequests, status, text)
	for _, name := range []string{"a", "b"} {
		s.ok(job+"/SetNotifyInterface", `{"args":[{"callback":"`+name+`"}]}`, nil)
	}
	status, text = s.do(http.MethodPost, job+"/SetNotifyInterface", `{"args":[{"callback":"c"}]}`)
	require.Equal(t, http.StatusBadRequest, status, text)
	require.Contains(t, text, "no more are allowed")
}
