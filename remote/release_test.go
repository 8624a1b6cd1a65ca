package remote_test

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

// Pointers that nobody has are released at the server, several with a request.
func TestPointersAreReleased(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := dial(t, f.URL)
	m, err := c.Activate(t.Context())
	require.NoError(t, err)
	for range 200 {
		_, err := m.GetJob(t.Context(), bits.IID_IUnknown)
		require.NoError(t, err)
	}
	kept, err := m.GetJob(t.Context(), bits.IID_IUnknown)
	require.NoError(t, err)
	released, requests := 0, 0
	deadline := time.Now().Add(patience)
	for released < 199 && time.Now().Before(deadline) { // one may be in a register
		runtime.GC()
		select {
		case line := <-f.heard:
			if body, ok := strings.CutPrefix(line, "POST /v1/sessions/S/release "); ok {
				var r struct{ Objects []string }
				require.NoError(t, json.Unmarshal([]byte(body), &r))
				released += len(r.Objects)
				requests++
			}
		case <-time.After(time.Millisecond):
		}
	}
	require.GreaterOrEqual(t, released, 199)
	require.Less(t, requests, released)
	runtime.KeepAlive(kept)
	runtime.KeepAlive(m)
}
