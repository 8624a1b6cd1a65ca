package serve_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/token"
)

// A defect ends the request that shows it, and no more.
func TestPanics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s, err := serve.New(nil, serve.Logger(slog.New(slog.NewTextHandler(&log, nil)))) // no emulator: all that needs one panics
	require.NoError(t, err)
	for _, r := range []*http.Request{
		httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/v1", nil),
		httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/v1/control/settle", nil),
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		require.Equal(t, http.StatusInternalServerError, w.Code)
		require.Contains(t, w.Body.String(), `"code":"panic"`)
	}
	require.Contains(t, log.String(), "made the server panic")
	require.NoError(t, s.Close())
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/v1", nil))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	_, err := serve.New(nil, serve.Pin(token.Token{}))
	require.ErrorContains(t, err, "nobody")
}
