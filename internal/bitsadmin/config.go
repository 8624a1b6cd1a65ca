package bitsadmin

import (
	"fmt"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/remote"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/winver"
)

// Config says which machine a command works on, and who runs it.
type Config struct {
	Store    string            // the file with the jobs
	Service  string            // the address of a service that has them instead
	Token    string            // the token of a service on a port; "" for what package remote finds
	Drives   map[string]string // drives, directories of drives and shares, and the directories of this machine that they are
	As       token.Token       // who runs the command; zero for whom the place takes for granted
	Build    winver.Build      // the Windows
	Wait     time.Duration     // for a store that is in use
	SkipTime bool              // the time jumps over what a command would wait for
}

// A setting is given by a variable, or by a flag before everything else, which wins.
type setting struct {
	flag, variable, form, help string
	set                        func(c *Config, value string) error
}

const (
	storeVariable   = "BITSEMU_STORE"
	serviceVariable = remote.EnvService
)

var settings = []setting{
	{"store", storeVariable, "FILE", "the file with the jobs; made if it is not there", func(c *Config, v string) error {
		c.Store, c.Service = v, ""
		return nil
	}},
	{"service", serviceVariable, "ADDRESS", "a service that is running has the jobs instead: unix:/path or http://127.0.0.1:port; see bitsemu serve", func(c *Config, v string) error {
		c.Service = v
		return nil
	}},
	{"drives", "BITSEMU_DRIVES", `C:=DIR;\\SERVER\SHARE=DIR`, "the directories that are drives and shares; jobs reach nothing else", setDrives},
	{"as", "BITSEMU_AS", "WHO", "who runs the command: alice (if not said), \"alice elevated\", system, networkservice, a SID, ...", func(c *Config, v string) (err error) {
		c.As, err = who.Parse(v)
		return err
	}},
	{"windows", "BITSEMU_WINDOWS", "BUILD", "the Windows that is emulated, such as 8.1 or 26100", func(c *Config, v string) (err error) {
		c.Build, err = winver.Parse(v)
		return err
	}},
	{"wait", "BITSEMU_WAIT", "10s", "how long to wait for a store that another process has open", func(c *Config, v string) (err error) {
		c.Wait, err = time.ParseDuration(v)
		return err
	}},
	{"time", "BITSEMU_TIME", "real|skip", "skip: do not wait for the next try of a job, but let the time jump there", func(c *Config, v string) error {
		if v != "real" && v != "skip" {
			return fmt.Errorf("%q is neither real nor skip", v)
		}
		c.SkipTime = v == "skip"
		return nil
	}},
}

// configure reads the variables, and the flags that args begin with; rest is what
// follows these. It takes --flag=value and --flag value.
func configure(getenv func(string) string, args []string) (c Config, rest []string, err error) {
	c = Config{Build: winver.Windows11_24H2, Wait: 10 * time.Second, Token: getenv(remote.EnvToken)}
	for _, s := range settings {
		if v := getenv(s.variable); v != "" {
			if err := s.set(&c, v); err != nil {
				return c, args, fmt.Errorf("%s: %w", s.variable, err)
			}
		}
	}
	for len(args) > 0 && strings.HasPrefix(args[0], "--") {
		name, value, given := strings.Cut(args[0][2:], "=")
		s := settingOf(name)
		if s == nil {
			return c, args, fmt.Errorf("there is no flag %s; see bitsadmin /?", args[0])
		}
		args = args[1:]
		if !given {
			if len(args) == 0 {
				return c, args, fmt.Errorf("--%s: %s is missing", name, s.form)
			}
			value, args = args[0], args[1:]
		}
		if err := s.set(&c, value); err != nil {
			return c, args, fmt.Errorf("--%s: %w", name, err)
		}
	}
	return c, args, nil
}

func settingOf(name string) *setting {
	for i := range settings {
		if settings[i].flag == name {
			return &settings[i]
		}
	}
	return nil
}

// setDrives reads a list of C:=DIR, with semicolons between, and adds to what there is.
func setDrives(c *Config, list string) error {
	drives := map[string]string{}
	for at, dir := range c.Drives {
		drives[at] = dir
	}
	for entry := range strings.SplitSeq(list, ";") {
		if entry == "" {
			continue
		}
		at, dir, ok := strings.Cut(entry, "=")
		if !ok || at == "" || dir == "" {
			return fmt.Errorf(`%q is not of the form C:=DIR`, entry)
		}
		drives[at] = dir
	}
	c.Drives = drives
	return nil
}
