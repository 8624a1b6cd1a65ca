package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/jobstore"
)

// source is what a command reads jobs from: a store file, or a snapshot.
type source struct {
	name  string
	store *jobstore.Store   // nil for a snapshot
	snap  *bitsemu.Snapshot // nil for a store
	whole []jobstore.Job    // of a store that is damaged
}

// storeArg is the argument that names a source.
var storeArg = cli.Arg{
	Name: "STORE", Kind: cli.File, Optional: true,
	Help: "a store file, or a snapshot; - is a snapshot from standard input. Without it the jobs are those of the service that is running",
}

// waitFlag is how long a store that is in use is waited for.
var waitFlag = cli.Flag{
	Name: "wait", Value: "DURATION", Default: "1s", Kind: cli.Duration,
	Help: "how long to wait for a program that has the store open",
}

// sourceFlags are the options of commands that read a source.
var sourceFlags = append([]cli.Flag{waitFlag}, serviceFlags...)

// open opens the source that the argument STORE names, or without it the service.
// Nothing is ever written to it.
func open(ctx context.Context, c *cli.Call) (*source, error) {
	name := c.Arg("STORE")
	if name == "" {
		if c.Text("service") == "" {
			return nil, c.Wrong("it wants STORE, a store file or a snapshot, or --service ADDRESS")
		}
		return ofService(ctx, c)
	}
	if name == "-" {
		s, err := bitsemu.ReadSnapshot(c.Stdin)
		return &source{name: "standard input", snap: &s}, unreadable("standard input", err)
	}
	if looksLikeSnapshot(name) {
		s, err := readSnapshot(name)
		return &source{name: name, snap: &s}, unreadable(name, err)
	}
	s := &source{name: name}
	err := patiently(ctx, c.Duration("wait"), func(d time.Duration) (err error) {
		s.store, err = jobstore.OpenReadOnly(name, jobstore.LockTimeout(d))
		return err
	})
	return s, unreadable(name, err)
}

// readSnapshot reads the snapshot in a file.
func readSnapshot(name string) (bitsemu.Snapshot, error) {
	f, err := os.Open(name)
	if err != nil {
		return bitsemu.Snapshot{}, err
	}
	s, err := bitsemu.ReadSnapshot(f)
	return s, errors.Join(err, f.Close())
}

func (s *source) Close() error {
	if s.store == nil {
		return nil
	}
	return s.store.Close()
}

// jobs are all jobs in the order in which they were created.
func (s *source) jobs() iter.Seq2[jobstore.Job, error] {
	if s.store != nil {
		return s.store.Jobs()
	}
	jobs := s.whole
	if s.snap != nil {
		jobs = s.snap.Jobs
	}
	return func(yield func(jobstore.Job, error) bool) {
		for _, j := range jobs {
			if !yield(j, nil) {
				return
			}
		}
	}
}

// job finds a job by its id or by its name, if that is the name of one alone.
func (s *source) job(name string) (found jobstore.Job, err error) {
	id, idErr := uuid.Parse(name)
	n := 0
	for j, err := range s.jobs() {
		switch {
		case err != nil:
			return found, err
		case idErr == nil && j.ID == id:
			return j, nil
		case j.DisplayName == name:
			found = j
			n++
		}
	}
	switch {
	case n == 1:
		return found, nil
	case n > 1:
		return found, fmt.Errorf("%s: %d jobs have the name %q: give the id of one", s.name, n, name)
	case idErr == nil:
		return found, fmt.Errorf("%s has no job %s: %w", s.name, bits.GUIDString(id), hresult.BG_E_NOT_FOUND)
	}
	return found, fmt.Errorf("%s has no such job: %q is neither an id nor the name of one: %w", s.name, name, hresult.BG_E_NOT_FOUND)
}

// one is the job of a name, or the only one that there is when there is no name.
func (s *source) one(name string) (only jobstore.Job, err error) {
	if name != "" {
		return s.job(name)
	}
	n := 0
	for j, err := range s.jobs() {
		if err != nil {
			return only, err
		}
		only = j
		n++
	}
	if n != 1 {
		return only, fmt.Errorf("%s has %s: say which by --job", s.name, count(n, "job"))
	}
	return only, nil
}

// looksLikeSnapshot tells a file of JSON from a store.
func looksLikeSnapshot(name string) bool {
	if fi, err := os.Stat(name); err != nil || !fi.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	for r := bufio.NewReader(io.LimitReader(f, 4096)); ; {
		switch b, err := r.ReadByte(); {
		case err != nil:
			return false
		case !strings.ContainsRune(" \t\r\n", rune(b)):
			return b == '{' || b == '['
		}
	}
}

// patiently tries until it gets in, the time is over, or somebody interrupts.
func patiently(ctx context.Context, wait time.Duration, try func(time.Duration) error) error {
	const slice = 100 * time.Millisecond
	for end := time.Now().Add(wait); ; {
		left := time.Until(end)
		err := try(min(max(left, time.Millisecond), slice))
		if !errors.Is(err, jobstore.ErrLocked) || left <= slice {
			return err
		}
		if ctx.Err() != nil {
			return errors.Join(err, context.Cause(ctx))
		}
	}
}

// unreadable gives an error of a file its exit status: a damaged one has failed, while
// one that is missing, in use or something else should not have been named. It says
// what can be done.
func unreadable(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("there is no file %s: %w", name, fileNotFound)
	case errors.Is(err, jobstore.ErrCorrupt):
		return fmt.Errorf("%w\nbitsemu check %s tells what is whole", err, name)
	case errors.Is(err, jobstore.ErrLocked):
		err = fmt.Errorf("%w\n--wait DURATION waits for it", err)
	case !errors.Is(err, jobstore.ErrNotStore) && !errors.Is(err, jobstore.ErrSchema) && !errors.Is(err, fs.ErrPermission):
		var e *jobstore.Error
		if !errors.As(err, &e) {
			err = fmt.Errorf("%s: %w", name, err)
		}
		return err
	}
	return cli.WithStatus(cli.Usage, err)
}

const fileNotFound hresult.HRESULT = 0x80070002

// jobWords are the jobs of the store that a command line names, or of the service.
func jobWords(c *cli.Call) (words []cli.Item) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s, err := openNow(ctx, c)
	if err != nil {
		return nil // without words there is no harm done
	}
	defer func() { _ = s.Close() }() // it was only read
	for j, err := range s.jobs() {
		if err != nil || len(words) == 1000 {
			break
		}
		words = append(words, cli.Item{Name: j.ID.String(), Help: j.DisplayName})
	}
	return words
}

// openNow is open for a command line that is being written: it waits for nobody.
func openNow(ctx context.Context, c *cli.Call) (*source, error) {
	switch name := c.Arg("STORE"); {
	case name == "":
		return ofService(ctx, c)
	case looksLikeSnapshot(name):
		s, err := readSnapshot(name)
		return &source{name: name, snap: &s}, err
	default:
		s, err := jobstore.OpenReadOnly(name, jobstore.LockTimeout(time.Millisecond))
		return &source{name: name, store: s}, err
	}
}

// serviceJobWords are the jobs of the service.
func serviceJobWords(c *cli.Call) (words []cli.Item) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	s, err := ofService(ctx, c)
	if err != nil {
		return nil // without words there is no harm done
	}
	for _, j := range s.snap.Jobs {
		words = append(words, cli.Item{Name: j.ID.String(), Help: j.DisplayName})
	}
	return words
}
