package serve_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/serve"
)

// With real time, who waits for what does not end may go, and does not keep the server
// from being shut down.
func TestSettlingInRealTime(t *testing.T) {
	t.Parallel()
	emu := bitsemu.RunT(t, bitsemu.FollowTime())
	s, err := serve.New(emu)
	require.NoError(t, err)
	l, err := serve.Listen("unix:" + filepath.Join(short(t), "s"))
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	c := dial(t, serve.Address(l))
	c.ok("/v1/control/script", `{"url":"http://files.test/a","text":"x"}`, nil)
	job := c.create("a", "http://files.test/a", `C:\Downloads\a`)
	c.ok(job+"/Resume", "", nil)
	c.ok("/v1/control/settle", "", nil)
	require.Equal(t, "TRANSFERRED", c.state(job))
	c.ok("/v1/control/advance", `{"by":"1ms"}`, nil)

	// A callback that nobody answers keeps the emulator from settling.
	o := c.open("")
	lines := o.listen()
	held := transferring(o, `{"callback":"c1"}`)
	require.Equal(t, "JobTransferred", (<-lines).Method)
	require.Equal(t, "TRANSFERRED", o.state(held))
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/control/settle", nil)
		require.NoError(t, err)
		if resp, err := c.http.Do(r); err == nil {
			require.NoError(t, resp.Body.Close())
		}
		cancel()
	}
	waiting := make(chan string, 1)
	r := c.request(http.MethodPost, "/v1/control/advance", `{"by":"10000h"}`)
	go func() {
		resp, err := c.http.Do(r)
		if err != nil {
			waiting <- err.Error()
			return
		}
		defer resp.Body.Close()
		waiting <- resp.Status
	}()
	require.NoError(t, s.Shutdown(t.Context()))
	require.NoError(t, <-served)
	answer := <-waiting
	require.True(t, strings.HasPrefix(answer, "503") || !strings.HasPrefix(answer, "2"), answer)
}
