// Command cmd downloads a file with package updater over the real network: on Windows
// with the service of the system, elsewhere with an emulated one. Which of them it is,
// is chosen in service_windows.go and service_other.go, and nothing else knows.
//
//	go run ./examples/updater/cmd -sha256 HEX -to DIR https://example.com/app.msi
package main

import (
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/examples/updater"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, terminal(os.Stdout), connect)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const usage = `usage: updater -sha256 HEX [flags] URL

Downloads a file by BITS: that of Windows, elsewhere an emulated one.

  -sha256 HEX   what the file must have
  -to DIR       where it goes: the current directory if not said
  -name NAME    what it is called: as in the URL if not said
  -mirror URL   where else it may be had; may be said more than once
  -user NAME    who to say one is, by Basic; the password is in UPDATER_PASSWORD
  -state DIR    remember there what is under way: it goes on the next time
  -retry TIME   how long to wait after a failure that may pass: 5s, which is the least
  -callbacks    have BITS call, instead of asking it
`

// settings are what the command line says.
type settings struct {
	update    updater.Update
	dir       string
	state     string
	user      string
	retry     time.Duration
	callbacks bool
}

// parse reads the command line. Messages of package flag go to out.
func parse(args []string, out io.Writer) (settings, error) {
	var s settings
	var sum, name string
	var mirrors []string
	flags := flag.NewFlagSet("updater", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() { fmt.Fprint(out, usage) }
	flags.StringVar(&sum, "sha256", "", "")
	flags.StringVar(&s.dir, "to", ".", "")
	flags.StringVar(&name, "name", "", "")
	flags.StringVar(&s.user, "user", "", "")
	flags.StringVar(&s.state, "state", "", "")
	flags.DurationVar(&s.retry, "retry", 5*time.Second, "")
	flags.BoolVar(&s.callbacks, "callbacks", false, "")
	flags.Func("mirror", "", func(mirror string) error { mirrors = append(mirrors, mirror); return nil })
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() != 1 {
		return s, fmt.Errorf("updater: one URL is wanted, not %d; see -h", flags.NArg())
	}
	remote := flags.Arg(0)
	u, err := url.Parse(remote)
	if err != nil {
		return s, fmt.Errorf("updater: %w", err)
	}
	if name == "" {
		name = path.Base(u.Path)
	}
	if name == "" || name == "/" || name == "." || strings.ContainsAny(name, `/\`) {
		return s, fmt.Errorf("updater: %q is no name for a file; say -name", name)
	}
	f := updater.File{URL: remote, Mirrors: mirrors, Path: name}
	if n, err := hex.Decode(f.SHA256[:], []byte(sum)[:min(len(sum), 64)]); err != nil || n != 32 || len(sum) != 64 {
		return s, fmt.Errorf("updater: -sha256 %q is not 64 hexadecimal digits: what is not checked is not used", sum)
	}
	s.update = updater.Update{Name: name, Files: []updater.File{f}}
	return s, nil
}

// service is BITS, and where the files are that it downloads.
type service struct {
	manager  bits.Manager
	activate func(context.Context) (bits.Manager, error)
	dir      string                   // that the update goes to, as BITS calls it, with a \ at its end
	path     func(name string) string // what a file of BITS is called here
	close    func() error
}

func run(ctx context.Context, args []string, out io.Writer, bar bool, connect func(context.Context, settings) (*service, error)) (err error) {
	s, err := parse(args, out)
	if err != nil {
		return err
	}
	printer := &updater.Printer{To: out, Bar: bar}
	options := updater.Options{
		RetryDelay: s.retry, Poll: 200 * time.Millisecond,
		Progress: printer.Progress, Note: printer.Note,
		Credentials: func(string) (bits.AuthCredentials, bool) {
			return bits.AuthCredentials{
				Target: bits.BG_AUTH_TARGET_SERVER, Scheme: bits.BG_AUTH_SCHEME_BASIC,
				UserName: s.user, Password: bits.Secret(os.Getenv("UPDATER_PASSWORD")),
			}, s.user != ""
		},
	}
	if s.state != "" {
		if err := os.MkdirAll(s.state, 0o700); err != nil {
			return err
		}
		options.StateFile = filepath.Join(s.state, "jobs.json")
	}
	b, err := connect(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	options.Activate = b.activate
	options.Open = func(name string) (io.ReadCloser, error) { return os.Open(b.path(name)) }
	options.Rename = func(from, to string) error { return os.Rename(b.path(from), b.path(to)) }
	options.Remove = func(name string) error { return os.Remove(b.path(name)) }
	s.update.Files[0].Path = b.dir + s.update.Files[0].Path

	u, err := updater.New(b.manager, options)
	if err != nil {
		return err
	}
	err = fetch(ctx, u, s)
	err = errors.Join(err, printer.Close())
	if err != nil && ctx.Err() != nil && s.state != "" {
		return fmt.Errorf("%w: the same command goes on", err)
	}
	return err
}

// fetch downloads what is not there yet.
func fetch(ctx context.Context, u *updater.Updater, s settings) error {
	if there, err := u.InPlace(ctx, s.update); err != nil || there {
		return err
	}
	if _, err := u.CleanUp(ctx); err != nil {
		return err
	}
	if !s.callbacks {
		return u.Fetch(ctx, s.update)
	}
	p, err := u.Start(ctx, s.update)
	if err != nil {
		return err
	}
	if err = p.Wait(ctx); err != nil {
		err = errors.Join(err, p.Stop(context.WithoutCancel(ctx)))
	}
	return err
}

// terminal reports whether f is one.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
