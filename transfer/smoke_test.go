package transfer_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/transfer"
)

func TestPlainFile(t *testing.T) {
	t.Parallel()
	s := transfer.NewScript(transfer.Size(3 << 20))
	content := s.Bytes()
	stamp := time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC)
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "file.bin", stamp, bytes.NewReader(content))
	})
	server := httptest.NewServer(serve)
	t.Cleanup(server.Close)
	network := transfer.Network()
	t.Cleanup(network.(interface{ CloseIdleConnections() }).CloseIdleConnections)

	for name, rt := range map[string]http.RoundTripper{
		"script": s, "handler": transfer.Handler(serve), "network": network,
	} {
		for _, foreground := range []bool{false, true} {
			l, o := fetch(t, rt, transfer.Request{URL: server.URL + "/file", Foreground: foreground})
			require.NoError(t, o.err, name)
			require.True(t, o.Done, name)
			require.True(t, bytes.Equal(content, l.data), name)
			require.EqualValues(t, len(content), o.Moved)
		}
	}
	require.Equal(t, []string{"HEAD", "GET bytes=0-3145727", "HEAD", "GET"}, methods(s))
}
