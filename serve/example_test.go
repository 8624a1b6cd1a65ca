package serve_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/serve"
)

// A program serves an emulator on a socket, and another one makes a job by a request. In
// a test, [serve.RunT] does all of that.
func Example() {
	emu, err := bitsemu.New(bitsemu.ManualTime(), bitsemu.Seed(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer emu.Close()
	dir, err := os.MkdirTemp("", "bitsemu")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	l, err := serve.Listen("unix:" + dir + "/socket")
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := serve.New(emu)
	if err != nil {
		fmt.Println(err)
		return
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()

	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", dir+"/socket")
	}}}
	resp, err := client.Post("http://localhost/v1/manager/CreateJob", "application/json", strings.NewReader(`{"args": ["update", "DOWNLOAD"]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	fmt.Printf("%s", answer)
	client.CloseIdleConnections()
	fmt.Println(server.Shutdown(context.Background()), <-ended)
	// Output:
	// {"hresult":"0x00000000","name":"S_OK","results":{"jobID":"{47360DE0-AF46-46EF-A388-9679507FA5EF}","job":{"id":"{47360DE0-AF46-46EF-A388-9679507FA5EF}"}}}
	// <nil> <nil>
}

func ExampleRunT() {
	var t bitsemu.TB // of the test
	if t == nil {
		return
	}
	emu := bitsemu.RunT(t)
	address := serve.RunT(t, emu)
	fmt.Println("the program under test gets", address)
}
