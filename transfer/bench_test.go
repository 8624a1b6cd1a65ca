package transfer_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/transfer"
)

// benchSize is the size of the file; the one of the goal is 1 GiB, of which a
// stretch costs the same.
const benchSize = 256 << 20

// BenchmarkDownload fetches a file, and BenchmarkCopy copies the body of the same
// answer; where they write to costs nothing. The goal is a download at 0.8 of the
// speed.
func BenchmarkDownload(b *testing.B) {
	for name, rt := range benchTransports(b) {
		for _, foreground := range []bool{false, true} {
			sub := name + "/background"
			if foreground {
				sub = name + "/foreground"
			}
			b.Run(sub, func(b *testing.B) {
				b.SetBytes(benchSize)
				for b.Loop() {
					d, err := transfer.New(&transfer.Client{Transport: rt.transport},
						transfer.Request{URL: rt.url, Foreground: foreground}, transfer.State{})
					require.NoError(b, err)
					for {
						res, err := d.Step(b.Context(), nowhere{}, 1<<20)
						require.NoError(b, err)
						if res.Done {
							break
						}
					}
					require.NoError(b, d.Close())
				}
			})
		}
	}
}

func BenchmarkCopy(b *testing.B) {
	for name, rt := range benchTransports(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(benchSize)
			for b.Loop() {
				req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, rt.url, nil)
				require.NoError(b, err)
				resp, err := rt.transport.RoundTrip(req)
				require.NoError(b, err)
				n, err := io.Copy(nowhere{}, resp.Body)
				require.NoError(b, err)
				require.EqualValues(b, benchSize, n)
				require.NoError(b, resp.Body.Close())
			}
		})
	}
}

type benchTransport struct {
	transport http.RoundTripper
	url       string
}

func benchTransports(b *testing.B) map[string]benchTransport {
	content := transfer.NewScript(transfer.Size(16 << 20)).Bytes()
	serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "f.bin", time.Unix(1, 0), io.NewSectionReader(repeated(content), 0, benchSize))
	})
	server := httptest.NewServer(serve)
	b.Cleanup(server.Close)
	return map[string]benchTransport{
		"script":  {transfer.NewScript(transfer.Size(benchSize)), site},
		"handler": {transfer.Handler(serve), site},
		"network": {transfer.Network(), server.URL},
	}
}

// repeated is some bytes without end.
type repeated []byte

func (r repeated) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	for n < len(p) {
		n += copy(p[n:], r[(at+int64(n))%int64(len(r)):])
	}
	return n, nil
}

// nowhere is a file that takes everything; it has no ways around Write.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error)            { return len(p), nil }
func (nowhere) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
