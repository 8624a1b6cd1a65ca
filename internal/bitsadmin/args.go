package bitsadmin

import "strings"

// commandLine is what the arguments say.
type commandLine struct {
	raw, nowrap bool
	command     string // in capitals, without its slash; "" for none
	args        []string
}

// families are the switches that a second one follows.
var families = []string{"UTIL", "PEERCACHING", "CACHE", "PEERS"}

// parse reads a command line: [/RAWRETURN] [/WRAP | /NOWRAP] command arguments. Switches
// are read in any case. What is behind the command is its own: a job may be called
// "/Download".
func parse(args []string) (line commandLine) {
	for len(args) > 0 {
		name, ok := switchOf(args[0])
		args = args[1:]
		switch {
		case !ok:
			line.command = "no switch" // which none is called
		case name == "RAWRETURN":
			line.raw = true
			continue
		case name == "WRAP":
			line.nowrap = false
			continue
		case name == "NOWRAP":
			line.nowrap = true
			continue
		default:
			line.command = name
		}
		break
	}
	line.args = args
	for _, family := range families {
		if line.command != family {
			continue
		}
		second := "?"
		if len(args) > 0 {
			second = "no switch"
			if name, ok := switchOf(args[0]); ok {
				second = name
			}
			line.args = args[1:]
		}
		if second == "HELP" {
			second = "?"
		}
		line.command += " /" + second
	}
	return line
}

// switchOf is the name of a switch, in capitals.
func switchOf(arg string) (name string, ok bool) {
	if len(arg) < 2 || arg[0] != '/' {
		return "", false
	}
	return strings.ToUpper(arg[1:]), true
}

// option takes a switch out of the arguments of a command, if it is there.
func (c *call) option(name string) bool {
	for i, arg := range c.args {
		if n, ok := switchOf(arg); ok && n == name {
			c.args = append(append([]string(nil), c.args[:i]...), c.args[i+1:]...)
			return true
		}
	}
	return false
}

// none refuses arguments that are left over.
func (c *call) none() error {
	if len(c.args) > 0 {
		return badCount
	}
	return nil
}
