package main

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitstest/transcript"
	"github.com/bitsemu/bitsemu/winbits"
)

const opening = `This records what the BITS of this machine answers, case by case. It takes
minutes, and a minute more for each case that waits in vain. It makes jobs of its
own, whose names begin with bitstest-, files in %s
and a server on 127.0.0.1, and removes them all. It changes no setting, looks at no job of
others but to count them and ask for their ids, and sends nothing anywhere.

`

const closing = `
%s is written: %d cases, %d passed, %d failed, %d skipped.
Names of files, the address of the server, ids, times, accounts and texts in the
language of this machine are not in it; its version of Windows is, and the date.
Read it before you send it on: it is text.
`

// record records what o asks for.
func record(w io.Writer, o options) (err error) {
	ctx := context.Background()
	m := thisMachine()
	dir, err := os.MkdirTemp("", "bitstest")
	if err != nil {
		return err
	}
	if long, err := filepath.EvalSymlinks(dir); err == nil {
		dir = long // the service answers with it where it was given the short form
	}
	defer func() {
		if left := os.Remove(dir); err == nil {
			err = left // the cases remove their files
		}
	}()
	server := httptest.NewServer(bitstest.Handler())
	defer server.Close()
	surroundings := []bitstest.Option{bitstest.Server(server.URL), bitstest.Dir(dir, nil)}
	if m.patience > 0 {
		surroundings = append(surroundings, bitstest.Wait(m.wait))
	}
	if o.one != "" {
		for _, c := range bitstest.Cases() {
			if c.Name == o.one {
				recorded, err := m.record(ctx, c, surroundings)
				if err != nil {
					return err
				}
				return os.WriteFile(o.file, []byte(recorded.String()), 0o644)
			}
		}
		return fmt.Errorf("there is no case %q", o.one)
	}
	t := transcript.Transcript{}
	if t.Header, err = m.head(ctx, surroundings); err != nil {
		return err
	}
	if o.head {
		return os.WriteFile(o.file, []byte(t.String()), 0o644)
	}
	fmt.Fprintf(w, opening, dir)
	if n := t.Header.JobsBefore; n > 0 {
		fmt.Fprintf(w, "There are %d jobs of yours already. Cases that count jobs will differ for it;\n"+
			"bitsadmin /list shows them. The transcript says how many they are.\n\n", n)
	}
	// Whoever interrupts it waits for the case under way, so that it leaves nothing.
	interrupted, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	cases := bitstest.Cases()
	ends := map[transcript.Outcome]int{}
	for i, c := range cases {
		if !o.pattern.MatchString(c.Name) {
			continue
		}
		if interrupted.Err() != nil {
			fmt.Fprintln(w, "It was interrupted: the cases that come are not in it.")
			break
		}
		start := time.Now()
		recorded, err := m.record(ctx, c, surroundings)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		ends[recorded.Outcome]++
		fmt.Fprintf(w, "%3d of %d  %s  %-60s %5.1f s\n", i+1, len(cases), recorded.Outcome, c.Name, time.Since(start).Seconds())
		t.Cases = append(t.Cases, recorded)
	}
	text := t.String()
	if _, err := transcript.Parse(text); err != nil {
		return fmt.Errorf("what was recorded cannot be read again: %w", err)
	}
	if err := os.WriteFile(o.file, []byte(text), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(w, closing, o.file, len(t.Cases), ends[transcript.Pass], ends[transcript.Fail], ends[transcript.Skip])
	for _, name := range names() {
		if strings.Contains(strings.ToLower(text), strings.ToLower(name)) {
			fmt.Fprintf(w, "It has %q in it, which is a name of this machine or of yours: have a look.\n", name)
		}
	}
	return nil
}

// names are those of the machine and the user, as far as they are long enough not
// to be found everywhere.
func names() (names []string) {
	host, _ := os.Hostname() // without one there is nothing to look for
	for _, name := range []string{host, os.Getenv("USERNAME"), os.Getenv("USERDOMAIN")} {
		if len(name) > 3 {
			names = append(names, name)
		}
	}
	return names
}

// machine is what is recorded.
type machine struct {
	system   string
	build    string        // of Windows
	admin    bool          // this program is elevated
	patience time.Duration // of a wait; 0 for that of bitstest
	atMost   time.Duration // for a case
	connect  []winbits.Option
}

// wait lets real time pass.
func (m machine) wait(done func() bool) bool {
	for end := time.Now().Add(m.patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if done() {
			return true
		}
	}
	return done()
}

// record records one case, on a connection of its own.
func (m machine) record(ctx context.Context, c bitstest.Case, opts []bitstest.Option) (transcript.Case, error) {
	service, err := winbits.Connect(ctx, m.connect...)
	if err != nil {
		return transcript.Case{}, err
	}
	start := time.Now()
	recorded := transcript.Record(c, service.Manager(), m.atMost, opts...)
	if time.Since(start) > m.atMost {
		return recorded, nil // it still uses the connection
	}
	return recorded, service.Close()
}

// head is the head of the transcript.
func (m machine) head(ctx context.Context, opts []bitstest.Option) (transcript.Header, error) {
	service, err := winbits.Connect(ctx, m.connect...)
	if err != nil {
		return transcript.Header{}, err
	}
	manager := service.Manager()
	jobs, err := manager.EnumJobs(ctx, 0)
	if err != nil {
		return transcript.Header{}, err
	}
	before, err := jobs.GetCount(ctx)
	if err != nil {
		return transcript.Header{}, err
	}
	version, err := newest(ctx, manager)
	if err != nil {
		return transcript.Header{}, err
	}
	caller := transcript.CallerUser
	if m.admin {
		caller = transcript.CallerAdministrator
	}
	return transcript.Header{
		System: m.system, Build: m.build, Architecture: runtime.GOARCH, BITS: version, Caller: caller,
		Date: time.Now().UTC().Format(time.DateOnly), Suite: transcript.Suite(),
		Options: transcript.Options(bitstest.Describe(opts...)), JobsBefore: int(before),
	}, service.Close()
}

// newest is the version of BITS that brought the latest interface of a job that is
// there.
func newest(ctx context.Context, manager bits.Manager) (string, error) {
	_, job, err := manager.CreateJob(ctx, "bitstest-version", bits.BG_JOB_TYPE_DOWNLOAD)
	if err != nil {
		return "", err
	}
	version := "1.0"
	for _, has := range []func(context.Context, bits.Unknown) (string, bool){
		has[bits.Job2], has[bits.Job3], has[bits.JobHttpOptions], has[bits.Job4], has[bits.TokenOptions],
		has[bits.Job5], has[bits.JobHttpOptions2], has[bits.JobHttpOptions3],
	} {
		if v, ok := has(ctx, job); ok {
			version = v
		}
	}
	_, err = job.Cancel(ctx)
	return version, err
}

func has[T any](ctx context.Context, from bits.Unknown) (version string, ok bool) {
	iid, _ := bits.IIDOf[T]()
	major, minor, _ := bits.IIDVersion(iid)
	_, err := bits.Query[T](ctx, from)
	return fmt.Sprintf("%d.%d", major, minor), err == nil
}
