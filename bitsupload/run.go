package bitsupload

import (
	"errors"
	"net"
	"net/http"
	"sync"
)

// TB is what RunT needs of a test; *testing.T, *testing.B and testing.TB have it.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// TestServer is a server for one test.
type TestServer struct {
	*Server
	URL   string  // "http://127.0.0.1:port"
	Files *Memory // what has been uploaded
}

// RunT starts a server with files in memory on a port of its own, and stops it when
// the test is over. A fault that has met no packet by then fails the test.
func RunT(t TB, change ...func(*Options)) *TestServer {
	t.Helper()
	var o Options
	for _, c := range change {
		c(&o)
	}
	files := &Memory{}
	s, err := New(files, o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil { // uncovered: there is a loopback interface
		t.Fatalf("bitsupload: %v", err)
	}
	var open sync.WaitGroup // connections
	server := &http.Server{Handler: s, ConnState: func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed:
			open.Done()
		}
	}}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close() // closes what is open, and has nothing to say about it
		if err := <-stopped; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("bitsupload: %v", err)
		}
		open.Wait()
		for _, f := range s.Unmet() {
			t.Errorf("bitsupload: a fault met too few packets: %+v", f)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%v", err)
		}
	})
	return &TestServer{Server: s, URL: "http://" + listener.Addr().String(), Files: files}
}
