package upload_test

import (
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/transfer"
	"github.com/bitsemu/bitsemu/transfer/upload"
	"github.com/stretchr/testify/require"
)

// inMemory is a job against our own server, without a network.
func inMemory(t testing.TB, o bitsupload.Options, content string, change ...func(*upload.Request)) (*bitsupload.Server, *bitsupload.Memory, *job) {
	t.Helper()
	files := &bitsupload.Memory{}
	srv, err := bitsupload.New(files, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, srv.Close()) })
	j := newJob(t, "http://host/up/a.txt", content, change...)
	j.client = &transfer.Client{Transport: transfer.Handler(srv)}
	return srv, files, j
}

func TestT20LocalFile(t *testing.T) {
	t.Parallel()
	t.Run("shorter", func(t *testing.T) {
		t.Parallel()
		_, _, j := inMemory(t, bitsupload.Options{}, "AAAAA", func(r *upload.Request) { r.Size = 10 })
		wants(t, j.fails(), hresult.BG_E_LOCAL_FILE_CHANGED, local, false)
	})
	for name, row := range map[string]struct {
		err  error
		code hresult.HRESULT
	}{
		"T20d gone": {fs.ErrNotExist, hresult.HRESULT_FROM_WIN32_ERROR_FILE_NOT_FOUND},
		"denied":    {fs.ErrPermission, hresult.E_ACCESSDENIED},
		"broken":    {errBroken, hresult.HRESULT_FROM_WIN32_ERROR_GEN_FAILURE},
		"a code":    {hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION, hresult.HRESULT_FROM_WIN32_ERROR_SHARING_VIOLATION},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, files, j := inMemory(t, bitsupload.Options{}, "AAAAA")
			_, err := j.step()
			require.NoError(t, err)
			_, err = j.upload.Step(t.Context(), failing{row.err}, 0)
			var e *transfer.Error
			require.ErrorAs(t, err, &e)
			wants(t, e, row.code, local, false)
			require.ErrorIs(t, err, row.err)

			// The session is as it was.
			require.NoError(t, j.run())
			got, err := files.ReadFile("up/a.txt")
			require.NoError(t, err)
			require.Equal(t, "AAAAA", string(got))
		})
	}
}

// hasty answers before it has read a body, and keeps the body.
type hasty struct {
	http.RoundTripper
	body io.ReadCloser
}

func (h *hasty) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.ContentLength == 0 {
		return h.RoundTripper.RoundTrip(r)
	}
	h.body = r.Body
	return &http.Response{
		StatusCode: 503, Status: "503 Service Unavailable", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody, Request: r,
	}, nil
}

func TestFileIsNotReadAfterTheStep(t *testing.T) {
	t.Parallel()
	_, _, j := inMemory(t, bitsupload.Options{}, strings.Repeat("A", 1000))
	late := &hasty{RoundTripper: j.client.Transport}
	j.client = &transfer.Client{Transport: late}
	_ = j.fails()
	_, err := late.body.Read(make([]byte, 10))
	require.ErrorContains(t, err, "the step is over")
}
