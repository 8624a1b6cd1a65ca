package serve

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/bitsemu/bitsemu"
)

// RunT serves an emulator to a test's programs, in whatever language they are, on a unix
// socket of its own, and returns the address: "unix:/path". The server ends with the test,
// before the emulator does. Where there are no unix sockets, as on Windows before 10 1803,
// it is a port, and the options must have a [BearerToken].
func RunT(t bitsemu.TB, emu *bitsemu.Emulator, opts ...Option) (address string) {
	t.Helper()
	s, err := New(emu, opts...)
	if err != nil {
		t.Fatalf("%v", err)
		return ""
	}
	l, err := listenT(t)
	if err != nil {
		t.Fatalf("%v", err)
		return ""
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("serve: shutdown: %v", err)
		}
		if err := <-served; err != nil && !errors.Is(err, http.ErrServerClosed) { // the test was over before it began
			t.Errorf("serve: %v", err)
		}
	})
	return Address(l)
}

// listenT opens a socket in a directory whose name is short: a test's own may be too long
// for a socket.
func listenT(t bitsemu.TB) (net.Listener, error) {
	dir, err := os.MkdirTemp("", "bitsemu")
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // it is in the temporary directory
	l, err := Listen("unix:" + filepath.Join(dir, "s"))
	if err != nil && runtime.GOOS == "windows" {
		return Listen("127.0.0.1:0")
	}
	return l, err
}
