package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/jobstore"
)

func checkCommand() cli.Command {
	return cli.Command{
		Name: "check", Summary: "tell what of a store is whole, and what is damaged",
		Args: []cli.Arg{{Name: "STORE", Help: "a store file, or a snapshot", Many: true, Kind: cli.File}},
		Flags: []cli.Flag{
			{Name: "jobs", Help: "name the jobs that are whole too"},
			jsonFlag, waitFlag,
		},
		About: `
Reads each file to its end, whatever is wrong with it, and writes nothing: the tree of pages, the list of
free pages, each job's record with its checksum, the tokens that they name, and that all of it is of the
last commit. A job that is damaged is named, as far as its record still tells which one it is.

A store of which nothing is damaged can be opened. One that is damaged cannot; bitsemu never opens a store
with jobs missing. Export has an option by which the jobs that are whole can be saved.`,
		Exit: []cli.Item{
			{Name: "0", Help: "all of it is whole"},
			{Name: "1", Help: "something is damaged"},
			{Name: "2", Help: "a file cannot be read, is in use, or is no store; or the command line is wrong"},
		},
		Examples: []cli.Example{
			{Help: "Is the store whole, and which jobs does it have", Line: "bitsemu check --jobs jobs.db"},
			{Help: "The ids of damaged jobs", Line: "bitsemu check --json jobs.db | jq -r '.[].damage[].job'"},
		},
		SeeAlso: []string{"bitsemu dump", "bitsemu export"},
		Run:     check,
	}
}

// checked is what there is to say about a file.
type checked struct {
	Path   string       `json:"path"`
	Status string       `json:"status"` // whole, damaged, locked, missing, not-a-store, other-schema, unreadable
	Bytes  int64        `json:"bytes,omitempty"`
	Schema int          `json:"schema,omitempty"`
	Jobs   int          `json:"jobs"` // those that are whole
	Whole  []checkedJob `json:"whole,omitempty"`
	Damage []damage     `json:"damage,omitempty"`
	Error  *jsonError   `json:"error,omitempty"`

	err error
}

type checkedJob struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type damage struct {
	Job    string `json:"job,omitempty"` // the job's id, where that can be told
	Detail string `json:"detail"`
}

func newDamage(r jobstore.Report) (all []damage) {
	for _, d := range r.Damage {
		one := damage{Detail: d.Detail}
		if d.ID != uuid.Nil {
			one.Job = bits.GUIDString(d.ID)
		}
		if d.Err != nil {
			one.Detail = strings.TrimPrefix(one.Detail+": "+d.Err.Error(), ": ")
		}
		all = append(all, one)
	}
	return all
}

func (d damage) String() string {
	if d.Job == "" {
		return d.Detail
	}
	return "job " + d.Job + ": " + d.Detail
}

// jsonError is an error for a machine to read.
type jsonError struct {
	Message string `json:"message"`
	HRESULT string `json:"hresult,omitempty"`
	Name    string `json:"name,omitempty"`
}

func newJSONError(err error) *jsonError {
	e := &jsonError{Message: err.Error()}
	if h, ok := hresult.Of(err); ok {
		e.HRESULT, e.Name = h.Hex(), h.String()
	}
	return e
}

func check(ctx context.Context, c *cli.Call) error {
	var all []checked
	for _, path := range c.Args("STORE") {
		k := checkFile(ctx, c, path)
		all = append(all, k)
		if !c.Bool("json") {
			if err := k.print(c); err != nil {
				return err
			}
		}
	}
	if c.Bool("json") {
		if err := printJSON(c, all); err != nil {
			return err
		}
	}
	status, errs := cli.OK, []error(nil)
	for _, k := range all {
		status = max(status, cli.Status(k.err))
		if k.err != nil {
			errs = append(errs, k.err)
		}
	}
	if status == cli.OK {
		return nil
	}
	return cli.WithStatus(status, errors.Join(errs...))
}

func checkFile(ctx context.Context, c *cli.Call, path string) checked {
	k := checked{Path: path, Status: "whole"}
	whole := func(j jobstore.Job) error {
		if c.Bool("jobs") {
			k.Whole = append(k.Whole, checkedJob{bits.GUIDString(j.ID), j.DisplayName})
		}
		return nil
	}
	var err error
	if looksLikeSnapshot(path) {
		err = k.snapshot(path, whole)
	} else {
		var r jobstore.Report
		err = patiently(ctx, c.Duration("wait"), func(d time.Duration) error {
			k.Whole = nil
			r, err = jobstore.Examine(path, whole, jobstore.LockTimeout(d))
			return err
		})
		k.Bytes, k.Schema, k.Jobs = r.Bytes, r.Schema, r.Jobs
		k.Damage = newDamage(r)
		if err != nil {
			k.err = unreadable(path, err)
		}
	}
	switch {
	case err == nil && len(k.Damage) == 0:
		return k
	case err == nil:
		k.Status = "damaged"
		k.err = fmt.Errorf("%s is damaged: %s: %w", path, count(len(k.Damage), "fault"), hresult.BG_E_DATABASE_CORRUPT)
		return k
	case errors.Is(err, jobstore.ErrLocked):
		k.Status = "locked"
	case errors.Is(err, jobstore.ErrNotStore):
		k.Status = "not-a-store"
	case errors.Is(err, jobstore.ErrSchema):
		k.Status = "other-schema"
	case errors.Is(err, fs.ErrNotExist):
		k.Status = "missing"
		err = k.err // says what is the matter in fewer words
	default:
		k.Status = "unreadable"
	}
	k.Error = newJSONError(err)
	k.err = cli.WithStatus(cli.Usage, k.err)
	return k
}

// snapshot checks a snapshot. What is wrong with one is told as far as the first fault.
func (k *checked) snapshot(path string, whole func(jobstore.Job) error) error {
	if fi, err := os.Stat(path); err == nil {
		k.Bytes = fi.Size()
	}
	s, err := readSnapshot(path)
	switch {
	case errors.Is(err, hresult.E_INVALIDARG):
		text := strings.TrimSuffix(err.Error(), ": "+hresult.E_INVALIDARG.Error())
		k.Damage = append(k.Damage, damage{Detail: strings.TrimPrefix(text, "bitsemu: it is no snapshot: ")})
		return nil
	case err != nil:
		k.err = unreadable(path, err)
		return err
	}
	k.Jobs = len(s.Jobs)
	for _, j := range s.Jobs {
		_ = whole(j) // it takes them all
	}
	return nil
}

func (k checked) print(c *cli.Call) error {
	verdict := c.Green(k.Status)
	if k.err != nil {
		verdict = c.Red(k.Status)
	}
	err := c.Printf("%s: %s\n", k.Path, verdict)
	line := func(format string, args ...any) {
		if err == nil {
			err = c.Printf("%s", cli.Fold("  "+fmt.Sprintf(format, args...)))
		}
	}
	if k.Error != nil {
		return err // standard error has it
	}
	what := "a snapshot"
	if k.Schema > 0 {
		what = fmt.Sprintf("a store of schema %d", k.Schema)
	} else if len(k.Damage) > 0 {
		what = "a file"
	}
	line("%s, %s, %s whole", what, count(int(k.Bytes), "byte"), count(k.Jobs, "job"))
	for _, j := range k.Whole {
		line("whole: %s %q", j.ID, j.Name)
	}
	for _, d := range k.Damage {
		line("damaged: %s", d)
	}
	return err
}

// count says how many there are of something.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
