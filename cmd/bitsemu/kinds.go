package main

import (
	"fmt"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/tokenopts"
	"github.com/bitsemu/bitsemu/winver"
)

// The values that options of more than one command have.
var (
	whoKind     = cli.Checked(who.Parse, append(allCallers, "carol", "dave")...)
	stateKind   = cli.Checked(parseState, stateNames()...)
	flagsKind   = cli.Checked(parseFlags, "0", "BG_TOKEN_LOCAL_FILE", "BG_TOKEN_NETWORK", "BG_TOKEN_LOCAL_FILE|BG_TOKEN_NETWORK")
	windowsKind = cli.Kind{
		Check: cli.Checked(winver.Parse).Check,
		Words: func(*cli.Call) []cli.Item {
			var words []cli.Item
			for _, b := range winver.All() {
				words = append(words, cli.Item{Name: fmt.Sprint(b.Number()), Help: b.String()})
			}
			return words
		},
	}
	methodKind = cli.Kind{
		Check: cli.Checked(parseMethod).Check,
		Words: func(*cli.Call) []cli.Item { return methodNames },
	}
)

// allCallers are those of a table that names none: each kind that the rules tell apart.
var allCallers = []string{
	"alice", "alice filtered", "alice elevated", "bob", "bob filtered", "bob elevated",
	"administrator", "localservice", "networkservice", "system",
}

// methodNames are the calls that the rules judge, in the order of tokenopts.Method.
var methodNames = []cli.Item{
	{Name: "QueryInterface", Help: "for IBitsTokenOptions"},
	{Name: "GetHelperTokenFlags", Help: "what the helper token is used for"},
	{Name: "GetHelperTokenSid", Help: "whose the helper token is"},
	{Name: "ClearHelperToken", Help: "drop the helper token"},
	{Name: "SetHelperTokenFlags", Help: "say what the helper token is used for"},
	{Name: "SetHelperToken", Help: "lend the job a token"},
	{Name: "TakeOwnership", Help: "become the job's owner"},
	{Name: "RetrieveJob", Help: "get at a job, and read what is not the owner's alone"},
	{Name: "ModifyJob", Help: "any method that changes the job"},
	{Name: "OwnJob", Help: "what is for the owner alone: credentials, headers"},
}

func methodName(m tokenopts.Method) string { return methodNames[m-1].Name }

// methodList is a line for each.
func methodList() string {
	var b strings.Builder
	for _, m := range methodNames {
		fmt.Fprintf(&b, "  %-20s %s\n", m.Name, m.Help)
	}
	return b.String()
}

func parseMethod(s string) (tokenopts.Method, error) {
	name := s[strings.LastIndexAny(s, ":.")+1:]
	var names []string
	for i, m := range methodNames {
		if strings.EqualFold(m.Name, name) {
			return tokenopts.Method(i + 1), nil
		}
		names = append(names, m.Name)
	}
	return 0, fmt.Errorf("%q is none of %s", s, strings.Join(names, ", "))
}

func parseState(s string) (bits.JobState, error) {
	for _, name := range []string{strings.ToUpper(s), "BG_JOB_STATE_" + strings.ToUpper(s)} {
		var state bits.JobState
		if err := state.UnmarshalText([]byte(name)); err == nil && state.Valid() {
			return state, nil
		}
	}
	return 0, fmt.Errorf("%q is none of %s", s, strings.Join(stateNames(), ", "))
}

func stateNames() []string {
	var names []string
	for s := bits.BG_JOB_STATE_QUEUED; s.Valid(); s++ {
		names = append(names, s.Short())
	}
	return names
}

func parseFlags(s string) (bits.HelperTokenFlags, error) {
	var f bits.HelperTokenFlags
	err := f.UnmarshalText([]byte(strings.ToUpper(strings.ReplaceAll(s, ",", "|"))))
	if err != nil {
		return 0, fmt.Errorf("%q: want 0, BG_TOKEN_LOCAL_FILE, BG_TOKEN_NETWORK, both with a | between them, or a number", s)
	}
	return f, nil
}
