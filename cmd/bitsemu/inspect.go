package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/internal/inspect"
	"github.com/bitsemu/bitsemu/winver"
)

func inspectCommand() cli.Command {
	return cli.Command{
		Name: "inspect", Summary: "look at the jobs of a store or a snapshot in a browser",
		Args: []cli.Arg{{Name: "STORE", Kind: cli.File, Help: "a store file, or a snapshot; - is a snapshot from standard input"}},
		Flags: []cli.Flag{
			{Name: "listen", Value: "ADDRESS", Default: "127.0.0.1:0", Help: "a port of this machine to listen on"},
			{Name: "windows", Value: "BUILD", Env: "BITSEMU_WINDOWS", Default: "26100", Kind: windowsKind, Help: "the Windows whose rules are shown for a store, which does not tell of which it is"},
			{Name: "json", Help: "print the address, the link, and the token for programs as JSON"},
			waitFlag,
		},
		About: `
Answers with the page of docs/inspector.md until it is interrupted. The link that is printed is for one
browser, once. Nothing is written to the store; but nobody else can open it to write while it is looked
at. Of an emulator that runs, bitsemu serve --inspect shows the page, and more on it: what a store does
not keep, such as how a job came to where it is, is shown as not known here.`,
		Examples: []cli.Example{
			{Help: "Look at a store", Line: "bitsemu inspect jobs.db"},
			{Help: "The jobs that have failed, for a program", Line: `curl -sH "Authorization: Bearer $TOKEN" "http://$ADDRESS/inspect/api/queue?state=ERROR"`},
		},
		SeeAlso: []string{"bitsemu serve", "bitsemu dump"},
		Run:     runInspect,
	}
}

func runInspect(ctx context.Context, c *cli.Call) (err error) {
	build, err := winver.Parse(c.Text("windows"))
	if err != nil {
		return err // it was checked
	}
	s, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var source inspect.Source
	if s.store != nil {
		source = inspect.Stored(s.store, build)
	} else {
		source = inspect.Saved(s.name, *s.snap)
	}
	l, err := inspect.Listen(c.Text("listen"))
	if err != nil {
		return cli.WithStatus(cli.Usage, err)
	}
	door := inspect.NewDoor(inspect.New(source))
	address := l.Addr().String()
	if c.Bool("json") {
		err = json.NewEncoder(c.Stdout).Encode(map[string]string{"address": address, "link": door.Link(address), "token": door.Token()})
	} else {
		err = c.Printf("look at %s\n", door.Link(address))
	}
	if err != nil {
		return errors.Join(err, l.Close())
	}
	return door.Serve(ctx, l)
}

// serveInspector opens a port of its own for the page of an emulator, and tells where it
// is. It answers until ctx ends; then, what has become of it can be received.
func serveInspector(ctx context.Context, c *cli.Call, emu *bitsemu.Emulator) (<-chan error, error) {
	l, err := inspect.Listen(net.JoinHostPort("127.0.0.1", "0"))
	if err != nil {
		return nil, err
	}
	door := inspect.NewDoor(inspect.New(inspect.Live(emu)))
	ended := make(chan error, 1)
	go func() { ended <- door.Serve(ctx, l) }()
	return ended, c.Printf("look at %s\n", door.Link(l.Addr().String()))
}
