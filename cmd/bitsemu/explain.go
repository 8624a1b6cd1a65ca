package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

func explainCommand() cli.Command {
	return cli.Command{
		Name: "explain", Summary: "tell whether a call is allowed, and by which rule",
		Args: []cli.Arg{storeArg},
		Env:  []cli.Item{tokenVariable},
		Flags: append([]cli.Flag{
			{Name: "caller", Value: "WHO", Many: true, Help: "who calls", Kind: whoKind},
			{Name: "method", Value: "METHOD", Many: true, Help: "what is called", Kind: methodKind},
			{Name: "all", Help: "explain all methods for all callers, where none are named"},
			{Name: "job", Value: "JOB", Help: "the job of STORE, or of the service: its id, or its name when no other has it", Kind: cli.Kind{Words: jobWords}},
			{Name: "owner", Value: "WHO", Help: "whose job it is, without a STORE: the first caller if not said", Kind: whoKind},
			{Name: "helper", Value: "WHO", Help: "the helper token that is set now, without a STORE", Kind: whoKind},
			{Name: "state", Value: "STATE", Help: "the state of the job, without a STORE (default SUSPENDED)", Kind: stateKind},
			{Name: "thread", Value: "WHO", Help: "who calls SetHelperToken, and so lends his token, when that is not the caller of QueryInterface", Kind: whoKind},
			{Name: "flags", Value: "FLAGS", Help: "the argument of SetHelperTokenFlags", Kind: flagsKind},
			{Name: "windows", Value: "BUILD", Help: "the Windows that judges (default: that of the snapshot or the service, else " + winver.Windows11_24H2.String() + ")", Kind: windowsKind},
			jsonFlag,
		}, sourceFlags...),
		Synopsis: []string{
			"--caller WHO --method METHOD [--job JOB] [OPTION...] STORE",
			"--caller WHO --method METHOD [--owner WHO] [--helper WHO] [--state STATE] [OPTION...]",
			"--all [--caller WHO]... [--method METHOD]... [OPTION...] [STORE]",
		},
		About: `
Tells what would become of a call: whether it is allowed, with which HRESULT it would be refused, the
rule that decides, what that rests on, and the facts that it compared. Nothing is called. The job is
one of a store, a snapshot or a service, or is made up of the options.

WHO is alice, bob, carol or dave, or the SID of a user, alone or followed by elevated or filtered; or
administrator, system, localservice or networkservice; or a token as JSON.

METHOD is a method of IBitsTokenOptions, its QueryInterface, TakeOwnership, or stands for many:

` + methodList() + `
More than one caller or method, or --all, make a table: a dot for what is allowed, else a letter for
the rule, and the rules below.

What a rule rests on begins with a letter: D documented by Microsoft (page), W asserted by Wine's
tests, O observed in the wild, I inferred, C chosen by this project.`,
		Exit: []cli.Item{
			{Name: "0", Help: "the call is allowed, or a table was printed"},
			{Name: "1", Help: "the call is refused"},
			{Name: "2", Help: "that could not be told: the command line is wrong, or the store cannot be read, is in use or damaged"},
		},
		Examples: []cli.Example{
			{Help: "May NETWORK SERVICE read the flags of its own job on Windows 8.1", Line: "bitsemu explain --caller networkservice --method GetHelperTokenFlags --windows 8.1"},
			{Help: "Who may do what with a job of a store", Line: "bitsemu explain --all --job update jobs.db"},
			{Help: "May alice lend her token to a job of SYSTEM that SYSTEM has queried", Line: "bitsemu explain --caller system --thread alice --method SetHelperToken"},
		},
		SeeAlso: []string{"docs/rules.md"},
		Run: func(ctx context.Context, c *cli.Call) error {
			err := explain(ctx, c)
			if err != nil && cli.Status(err) == cli.Failed && !errors.Is(err, errRefused) {
				return cli.WithStatus(cli.Usage, err)
			}
			return err
		},
	}
}

// errRefused is what comes of a call that is refused: an exit status, and nothing to
// say besides.
var errRefused = cli.WithStatus(cli.Failed, nil)

func explain(ctx context.Context, c *cli.Call) error {
	callers, methods := c.List("caller"), c.List("method")
	if !c.Bool("all") {
		if len(callers) == 0 {
			return c.Wrong("it wants --caller WHO, or --all")
		}
		if len(methods) == 0 {
			return c.Wrong("it wants --method METHOD, or --all")
		}
	}
	var job tokenopts.Call
	err := given(ctx, c, &job)
	if err != nil {
		return err
	}
	table := c.Bool("all") || len(callers)*len(methods) > 1
	if len(callers) == 0 {
		callers = allCallers
	}
	if len(methods) == 0 {
		for _, m := range methodNames {
			methods = append(methods, m.Name)
		}
	}
	var rows [][]tokenopts.Decision
	for _, caller := range callers {
		call := job
		call.Query, _ = who.Parse(caller) // it has been checked
		if call.Thread.IsZero() {
			call.Thread = call.Query
		}
		if call.Owner.IsZero() {
			call.Owner = call.Query
		}
		var row []tokenopts.Decision
		for _, m := range methods {
			call.Method, _ = parseMethod(m)
			row = append(row, tokenopts.Judge(call))
		}
		rows = append(rows, row)
	}
	switch {
	case c.Bool("json"):
		err = explainJSON(c, callers, rows, table)
	case table:
		err = (&matrix{call: c, job: job, callers: callers, methods: methods, rows: rows}).print()
	default:
		owner := job.Owner
		if owner.IsZero() {
			owner, _ = who.Parse(callers[0])
		}
		err = printDecision(c, owner, rows[0][0])
	}
	if err == nil && !table && !rows[0][0].Allowed {
		return errRefused
	}
	return err
}

// given reads from the command line, and from the store, what does not depend on
// caller and method.
func given(ctx context.Context, c *cli.Call, job *tokenopts.Call) (err error) {
	job.Build = winver.Windows11_24H2
	if c.Has("windows") {
		job.Build, _ = winver.Parse(c.Text("windows"))
	}
	if c.Has("thread") {
		job.Thread, _ = who.Parse(c.Text("thread"))
	}
	if c.Has("flags") {
		job.Flags, _ = parseFlags(c.Text("flags"))
	}
	job.State = bits.BG_JOB_STATE_SUSPENDED
	if c.Arg("STORE") == "" && !c.Has("job") {
		if c.Has("owner") {
			job.Owner, _ = who.Parse(c.Text("owner"))
		} else if c.Bool("all") {
			job.Owner, _ = who.Parse(who.Default)
		}
		if c.Has("helper") {
			job.Helper, _ = who.Parse(c.Text("helper"))
		}
		if c.Has("state") {
			job.State, _ = parseState(c.Text("state"))
		}
		return nil
	}
	for _, f := range []string{"owner", "helper", "state"} {
		if c.Has(f) {
			return c.Wrong("--%s is for a job that is not in a STORE", f)
		}
	}
	s, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.snap != nil && !c.Has("windows") {
		job.Build = s.snap.Build
	}
	j, err := s.one(c.Text("job"))
	if err != nil {
		return err
	}
	job.Job, job.Owner, job.Helper, job.State = j.ID, j.Owner, j.HelperToken, j.State
	return nil
}

func explainJSON(c *cli.Call, callers []string, rows [][]tokenopts.Decision, table bool) error {
	var all []decision
	for i, row := range rows {
		for _, d := range row {
			all = append(all, newDecision(callers[i], d))
		}
	}
	if !table {
		return printJSON(c, all[0])
	}
	return printJSON(c, all)
}

// decision is a tokenopts.Decision for a machine to read.
type decision struct {
	Caller  string       `json:"caller"`
	Method  string       `json:"method"`
	Allowed bool         `json:"allowed"`
	HRESULT string       `json:"hresult"`
	Name    string       `json:"name"`
	Rule    decisionRule `json:"rule"`
	Facts   []fact       `json:"facts"`
	Windows string       `json:"windows"`
	Job     string       `json:"job,omitempty"`
}

type decisionRule struct {
	ID       string `json:"id"`
	Says     string `json:"says"`
	Builds   string `json:"builds"`
	Evidence string `json:"evidence"` // a letter
	Source   string `json:"source"`
}

type fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func newDecision(caller string, d tokenopts.Decision) decision {
	j := decision{
		Caller: caller, Method: methodName(d.Method), Allowed: d.Allowed, HRESULT: d.HRESULT.Hex(), Name: d.HRESULT.String(),
		Rule:    decisionRule{d.Rule.ID, d.Rule.Says, d.Rule.Builds.String(), d.Rule.Evidence.Letter.String(), d.Rule.Evidence.Source},
		Windows: d.Build.String(), Facts: []fact{},
	}
	for _, f := range d.Facts {
		j.Facts = append(j.Facts, fact{f.Name, f.Value})
	}
	if d.Job != [16]byte{} {
		j.Job = bits.GUIDString(d.Job)
	}
	return j
}

// printDecision prints one decision with all that it rests on.
func printDecision(c *cli.Call, owner token.Token, d tokenopts.Decision) error {
	verdict := c.Green("allowed")
	if !d.Allowed {
		verdict = c.Red("refused: " + d.HRESULT.String() + " (" + d.HRESULT.Hex() + ")")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", methodName(d.Method), verdict)
	_, rest, _ := strings.Cut(d.Detail(), "\n")
	for line := range strings.Lines(who.Named(rest) + "\n") {
		b.WriteString(cli.Hang(line, 17))
	}
	if known := func(f tokenopts.Fact) bool { return f.Name == "owner" }; !slices.ContainsFunc(d.Facts, known) && !owner.IsZero() {
		b.WriteString(cli.Hang(fmt.Sprintf("  %-14s %s", "job's owner", who.Named(owner.String())), 17))
	}
	return c.Printf("%s", b.String())
}
