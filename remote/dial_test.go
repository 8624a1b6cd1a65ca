package remote_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

const unavailable = hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE

var (
	alice = token.User(sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1001"))
	bob   = token.User(sid.MustParse("S-1-5-21-3623811015-3361044348-30300820-1002"))
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"unix:", "/run/x", "http://example.com:80", "http://10.0.0.1:80", "http://127.0.0.1", "https://127.0.0.1:1", "http://127.0.0.1:1/path",
		"http://user@127.0.0.1:1", "http://127.0.0.1:1?q", "::", "http://[::1", "127.0.0.1:80",
	} {
		_, err := remote.Dial(t.Context(), address)
		require.ErrorIs(t, err, hresult.E_INVALIDARG, address)
		require.ErrorContains(t, err, "want unix:/path or http://127.0.0.1:port")
	}
	for _, address := range []string{"unix:/does/not/exist", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1"} {
		_, err := remote.Dial(t.Context(), address)
		require.ErrorIs(t, err, unavailable, address)
		require.ErrorContains(t, err, "the service at "+address+" cannot be reached")
		hr, ok := hresult.Of(err)
		require.True(t, ok)
		require.Equal(t, unavailable, hr)
	}
}

// What is not said is in the environment.
func TestEnvironment(t *testing.T) {
	emu := bitsemu.RunT(t)
	_, at := listening(t, emu, "127.0.0.1:0")
	t.Setenv(remote.EnvService, "")
	t.Setenv(remote.EnvToken, "")
	t.Setenv(remote.EnvTokenFile, "")
	_, err := remote.Dial(t.Context(), "")
	require.ErrorIs(t, err, hresult.E_INVALIDARG)

	t.Setenv(remote.EnvService, at)
	_, err = remote.Dial(t.Context(), "")
	require.ErrorIs(t, err, hresult.RPC_E_ACCESS_DENIED)
	var refused *remote.Refusal
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusUnauthorized, refused.Status)

	t.Setenv(remote.EnvTokenFile, filepath.Join(t.TempDir(), "none"))
	_, err = remote.Dial(t.Context(), "")
	require.ErrorIs(t, err, os.ErrNotExist)

	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte(bearer+"\n"), 0o600))
	t.Setenv(remote.EnvTokenFile, file)
	c, err := remote.Dial(t.Context(), "")
	require.NoError(t, err)
	require.NoError(t, c.Close())

	t.Setenv(remote.EnvToken, bearer)
	t.Setenv(remote.EnvTokenFile, "/none")
	c, err = remote.Dial(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, "bitsemu at "+at, c.String())
	require.NoError(t, c.Close())
}

// Who calls is the token of the context, or else who the manager was got for.
func TestCallers(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	_, at := listening(t, emu, socket(t))
	c := dial(t, at, remote.As(alice))
	ctx := t.Context()
	owner := func(ctx context.Context, m bits.Manager) sid.SID {
		_, job, err := m.CreateJob(ctx, "job", bits.BG_JOB_TYPE_DOWNLOAD)
		require.NoError(t, err)
		who, err := job.GetOwner(ctx)
		require.NoError(t, err)
		return who
	}
	require.Equal(t, alice.User(), owner(ctx, c.Manager()))
	require.Equal(t, bob.User(), owner(ctx, c.As(bob)))
	require.Equal(t, bob.User(), owner(token.NewContext(ctx, bob), c.Manager()))
	m, err := c.Activate(ctx)
	require.NoError(t, err)
	require.Equal(t, alice.User(), owner(ctx, m))
	m, err = c.Activate(token.NewContext(ctx, bob))
	require.NoError(t, err)
	require.Equal(t, bob.User(), owner(ctx, m))
	_, err = c.ActivateClass(ctx, bits.CLSID_BackgroundCopyManager10_3)
	require.NoError(t, err)
	_, err = c.ActivateClass(ctx, bits.IID_IUnknown)
	require.ErrorIs(t, err, hresult.REGDB_E_CLASSNOTREG)

	// A server that is for one caller lets in no other.
	_, at = listening(t, emu, socket(t), serve.Pin(bob))
	_, err = remote.Dial(ctx, at, remote.As(alice))
	require.ErrorIs(t, err, hresult.RPC_E_ACCESS_DENIED)
	c = dial(t, at)
	require.Equal(t, bob.User(), owner(ctx, c.Manager()))
	_, err = c.As(alice).EnumJobs(ctx, 0)
	require.ErrorIs(t, err, hresult.RPC_E_ACCESS_DENIED)
	_, err = c.Manager().EnumJobs(token.NewContext(ctx, alice), 0)
	require.ErrorIs(t, err, hresult.RPC_E_ACCESS_DENIED)
	info, err := c.Info(ctx)
	require.NoError(t, err)
	require.True(t, bob.Equal(*info.Caller))
}

func TestErrors(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t)
	_, at := listening(t, emu, socket(t))
	c := dial(t, at, remote.As(alice))
	id, job, err := c.Manager().CreateJob(t.Context(), "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	err = job.Resume(t.Context())
	require.ErrorIs(t, err, hresult.BG_E_EMPTY)
	hr, ok := hresult.Of(err)
	require.True(t, ok)
	require.Equal(t, hresult.BG_E_EMPTY, hr)
	here, err2 := emu.As(alice).GetJob(t.Context(), id)
	require.NoError(t, err2)
	require.EqualError(t, err, here.Resume(t.Context()).Error())
	var e *remote.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "IBackgroundCopyJob::Resume", e.Method)
	require.Equal(t, bits.GUIDString(id), e.Job)
	require.Contains(t, e.Caller, "1001")

	_, err = c.As(bob).GetJob(t.Context(), id)
	require.ErrorIs(t, err, hresult.E_ACCESSDENIED)
	require.ErrorIs(t, err, os.ErrPermission)

	// The HRESULT beside an error is the one in it.
	hr, err = job.Complete(token.NewContext(t.Context(), bob))
	require.NoError(t, err, "who has the pointer may use it")
	require.Equal(t, hresult.BG_S_PARTIAL_COMPLETE, hr)
	hr, err = job.Complete(t.Context())
	require.ErrorIs(t, err, hresult.BG_E_INVALID_STATE)
	require.Equal(t, hresult.BG_E_INVALID_STATE, hr)

	_, err = bits.Query[bits.TokenOptions](t.Context(), job)
	require.NoError(t, err)
	_, err = bits.Query[bits.EnumPeers](t.Context(), job)
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
	_, err = job.QueryInterface(t.Context(), bits.CLSID_BackgroundCopyManager)
	require.ErrorIs(t, err, hresult.E_NOINTERFACE)
}

// The end of a context is the end of the call, whatever the server does.
func TestContextThatEnds(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := dial(t, f.URL)
	m, err := c.Activate(t.Context())
	require.NoError(t, err)
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	f.on("/CreateJob", func(_ http.ResponseWriter, r *http.Request) {
		cancel(why)
		<-r.Context().Done() // the client has hung up
	})
	_, _, err = m.CreateJob(ctx, "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.ErrorIs(t, err, why)
	_, isHRESULT := hresult.Of(err)
	require.False(t, isHRESULT, "nothing has failed: %v", err)
	_, _, err = m.CreateJob(ctx, "job", bits.BG_JOB_TYPE_DOWNLOAD)
	require.ErrorIs(t, err, why, "and none begins")
}

// What a server should not answer is told, and nothing panics.
func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := dial(t, f.URL)
	m, err := c.Activate(t.Context())
	require.NoError(t, err)
	for status, want := range map[int]hresult.HRESULT{
		400: hresult.RPC_E_SERVER_CANTUNMARSHAL_DATA, 401: hresult.RPC_E_ACCESS_DENIED, 403: hresult.RPC_E_ACCESS_DENIED, 404: unavailable,
		405: hresult.RPC_E_SERVER_CANTUNMARSHAL_DATA, 413: hresult.RPC_E_SERVER_CANTUNMARSHAL_DATA, 429: hresult.RPC_E_OUT_OF_RESOURCES,
		500: hresult.RPC_E_SERVERFAULT, 503: unavailable, 302: hresult.RPC_E_SERVER_CANTUNMARSHAL_DATA,
	} {
		f.refuse("/EnumJobs", status, `{"error":{"code":"why","message":"because"}}`)
		_, err = m.EnumJobs(t.Context(), 0)
		require.ErrorIs(t, err, want, status)
		require.ErrorContains(t, err, "IBackgroundCopyManager::EnumJobs")
		require.ErrorContains(t, err, "because")
	}
	f.refuse("/EnumJobs", 404, `<html>`)
	_, err = m.EnumJobs(t.Context(), 0)
	require.ErrorContains(t, err, "does not look like a server of bitsemu")

	ok := `{"hresult":"0x00000000","results":`
	for name, text := range map[string]string{
		"no JSON": `<html>`, "nothing": ``, "another object": `[]`, "no HRESULT": `{"results":{}}`, "no results": `{"hresult":"0x00000000"}`,
		"another result": ok + `{"job":7}}`, "too much": ok + `{"value":null,"more":1}}`, "a number": ok + `7}`,
		"no pointer": ok + `{"value":7}}`, "another pointer": ok + `{"value":{"object":"3","interface":"IBackgroundCopyFile"}}}`,
	} {
		f.say("/GetJob", text)
		_, err = m.GetJob(t.Context(), bits.IID_IUnknown)
		require.ErrorIs(t, err, hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA, "%s: %v", name, err)
	}
	f.say("/GetJob", `{"hresult":"0x80200001","name":"BG_E_NOT_FOUND"}`)
	_, err = m.GetJob(t.Context(), bits.IID_IUnknown)
	require.ErrorIs(t, err, hresult.BG_E_NOT_FOUND)
	require.ErrorContains(t, err, "IBackgroundCopyManager::GetJob")

	f.on("/GetJob", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err = m.GetJob(t.Context(), bits.IID_IUnknown)
	require.ErrorIs(t, err, unavailable)

	for path, act := range map[string]func() error{
		"/v1/sessions": func() error { _, err := remote.Dial(t.Context(), f.URL); return err },
		"/activate":    func() error { _, err := c.Activate(t.Context()); return err },
		"/v1":          func() error { _, err := c.Info(t.Context()); return err },
		"/logon":       func() error { _, err := c.LogOn(t.Context(), alice.User()); return err },
	} {
		f.say(path, `[`+ok+`7}]`)
		require.ErrorIs(t, act(), hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA, path)
		if path == "/v1" {
			continue
		}
		f.say(path, ok+`7}`)
		require.ErrorIs(t, act(), hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA, path)
	}
}
