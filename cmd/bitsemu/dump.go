package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/jobstore"
)

func dumpCommand() cli.Command {
	return cli.Command{
		Name: "dump", Summary: "print the jobs of a store, a snapshot or a service",
		Args: []cli.Arg{storeArg},
		Env:  []cli.Item{tokenVariable},
		Flags: append([]cli.Flag{
			{Name: "job", Value: "JOB", Many: true, Help: "print this job alone: its id, or its name when no other has it", Kind: cli.Kind{Words: jobWords}},
			{Name: "list", Help: "print a line for each job"},
			jsonFlag,
		}, sourceFlags...),
		About: `
Prints all jobs in the order in which they were created, with what is not zero of each, under the names
of the fields of package jobstore. The store is not changed, and may not be in use.

Passwords, user names and custom headers are not printed; the store has them encrypted, and only that
they are there is told. With --json the jobs are a list, as they are in a snapshot.`,
		Examples: []cli.Example{
			{Help: "What is in a store", Line: "bitsemu dump --list jobs.db"},
			{Help: "All about one job", Line: "bitsemu dump --job update jobs.db"},
			{Help: "The names of the local files", Line: `bitsemu dump --json jobs.db | jq -r '.[].Files[].LocalName'`},
		},
		SeeAlso: []string{"bitsemu check", "bitsemu export"},
		Run:     dump,
	}
}

func dump(ctx context.Context, c *cli.Call) (err error) {
	if c.Bool("list") && c.Bool("json") {
		return c.Wrong("--list and --json do not go together")
	}
	s, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	jobs := s.jobs()
	if names := c.List("job"); len(names) > 0 {
		var some []jobstore.Job
		for _, name := range names {
			j, err := s.job(name)
			if err != nil {
				return err
			}
			some = append(some, j)
		}
		jobs = func(yield func(jobstore.Job, error) bool) {
			for _, j := range some {
				if !yield(j, nil) {
					return
				}
			}
		}
	}
	print := printDetail
	switch {
	case c.Bool("json"):
		print = printList
	case c.Bool("list"):
		print = printLine
	}
	out := bufio.NewWriter(c.Stdout)
	p := printer{Writer: out, call: c}
	for j, err := range jobs {
		if err != nil {
			return errors.Join(out.Flush(), unreadable(s.name, err))
		}
		if err := print(&p, &j); err != nil {
			return err
		}
		p.n++
	}
	if err := print(&p, nil); err != nil {
		return err
	}
	return out.Flush()
}

// printer prints jobs, one after the other.
type printer struct {
	*bufio.Writer
	call *cli.Call
	n    int // how many have been printed
}

// printList prints a job as an element of a list in JSON; nil ends it.
func printList(p *printer, j *jobstore.Job) error {
	if j == nil {
		_, err := p.WriteString(map[bool]string{true: "[]\n", false: "\n]\n"}[p.n == 0])
		return err
	}
	text, err := json.MarshalIndent(j, "  ", "  ")
	if err != nil {
		return err
	}
	_, err = p.WriteString(map[bool]string{true: "[\n  ", false: ",\n  "}[p.n == 0] + string(text))
	return err
}

// printDetail prints all of a job.
func printDetail(p *printer, j *jobstore.Job) error {
	if j == nil {
		if p.n == 0 {
			_, err := io.WriteString(p, "no jobs\n")
			return err
		}
		return nil
	}
	if p.n > 0 {
		p.WriteByte('\n')
	}
	head, rest, _ := strings.Cut(j.String(), "\n")
	p.WriteString(p.call.Bold(head) + "\n")
	for line := range strings.Lines(rest) {
		p.WriteString(cli.Fold(line))
	}
	return nil
}

// printLine prints a job in a line of a table.
func printLine(p *printer, j *jobstore.Job) error {
	if j == nil {
		return nil
	}
	const columns = "%-36s %-15s %s\n"
	if p.n == 0 {
		p.WriteString(p.call.Bold(strings.TrimSpace(fmt.Sprintf(columns, "id", "state", "owner, name"))) + "\n")
	}
	owner := who.Name(j.Owner.User())
	about := fmt.Sprintf("%s, %q", owner[strings.LastIndexByte(owner, '\\')+1:], j.DisplayName)
	_, err := p.WriteString(cli.Hang(fmt.Sprintf(columns, j.ID, j.State.Short(), about), 53))
	return err
}
