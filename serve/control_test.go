package serve_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/serve"
)

// state is the state of a job.
func (c *client) state(job string) string {
	c.t.Helper()
	var s struct{ Value string }
	c.ok(job+"/GetState", "", &s)
	return strings.TrimPrefix(s.Value, "BG_JOB_STATE_")
}

// errorOf is the code of a job's error.
func (c *client) errorOf(job string) string {
	c.t.Helper()
	var e struct{ Value struct{ Name string } }
	c.ok(job+"/GetError", "", &e)
	return e.Value.Name
}

// What stops a job and lets it go on, each with the state and the error that the job has
// meanwhile.
func TestConditions(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, stop, state, code, end string }{
		{"network", `{"up":false}`, "TRANSIENT_ERROR", "BG_E_NETWORK_DISCONNECTED", `{"up":true}`},
		{"cost", `{"cost":"BITS_COST_STATE_ROAMING"}`, "TRANSIENT_ERROR", "BG_E_BLOCKED_BY_COST_TRANSFER_POLICY", `{"cost":"UNRESTRICTED"}`},
		{"bandwidth", `{"blocked":true}`, "TRANSIENT_ERROR", "BG_E_BLOCKED_BY_POLICY", `{"blocked":false}`},
		{"battery", `{"saver":true}`, "TRANSIENT_ERROR", "BG_E_BLOCKED_BY_BATTERY_SAVER", `{"saver":false}`},
		{"gamemode", `{"on":true}`, "TRANSIENT_ERROR", "BG_E_BLOCKED_BY_GAME_MODE", `{"on":false}`},
		{"lockvolume", `{"letter":"C:","locked":true}`, "TRANSIENT_ERROR", "BG_E_DESTINATION_LOCKED", `{"letter":"C:","locked":false}`},
		{"logoff", `{"user":"alice"}`, "QUEUED", "", ""},
	} {
		_, c := rig(t)
		c.ok("/v1/control/script", `{"url":"http://files.test/a","size":1000}`, nil)
		job := c.create("a", "http://files.test/a", `C:\Downloads\a`)
		var flags string
		if row.name == "cost" {
			flags = `{"args":{"propertyID":"BITS_JOB_PROPERTY_ID_COST_FLAGS","value":{"type":"dword","value":1}}}`
			a := c.call(job+"/SetProperty", flags)
			require.Equal(t, "S_OK", a.Name, a.Error)
		}
		c.ok("/v1/control/"+row.name, row.stop, nil)
		if row.name == "logoff" {
			require.Contains(t, c.call(job+"/Resume", "").Name, "") // whatever it says to who is not logged on
			c.call("/v1/control/logon", `{"user":"alice"}`)
			c.call(job+"/Resume", "")
			c.ok("/v1/control/logoff", row.stop, nil)
		} else {
			c.ok(job+"/Resume", "", nil)
		}
		c.ok("/v1/control/settle", "", nil)
		require.Equal(t, row.state, c.state(job), row.name)
		if row.code != "" {
			require.Equal(t, row.code, c.errorOf(job), row.name)
		}
		if row.end == "" {
			c.ok("/v1/control/logon", `{"user":"alice","session":"0x77"}`, nil)
			c.ok("/v1/control/endsession", `{"session":"0x77"}`, nil)
			c.ok("/v1/control/settle", "", nil)
			require.Equal(t, "QUEUED", c.state(job), "he stays logged off although he calls")
			c.ok("/v1/control/logon", `{"user":"alice"}`, nil)
		} else {
			c.ok("/v1/control/"+row.name, row.end, nil)
		}
		c.ok("/v1/control/advance", `{"by":"1h"}`, nil)
		require.Equal(t, "TRANSFERRED", c.state(job), row.name)
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	var now struct{ Time time.Time }
	c.ok("/v1/control/advance", `{"by":"90s"}`, &now)
	require.Equal(t, time.Date(2024, 1, 2, 3, 5, 35, 0, time.UTC), now.Time)
	c.ok("/v1/control/clock", `{"time":"2030-01-01T00:00:00Z"}`, &now)
	require.Equal(t, 2030, now.Time.Year())
	var about struct{ Time time.Time }
	c.get("/v1", &about)
	require.Equal(t, now.Time, about.Time)
}

func TestService(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	for _, do := range []string{"stop", "start", "restart", "disable"} {
		c.ok("/v1/control/service", `{"do":"`+do+`"}`, nil)
	}
	const disabled = "HRESULT_FROM_WIN32(ERROR_SERVICE_DISABLED)"
	require.Equal(t, disabled, c.call("/v1/control/service", `{"do":"start"}`).Name)
	require.Equal(t, disabled, c.call("/v1/manager/EnumJobs", `{"args":[0]}`).Name)
	c.ok("/v1/control/service", `{"do":"enable"}`, nil)
	c.ok("/v1/manager/EnumJobs", `{"args":[0]}`, nil)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	c.ok("/v1/control/fault", `{"op":"AddFile","code":"E_OUTOFMEMORY","after":1,"times":2,"user":"alice"}`, nil)
	job := c.create("a", "http://files.test/a", `C:\Downloads\a`)
	for range 2 {
		require.Equal(t, "E_OUTOFMEMORY", c.call(job+"/AddFile", `{"args":["http://files.test/b","C:\\b"]}`).Name)
	}
	c.ok(job+"/AddFile", `{"args":["http://files.test/b","C:\\Downloads\\b"]}`, nil)
	require.Equal(t, "E_INVALIDARG", c.call("/v1/control/fault", `{"op":"Explode","code":"E_FAIL"}`).Name)
	require.Equal(t, "E_INVALIDARG", c.call("/v1/control/fault", `{"op":"connect","code":"S_OK"}`).Name)
	c.ok("/v1/control/fault", `{"op":"connect","delay":"10s","job":"`+strings.TrimPrefix(job, "/v1/jobs/")+`"}`, nil)
	c.ok("/v1/control/fault", `{"op":"data","code":"0x80072EE2","transient":true,"context":"BG_ERROR_CONTEXT_GENERAL_TRANSPORT","name":"a"}`, nil)
	c.ok("/v1/control/script", `{"url":"http://files.test/a","text":"x"}`, nil)
	c.ok("/v1/control/script", `{"url":"http://files.test/b","text":"x"}`, nil)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	require.Equal(t, "CONNECTING", c.state(job))
	c.ok("/v1/control/advance", `{"by":"10s"}`, nil)
	require.Equal(t, "TRANSIENT_ERROR", c.state(job))
	c.ok("/v1/control/advance", `{"by":"10m"}`, nil)
	require.Equal(t, "TRANSFERRED", c.state(job))
}

func TestScripts(t *testing.T) {
	t.Parallel()
	emu, c := rig(t)
	const url = "http://files.test/a"
	c.ok("/v1/control/script", `{"url":"`+url+`","content":"AAEC","modified":"2020-01-01T00:00:00Z","etag":"\"e\"","header":{"X-A":"b"},
		"status":{"code":503,"times":1},"delay":"1s","rate":100,"noRanges":true}`, nil)
	c.ok("/v1/control/script", `{"url":"`+url+`","do":"change","noRanges":false,"rate":0,"delay":"0s","hold":true}`, nil)
	job := c.create("a", url, `C:\Downloads\a`)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	require.Equal(t, "CONNECTING", c.state(job))
	c.ok("/v1/control/script", `{"url":"`+url+`","do":"release"}`, nil)
	c.ok("/v1/control/settle", "", nil)
	require.Equal(t, "TRANSIENT_ERROR", c.state(job))
	c.ok("/v1/control/advance", `{"by":"10m"}`, nil)
	require.Equal(t, "TRANSFERRED", c.state(job))
	c.ok(job+"/Complete", "", nil)
	emu.CheckFile(t, `C:\Downloads\a`, []byte{0, 1, 2})
	var all struct {
		Scripts []struct {
			URL      string
			Requests []struct {
				Method string
				Status int
			}
		}
	}
	c.get("/v1/scripts", &all)
	require.Len(t, all.Scripts, 1)
	require.Equal(t, 503, all.Scripts[0].Requests[0].Status)

	for _, row := range []struct{ what, more string }{
		{"unreachable", `"unreachable":{"code":"ERROR_WINHTTP_NAME_NOT_RESOLVED","times":-1}`},
		{"a redirect to nowhere", `"redirect":{"code":302,"url":"http://nowhere.test/"}`},
		{"cut", `"size":100,"cut":{"after":10,"times":-1}`},
		{"old and odd", `"text":"x","http10":true,"noLength":true,"holdAt":0`},
	} {
		c.ok("/v1/control/script", `{"url":"`+url+`",`+row.more+`}`, nil)
		job := c.create("a", url, `C:\Downloads\b`)
		c.ok(job+"/Resume", "", nil)
		c.ok("/v1/control/settle", "", nil)
		require.NotEqual(t, "TRANSFERRED", c.state(job), row.what)
		c.ok(job+"/Cancel", "", nil)
	}
	c.ok("/v1/control/script", `{"url":"`+url+`","do":"remove"}`, nil)
	for _, do := range []string{"change", "release", "remove", "explode"} {
		require.Equal(t, "E_INVALIDARG", c.call("/v1/control/script", `{"url":"`+url+`","do":"`+do+`"}`).Name)
	}
	require.Equal(t, "E_INVALIDARG", c.call("/v1/control/script", `{"url":"nowhere"}`).Name)
	c.ok("/v1/control/script", `{"url":"`+url+`"}`, nil)
	for _, bad := range []string{
		`{"url":"` + url + `","do":"explode"}`, `{"url":"` + url + `","text":"a","size":1}`, `{"url":"` + url + `","size":-1}`,
		`{"url":"` + url + `","size":9223372036854775807}`, `{"url":"` + url + `","status":{"code":1,"times":1}}`, `{"url":"` + url + `","status":{"code":200}}`,
		`{"url":"` + url + `","redirect":{"code":200,"url":"x"}}`, `{"url":"` + url + `","content":"?"}`, `{"url":"` + url + `","delay":"soon"}`,
		`{"url":"` + url + `","file":"/etc/passwd"}`, `{"text":"x"}`,
	} {
		status, text := c.do(http.MethodPost, "/v1/control/script", bad)
		require.Equal(t, http.StatusBadRequest, status, "%s: %s", bad, text)
	}
}

func TestProtectionAndProxies(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	c.ok("/v1/control/script", `{"url":"http://files.test/a","text":"x"}`, nil)
	c.ok("/v1/control/protect", `{"base":"http://files.test","schemes":["BG_AUTH_SCHEME_BASIC"],"users":{"u":"p"},"realm":"r"}`, nil)
	c.ok("/v1/control/proxyserver", `{"base":"http://proxy.test:8080"}`, nil)
	c.ok("/v1/control/proxy", `{"user":"alice","list":"proxy.test:8080","bypass":""}`, nil)
	job := c.create("a", "http://files.test/a", `C:\Downloads\a`)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	require.Equal(t, "BG_E_HTTP_ERROR_401", c.errorOf(job))
	c.ok(job+"/SetCredentials", `{"args":{"credentials":{"Target":"SERVER","Scheme":"BASIC","UserName":"u","Password":"p"}}}`, nil)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	require.Equal(t, "TRANSFERRED", c.state(job))
	c.ok("/v1/control/proxyserver", `{"base":"http://proxy.test:8080","schemes":["BG_AUTH_SCHEME_NTLM"],"principals":["S-1-5-20"]}`, nil)
	c.ok("/v1/control/protect", `{"base":"http://files.test","remove":true}`, nil)
	job = c.create("b", "http://files.test/a", `C:\Downloads\b`)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	require.Equal(t, "BG_E_HTTP_ERROR_407", c.errorOf(job))
	c.ok("/v1/control/proxyserver", `{"base":"http://proxy.test:8080","remove":true}`, nil)
	c.ok("/v1/control/autoproxy", `{"list":"proxy.test:8080"}`, nil)
	require.Equal(t, "E_INVALIDARG", c.call("/v1/control/protect", `{"base":"x"}`).Name)
	c.ok("/v1/control/serviceproxy", `{"account":"networkservice","usage":"BG_JOB_PROXY_USAGE_OVERRIDE","list":"proxy.test:8080"}`, nil)
	var proxy struct{ Usage, List string }
	c.ok("/v1/control/serviceproxy", `{"account":"S-1-5-20"}`, &proxy)
	require.Equal(t, "proxy.test:8080", proxy.List)
	require.Equal(t, "BG_JOB_PROXY_USAGE_OVERRIDE", proxy.Usage)
}

func TestRestrict(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	c.ok("/v1/control/restrict", `{"path":"C:\\Downloads","read":["bob","S-1-5-18"],"write":[]}`, nil)
	var made struct{ JobID string }
	c.ok("/v1/manager/CreateJob", `{"args":["a","DOWNLOAD"]}`, &made)
	require.Equal(t, "E_ACCESSDENIED", c.call("/v1/jobs/"+made.JobID+"/AddFile", `{"args":["http://files.test/a","C:\\Downloads\\a"]}`).Name)
	c.ok("/v1/control/restrict", `{"path":"C:\\Downloads"}`, nil)
	c.ok("/v1/jobs/"+made.JobID+"/AddFile", `{"args":["http://files.test/a","C:\\Downloads\\a"]}`, nil)
	c.ok("/v1/control/mapdrive", `{"user":"bob","letter":"C:"}`, nil)
	require.Equal(t, "BG_E_NEW_OWNER_DIFF_MAPPING", c.call("/v1/jobs/"+made.JobID+"/TakeOwnership", `{"caller":"bob elevated"}`).Name)
	require.Equal(t, "E_INVALIDARG", c.call("/v1/control/lockvolume", `{"letter":"\\\\a\\b","locked":true}`).Name)
	require.Equal(t, "E_INVALIDARG", c.call("/v1/control/logoff", `{"user":"system"}`).Name)
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	args := map[string]any{
		"location": "BG_CERT_STORE_LOCATION_CURRENT_USER", "store": "MY", "readers": []string{"alice"},
		"certificate": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		"key":         string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})),
	}
	c.ok("/v1/control/certificate", quote(args), nil)
	job := c.create("a", "https://files.test/a", `C:\Downloads\a`)
	c.ok(job+"/SetClientCertificateByName", `{"args":["BG_CERT_STORE_LOCATION_CURRENT_USER","MY","client"]}`, nil)
	args["key"] = "/etc/passwd"
	require.Equal(t, "E_INVALIDARG", c.call("/v1/control/certificate", quote(args)).Name)
}

func TestSnapshotAndRestore(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	job := c.create("kept", "http://files.test/a", `C:\Downloads\a`)
	c.ok(job+"/SetNotifyCmdLine", `{"args":["C:\\a.exe","b"]}`, nil)
	status, text := c.do(http.MethodGet, "/v1/snapshot", "")
	require.Equal(t, http.StatusOK, status)
	c.ok(job+"/Cancel", "", nil)
	c.create("not kept", "http://files.test/a", `C:\Downloads\b`)
	c.ok("/v1/control/restore", text, nil)
	status, again := c.do(http.MethodGet, "/v1/snapshot", "")
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, text, again)
	require.Equal(t, "E_INVALIDARG", c.call("/v1/control/restore", strings.Replace(text, `"Version":1`, `"Version":99`, 1)).Name)
	for _, bad := range []string{`{}`, `{"Version":1,"x":2}`, `{"Version":"1"}`, `[]`} {
		status, _ := c.do(http.MethodPost, "/v1/control/restore", bad)
		require.Equal(t, http.StatusBadRequest, status, bad)
	}
}

func TestMalformedOperations(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	for _, row := range []struct{ op, body string }{
		{"network", `{}`}, {"network", ``}, {"network", `{"up":1}`}, {"network", `{"up":true,"down":true}`}, {"network", `{"up":true}{}`},
		{"network", `null`}, {"network", "{\"up\":true,\"\xff\":1}"}, {"network", strings.Repeat(`{"up":`, 100) + "1" + strings.Repeat("}", 100)},
		{"advance", `{"by":"-1s"}`}, {"advance", `{"by":5}`}, {"advance", `{"by":"tomorrow"}`}, {"clock", `{"time":"noon"}`},
		{"cost", `{"cost":"FREE"}`}, {"logon", `{"user":"eve"}`}, {"logon", `{"user":"alice","session":"x"}`}, {"service", `{"do":"explode"}`},
		{"fault", `{"op":"connect","code":"OUCH"}`}, {"fault", `{"op":"connect","job":"7"}`}, {"restrict", `{"path":"C:","read":["eve"]}`},
	} {
		status, text := c.do(http.MethodPost, "/v1/control/"+row.op, row.body)
		require.Equal(t, http.StatusBadRequest, status, "%s %s: %s", row.op, row.body, text)
	}
	status, _ := c.do(http.MethodPost, "/v1/control/explode", "")
	require.Equal(t, http.StatusNotFound, status)
}

func TestLooking(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	c.ok("/v1/control/script", `{"url":"http://files.test/a","text":"x","status":{"code":404,"times":1}}`, nil)
	job := c.create("a", "http://files.test/a", `C:\Downloads\a`)
	c.create("b", "http://files.test/a", `C:\Downloads\b`)
	c.ok(job+"/SetCredentials", `{"args":{"credentials":{"Target":"SERVER","Scheme":"BASIC","UserName":"secretive","Password":"hush"}}}`, nil)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	id := strings.TrimPrefix(job, "/v1/jobs/")
	var list struct {
		Jobs []struct{ DisplayName, State string }
	}
	c.get("/v1/jobs", &list)
	require.Len(t, list.Jobs, 2)
	require.Equal(t, "BG_JOB_STATE_ERROR", list.Jobs[0].State)
	var one struct{ DisplayName string }
	c.get(job, &one)
	require.Equal(t, "a", one.DisplayName)
	c.get("/v1/jobs/"+strings.ToLower(strings.Trim(id, "{}")), &one)
	var audit struct {
		Audit []struct{ Job, Action, Text string }
	}
	c.get("/v1/audit", &audit)
	require.Greater(t, len(audit.Audit), 3)
	c.get("/v1/audit?limit=2&job="+id, &audit)
	require.Len(t, audit.Audit, 2)
	var history struct {
		History []struct {
			From, To string
			By       struct{ User string }
			Error    struct{ Name string }
		}
	}
	c.get("/v1/history?job="+id, &history)
	require.Empty(t, history.History[0].From)
	last := history.History[len(history.History)-1]
	require.Equal(t, "BG_JOB_STATE_ERROR", last.To)
	require.Equal(t, "BG_E_HTTP_ERROR_404", last.Error.Name)
	c.get("/v1/history?limit=1", &history)
	require.Len(t, history.History, 1)
	var events struct{ Events []struct{ ID int } }
	c.get("/v1/events?limit=1", &events)
	require.Len(t, events.Events, 1)
	var check struct{ OK bool }
	c.get("/v1/check", &check)
	require.True(t, check.OK)
	for _, path := range []string{"/v1/jobs", job, "/v1/audit", "/v1/history", "/v1/events", "/v1/snapshot", "/v1/scripts"} {
		_, text := c.do(http.MethodGet, path, "")
		require.NotContains(t, text, "hush", path)
		require.NotContains(t, text, "secretive", path)
	}
	for path, want := range map[string]int{
		"/v1/jobs/7": 400, "/v1/jobs/00000000-0000-0000-0000-000000000001": 404, "/v1/audit?job=7": 400, "/v1/audit?limit=x": 400,
		"/v1/history?job=7": 400, "/v1/history?limit=-1": 400, "/v1/events?limit=x": 400,
	} {
		status, text := c.do(http.MethodGet, path, "")
		require.Equal(t, want, status, "%s: %s", path, text)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	_, c := rig(t)
	job := strings.TrimPrefix(c.create("a", "http://files.test/a", `C:\Downloads\a`), "/v1/jobs/")
	var d struct {
		Decision struct {
			Allowed       bool
			HRESULT, Name string
			Rule          struct{ ID string }
			Evidence      struct{ Letter, Source string }
			Facts         []struct{ Name, Value string }
			Windows       int
			Job           string
		}
	}
	c.get("/v1/explain?method=SetHelperToken&job="+job, &d)
	require.True(t, d.Decision.Allowed)
	require.Equal(t, job, d.Decision.Job)
	c.get("/v1/explain?method=GetHelperTokenFlags&windows=8.1&job="+job, &d)
	require.False(t, d.Decision.Allowed)
	require.Equal(t, "0x80070005", d.Decision.HRESULT)
	require.Equal(t, "D", d.Decision.Evidence.Letter)
	require.NotEmpty(t, d.Decision.Facts)
	require.Equal(t, 9600, d.Decision.Windows)
	c.get("/v1/explain?method=modifyjob&caller=bob&owner=alice", &d)
	require.False(t, d.Decision.Allowed)
	c.get("/v1/explain?method=SetHelperTokenFlags&flags=7&caller=system&owner=alice", &d)
	require.Equal(t, "E_INVALIDARG", d.Decision.Name)
	for _, bad := range []string{
		"", "method=Explode&owner=alice", "method=ModifyJob", "method=ModifyJob&job=7", "method=ModifyJob&owner=eve", "method=ModifyJob&owner=alice&caller=eve",
		"method=ModifyJob&owner=alice&windows=95", "method=ModifyJob&owner=alice&flags=x", "method=ModifyJob&owner=alice&job=" + job, "owner=alice&how=so",
	} {
		status, text := c.do(http.MethodGet, "/v1/explain?"+bad, "")
		require.Equal(t, http.StatusBadRequest, status, "%s: %s", bad, text)
	}
	status, _ := c.do(http.MethodGet, "/v1/explain?method=ModifyJob&job=00000000-0000-0000-0000-000000000001", "")
	require.Equal(t, http.StatusNotFound, status)
}

// Nothing outside of what is mapped is told of, made or read.
func TestFilesStayWithin(t *testing.T) {
	t.Parallel()
	emu, c := rig(t)
	inside := emu.Path(`C:\Downloads`)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("the secret"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(inside, "out")))
	require.NoError(t, os.Symlink(secret, filepath.Join(inside, "link")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "new"), filepath.Join(inside, "dangling")))
	require.NoError(t, os.Symlink(secret, filepath.Join(inside, "also")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "new"), filepath.Join(inside, "nowhere")))
	c.ok("/v1/control/script", `{"url":"http://files.test/a","text":"attack"}`, nil)
	names := []string{
		`C:\..\..\x`, `C:\Downloads\..\..\..\x`, `C:\Downloads\out\x`, `C:\Downloads\out\secret`, `C:\Downloads\link`, `C:\Downloads\dangling`,
		`\\?\C:\Downloads\..\..\x`, `\\.\PhysicalDrive0`, `\\server\share\x`, `\\localhost\c$\x`, `D:\x`, `CON`, `C:\Downloads\NUL`, `C:\Downloads\COM1.txt`,
		`C:x`, `x`, `/etc/passwd`, `C:/../../etc/passwd`, `C:\Downloads\a:stream`, `file:///etc/passwd`, outside + `\x`, secret, "C:\\Downloads\\a\x00b", "",
	}
	for _, name := range names {
		var made struct{ JobID string }
		c.ok("/v1/manager/CreateJob", `{"args":["a","DOWNLOAD"]}`, &made)
		job := "/v1/jobs/" + made.JobID
		if a := c.call(job+"/AddFile", quote(map[string]any{"args": []string{"http://files.test/a", name}})); a.Name == "S_OK" {
			c.call(job+"/Resume", "")
			c.ok("/v1/control/settle", "", nil)
			c.call(job+"/Complete", "")
		}
		// An upload would tell what is in the file.
		c.ok("/v1/manager/CreateJob", `{"args":["a","UPLOAD"]}`, &made)
		up := "/v1/jobs/" + made.JobID
		if a := c.call(up+"/AddFile", quote(map[string]any{"args": []string{"http://files.test/up", name}})); a.Name == "S_OK" {
			c.call(up+"/Resume", "")
			c.ok("/v1/control/settle", "", nil)
		}
		c.call(up+"/Cancel", "")
		c.call(job+"/Cancel", "")
		var at struct{ Path string }
		status, text := c.do(http.MethodGet, "/v1/path?windows="+strings.NewReplacer("%", "%25", "\\", "%5C", "\x00", "%00", "?", "%3F", "#", "%23", " ", "%20").Replace(name), "")
		require.Equal(t, http.StatusOK, status, text)
		require.NoError(t, json.Unmarshal([]byte(text), &at))
		if at.Path != "" {
			require.True(t, strings.HasPrefix(at.Path, filepath.Dir(inside)), "%q is at %s", name, at.Path)
			real, err := filepath.EvalSymlinks(at.Path)
			for at := at.Path; err != nil; real, err = filepath.EvalSymlinks(at) {
				at = filepath.Dir(at)
			}
			require.False(t, strings.HasPrefix(real, outside), "%q is at %s", name, real)
		}
	}
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing was made")
	text, err := os.ReadFile(secret)
	require.NoError(t, err)
	require.Equal(t, "the secret", string(text))
	for _, row := range []struct{ windows, want string }{
		{`C:`, filepath.Dir(inside)}, {`C:\Downloads`, inside}, {`c:\downloads\new\file`, filepath.Join(inside, "new", "file")},
		{`C:\Downloads\also`, ""}, {`C:\Downloads\out`, ""}, {`C:\Downloads\out\secret`, ""}, {`C:\Downloads\nowhere`, ""}, {`E:\`, ""}, {"", ""},
	} {
		var at struct{ Path string }
		c.get("/v1/path?windows="+strings.ReplaceAll(row.windows, `\`, "%5C"), &at)
		require.True(t, strings.EqualFold(row.want, at.Path), "%s: %s", row.windows, at.Path)
	}
	audit := emu.Audit()
	for _, a := range audit {
		require.NotContains(t, a.Name, secret)
	}
}

// All that an emulator can be made to do can be done over HTTP.
func TestNothingIsMissing(t *testing.T) {
	t.Parallel()
	over := map[string]string{ // by which path, or why not
		"Activate": "/v1/sessions/{session}/activate", "ActivateClass": "/v1/sessions/{session}/activate", "As": "caller of a call", "Manager": "/v1/manager/CreateJob",
		"AddCertificate": "/v1/control/certificate", "Advance": "/v1/control/advance", "Audit": "/v1/audit", "AuditOf": "/v1/audit",
		"BlockBandwidth": "/v1/control/bandwidth", "Build": "/v1", "Clock": "/v1", "Check": "/v1/check", "Close": "of who has made it",
		"Disable": "/v1/control/service", "Enable": "/v1/control/service", "Restart": "/v1/control/service", "StartService": "/v1/control/service", "Stop": "/v1/control/service",
		"Dump": "/v1/jobs", "EndSession": "/v1/control/endsession", "Events": "/v1/events", "Explain": "/v1/explain", "Fail": "/v1/control/fault",
		"Handle": "a handler is code", "HandleTransport": "a transport is code", "History": "/v1/history", "HistoryOf": "/v1/history",
		"Job": "/v1/jobs/{id}", "Jobs": "/v1/jobs", "Len": "/v1/jobs", "LockVolume": "/v1/control/lockvolume", "LogOff": "/v1/control/logoff",
		"LogOn": "/v1/control/logon", "LogOnSession": "/v1/control/logon", "MapDrive": "/v1/control/mapdrive", "NetworkDown": "/v1/control/network",
		"NetworkUp": "/v1/control/network", "Now": "/v1", "Path": "/v1/path", "Protect": "/v1/control/protect", "ProxyServer": "/v1/control/proxyserver",
		"Restore": "/v1/control/restore", "Restrict": "/v1/control/restrict", "RestrictTo": "/v1/control/restrict", "Script": "/v1/control/script",
		"ServiceProxy": "/v1/control/serviceproxy", "SetServiceProxy": "/v1/control/serviceproxy", "SetAutoProxy": "/v1/control/autoproxy",
		"SetBatterySaver": "/v1/control/battery", "SetClock": "/v1/control/clock", "SetCost": "/v1/control/cost", "SetGameMode": "/v1/control/gamemode",
		"SetProxy": "/v1/control/proxy", "Settle": "/v1/control/settle", "Snapshot": "/v1/snapshot", "String": "/v1",
	}
	emulator := reflect.TypeFor[*bitsemu.Emulator]()
	for i := range emulator.NumMethod() {
		m := emulator.Method(i)
		at, known := over[m.Name]
		if strings.HasPrefix(m.Name, "Check") && m.Name != "Check" {
			continue // for Go tests
		}
		require.True(t, known, "Emulator.%s cannot be had over HTTP", m.Name)
		if strings.HasPrefix(at, "/") {
			require.Contains(t, document().Paths, at, m.Name)
		}
	}
}

func TestLogOnOwners(t *testing.T) {
	t.Parallel()
	emu, c := rig(t)
	job := c.create("a", "http://files.test/a", `C:\Downloads\a`)
	c.ok("/v1/control/script", `{"url":"http://files.test/a","text":"x"}`, nil)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/logoff", `{"user":"alice"}`, nil)
	c.ok("/v1/control/settle", "", nil)
	require.Equal(t, "QUEUED", c.state(job))
	again := dial(t, serve.RunT(t, emu, serve.LogOnOwners()))
	again.ok("/v1/control/settle", "", nil)
	require.Equal(t, bits.BG_JOB_STATE_TRANSFERRED.Short(), again.state(job))
}
