package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

func exportCommand() cli.Command {
	return cli.Command{
		Name: "export", Summary: "write the jobs of a store or a service as a snapshot",
		Args: []cli.Arg{storeArg},
		Env:  []cli.Item{tokenVariable},
		Flags: append([]cli.Flag{
			{Name: "output", Short: "o", Value: "FILE", Help: "write to this file, which must not exist, instead of to standard output", Kind: cli.File},
			{Name: "force", Help: "replace the output file if it exists"},
			{Name: "salvage", Help: "of a damaged store take the jobs that are whole, and tell which are not"},
			{Name: "windows", Value: "BUILD", Help: "the Windows that the snapshot names (default " + winver.Windows11_24H2.String() + ")", Kind: windowsKind},
			{Name: "time", Value: "TIME", Help: "the time of the snapshot, such as 2024-01-02T03:04:05Z (default: the latest that a job tells, or 2024-01-02T03:04:05Z)", Kind: cli.Checked(parseTime, "2024-01-02T03:04:05Z")},
		}, sourceFlags...),
		About: `
Writes a snapshot as bitsemu.Snapshot has it, which Emulator.Restore, bitsemu import and other commands
read. A store does not know what the machine around it is like, so the snapshot says what a store that
has just been opened gets: the service is running, the network is there, and the owners of the jobs are
logged on. The same jobs give the same snapshot, byte for byte.

Passwords, user names and custom headers are not in it, nor what is in files.`,
		Examples: []cli.Example{
			{Help: "Keep a store as text, to compare it later", Line: "bitsemu export -o before.json jobs.db"},
			{Help: "Save what is whole of a damaged store", Line: "bitsemu export --salvage damaged.db | bitsemu import saved.db -"},
		},
		SeeAlso: []string{"bitsemu import", "bitsemu check", "bitsemu dump"},
		Run:     export,
	}
}

func export(ctx context.Context, c *cli.Call) (err error) {
	read := open
	if c.Bool("salvage") {
		read = salvage
	}
	s, err := read(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	snap, err := s.snapshot(c)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(snap, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if path := c.Text("output"); path != "" && path != "-" {
		return writeWhole(path, c.Bool("force"), func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	}
	_, err = c.Stdout.Write(text)
	return err
}

// salvage is open for a store that may be damaged.
func salvage(ctx context.Context, c *cli.Call) (*source, error) {
	name := c.Arg("STORE")
	if name == "" || name == "-" || looksLikeSnapshot(name) {
		return nil, c.Wrong("--salvage is for a store file")
	}
	s := &source{name: name}
	var r jobstore.Report
	err := patiently(ctx, c.Duration("wait"), func(d time.Duration) (err error) {
		s.whole = nil
		r, err = jobstore.Examine(name, func(j jobstore.Job) error {
			s.whole = append(s.whole, j)
			return nil
		}, jobstore.LockTimeout(d))
		return err
	})
	for _, d := range newDamage(r) {
		fmt.Fprintf(c.Stderr, "%s: left out: %s\n", c.Path, d)
	}
	return s, unreadable(name, err)
}

func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("%q is no time such as 2024-01-02T03:04:05Z", s)
	}
	return t.UTC(), nil
}

// snapshot is what the source holds, as a snapshot.
func (s *source) snapshot(c *cli.Call) (bitsemu.Snapshot, error) {
	snap := bitsemu.Snapshot{
		Version: bitsemu.SnapshotVersion, Build: winver.Windows11_24H2, Service: "running", Cost: bits.BITS_COST_STATE_UNRESTRICTED,
	}
	if s.snap != nil {
		snap = *s.snap
	} else if err := s.fill(&snap); err != nil {
		return snap, err
	}
	if c.Has("windows") {
		snap.Build, _ = winver.Parse(c.Text("windows"))
	}
	if c.Has("time") {
		snap.Time, _ = parseTime(c.Text("time"))
	}
	return snap, nil
}

// fill puts the jobs of a store into a snapshot, and what they tell of the machine.
func (s *source) fill(snap *bitsemu.Snapshot) error {
	sessions := map[bitsemu.SnapshotSession]bool{}
	for j, err := range s.jobs() {
		if err != nil {
			return unreadable(s.name, err)
		}
		snap.Jobs = append(snap.Jobs, j)
		for _, t := range []time.Time{j.CreationTime, j.ModificationTime, j.TransferCompletionTime, j.LastActivity} {
			if t.After(snap.Time) {
				snap.Time = t
			}
		}
		if l := (bitsemu.SnapshotSession{User: j.Owner.User(), Session: j.Owner.Session()}); j.Owner.Logon() == token.LogonInteractive && !sessions[l] {
			sessions[l] = true
			snap.LoggedOn = append(snap.LoggedOn, l)
		}
	}
	if snap.Time.IsZero() {
		snap.Time = time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC) // when machines of tests begin
	}
	slices.SortFunc(snap.LoggedOn, func(a, b bitsemu.SnapshotSession) int {
		return cmp.Or(a.User.Compare(b.User), cmp.Compare(a.Session, b.Session))
	})
	return nil
}

// writeWhole writes a file, all of it or nothing. It replaces another only when it may.
func writeWhole(path string, replace bool, write func(io.Writer) error) (err error) {
	if err := vacant(path, replace); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return cli.WithStatus(cli.Usage, err)
	}
	defer func() { err = errors.Join(err, ignoreMissing(os.Remove(f.Name()))) }()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return putInPlace(f.Name(), path, replace)
}

// vacant sees that there is nothing at a path that must not be replaced.
func vacant(path string, replace bool) error {
	fi, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil // it will be seen when it is written
	case fi.IsDir():
		return cli.WithStatus(cli.Usage, fmt.Errorf("%s is a directory", path))
	case !replace:
		return cli.WithStatus(cli.Usage, fmt.Errorf("%s exists already; --force replaces it", path))
	}
	return nil
}

// putInPlace gives a file that is complete its name.
func putInPlace(from, to string, replace bool) error {
	if !replace {
		// Whoever has come meanwhile is not overwritten, where there are links.
		err := os.Link(from, to)
		if err == nil {
			return nil
		}
		if errors.Is(err, os.ErrExist) {
			return vacant(to, false)
		}
	}
	return os.Rename(from, to)
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
