package bitsupload_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/bitsemu/bitsemu/bitsupload"
)

// packet sends one packet of the protocol, as a client does.
func packet(url, kind string, body string, header ...string) *http.Response {
	r, err := http.NewRequest("BITS_POST", url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	r.Header["BITS-Packet-Type"] = []string{kind}
	for i := 0; i < len(header); i += 2 {
		r.Header[header[i]] = []string{header[i+1]}
	}
	if body == "" {
		r.Body = nil
		r.Header["content-length"] = []string{"0"}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		panic(err)
	}
	_ = answer.Body.Close()
	return answer
}

func Example() {
	files := &bitsupload.Memory{}
	srv, err := bitsupload.New(files, bitsupload.Options{NewID: func() string { return "{1}" }})
	if err != nil {
		panic(err)
	}
	hs := httptest.NewServer(srv)
	defer http.DefaultClient.CloseIdleConnections()
	defer hs.Close()

	url := hs.URL + "/up/a.txt"
	packet(url, "Create-Session", "", "BITS-Supported-Protocols", "{7df0354d-249b-430f-820d-3d2a9bef4931}")
	answer := packet(url, "Fragment", "hello, ", "BITS-Session-Id", "{1}", "Content-Range", "bytes 0-6/12")
	fmt.Println(answer.Status, "next:", answer.Header.Get("BITS-Received-Content-Range"))
	answer = packet(url, "Fragment", "bits!", "BITS-Session-Id", "{1}", "Content-Range", "bytes 7-11/12")
	fmt.Println(answer.Status, "next:", answer.Header.Get("BITS-Received-Content-Range"))
	packet(url, "Close-Session", "", "BITS-Session-Id", "{1}")

	content, err := files.ReadFile("up/a.txt")
	fmt.Printf("%s %v\n", content, err)
	// Output:
	// 200 OK next: 7
	// 200 OK next: 12
	// hello, bits! <nil>
}

// An application that is told of each upload and replies to it.
func ExampleNotification() {
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		order, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "received %d bytes", len(order)) // this is the reply
	})
	_, err := bitsupload.New(&bitsupload.Memory{}, bitsupload.Options{
		Notify: bitsupload.Notification{Type: bitsupload.NotifyByValue, URL: "/app", Handler: app},
	})
	fmt.Println(err)
	// Output: <nil>
}

// The second fragment is answered with 503, once.
func ExampleServer_Inject() {
	srv, err := bitsupload.New(&bitsupload.Memory{}, bitsupload.Options{})
	if err != nil {
		panic(err)
	}
	srv.Inject(bitsupload.Fault{Packet: bitsupload.Fragment, Skip: 1, Status: http.StatusServiceUnavailable})
	fmt.Println(len(srv.Unmet()), "fault has met no packet yet")
	// Output: 1 fault has met no packet yet
}
