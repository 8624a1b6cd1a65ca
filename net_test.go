package bitsemu_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
)

// who answers with a name, for any file.
func who(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(name)))
		fmt.Fprint(w, name)
	})
}

// fetchOne downloads one file in the foreground and returns the job.
func fetchOne(t *testing.T, emu *bitsemu.Emulator, remote, local string) bits.Job {
	t.Helper()
	ctx := t.Context()
	_, job, err := emu.Manager().CreateJob(ctx, "one", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	require.NoError(t, job.SetPriority(ctx, bits.BG_JOB_PRIORITY_FOREGROUND))
	require.NoError(t, job.AddFile(ctx, remote, local))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	return job
}

func TestWhoAnswers(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	server := httptest.NewServer(who("real"))
	t.Cleanup(server.Close)
	require.NoError(t, emu.Handle("http://Host", who("host")))
	require.NoError(t, emu.Handle("http://host/deep/", who("deep")))
	require.NoError(t, emu.Handle("http://host:8080", who("port")))
	require.NoError(t, emu.Handle("https://host:443", who("tls")))
	require.NoError(t, emu.Handle("http://gone", who("gone")))
	require.NoError(t, emu.Handle("http://gone", nil))
	require.NoError(t, emu.Script("http://host/script", transfer.NewScript(transfer.Content([]byte("script")))))
	for i, row := range []struct{ url, want string }{
		{"http://host/a", "host"},
		{"http://HOST:80/a", "host"},
		{"http://host/deeper", "host"},
		{"http://host/deep/a", "deep"},
		{"http://host:8080/deep/a", "port"},
		{"https://host/a", "tls"},
		{"http://host/script?query", "script"},
		{server.URL + "/a", "real"},
	} {
		local := fmt.Sprintf(`C:\Downloads\%d`, i)
		_, err := fetchOne(t, emu, row.url, local).Complete(t.Context())
		require.NoError(t, err)
		emu.CheckFile(t, local, []byte(row.want))
	}
	for _, nobody := range []string{"http://gone/a", "http://example.com/a"} {
		job := fetchOne(t, emu, nobody, `C:\Downloads\x`)
		id, err := job.GetId(t.Context())
		require.NoError(t, err)
		emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSIENT_ERROR)
		emu.CheckError(t, id, hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_NAME_NOT_RESOLVED, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	}
	for _, base := range []string{"", "host", "ftp://host", "http://", "http://[::1"} {
		require.ErrorIs(t, emu.Handle(base, who("")), hresult.E_INVALIDARG, base)
		require.ErrorIs(t, emu.Protect(base, nil), hresult.E_INVALIDARG, base)
		require.ErrorIs(t, emu.Script(base, nil), hresult.E_INVALIDARG, base)
	}
}

func TestProtect(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	require.NoError(t, emu.Handle("http://host", who("host")))
	require.NoError(t, emu.Protect("http://host/closed", &transfer.Policy{
		Schemes: []bits.AuthScheme{bits.BG_AUTH_SCHEME_BASIC}, Users: map[string]string{"u": "p"},
	}))
	_, err := fetchOne(t, emu, "http://host/open", `C:\Downloads\open`).Complete(t.Context())
	require.NoError(t, err)
	job := fetchOne(t, emu, "http://host/closed/a", `C:\Downloads\closed`)
	id, err := job.GetId(t.Context())
	require.NoError(t, err)
	emu.CheckState(t, id, bits.BG_JOB_STATE_ERROR)
	emu.CheckError(t, id, hresult.BG_E_HTTP_ERROR_401, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	job2, err := bits.Query[bits.Job2](t.Context(), job)
	require.NoError(t, err)
	require.NoError(t, job2.SetCredentials(t.Context(), bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: "p",
	}))
	require.NoError(t, job.Resume(t.Context()))
	emu.Settle()
	emu.CheckState(t, id, bits.BG_JOB_STATE_TRANSFERRED)

	require.NoError(t, emu.Protect("http://host/closed", nil))
	_, err = fetchOne(t, emu, "http://host/closed/b", `C:\Downloads\opened`).Complete(t.Context())
	require.NoError(t, err)
}
