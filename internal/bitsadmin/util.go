package bitsadmin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/winver"
)

// Machine is what a [Session] may have besides: the machine around the jobs, for /UTIL.
type Machine interface {
	// ServiceProxy is what the jobs of a service account use that use what is set.
	ServiceProxy(ctx context.Context, account sid.SID) (ServiceProxy, error)
	// SetServiceProxy sets that, for as long as the place lives.
	SetServiceProxy(ctx context.Context, account sid.SID, p ServiceProxy) error
	// Repair has the service run again that is disabled or stopped, and with force
	// starts it anew. It reports whether there was something to do.
	Repair(ctx context.Context, force bool) (mended bool, err error)
}

// ServiceProxy is the proxy setting of a service account.
type ServiceProxy struct {
	Usage        bits.ProxyUsage // NO_PROXY, AUTODETECT or OVERRIDE
	List, Bypass string
}

// accounts are those that have proxy settings of their own.
var accounts = []choice[sid.SID]{
	{"LOCALSYSTEM", sid.LocalSystem}, {"NETWORKSERVICE", sid.NetworkService}, {"LOCALSERVICE", sid.LocalService},
}

const (
	manualProxy = "MANUAL_PROXY"
	autoScript  = "AUTOSCRIPT"
	noProxy     = "NO_PROXY"
)

// ieUsages are the words of /SETIEPROXY.
var ieUsages = []choice[bits.ProxyUsage]{
	{noProxy, bits.BG_JOB_PROXY_USAGE_NO_PROXY}, {"AUTODETECT", bits.BG_JOB_PROXY_USAGE_AUTODETECT},
	{manualProxy, bits.BG_JOB_PROXY_USAGE_OVERRIDE}, {autoScript, bits.BG_JOB_PROXY_USAGE_AUTODETECT},
	{"RESET", bits.BG_JOB_PROXY_USAGE_NO_PROXY},
}

// noMachine is what a place without a [Machine] answers.
const noMachine = "the jobs are at a place that has nothing of the machine around them"

var commandsOfMachine = []command{
	{name: "UTIL /GETIEPROXY", args: "<account> [/CONN <connectionname>]", help: "Retrieves the proxy settings of a service account", min: 1, max: 3, kind: looks, run: getProxyOfAccount},
	{name: "UTIL /SETIEPROXY", args: "<account> <usage> [usage parameters] [/CONN <connectionname>]", help: "Sets the proxy settings of a service account", min: 2, max: 6, run: setProxyOfAccount},
	{name: "UTIL /REPAIRSERVICE", args: "[/FORCE]", help: "Enables and starts the service; with /FORCE starts it anew", max: 1, kind: alone, run: repair},
	{name: "UTIL /VERSION", args: "[/VERBOSE]", help: "Displays the version of the service", max: 1, kind: alone, run: version},
	{name: "UTIL /ENABLEANALYTICCHANNEL", args: "TRUE|FALSE", help: "Turns the analytic event log on or off", min: 1, max: 1, missing: "no analytic channel is among its event logs"},
}

// machine is the machine of the session.
func (c *call) machine(command string) (Machine, error) {
	if m, ok := c.session.(Machine); ok {
		return m, nil
	}
	return nil, &missing{command, noMachine}
}

// connection takes /CONN off the arguments, if it is there. The emulated machine has no
// connection of its own for each: the default one is all there is.
func (c *call) connection() (string, error) {
	i := slices.IndexFunc(c.args, func(arg string) bool { n, _ := switchOf(arg); return n == "CONN" })
	if i < 0 {
		return "default", nil
	}
	if i+1 >= len(c.args) {
		return "", badCount
	}
	name := c.args[i+1]
	c.args = slices.Delete(slices.Clone(c.args), i, i+2)
	if !strings.EqualFold(name, "default") {
		return "", &missing{"/CONN " + name, "the machine has no connection but the default one"}
	}
	return name, nil
}

// administrators refuses everybody else.
func (c *call) administrators(doing string) error {
	if c.conf.As.IsAdmin() {
		return nil
	}
	return unable(doing, fmt.Errorf("who runs the command is no administrator: %w", hresult.E_ACCESSDENIED))
}

func getProxyOfAccount(c *call) error {
	const doing = "get Internet proxy settings"
	connection, err := c.connection()
	if err != nil {
		return err
	}
	if len(c.args) != 1 {
		return badCount
	}
	account, err := choose(c.args[0], accounts)
	if err != nil {
		return err
	}
	m, err := c.machine("/UTIL /GETIEPROXY")
	if err != nil {
		return err
	}
	p, err := m.ServiceProxy(c.ctx, account)
	if err != nil {
		return unable(doing, err)
	}
	c.print.line(fmt.Sprintf("Internet proxy settings for account %s:", c.args[0]))
	c.print.line(fmt.Sprintf("(connection = %s)", connection))
	c.print.line("")
	word := slices.IndexFunc(ieUsages, func(u choice[bits.ProxyUsage]) bool { return u.value == p.Usage })
	c.proxyLines("is    ", ieUsages[word].word, p, true)
	return nil
}

// proxyLines writes the settings. The values stand in one column, as has been seen
// for verb "set to".
func (c *call) proxyLines(verb, usage string, p ServiceProxy, lists bool) {
	c.print.line("Proxy usage " + verb + "       " + usage)
	if lists {
		c.print.line("Proxy list " + verb + "        " + orEmpty(p.List))
		c.print.line("Proxy bypass list " + verb + " " + orEmpty(p.Bypass))
	}
}

func orEmpty(s string) string {
	if s == "" {
		return "<empty>"
	}
	return s
}

func setProxyOfAccount(c *call) error {
	const doing = "set Internet proxy settings"
	connection, err := c.connection()
	if err != nil {
		return err
	}
	if len(c.args) < 2 {
		return badCount
	}
	account, err := choose(c.args[0], accounts)
	if err != nil {
		return err
	}
	p, err := parseIEProxy(c.args[1:])
	if err != nil {
		return err
	}
	if err := c.administrators(doing); err != nil {
		return err
	}
	m, err := c.machine("/UTIL /SETIEPROXY")
	if err != nil {
		return err
	}
	if err := m.SetServiceProxy(c.ctx, account, p); err != nil {
		return unable(doing, err)
	}
	if !c.place.Build(c.ctx).AtLeast(winver.Windows10_1507) {
		c.print.line(fmt.Sprintf("Internet proxy settings for account %s set to %s. ", c.args[0], c.args[1]))
		c.print.line(fmt.Sprintf("(connection = %s)", connection))
		return nil
	}
	c.print.line(fmt.Sprintf("Internet proxy settings for account %s were set.", c.args[0]))
	c.print.line(fmt.Sprintf("(connection = %s)", connection))
	c.print.line("")
	c.proxyLines("set to", c.args[1], p, p.Usage == bits.BG_JOB_PROXY_USAGE_OVERRIDE)
	return nil
}

// parseIEProxy reads a usage and what follows it.
func parseIEProxy(args []string) (p ServiceProxy, err error) {
	word, lists := strings.ToUpper(args[0]), args[1:]
	if p.Usage, err = choose(word, ieUsages); err != nil {
		return p, err
	}
	switch {
	case word == manualProxy && len(lists) != 2:
		return p, refusal("MANUAL_PROXY must be followed by a proxy list and a proxy bypass list") // as it was seen
	case word == manualProxy && lists[0] == "":
		return p, badValue(lists[0], "a proxy list")
	case word == manualProxy:
		p.List = lists[0]
		if bypass := nullable(lists[1]); bypass != nil {
			p.Bypass = *bypass
		}
	case word == autoScript && len(lists) == 1:
		return p, &missing{"AUTOSCRIPT", "it runs no script that finds a proxy"}
	case len(lists) > 0, word == autoScript:
		return p, badCount
	}
	return p, nil
}

// repair enables and starts the service.
func repair(c *call) error {
	const doing = "repair the service"
	force := c.option("FORCE")
	if err := c.none(); err != nil {
		return err
	}
	if err := c.administrators(doing); err != nil {
		return err
	}
	if err := c.begin(); err != nil {
		return err
	}
	m, err := c.machine("/UTIL /REPAIRSERVICE")
	if err != nil {
		return err
	}
	mended, err := m.Repair(c.ctx, force)
	switch {
	case err != nil:
		return unable(doing, err)
	case mended:
		c.print.line("The service has been repaired, and is running.")
	default:
		c.print.line("No problem was found. The service is running.")
	}
	return nil
}

// version tells which BITS there is, and with /VERBOSE whether it lets the caller in.
func version(c *call) error {
	verbose := c.option("VERBOSE")
	if err := c.none(); err != nil {
		return err
	}
	build := c.place.Build(c.ctx)
	if text := "BITS version " + build.BITS().String(); verbose {
		c.print.line(text)
	} else {
		c.print.value(text)
		return nil
	}
	c.print.line("Emulated on " + build.String())
	state := "The service is running."
	switch err := c.serves(); {
	case errors.Is(err, hresult.HRESULT_FROM_WIN32_ERROR_SERVICE_DISABLED):
		state = "The service is disabled."
	case err != nil:
		return unable("start the service", err)
	}
	c.print.line(state)
	return nil
}

// serves reports how the service answers.
func (c *call) serves() error {
	if err := c.begin(); err != nil {
		if _, ok := hresult.Of(err); ok {
			return errors.Unwrap(err)
		}
		return err
	}
	_, err := c.manager().EnumJobs(c.ctx, 0)
	return err
}
