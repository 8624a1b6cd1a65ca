package bitsupload_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bitsemu/bitsemu/bitsupload"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// FuzzServer sends whole requests to a server: whatever comes, the session that is
// there goes on, and nothing but its file is stored.
func FuzzServer(f *testing.F) {
	f.Add("BITS_POST", "/up/b.txt", "Create-Session", "bytes 0-4/5", "{7df0354d-249b-430f-820d-3d2a9bef4931}", []byte("AAAAA"))
	f.Add("BITS_POST", "/up/a.txt", "Fragment", "bytes 0-4/5", "1", []byte("AAAAA"))
	f.Add("BITS_POST", "/../a.txt", "Fragment", "bytes 0-18446744073709551614/18446744073709551615", "1", []byte{})
	f.Add("GET", "/up/BITS-Sessions/1/response", "", "", "", []byte{})
	f.Fuzz(func(t *testing.T, method, path, packet, contentRange, id string, body []byte) {
		files := &bitsupload.Memory{}
		next := 0
		srv, err := bitsupload.New(files, bitsupload.Options{NewID: func() string { next++; return fmt.Sprint(next) }})
		require.NoError(t, err)
		do := func(method, path, packet, contentRange, id string, body []byte) *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", "/", bytes.NewReader(body))
			r.Method, r.URL.Path, r.RequestURI = method, path, path
			r.Header = http.Header{
				"Bits-Packet-Type": {packet}, "Content-Range": {contentRange}, "Bits-Session-Id": {id},
				"Bits-Supported-Protocols": {id}, "Content-Length": {fmt.Sprint(len(body))},
			}
			w := httptest.NewRecorder()
			srv.ServeHTTP(w, r)
			return w
		}
		const protocol = "{7df0354d-249b-430f-820d-3d2a9bef4931}"
		require.Equal(t, 200, do("BITS_POST", "/victim", "Create-Session", "", protocol, nil).Code)
		w := do(method, path, packet, contentRange, id, body)
		if w.Code == 0 || method == "BITS_POST" && header(w.Header(), "BITS-Packet-Type") == "" {
			t.Fatalf("answer %+v", w)
		}
		for _, name := range files.Names() {
			if !fs.ValidPath(name) || strings.ContainsAny(name, "\\:") {
				t.Fatalf("%q is stored", name)
			}
		}
		if path == "/victim" && id == "1" {
			return
		}
		require.Equal(t, 200, do("BITS_POST", "/victim", "Fragment", "bytes 0-4/5", "1", []byte("AAAAA")).Code)
		got, err := files.ReadFile("victim")
		require.NoError(t, err)
		require.Equal(t, "AAAAA", string(got))
	})
}

// TestAnyFragmentsInAnyOrder sends pieces at random, some cut short: the server
// never takes a byte from where it does not belong, and always tells where it stands.
func TestAnyFragmentsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		strict := rapid.Bool().Draw(rt, "strict")
		files := &bitsupload.Memory{}
		srv, err := bitsupload.New(files, bitsupload.Options{StrictRanges: strict, NewID: func() string { return "1" }})
		require.NoError(rt, err)
		total := rapid.IntRange(1, 200_000).Draw(rt, "total")
		want := make([]byte, total)
		for i := range want {
			want[i] = byte(i * 31 >> 3)
		}
		send := func(packet, contentRange string, length int, body io.Reader) *httptest.ResponseRecorder {
			r := httptest.NewRequest("BITS_POST", "/a", body)
			r.ContentLength = int64(length)
			r.Header = http.Header{
				"Bits-Packet-Type": {packet}, "Bits-Session-Id": {"1"}, "Content-Range": {contentRange}, "Content-Length": {fmt.Sprint(length)},
				"Bits-Supported-Protocols": {"{7df0354d-249b-430f-820d-3d2a9bef4931}"},
			}
			w := httptest.NewRecorder()
			srv.ServeHTTP(w, r)
			return w
		}
		require.Equal(rt, 200, send("Create-Session", "", 0, nil).Code)
		next := 0 // what the server must have
		for range rapid.IntRange(1, 30).Draw(rt, "pieces") {
			first := rapid.IntRange(0, total-1).Draw(rt, "first")
			if rapid.Bool().Draw(rt, "in order") {
				first = min(next, total-1)
			}
			length := rapid.IntRange(1, total-first).Draw(rt, "length")
			sent := length
			if rapid.IntRange(0, 3).Draw(rt, "cut") == 0 {
				sent = rapid.IntRange(0, length).Draw(rt, "sent")
			}
			w := send("Fragment", fmt.Sprintf("bytes %d-%d/%d", first, first+length-1, total), length,
				&early{bytes.NewReader(want[first : first+sent])})
			status := 200
			switch {
			case next == total:
			case first > next, first < next && strict:
				status = 416
			case first+length <= next: // nothing new, so nobody looks
			case sent < length:
				next, status = max(next, first+sent), 400
			default:
				next = max(next, first+length)
			}
			require.Equal(rt, status, w.Code)
			require.Equal(rt, fmt.Sprint(next), header(w.Header(), "BITS-Received-Content-Range"))
		}
		if next < total {
			require.Equal(rt, []string{"BITS-Sessions/1/request"}, files.Names())
			require.Equal(rt, 200, send("Fragment", fmt.Sprintf("bytes %d-%d/%d", next, total-1, total), total-next,
				bytes.NewReader(want[next:])).Code)
		}
		got, err := files.ReadFile("a")
		require.NoError(rt, err)
		require.True(rt, bytes.Equal(want, got), "the file is another")
	})
}

// early is the body of a request whose connection is cut.
type early struct{ r io.Reader }

func (e *early) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
