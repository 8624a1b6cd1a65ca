package serve_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/serve"
)

// Whatever comes, the server answers with JSON, and with no defect.
func FuzzServer(f *testing.F) {
	emu, err := bitsemu.New(bitsemu.ManualTime(), bitsemu.Drive("C:", f.TempDir()), bitsemu.Transport(bitsemu.LocalNetwork()))
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, emu.Close()) })
	s, err := serve.New(emu, serve.Limits(1<<16, 100, 1000))
	require.NoError(f, err)
	send := func(method, path, body string) (int, string) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if method == http.MethodGet && strings.Contains(path, "/sessions/") {
			cancel() // a stream would not end
		}
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/", strings.NewReader(body))
		r.Method = method
		u, err := url.Parse("http://localhost" + path)
		if err != nil || u.Host != "localhost" {
			return 0, ""
		}
		r.URL = u
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	var opened struct{ Session string }
	_, text := send("POST", "/v1/sessions", "")
	require.NoError(f, json.Unmarshal([]byte(text), &opened))
	session := "/v1/sessions/" + opened.Session
	send("POST", session+"/activate", "")
	var made struct{ Results struct{ JobID string } }
	_, text = send("POST", "/v1/manager/CreateJob", `{"args":["a","DOWNLOAD"]}`)
	require.NoError(f, json.Unmarshal([]byte(text), &made))
	job := "/v1/jobs/" + made.Results.JobID
	for _, seed := range []struct{ method, path, body string }{
		{"GET", "/v1", ""}, {"GET", "/", ""}, {"POST", "/v1/manager/CreateJob", `{"caller":"bob","args":{"displayName":"x","jobType":0}}`},
		{"POST", job + "/AddFile", `{"args":["http://files.test/a","C:\\Downloads\\a"]}`}, {"POST", job + "/Resume", ""},
		{"POST", job + "/SetCredentials", `{"args":{"credentials":{"Target":"SERVER","Scheme":"BASIC","UserName":"u","Password":"p"}}}`},
		{"POST", job + "/files/0/GetProgress", "{}"}, {"POST", session + "/objects/1/EnumJobs", `{"args":[0]}`},
		{"POST", session + "/objects/1/QueryInterface", `{"args":{"iid":"IUnknown"}}`}, {"GET", session + "/callbacks", ""},
		{"POST", session + "/callbacks/1", `{"hresult":"S_OK"}`}, {"POST", session + "/release", `{"objects":["1"]}`},
		{"POST", "/v1/control/script", `{"url":"http://files.test/a","text":"x","header":{"A":"b"},"redirect":{"code":302,"url":"/"}}`},
		{"POST", "/v1/control/advance", `{"by":"1h"}`}, {"POST", "/v1/control/restore", `{"Version":1,"Build":"Windows 11 24H2 (build 26100)","Time":"2024-01-02T03:04:05Z","Service":"running","Cost":"0x1","Jobs":null}`},
		{"POST", "/v1/control/fault", `{"op":"Resume","code":"E_FAIL","times":-1}`}, {"POST", "/v1/control/restrict", `{"path":"C:","read":["bob"]}`},
		{"GET", "/v1/explain?method=ModifyJob&owner=alice&windows=8.1", ""}, {"GET", "/v1/path?windows=C%3A%5C..%5Cx", ""}, {"GET", "/v1/audit?limit=1&job=x", ""},
		{"DELETE", session, ""}, {"POST", "/v1/jobs/%2e%2e/%2f", "[[[["}, {"POST", "/v1/control/network", "{\"up\":\xff}"},
	} {
		f.Add(seed.method, seed.path, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		if strings.Contains(path, "control/advance") && len(body) > len(`{"by":"9999h"}`) {
			return // centuries take their time
		}
		status, text := send(method, path, body)
		switch {
		case status == 0:
		case status == http.StatusOK && strings.HasSuffix(path, "/callbacks"):
		default:
			require.Less(t, status, 500, "%s %s %s: %s", method, path, body, text)
			require.True(t, json.Valid([]byte(text)), "%s %s %s: %s", method, path, body, text)
		}
	})
}
