package bitsemu_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// A password that is meant for one server is not given to another that a redirect
// leads to.
func TestPasswordsStayWithTheirServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	emu := bitsemu.RunT(t)
	stolen := false
	require.NoError(t, emu.Handle("http://thief", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, _, ok := r.BasicAuth(); ok {
			stolen = true
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="yours"`)
		w.WriteHeader(http.StatusUnauthorized)
	})))
	require.NoError(t, emu.Handle("http://host", http.RedirectHandler("http://thief/a", http.StatusFound)))
	_, job, err := emu.Manager().CreateJob(ctx, "robbed", bits.BG_JOB_TYPE_DOWNLOAD)
	require.NoError(t, err)
	job2, err := bits.Query[bits.Job2](ctx, job)
	require.NoError(t, err)
	require.NoError(t, job2.SetCredentials(ctx, bits.AuthCredentials{
		Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC, UserName: "u", Password: "p",
	}))
	require.NoError(t, job.AddFile(ctx, "http://host/a", `C:\Downloads\a`))
	require.NoError(t, job.Resume(ctx))
	emu.Settle()
	id, err := job.GetId(ctx)
	require.NoError(t, err)
	emu.CheckState(t, id, bits.BG_JOB_STATE_ERROR)
	emu.CheckError(t, id, hresult.BG_E_HTTP_ERROR_401, bits.BG_ERROR_CONTEXT_REMOTE_FILE)
	require.False(t, stolen)
}
