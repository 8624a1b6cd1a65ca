package transfer_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/transfer"
)

// A wait may come at any place of the way to an answer; none of it is walked
// twice.
func TestWaitEverywhere(t *testing.T) {
	t.Parallel()
	here := transfer.NewScript(transfer.Redirect(302, "http://b.example/file"))
	there := transfer.NewScript(transfer.Size(100_000))
	policy := transfer.Policy{Schemes: []bits.AuthScheme{basic}, Users: map[string]string{"alice": "word"}}
	again := make(map[*http.Request]int)
	var sent []string
	every := func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if again[r]++; again[r] < 3 {
				return nil, fmt.Errorf("not yet: %w", &transfer.Wait{})
			}
			sent = append(sent, r.Method+" "+r.URL.Host)
			return next.RoundTrip(r)
		})
	}
	rt := every(hosts(map[string]http.RoundTripper{
		"http://a.example": here, "http://b.example": transfer.ProtectTransport(there, policy),
	}))
	for _, dynamic := range []bool{false, true} {
		a := as("alice", "word")
		sent = nil
		d, err := transfer.New(&transfer.Client{Transport: rt}, transfer.Request{URL: "http://a.example/file", Auth: a, Dynamic: dynamic}, transfer.State{})
		require.NoError(t, err)
		l := &local{}
		o := attempt(t.Context(), t, d, l, 1<<20, func(*transfer.Wait) bool { return true })
		require.NoError(t, o.err)
		require.NoError(t, d.Close())
		require.True(t, bytes.Equal(there.Bytes(), l.data))
		require.Len(t, a.asked, 1)
		want := []string{"HEAD a.example", "HEAD b.example", "HEAD b.example", "GET b.example"}
		if dynamic {
			want = []string{"GET a.example", "GET b.example", "GET b.example"}
		}
		require.Equal(t, want, sent)
		require.Equal(t, 2*len(want), o.waits)
	}
}
