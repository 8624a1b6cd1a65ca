package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/internal/eventlog"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/remote"
)

// look is a command that shows what the service has: as JSON, or as print does.
func look(name, summary string, flags []cli.Flag, get func(context.Context, *cli.Call, *remote.Client) (json.RawMessage, error), print func(*cli.Call, json.RawMessage) error) cli.Command {
	return cli.Command{
		Name: name, Summary: summary, Flags: flags,
		Run: func(ctx context.Context, c *cli.Call) error {
			return withService(ctx, c, func(s *remote.Client) error {
				text, err := get(ctx, c, s)
				if err != nil {
					return err
				}
				if c.Bool("json") {
					return printJSON(c, text)
				}
				return print(c, text)
			})
		},
	}
}

var jobFlag = cli.Flag{Name: "job", Value: "ID", Help: "of this job alone", Kind: serviceJobKind}

// serviceJobKind is the id of a job of the service.
var serviceJobKind = cli.Kind{Check: cli.Checked(uuid.Parse).Check, Words: serviceJobWords}

func lookCommands() []cli.Command {
	type client = *remote.Client
	path := look("path", "tell where the file of a Windows path lies", nil, func(ctx context.Context, c *cli.Call, s client) (json.RawMessage, error) {
		where, err := s.Path(ctx, c.Arg("PATH"))
		if err != nil {
			return nil, err
		}
		return json.Marshal(where)
	}, func(c *cli.Call, text json.RawMessage) error {
		var where string
		if err := json.Unmarshal(text, &where); err != nil {
			return err
		}
		return c.Printf("%s\n", where)
	})
	path.Args = []cli.Arg{{Name: "PATH", Help: `such as C:\Downloads\a.txt`}}
	return []cli.Command{
		look("info", "tell what the service is", nil, info, printInfo),
		look("jobs", "list the jobs in the queue", nil, func(ctx context.Context, _ *cli.Call, s client) (json.RawMessage, error) { return s.Jobs(ctx) }, printJobs),
		look("events", "print the event log", nil, func(ctx context.Context, _ *cli.Call, s client) (json.RawMessage, error) { return s.Events(ctx) }, printEvents),
		look("audit", "print what was opened and requested for jobs, and as whom", []cli.Flag{jobFlag}, func(ctx context.Context, c *cli.Call, s client) (json.RawMessage, error) {
			id, _ := uuid.Parse(c.Text("job")) // it has been checked
			return s.Audit(ctx, id)
		}, printTexts),
		look("history", "print which states jobs have come through", []cli.Flag{jobFlag}, func(ctx context.Context, c *cli.Call, s client) (json.RawMessage, error) {
			if !c.Has("job") {
				return s.History(ctx)
			}
			id, _ := uuid.Parse(c.Text("job")) // it has been checked
			return s.HistoryOf(ctx, id)
		}, printTexts),
		path,
		look("check", "tell whether the store of the service holds together", nil, func(ctx context.Context, _ *cli.Call, s client) (json.RawMessage, error) {
			return json.RawMessage(`{"status": "whole"}`), s.Check(ctx)
		}, func(c *cli.Call, _ json.RawMessage) error { return c.Printf("%s\n", c.Green("whole")) }),
	}
}

func info(ctx context.Context, _ *cli.Call, s *remote.Client) (json.RawMessage, error) {
	return s.Look(ctx, "")
}

func printInfo(c *cli.Call, text json.RawMessage) error {
	var v struct {
		Name, Version, Title, BITS, Clock string
		Time                              time.Time
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return c.Printf("%s %s\n%s, BITS %s\ntime %s, clock %s\n", v.Name, v.Version, v.Title, v.BITS, v.Time.UTC().Format(time.RFC3339Nano), v.Clock)
}

func printJobs(c *cli.Call, text json.RawMessage) error {
	var jobs []jobstore.Job
	if err := json.Unmarshal(text, &jobs); err != nil {
		return err
	}
	out := bufio.NewWriter(c.Stdout)
	p := printer{Writer: out, call: c}
	for i := range jobs {
		if err := printLine(&p, &jobs[i]); err != nil {
			return err
		}
		p.n++
	}
	return out.Flush()
}

func printEvents(c *cli.Call, text json.RawMessage) error {
	var events []eventlog.Entry
	if err := json.Unmarshal(text, &events); err != nil {
		return err
	}
	for _, e := range events {
		if err := c.Printf("%s", cli.Hang(e.String(), 4)); err != nil {
			return err
		}
	}
	return nil
}

// printTexts prints entries that have a text.
func printTexts(c *cli.Call, text json.RawMessage) error {
	var entries []struct {
		Time time.Time
		Job  string
		Text string
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		return err
	}
	for _, e := range entries {
		line := fmt.Sprintf("%s %s %s", e.Time.UTC().Format(time.RFC3339Nano), e.Job, who.Named(e.Text))
		if err := c.Printf("%s", cli.Hang(line, 4)); err != nil {
			return err
		}
	}
	return nil
}
