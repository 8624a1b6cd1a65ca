package bitsadmin

import (
	"fmt"
	"strings"
)

// usage is what /? prints, and what follows a command that there is not.
func usage(p *printer) {
	p.line("USAGE: BITSADMIN [/RAWRETURN] [/WRAP | /NOWRAP] command")
	p.line("The following commands are available:")
	p.line("")
	for _, line := range []string{ // as they have been seen
		"/HELP           Prints this help ",
		"/?              Prints this help ",
		"/UTIL /?        Prints the list of utilities commands ",
		"/PEERCACHING /?   Prints the list of commands to manage Peercaching",
		"/CACHE /?       Prints the list of cache management commands ",
		"/PEERS /?       Prints the list of peer management commands",
		"",
		"/LIST    [/ALLUSERS] [/VERBOSE]     List the jobs",
		"/MONITOR [/ALLUSERS] [/REFRESH sec] Monitors the copy manager",
		"/RESET   [/ALLUSERS]                Deletes all jobs in the manager",
		"",
	} {
		p.line(line)
	}
	for _, c := range commands {
		if strings.Contains(c.name, " ") || c.name == "LIST" || c.name == "MONITOR" || c.name == "RESET" {
			continue
		}
		helpLine(p, &c)
	}
	p.line("")
	p.line("The following options can be used before the command:")
	p.line("/RAWRETURN   Prints what a program wants to read, and nothing else")
	p.line("/WRAP        Breaks lines that are longer than the window")
	p.line("/NOWRAP      Cuts off lines that are longer than the window")
	p.line("")
	p.line("bitsemu reads these variables, and before all else these flags:")
	for _, s := range settings {
		p.line(fmt.Sprintf("%s, --%s %s", s.variable, s.flag, s.form))
		p.line("    " + s.help)
	}
	p.line("BITSEMU_TOKEN, BITSEMU_TOKEN_FILE")
	p.line("    the token of a service on a port, or a file with it")
}

// familyHelp is the help of /UTIL and the others.
func familyHelp(p *printer, family string) error {
	p.line("USAGE: BITSADMIN /" + family + " command")
	p.line("The following commands are available:")
	p.line("")
	p.line(fmt.Sprintf("/%s /HELP   Prints this help", family))
	p.line(fmt.Sprintf("/%s /?      Prints this help", family))
	for _, c := range commands {
		if strings.HasPrefix(c.name, family+" ") {
			helpLine(p, &c)
		}
	}
	return nil
}

func helpLine(p *printer, c *command) {
	p.line(strings.TrimSpace("/"+c.name+" "+c.args) + "   " + c.help + note(c))
}

func note(c *command) string {
	if c.missing != "" {
		return " (not emulated)"
	}
	return ""
}
