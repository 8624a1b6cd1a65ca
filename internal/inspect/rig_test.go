package inspect_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/inspect"
	"github.com/bitsemu/bitsemu/internal/inspect/inspecttest"
)

// rig is a page that looks at a scene.
type rig struct {
	*testing.T
	*inspecttest.Scene
	page http.Handler
}

func newRig(t *testing.T, opts ...bitsemu.Option) *rig {
	scene := inspecttest.Play(t, bitsemu.RunT(t, opts...))
	return &rig{t, scene, inspect.New(inspect.Live(scene.Emu))}
}

// id is a job's id, as a path has it.
func (r *rig) id(key string) string {
	r.Helper()
	id, err := r.Jobs[key].GetId(r.Context())
	require.NoError(r, err)
	return id.String()
}

// get asks a handler for a path below the page's.
func get(t testing.TB, h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, inspect.Path+path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

// html is a page's text.
func html(t testing.TB, h http.Handler, path string) string {
	t.Helper()
	w := get(t, h, path)
	require.Equal(t, http.StatusOK, w.Code, "%s: %s", path, w.Body)
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	require.NotContains(t, w.Body.String(), "ZgotmplZ", "what the template takes for dangerous")
	return w.Body.String()
}

// ask reads JSON.
func ask[T any](t testing.TB, h http.Handler, path string) T {
	t.Helper()
	w := get(t, h, "api/"+path)
	require.Equal(t, http.StatusOK, w.Code, "%s: %s", path, w.Body)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var v T
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &v))
	return v
}

// names are those of the jobs of a list.
func names(l inspect.List) string {
	var all []string
	for _, j := range l.Jobs {
		all = append(all, j.Name)
	}
	return strings.Join(all, ", ")
}

func guid(t testing.TB, job bits.Job) string {
	t.Helper()
	id, err := job.GetId(t.Context())
	require.NoError(t, err)
	return bits.GUIDString(id)
}
