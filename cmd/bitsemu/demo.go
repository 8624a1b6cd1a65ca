package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// demoCommand is the story in the table of commands.
func demoCommand() cli.Command {
	return cli.Command{
		Name:    "demo",
		Summary: "play who may lend a job a helper token, and a program at work",
		Flags: []cli.Flag{{
			Name: "store", Value: "FILE", Kind: cli.File,
			Help: "keep the stores in FILE-9600.db and FILE-26100.db, which must not exist yet; " +
				"without it they are in a temporary directory, which is removed after",
		}},
		About: `
Plays who may lend a BITS job a helper token and who may read its flags, on Windows 8.1 and on
Windows 11, on a real store file: each call with its caller, its HRESULT and the rule behind it. Then
a program downloads a file from a real server on this machine, through whatever goes wrong, and the
audit tells who BITS was on its behalf.

What is downloaded is removed after, and the demo takes a few seconds.`,
		Examples: []cli.Example{
			{Help: "Play it, and keep the stores", Line: "bitsemu demo --store story"},
		},
		Run: func(_ context.Context, c *cli.Call) error {
			return demo(c.Text("store"), c.Stdout, screen{terminal: c.Terminal, colour: c.Colour})
		},
	}
}

// demo plays the story. The stores are kept under the name keep, if there is one.
func demo(keep string, out io.Writer, s screen) (err error) {
	dir, base := filepath.Split(keep)
	if keep == "" {
		if dir, err = os.MkdirTemp("", "bitsemu-demo"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		base = "jobs"
	}
	p := &play{page: page{out: out, colour: s.colour, told: map[string]bool{}}}
	for _, b := range []struct {
		name  string
		build winver.Build
	}{{"Windows 8.1", winver.Windows8_1}, {"Windows 11", winver.Windows11_24H2}} {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d.db", base, b.build.Number()))
		if _, err := os.Stat(path); err == nil {
			return fmt.Errorf("%s exists already", path)
		}
		w, err := newWorld(b.name, b.build, path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.store.Close()) }()
		p.worlds = append(p.worlds, w)
	}
	p.tell()
	p.download(s)
	return p.err
}

// play is the story: each step happens in every world.
type play struct {
	page
	worlds []*world
}

func (p *play) tell() {
	p.opening(p.worlds)
	p.documentedSequence()
	p.updater()
	p.explained()
	p.administrator()
	p.tokenLost()
	p.matrix(p.worlds)
	p.reopened()
}

// step has an actor call something in each world, and prints what came of it.
func (p *play) step(caller actor, call string, do func(*world) outcome) {
	if p.err != nil {
		return
	}
	var results []outcome
	for _, w := range p.worlds {
		r := do(w)
		p.check(r.err)
		results = append(results, r)
	}
	p.call(caller.name, call, p.worlds, results)
}

// event is a step of the world.
func (p *play) event(what string, do func(*world) error) {
	if p.err != nil {
		return
	}
	p.happens(what)
	for _, w := range p.worlds {
		p.check(do(w))
	}
}

func (p *play) create(name string, who actor) {
	p.step(who, fmt.Sprintf("CreateJob(%q)", name), func(w *world) outcome { return w.create(name, who) })
}

func (p *play) query(job, hold string, who actor) {
	p.step(who, fmt.Sprintf("QueryInterface of %q", job), func(w *world) outcome { return w.query(job, hold, who) })
}

func (p *play) set(hold string, thread actor) { p.method(hold, tokenopts.SetHelperToken, thread) }

func (p *play) method(hold string, m tokenopts.Method, thread actor) {
	p.step(thread, m.String()+"()", func(w *world) outcome { return w.through(hold, m, 0, thread) })
}

func (p *play) flags(hold string, f bits.HelperTokenFlags, thread actor) {
	p.step(thread, fmt.Sprintf("SetHelperTokenFlags(%#x)", uint32(f)), func(w *world) outcome {
		return w.through(hold, tokenopts.SetHelperTokenFlags, f, thread)
	})
}

func (p *play) opens(job string, owner actor, resources ...tokenopts.Resource) {
	for _, r := range resources {
		p.step(owner, fmt.Sprintf("%q opens its %v", job, r), func(w *world) outcome { return w.opens(job, r) })
	}
}

func (p *play) documentedSequence() {
	p.scene("The documented sequence", "A service asks its job for the interface, impersonates a user, and lends the job his token.")
	p.create("HelperSample", system)
	p.query("HelperSample", "sample", system)
	p.query("HelperSample", "none", bob)
	p.set("sample", bob)
	p.flags("sample", bits.BG_TOKEN_LOCAL_FILE, bob)
	p.method("sample", tokenopts.GetHelperTokenSid, system)
	p.method("sample", tokenopts.GetHelperTokenFlags, system)
	p.opens("HelperSample", system, tokenopts.TemporaryFile, tokenopts.RemoteFile)
}

func (p *play) updater() {
	p.scene("An updater that owns its job", "NETWORK SERVICE is no administrator. Windows 10 1607 is where that stopped to matter.")
	p.create("Updater", networkService)
	p.query("Updater", "updater", networkService)
	p.method("updater", tokenopts.GetHelperTokenFlags, networkService)
	p.set("updater", alice)
	p.flags("updater", bits.BG_TOKEN_LOCAL_FILE, networkService)
	p.method("updater", tokenopts.GetHelperTokenSid, networkService)
	p.set("updater", bobElevated)
	p.set("updater", bobFiltered)
	p.query("Updater", "none", bobFiltered)
	p.method("updater", tokenopts.ClearHelperToken, networkService)
	p.method("updater", tokenopts.GetHelperTokenFlags, networkService)
}

// explained shows one of the refusals as a program gets it.
func (p *play) explained() {
	if p.err != nil {
		return
	}
	w := p.worlds[0]
	p.scene("One refusal in full", "What a program gets from GetHelperTokenFlags on "+w.name+", as an error and as a value.")
	_, err := w.held["updater"].GetHelperTokenFlags(networkService.ctx())
	p.refusal(w, err)
}

func (p *play) administrator() {
	p.scene("An administrator and another user's job", "Before 1607 only a job of an administrator takes a helper token, so he takes the job over.")
	p.create("report", alice)
	p.query("report", "report", bobElevated)
	p.set("report", alice)
	p.step(bobElevated, `TakeOwnership of "report"`, func(w *world) outcome { return w.takeOwnership("report", bobElevated) })
	p.query("report", "report", bobElevated)
	p.set("report", alice)
	p.flags("report", bits.BG_TOKEN_LOCAL_FILE|bits.BG_TOKEN_NETWORK, bobElevated)
	p.query("report", "none", alice)
	p.query("report", "filtered", bobFiltered)
	p.method("filtered", tokenopts.ClearHelperToken, bobFiltered)
}

func (p *play) tokenLost() {
	p.scene("Flags stay, tokens go", "Flags are stored with the job. A helper token lives as long as a logon session, and no longer than the service.")
	p.event("bob logs off: his token is discarded, and the job that was to use it fails", func(w *world) error {
		_, err := w.service.EndSession(bobSession)
		return err
	})
	p.state("HelperSample", system)
	p.method("sample", tokenopts.GetHelperTokenSid, system)
	p.method("sample", tokenopts.GetHelperTokenFlags, system)
	p.opens("HelperSample", system, tokenopts.TemporaryFile)
	p.set("sample", alice)
	p.opens("HelperSample", system, tokenopts.TemporaryFile)
	p.event("the service restarts", func(w *world) error {
		_, err := w.service.Restart()
		return err
	})
	p.opens("HelperSample", system, tokenopts.TemporaryFile)
	p.flags("sample", 0, system)
	p.opens("HelperSample", system, tokenopts.TemporaryFile)
	p.flags("sample", bits.BG_TOKEN_LOCAL_FILE|bits.BG_TOKEN_NETWORK, system)
}

func (p *play) state(job string, who actor) {
	p.step(who, fmt.Sprintf("GetState of %q", job), func(w *world) outcome { return w.state(job) })
}

func (p *play) reopened() {
	p.scene("What the file keeps", "Both stores are closed and opened again, as after a restart of the program.")
	for _, w := range p.worlds {
		p.check(w.store.Close())
		p.check(w.open())
		if p.err != nil {
			return
		}
		p.check(w.store.Check())
		p.contents(w)
	}
	p.query("HelperSample", "sample", system)
	p.method("sample", tokenopts.GetHelperTokenFlags, system)
	p.method("sample", tokenopts.GetHelperTokenSid, system)
}
