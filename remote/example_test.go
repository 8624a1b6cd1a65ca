package remote_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/serve"
)

// A program that downloads a file, from a service that knows it alone. The server stands
// for bitsemu serve in another process.
func Example() {
	address, end := startServer()
	defer end()

	ctx := context.Background()
	c, err := remote.Dial(ctx, address)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	if err := c.Script(ctx, "http://files.test/a", remote.Script{Text: "hello"}); err != nil {
		log.Fatal(err)
	}
	_, job, err := c.Manager().CreateJob(ctx, "update", bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(errors.Is(job.Resume(ctx), hresult.BG_E_EMPTY))
	if err := job.AddFile(ctx, "http://files.test/a", `C:\Downloads\a`); err != nil {
		log.Fatal(err)
	}
	if err := job.Resume(ctx); err != nil {
		log.Fatal(err)
	}
	if err := c.Advance(ctx, time.Minute); err != nil {
		log.Fatal(err)
	}
	fmt.Println(job.GetState(ctx))
	hr, err := job.Complete(ctx)
	fmt.Println(hr.String(), err)
	// Output:
	// true
	// BG_JOB_STATE_TRANSFERRED <nil>
	// S_OK <nil>
}

// startServer serves an emulator, and returns its address and how to end it.
func startServer() (address string, end func()) {
	dir, err := os.MkdirTemp("", "bits")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "Downloads"), 0o700); err != nil {
		log.Fatal(err)
	}
	emu, err := bitsemu.New(bitsemu.ManualTime(), bitsemu.Drive("C:", dir), bitsemu.Seed(1))
	if err != nil {
		log.Fatal(err)
	}
	server, err := serve.New(emu)
	if err != nil {
		log.Fatal(err)
	}
	l, err := serve.Listen("unix:" + filepath.Join(dir, "s"))
	if err != nil {
		log.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	return serve.Address(l), func() {
		_ = server.Close()
		if err := <-done; err != nil {
			log.Print(err)
		}
		_ = emu.Close()
		_ = os.RemoveAll(dir)
	}
}
