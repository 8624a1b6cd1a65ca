package transfer_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/transfer"
)

// What a handler sees of a request is the same in memory as behind a port: the names of
// headers in the server's spelling, and of a proxied request the whole URL.
func TestHandlerSeesWhatAServerSees(t *testing.T) {
	t.Parallel()
	type seen struct {
		packet, uri, url, host string
	}
	var got seen
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = seen{r.Header.Get("BITS-Packet-Type"), r.RequestURI, r.URL.String(), r.Host}
	})
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	require.NoError(t, err)
	network := transfer.Network()
	t.Cleanup(network.(interface{ CloseIdleConnections() }).CloseIdleConnections)
	for name, row := range map[string]struct {
		target string
		proxy  *url.URL
	}{
		"direct":  {server.URL + "/a?b=c", nil},
		"proxied": {"http://elsewhere.test/a?b=c", address},
	} {
		var views []seen
		for _, transport := range []http.RoundTripper{network, transfer.Handler(handler)} {
			req, err := http.NewRequestWithContext(transfer.WithProxy(t.Context(), row.proxy), http.MethodGet, row.target, nil)
			require.NoError(t, err)
			req.Header["BITS-Packet-Type"] = []string{"Ping"}
			resp, err := transport.RoundTrip(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			views = append(views, got)
		}
		require.Equal(t, views[0], views[1], name)
		require.Equal(t, "Ping", views[0].packet, name)
	}
}
