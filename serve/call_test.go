package serve_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/token"
)

func TestCallsWithoutASession(t *testing.T) {
	t.Parallel()
	emu, c := rig(t)
	c.ok("/v1/control/script", `{"url": "http://files.test/a", "text": "the content"}`, nil)
	job := c.create("first", "http://files.test/a", `C:\Downloads\a.txt`)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	var state struct{ Value string }
	c.ok(job+"/GetState", "", &state)
	require.Equal(t, "BG_JOB_STATE_TRANSFERRED", state.Value)
	var progress struct{ Value struct{ BytesTotal uint64 } }
	c.ok(job+"/files/0/GetProgress", "", &progress)
	require.EqualValues(t, 11, progress.Value.BytesTotal)
	var files struct {
		Value []struct {
			File       int
			RemoteName string
			LocalName  string
		}
	}
	c.ok(job+"/EnumFiles", "", &files)
	require.Len(t, files.Value, 1)
	require.Equal(t, "http://files.test/a", files.Value[0].RemoteName)
	var jobs struct{ Value []struct{ ID string } }
	c.ok("/v1/manager/EnumJobs", `{"args":{"flags":0}}`, &jobs)
	require.Len(t, jobs.Value, 1)
	c.ok(job+"/Complete", "", nil)
	emu.CheckFile(t, `C:\Downloads\a.txt`, []byte("the content"))
	a := c.call(job+"/GetState", "")
	require.Equal(t, "BG_E_NOT_FOUND", a.Name)
	require.Equal(t, "0x80200001", a.HRESULT)
	require.NotEmpty(t, a.Error.Message)
}

func TestCallers(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	job := c.create("of alice", "http://files.test/a", `C:\Downloads\a.txt`)
	a := c.call(job+"/Suspend", `{"caller":"bob"}`)
	require.Equal(t, "E_ACCESSDENIED", a.Name)
	require.NotEmpty(t, a.Error.Rule["rule"])
	require.Equal(t, "IBackgroundCopyManager::GetJob", a.Error.Method)
	c.ok(job+"/Suspend", `{"caller":"bob elevated"}`, nil)
	c.ok(job+"/Suspend", `{"caller":`+quote(token.LocalSystem())+`}`, nil)
	var flags struct{ Value string }
	c.ok(job+"/GetHelperTokenFlags", `{"caller":"system"}`, &flags)
	require.Equal(t, "0", flags.Value)
	for _, nobody := range []string{`"eve"`, `5`, `{}`, `{"user":"S-1-0-"}`, `[]`, `""`} {
		status, text := c.do(http.MethodPost, job+"/Suspend", `{"caller":`+nobody+`}`)
		require.Equal(t, http.StatusBadRequest, status, "%s: %s", nobody, text)
	}
}

func TestPinnedCaller(t *testing.T) {
	t.Parallel()
	_, c := rig(t, serve.Pin(token.NetworkService()))
	var about struct{ Caller token.Token }
	c.get("/v1", &about)
	require.True(t, about.Caller.Equal(token.NetworkService()))
	job := c.create("pinned", "http://files.test/a", `C:\Downloads\a.txt`)
	c.ok(job+"/Suspend", `{"caller":"networkservice"}`, nil)
	for _, path := range []string{job + "/Suspend", "/v1/manager/EnumJobs", "/v1/sessions"} {
		status, text := c.do(http.MethodPost, path, `{"caller":"alice"}`)
		require.Equal(t, http.StatusForbidden, status, text)
	}
}

func TestMalformedCalls(t *testing.T) {
	t.Parallel()
	_, c := rig(t, serve.Limits(1000, 0, 0))
	job := c.create("a", "http://files.test/a", `C:\Downloads\a.txt`)
	for _, row := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"no such path", "GET", "/v2", "", 404},
		{"no path at all", "GET", "/", "", 404},
		{"an empty name", "POST", "/v1/manager/", "", 404},
		{"no such method", "POST", "/v1/manager/Explode", "", 404},
		{"a method of another interface", "POST", "/v1/manager/Resume", "", 404},
		{"QueryInterface without a session", "POST", "/v1/manager/QueryInterface", `{"args":["{00000000-0000-0000-C000-000000000046}"]}`, 404},
		{"no such method of a job", "POST", job + "/CreateJob", "", 404},
		{"no such method of a file", "POST", job + "/files/0/Resume", "", 404},
		{"no such file", "POST", job + "/files/7/GetProgress", "", 404},
		{"no number of a file", "POST", job + "/files/-1/GetProgress", "", 400},
		{"no GUID", "POST", "/v1/jobs/7/Resume", "", 400},
		{"another verb", "GET", "/v1/manager/CreateJob", "", 405},
		{"no JSON", "POST", job + "/Resume", "{", 400},
		{"no object", "POST", job + "/Resume", "[]", 400},
		{"an unknown field", "POST", job + "/Resume", `{"arg":{}}`, 400},
		{"an unknown argument", "POST", job + "/Resume", `{"args":{"hard":true}}`, 400},
		{"a missing argument", "POST", job + "/AddFile", `{"args":{"localName":"C:\\a"}}`, 400},
		{"an argument of another kind", "POST", job + "/SetPriority", `{"args":{"priority":{}}}`, 400},
		{"a callback", "POST", job + "/SetNotifyInterface", `{"args":{"callback":{"callback":"c"}}}`, 400},
		{"too large", "POST", job + "/Resume", `{"args":{"x":"` + string(make([]byte, 2000)) + `"}}`, 413},
		{"a parameter", "GET", "/v1?x=1", "", 400},
		{"a bad parameter", "GET", "/v1?%zz=1", "", 400},
		{"an unknown session", "POST", "/v1/sessions/x/activate", "", 404},
	} {
		status, text := c.do(row.method, row.path, row.body)
		require.Equal(t, row.status, status, "%s: %s", row.name, text)
		require.Contains(t, text, `{"error":{"code":"`, row.name)
	}
	r := c.request("POST", job+"/Resume", "{}")
	r.Header.Set("Content-Type", "text/plain")
	status, text := c.send(r)
	require.Equal(t, http.StatusUnsupportedMediaType, status, text)
}
