package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/cli"
	people "github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/serve"
	"github.com/bitsemu/bitsemu/winver"
)

func serveCommand() cli.Command {
	return cli.Command{
		Name: "serve", Summary: "run the emulated service for other programs, over HTTP",
		Flags: []cli.Flag{
			{Name: "store", Value: "FILE", Env: "BITSEMU_STORE", Kind: cli.File, Help: "the file with the jobs; made if it is not there. Without it the jobs are gone with the command"},
			{Name: "drive", Value: "C:=DIR", Many: true, Help: "the directory that is a drive, or a directory of one; jobs reach nothing else"},
			{Name: "share", Value: `\\SERVER\SHARE=DIR`, Many: true, Help: "the directory that is a share"},
			{Name: "socket", Value: "PATH", Kind: cli.File, Help: "the unix socket to listen on; bitsemu.sock in XDG_RUNTIME_DIR, or in a directory of the user's own, if neither --socket nor --listen is given"},
			{Name: "listen", Value: "ADDRESS", Help: "a port of this machine to listen on, such as 127.0.0.1:0; needs --token-file or BITSEMU_TOKEN"},
			{Name: "token-file", Value: "FILE", Env: "BITSEMU_TOKEN_FILE", Kind: cli.File, Help: "the file with the token that requests over TCP must have; made, with a random one, if it is not there"},
			{Name: "as", Value: "WHO", Kind: cli.Checked(people.Parse, "alice", "alice elevated", "system", "networkservice"), Help: "who calls, for all clients: alice, \"bob elevated\", system, a SID, ...; a client that says otherwise is refused"},
			{Name: "windows", Value: "BUILD", Env: "BITSEMU_WINDOWS", Default: "26100", Kind: cli.Checked(winver.Parse, "7", "8.1", "1607", "26100"), Help: "the Windows that is emulated, such as 8.1 or 26100"},
			{Name: "time", Value: "WORD", Default: "real", Kind: cli.OneOfItems(
				cli.Item{Name: "real", Help: "goes on by itself"},
				cli.Item{Name: "manual", Help: "stands still until a client moves it"},
				cli.Item{Name: "poll", Help: "goes on when a client asks for a state"},
			), Help: "what makes the time go on: real, manual or poll"},
			{Name: "network", Value: "WORD", Default: "real", Kind: cli.OneOfItems(
				cli.Item{Name: "real", Help: "the network of this machine"},
				cli.Item{Name: "local", Help: "this machine, and scripted files"},
			), Help: "what jobs reach: real, or local for this machine and scripted files alone"},
			{Name: "inspect", Help: "show the page of docs/inspector.md on a port of its own, and print a link to it"},
			{Name: "grace", Value: "TIME", Default: "10s", Kind: cli.Duration, Help: "how long calls under way may take to end when the command is stopped"},
			{Name: "verbose", Short: "v", Help: "log each request, and each call that BITS refuses"},
			{Name: "json", Help: "write the log as JSON, a line each"},
		},
		About: `
Runs the emulated service until it is stopped by SIGINT or SIGTERM, and answers over HTTP what
docs/service.md tells. When it is ready it prints one line with the address, which clients take from
BITSEMU_SERVICE: "serving on unix:/run/user/1000/bitsemu.sock". Both --socket and --listen may be given,
and there is a line for each; with --inspect one more, with a link to a page for a browser.

The service is for this machine alone. The socket is closed to other users; over TCP only loopback
addresses are listened on, and each request needs the token. Who gets in may call as anybody, unless
--as is given, and reaches the files in the directories that --drive and --share name, and no others.

What a client was told has happened is in the store, whatever becomes of the command after. When it is
stopped it takes no more calls and waits for those under way; a second signal ends it at once.`,
		Env: []cli.Item{{Name: "BITSEMU_TOKEN", Help: "the token, in place of a file with it"}},
		Examples: []cli.Example{
			{Help: "serve a store, with a drive", Line: "bitsemu serve --store jobs.db --drive C:=./c"},
			{Help: "serve tests that move the time themselves, on a port", Line: "bitsemu serve --time manual --network local --drive C:=./c --listen 127.0.0.1:0 --token-file token"},
		},
		Exit: []cli.Item{
			{Name: "0", Help: "stopped"},
			{Name: "1", Help: "it went wrong, or calls under way did not end in time"},
			{Name: "2", Help: "the command line is wrong, the store cannot be opened, or the address cannot be listened on"},
		},
		Run: runServe,
	}
}

// service is what serves: the emulator, what answers for it, and where.
type service struct {
	emu       *bitsemu.Emulator
	server    *serve.Server
	listeners []net.Listener
	log       *slog.Logger
}

func runServe(ctx context.Context, c *cli.Call) error {
	s, err := newService(c)
	if err != nil {
		return cli.WithStatus(cli.Usage, err)
	}
	ended := make(chan error, len(s.listeners))
	for _, l := range s.listeners {
		go func() { ended <- s.server.Serve(l) }()
	}
	for _, l := range s.listeners {
		if err == nil {
			err = c.Printf("serving on %s\n", serve.Address(l))
		}
	}
	look, endLook := context.WithCancel(context.WithoutCancel(ctx))
	defer endLook()
	var looked <-chan error
	if err == nil && c.Bool("inspect") {
		looked, err = serveInspector(look, c, s.emu)
	}
	if err == nil {
		select {
		case <-ctx.Done():
			s.log.Info("stopping")
			signal.Reset(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // the next one ends the program
		case err = <-ended:
			ended <- nil
		}
	}
	grace, cancel := context.WithTimeout(context.Background(), c.Duration("grace"))
	defer cancel()
	err = errors.Join(err, s.server.Shutdown(grace))
	for range s.listeners {
		err = errors.Join(err, <-ended)
	}
	endLook()
	if looked != nil {
		err = errors.Join(err, <-looked)
	}
	err = errors.Join(err, s.emu.Close())
	s.log.Info("stopped")
	return err
}

// newService opens the store and the addresses.
func newService(c *cli.Call) (_ *service, err error) {
	s := &service{log: logger(c)}
	opts, err := emulatorOptions(c, s.log)
	if err != nil {
		return nil, err
	}
	answers, err := serverOptions(c, s.log)
	if err != nil {
		return nil, err
	}
	if s.emu, err = bitsemu.New(opts...); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			for _, l := range s.listeners {
				_ = l.Close() // the error that matters is the first
			}
			_ = s.emu.Close()
		}
	}()
	if s.server, err = serve.New(s.emu, answers...); err != nil {
		return nil, err
	}
	for _, address := range addresses(c) {
		l, err := serve.Listen(address)
		if err != nil {
			return nil, err
		}
		s.listeners = append(s.listeners, l)
	}
	return s, nil
}

func addresses(c *cli.Call) []string {
	var all []string
	if path := c.Text("socket"); path != "" {
		all = append(all, "unix:"+strings.TrimPrefix(path, "unix:"))
	}
	if address := c.Text("listen"); address != "" {
		all = append(all, address)
	}
	if all == nil {
		all = append(all, serve.DefaultAddress())
	}
	return all
}

func logger(c *cli.Call) *slog.Logger {
	opts := &slog.HandlerOptions{Level: slog.LevelInfo}
	if c.Bool("verbose") {
		opts.Level = slog.LevelDebug
	}
	if c.Bool("json") {
		return slog.New(slog.NewJSONHandler(c.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(c.Stderr, opts))
}

func emulatorOptions(c *cli.Call, log *slog.Logger) ([]bitsemu.Option, error) {
	build, err := winver.Parse(c.Text("windows"))
	if err != nil {
		return nil, err
	}
	opts := []bitsemu.Option{bitsemu.Windows(build), bitsemu.Logger(log)}
	if file := c.Text("store"); file != "" {
		opts = append(opts, bitsemu.Store(file))
	}
	for _, flag := range []string{"drive", "share"} {
		for _, text := range c.List(flag) {
			at, dir, ok := strings.Cut(text, "=")
			if !ok || at == "" || dir == "" {
				return nil, c.Wrong("--%s %q: want WINDOWS=DIR, such as C:=./c", flag, text)
			}
			opts = append(opts, bitsemu.Drive(at, dir))
		}
	}
	switch c.Text("time") {
	case "manual":
		opts = append(opts, bitsemu.ManualTime())
	case "poll":
		opts = append(opts, bitsemu.StepOnPoll())
	}
	if c.Text("network") == "local" {
		opts = append(opts, bitsemu.Transport(bitsemu.LocalNetwork()))
	}
	if text := c.Text("as"); text != "" {
		as, err := people.Parse(text)
		if err != nil {
			return nil, err
		}
		return append(opts, bitsemu.DefaultCaller(as)), nil
	}
	return append(opts, bitsemu.DefaultCaller(people.User(people.Default))), nil
}

func serverOptions(c *cli.Call, log *slog.Logger) ([]serve.Option, error) {
	opts := []serve.Option{serve.LogOnOwners(), serve.Logger(log), serve.Version(version().Version)}
	if text := c.Text("as"); text != "" {
		as, err := people.Parse(text)
		if err != nil {
			return nil, err
		}
		opts = append(opts, serve.Pin(as))
	}
	if c.Text("listen") == "" {
		return opts, nil
	}
	bearer := c.Getenv("BITSEMU_TOKEN")
	switch file := c.Text("token-file"); {
	case file != "":
		var err error
		if bearer, err = serve.TokenFile(file); err != nil {
			return nil, err
		}
	case bearer == "":
		return nil, c.Wrong("every user of this machine can reach %s: --token-file names the file with the token that a request must have", c.Text("listen"))
	case len(bearer) < 16:
		return nil, fmt.Errorf("the token in BITSEMU_TOKEN has %d characters, and 16 are wanted at least", len(bearer))
	}
	return append(opts, serve.BearerToken(bearer)), nil
}
