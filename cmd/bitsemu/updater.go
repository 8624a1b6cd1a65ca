package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/examples/updater"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

const (
	downloadSize = 20 << 20
	downloadPath = `C:\Users\alice\Downloads\app.msi`
	cutAt        = 10 << 20
	logOffAt     = 12 << 20
	restartAt    = 16 << 20
)

var start = time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)

// download plays a whole program on the emulated service.
func (p *play) download(s screen) {
	if p.err != nil {
		return
	}
	dir, err := os.MkdirTemp("", "bitsemu-demo")
	if err != nil {
		p.check(err)
		return
	}
	defer func() { p.check(os.RemoveAll(dir)) }()
	d, err := newDownload(dir, p, s)
	if err != nil {
		p.check(err)
		return
	}
	defer func() { p.check(d.close()) }()
	p.scene("A program on the emulated service", fmt.Sprintf(
		"The updater of examples/updater runs as NETWORK SERVICE and downloads to a directory that is alice's\nalone, from a real server: %s", d.server.url))
	p.check(d.run())
	p.check(d.printer.Close())
	if p.err == nil {
		d.result()
	}
}

// download is the machine of that scene.
type download struct {
	p       *play
	emu     *bitsemu.Emulator
	server  *server
	sum     [32]byte
	printer *updater.Printer
	pause   time.Duration

	bytes             uint64
	alice             token.Token // the zero token while she is away
	loggedOff, waited bool
	restarted         bool
}

func newDownload(dir string, p *play, s screen) (_ *download, err error) {
	drive := filepath.Join(dir, "C")
	if err := os.MkdirAll(filepath.Join(drive, "Users", "alice", "Downloads"), 0o700); err != nil {
		return nil, err
	}
	content := make([]byte, downloadSize)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content) // it never fails
	d := &download{p: p, sum: sha256.Sum256(content), alice: alice.token}
	d.printer = &updater.Printer{To: p, Bar: s.terminal, Indent: "  "}
	if s.terminal {
		d.pause = 100 * time.Millisecond // for the eye: nothing else here waits in real time
	}
	if d.server, err = newServer(content, cutAt); err != nil {
		return nil, err
	}
	d.emu, err = bitsemu.New(
		bitsemu.Windows(winver.Windows11_24H2),
		bitsemu.Store(filepath.Join(dir, "queue.db")),
		bitsemu.Drive("C:", drive),
		bitsemu.Start(start),
		bitsemu.StepOnPoll(),
		bitsemu.Seed(1),
	)
	if err != nil {
		return nil, errors.Join(err, d.server.close())
	}
	d.emu.LogOnSession(alice.token.User(), aliceSession)
	if err := d.emu.RestrictTo(`C:\Users\alice`, alice.token.User()); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *download) close() error { return errors.Join(d.emu.Close(), d.server.close()) }

// run is the program, as it would be on Windows but for what it is given here.
func (d *download) run() error {
	manager := func(context.Context) (bits.Manager, error) { return d.emu.As(token.NetworkService()), nil }
	m, err := manager(context.Background())
	if err != nil {
		return err
	}
	u, err := updater.New(m, updater.Options{
		Activate:    manager,
		Impersonate: d.impersonate,
		Open:        func(name string) (io.ReadCloser, error) { return os.Open(d.emu.Path(name)) },
		Sleep:       func(context.Context, time.Duration) error { return d.between() },
		Now:         d.emu.Now,
		Progress:    func(p updater.Progress) { d.bytes = p.BytesTransferred; d.printer.Progress(p) },
		Note:        d.printer.Note,
	})
	if err != nil {
		return err
	}
	return u.Fetch(context.Background(), updater.Update{
		Name: "app 2.0", Files: []updater.File{{URL: d.server.url, Path: downloadPath, SHA256: d.sum}},
	})
}

func (d *download) impersonate(ctx context.Context) (context.Context, func(), error) {
	if d.alice.IsZero() {
		return nil, nil, updater.ErrLoggedOff
	}
	return token.NewContext(ctx, d.alice), func() {}, nil
}

// between is what happens while the program sleeps between two looks at its job.
func (d *download) between() error {
	time.Sleep(d.pause)
	switch {
	case d.p.err != nil:
		return d.p.err
	case d.bytes >= logOffAt && !d.loggedOff:
		d.loggedOff, d.alice = true, token.Token{}
		d.happens("alice logs off")
		return d.emu.LogOff(alice.token.User())
	case d.alice.IsZero() && !d.waited:
		d.waited = true
	case d.alice.IsZero():
		d.happens("alice logs on again")
		d.alice = token.User(alice.token.User(), token.WithSession(d.emu.LogOn(alice.token.User())))
	case d.bytes >= restartAt && !d.restarted:
		d.restarted = true
		d.happens("the service is restarted")
		return d.emu.Restart()
	}
	return nil
}

// happens tells of an event of the world.
func (d *download) happens(what string) {
	d.p.check(d.printer.Close())
	d.p.happens(what)
}

// result looks at what has come of it.
func (d *download) result() {
	p := d.p
	p.printf("\n  What the server was asked for, by nobody in particular:\n")
	for _, r := range d.server.requests() {
		p.printf("    %s\n", r)
	}
	p.printf("\n  Who BITS was, for what:\n")
	for _, line := range d.identities() {
		p.printf("    %s\n", line)
	}
	content, err := os.ReadFile(d.emu.Path(downloadPath))
	if err != nil {
		p.check(err)
		return
	}
	if sha256.Sum256(content) != d.sum {
		p.check(fmt.Errorf("%s is not what the server has", downloadPath))
		return
	}
	left, err := os.ReadDir(d.emu.Path(`C:\Users\alice\Downloads`))
	p.check(err)
	took := d.emu.Now().Sub(start)
	p.printf("\n  %s: %d bytes, SHA-256 %x..., %s\n", downloadPath, len(content), d.sum[:8], p.paint(green, "as published"))
	p.printf("  files in the directory: %d, jobs in the queue: %d, emulated time gone by: %v\n", len(left), d.emu.Len(), took)
}

// identities sums the audit up: each action on a kind of thing with somebody's identity.
func (d *download) identities() []string {
	counts, order := map[string]int{}, []string(nil)
	for _, a := range d.emu.Audit() {
		as := "nobody"
		switch {
		case a.As == tokenopts.Owner:
			as = "the owner, " + personOf(a.Token.User())
		case a.As == tokenopts.Helper:
			as = "the helper, " + personOf(a.Token.User())
		}
		if !a.Allowed {
			as = "REFUSED, " + a.HRESULT.String()
		}
		line := fmt.Sprintf("%-8s %-14v %s", a.Action, a.Resource, as)
		if counts[line]++; counts[line] == 1 {
			order = append(order, line)
		}
	}
	for i, line := range order {
		if n := counts[line]; n > 1 {
			order[i] += fmt.Sprintf(", %d times", n)
		}
	}
	return order
}
