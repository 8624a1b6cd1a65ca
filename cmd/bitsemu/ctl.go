package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/token"
)

func ctlCommand() cli.Command {
	return cli.Command{
		Name: "ctl", Summary: "control a service that is running, and the machine around it",
		Flags: append([]cli.Flag{jsonFlag}, serviceFlags...),
		Env:   []cli.Item{tokenVariable},
		About: `
Does to a service that bitsemu serve runs what nobody can do by calling BITS: it moves the time, takes the
network away, logs users on and off, restarts the service, makes calls fail; and looks at what the
service has. With --json it prints what it did, or what it found, as JSON.`,
		Exit: []cli.Item{
			{Name: "0", Help: "done"},
			{Name: "1", Help: "the service has refused it, or was lost"},
			{Name: "2", Help: "the command line is wrong, or there is no service at the address"},
		},
		Examples: []cli.Example{
			{Help: "Ten minutes later", Line: "bitsemu ctl advance 10m"},
			{Help: "The third attempt to write a temporary file fails", Line: "bitsemu ctl fault create --code E_ACCESSDENIED --after 2"},
		},
		SeeAlso:  []string{"bitsemu serve", "docs/service.md"},
		Commands: append(machineCommands(), lookCommands()...),
	}
}

// action is a command that does something to the machine.
func action(name, summary string, args []cli.Arg, do func(context.Context, *cli.Call, *remote.Client) error) cli.Command {
	return cli.Command{
		Name: name, Summary: summary, Args: args,
		Run: func(ctx context.Context, c *cli.Call) error {
			return withService(ctx, c, func(s *remote.Client) error {
				if err := do(ctx, c, s); err != nil {
					return err
				}
				if c.Bool("json") {
					now, err := s.Now(ctx)
					if err != nil {
						return err
					}
					return printJSON(c, map[string]any{"done": name, "time": now})
				}
				return nil
			})
		},
	}
}

func withService(ctx context.Context, c *cli.Call, do func(*remote.Client) error) error {
	s, err := dial(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.Close())
}

// later is an action after which the time is of interest.
func later(do func(context.Context, *cli.Call, *remote.Client) error) func(context.Context, *cli.Call, *remote.Client) error {
	return func(ctx context.Context, c *cli.Call, s *remote.Client) error {
		if err := do(ctx, c, s); err != nil || c.Bool("json") {
			return err
		}
		now, err := s.Now(ctx)
		if err != nil {
			return err
		}
		return c.Printf("%s\n", now.UTC().Format(time.RFC3339Nano))
	}
}

var (
	onOff = []cli.Arg{{Name: "STATE", Help: "on or off", Kind: cli.OneOf("on", "off")}}
	whom  = []cli.Arg{{Name: "WHO", Help: "the user: alice, bob, carol, dave, administrator, or a SID", Kind: whoKind}}
)

func machineCommands() []cli.Command {
	type client = *remote.Client
	logon := action("logon", "log a user on", whom, logOn)
	logon.Flags = []cli.Flag{{Name: "session", Value: "ID", Help: "the id of the session, such as 0x1a11ce (default: a new one)", Kind: cli.Checked(parseSession)}}
	fault := action("fault", "make a call, or a step of a transfer, fail", []cli.Arg{{Name: "OPERATION", Help: "a method, such as AddFile; or Activate, connect, data, create, rename, delete", Kind: cli.Kind{Words: faultWords}}}, fail)
	fault.Flags = faultFlags
	fault.About = "The operation fails the next time that it would have succeeded, or later and more often when that is said. " +
		"With --delay instead of --code, connect and data come late. Fault of package bitsemu says what each option means."
	fault.Examples = []cli.Example{{Help: "The server cannot be reached twice", Line: "bitsemu ctl fault connect --code BG_E_HTTP_ERROR_503 --transient --times 2"}}
	return []cli.Command{
		action("settle", "do all that is due now", nil, later(func(ctx context.Context, _ *cli.Call, s client) error { return s.Settle(ctx) })),
		action("advance", "move the time, and do all that falls due meanwhile", []cli.Arg{{Name: "DURATION", Help: "by how much, such as 10m", Kind: cli.Duration}},
			later(func(ctx context.Context, c *cli.Call, s client) error {
				d, _ := time.ParseDuration(c.Arg("DURATION")) // it has been checked
				return s.Advance(ctx, d)
			})),
		action("clock", "tell the time of the machine, or set its clock", []cli.Arg{{Name: "TIME", Help: "such as 2024-01-02T03:04:05Z", Optional: true, Kind: cli.Checked(parseTime)}},
			later(func(ctx context.Context, c *cli.Call, s client) error {
				if c.Arg("TIME") == "" {
					return nil
				}
				t, _ := parseTime(c.Arg("TIME")) // it has been checked
				return s.SetClock(ctx, t)
			})),
		action("network", "take the network away, or bring it back", []cli.Arg{{Name: "STATE", Help: "up or down", Kind: cli.OneOf("up", "down")}},
			func(ctx context.Context, c *cli.Call, s client) error {
				if c.Arg("STATE") == "up" {
					return s.NetworkUp(ctx)
				}
				return s.NetworkDown(ctx)
			}),
		action("cost", "say what the network costs", []cli.Arg{{Name: "COST", Help: "such as unrestricted or roaming", Kind: costKind}},
			func(ctx context.Context, c *cli.Call, s client) error {
				cost, _ := parseCost(c.Arg("COST")) // it has been checked
				return s.SetCost(ctx, cost)
			}),
		action("bandwidth", "block the bandwidth by policy, or allow it again", []cli.Arg{{Name: "STATE", Help: "blocked or free", Kind: cli.OneOf("blocked", "free")}},
			func(ctx context.Context, c *cli.Call, s client) error {
				return s.BlockBandwidth(ctx, c.Arg("STATE") == "blocked")
			}),
		action("battery", "turn the battery saver on or off", onOff, func(ctx context.Context, c *cli.Call, s client) error {
			return s.SetBatterySaver(ctx, c.Arg("STATE") == "on")
		}),
		action("gamemode", "turn the game mode on or off", onOff, func(ctx context.Context, c *cli.Call, s client) error {
			return s.SetGameMode(ctx, c.Arg("STATE") == "on")
		}),
		logon,
		action("logoff", "end all sessions of a user", whom, func(ctx context.Context, c *cli.Call, s client) error {
			user, _ := who.Parse(c.Arg("WHO")) // it has been checked
			return s.LogOff(ctx, user.User())
		}),
		action("endsession", "end one session", []cli.Arg{{Name: "ID", Help: "the id of the session, such as 0x1a11ce", Kind: cli.Checked(parseSession)}},
			func(ctx context.Context, c *cli.Call, s client) error {
				id, _ := parseSession(c.Arg("ID")) // it has been checked
				return s.EndSession(ctx, id)
			}),
		action("service", "stop, start, restart, disable or enable the service",
			[]cli.Arg{{Name: "WHAT", Help: "stop, start, restart, disable or enable", Kind: cli.OneOf("stop", "start", "restart", "disable", "enable")}}, switchService),
		fault,
		action("restore", "make the machine be as a snapshot tells", []cli.Arg{{Name: "SNAPSHOT", Help: "the snapshot; - is standard input", Kind: cli.File}},
			func(ctx context.Context, c *cli.Call, s client) error {
				snap, err := readSnapshotFile(c)
				if err != nil {
					return err
				}
				text, err := json.Marshal(snap)
				if err != nil {
					return err
				}
				return s.Restore(ctx, text)
			}),
		doCommand(),
	}
}

// doCommand has the operations that have no command of their own.
func doCommand() cli.Command {
	return cli.Command{
		Name: "do", Summary: "do an operation of /v1/control by its name",
		Args: []cli.Arg{
			{Name: "OPERATION", Help: "such as script, protect or proxy", Kind: cli.Kind{Words: cli.OneOf("script", "protect", "proxyserver", "proxy", "serviceproxy", "autoproxy", "restrict", "mapdrive", "certificate", "lockvolume").Words}},
			{Name: "ARGUMENTS", Help: "its arguments, as a JSON object", Optional: true, Kind: cli.Checked(parseObject)},
		},
		About:    "Prints what the operation gives back, as JSON. docs/service.md tells which operations there are.",
		Examples: []cli.Example{{Help: "A file that is not on any server", Line: `bitsemu ctl do script '{"url":"http://files.test/a","size":1000000}'`}},
		Run: func(ctx context.Context, c *cli.Call) error {
			args, _ := parseObject(c.Arg("ARGUMENTS")) // it has been checked
			return withService(ctx, c, func(s *remote.Client) error {
				var results any
				if err := s.Control(ctx, c.Arg("OPERATION"), args, &results); err != nil {
					return err
				}
				return printJSON(c, results)
			})
		},
	}
}

func parseObject(s string) (map[string]any, error) {
	args := map[string]any{}
	if s == "" {
		return args, nil
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if err := d.Decode(&args); err != nil || d.More() || args == nil {
		return nil, fmt.Errorf("%.40q is no JSON object: %w", s, errors.Join(err, hresult.E_INVALIDARG))
	}
	return args, nil
}

func logOn(ctx context.Context, c *cli.Call, s *remote.Client) (err error) {
	user, _ := who.Parse(c.Arg("WHO")) // it has been checked
	var session token.Session
	if c.Has("session") {
		session, _ = parseSession(c.Text("session")) // it has been checked
		err = s.LogOnSession(ctx, user.User(), session)
	} else {
		session, err = s.LogOn(ctx, user.User())
	}
	if err != nil || c.Bool("json") {
		return err
	}
	return c.Printf("%#x\n", uint64(session))
}

func parseSession(s string) (token.Session, error) {
	n, err := strconv.ParseUint(s, 0, 64)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is no session such as 0x1a11ce", s)
	}
	return token.Session(n), nil
}

func switchService(ctx context.Context, c *cli.Call, s *remote.Client) error {
	return map[string]func(context.Context) error{
		"stop": s.Stop, "start": s.Start, "restart": s.Restart, "disable": s.Disable, "enable": s.Enable,
	}[c.Arg("WHAT")](ctx)
}

var faultFlags = []cli.Flag{
	{Name: "code", Value: "HRESULT", Help: "what it fails with, by name or number", Kind: cli.Checked(hresult.Parse, "E_ACCESSDENIED", "E_FAIL", "BG_E_HTTP_ERROR_404", "BG_E_HTTP_ERROR_503")},
	{Name: "delay", Value: "DURATION", Help: "how late it comes, instead of failing", Kind: cli.Duration},
	{Name: "context", Value: "CONTEXT", Help: "the error context of the job", Kind: cli.Checked(parseContext)},
	{Name: "transient", Help: "BITS tries it again"},
	{Name: "job", Value: "ID", Help: "only for this job", Kind: serviceJobKind},
	{Name: "name", Value: "NAME", Help: "only for jobs of this name"},
	{Name: "user", Value: "WHO", Help: "only for this user", Kind: whoKind},
	{Name: "after", Value: "N", Help: "how many times it goes well first", Kind: cli.Count},
	{Name: "times", Value: "N", Help: "how often it fails (default 1)", Kind: cli.Count},
	{Name: "always", Help: "it fails from then on"},
}

func faultWords(*cli.Call) []cli.Item {
	return []cli.Item{
		{Name: "connect", Help: "the server is asked for a file"}, {Name: "data", Help: "bytes of it are moved"},
		{Name: "create", Help: "a temporary file is made"}, {Name: "rename", Help: "Complete puts a file in its place"},
		{Name: "delete", Help: "a temporary file is removed"}, {Name: "Activate", Help: "a client asks for the manager"},
		{Name: "CreateJob"}, {Name: "AddFile"}, {Name: "Resume"}, {Name: "Complete"},
	}
}

func fail(ctx context.Context, c *cli.Call, s *remote.Client) error {
	f := remote.Fault{Op: c.Arg("OPERATION"), Delay: c.Duration("delay"), Transient: c.Bool("transient"), Name: c.Text("name")}
	if c.Has("code") == c.Has("delay") {
		return c.Wrong("it wants --code HRESULT or --delay DURATION, and not both")
	}
	// What follows has been checked.
	if c.Has("code") {
		f.Code, _ = hresult.Parse(c.Text("code"))
	}
	if c.Has("context") {
		f.Context, _ = parseContext(c.Text("context"))
	}
	if c.Has("job") {
		f.Job, _ = uuid.Parse(c.Text("job"))
	}
	if c.Has("user") {
		user, _ := who.Parse(c.Text("user"))
		f.User = user.User()
	}
	f.After, _ = strconv.Atoi(c.Text("after"))
	f.Times, _ = strconv.Atoi(c.Text("times"))
	if c.Bool("always") {
		f.Times = -1
	}
	return s.Fail(ctx, f)
}

func parseContext(s string) (v bits.ErrorContext, err error) {
	if err = v.UnmarshalText([]byte("BG_ERROR_CONTEXT_" + strings.ToUpper(s))); err != nil {
		err = v.UnmarshalText([]byte(strings.ToUpper(s)))
	}
	return v, err
}

// costs are the costs of a network by their short names.
var costs = []string{"unrestricted", "capped_usage_unknown", "below_cap", "near_cap", "overcap_charged", "overcap_throttled", "usage_based", "roaming"}

var costKind = cli.Checked(parseCost, costs...)

func parseCost(s string) (v bits.CostState, err error) {
	if err = v.UnmarshalText([]byte("BITS_COST_STATE_" + strings.ToUpper(strings.ReplaceAll(s, "-", "_")))); err != nil {
		if v.UnmarshalText([]byte(strings.ToUpper(s))) != nil {
			return v, fmt.Errorf("%q is none of %s", s, strings.Join(costs, ", "))
		}
	}
	return v, nil
}
