package bitsadmin

// What tests look into.
var (
	Configure = configure
	Portable  = portable
)

// Parsed is what the parser makes of a command line.
type Parsed struct {
	Raw, NoWrap bool
	Command     string
	Args        []string
}

// Parse is the parser of command lines.
func Parse(args []string) Parsed {
	line := parse(args)
	return Parsed{line.raw, line.nowrap, line.command, line.args}
}

// Names are the names of all commands.
func Names() (names []string) {
	for _, c := range commands {
		names = append(names, c.name)
	}
	return names
}
