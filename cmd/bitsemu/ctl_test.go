package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/serve"
)

// testToken is that of the service of a script.
const testToken = "not-a-secret-0123456789"

// serveScript serves an emulator that has one job to a script, over TCP: serve. The
// environment names the address and the token.
func serveScript(ts *testscript.TestScript, _ bool, _ []string) {
	c := filepath.Join(ts.MkAbs("."), "c")
	ts.Check(os.MkdirAll(filepath.Join(c, "Downloads"), 0o700))
	emu, err := bitsemu.New(bitsemu.ManualTime(), bitsemu.Start(time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)), bitsemu.Seed(1),
		bitsemu.Drive("C:", c), bitsemu.Transport(bitsemu.LocalNetwork()), bitsemu.DefaultCaller(person("alice")))
	ts.Check(err)
	_, job, err := emu.Manager().CreateJob(context.Background(), "update", bits.BG_JOB_TYPE_DOWNLOAD)
	ts.Check(err)
	ts.Check(job.AddFile(context.Background(), "http://files.test/a", `C:\Downloads\a`))
	ts.Check(job.Resume(context.Background()))
	s, err := serve.New(emu, serve.BearerToken(testToken), serve.Version("(test)"))
	ts.Check(err)
	l, err := serve.Listen("127.0.0.1:0")
	ts.Check(err)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	ts.Setenv("BITSEMU_SERVICE", serve.Address(l))
	ts.Setenv("BITSEMU_TOKEN", testToken)
	ts.Defer(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		ts.Check(s.Shutdown(ctx))
		ts.Check(<-ended)
		ts.Check(emu.Close())
	})
}
