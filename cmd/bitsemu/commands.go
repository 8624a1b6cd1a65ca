package main

//go:generate go test -count=1 -run=^TestPage$ . -update

import "github.com/bitsemu/bitsemu/internal/cli"

// commands is the table: each command has a file of its own under its name.
func commands() cli.Command {
	return cli.Command{
		Name:    "bitsemu",
		Summary: "Windows BITS emulated",
		About: `
bitsemu emulates the Background Intelligent Transfer Service of Windows, for tests of programs that
use it. This command shows it at work, looks at its stores of jobs, and explains its rules.`,
		Exit: []cli.Item{
			{Name: "0", Help: "done"},
			{Name: "1", Help: "it went wrong"},
			{Name: "2", Help: "the command line is wrong, or a file that it names is missing, in use, or not what it should be"},
		},
		Env: []cli.Item{{Name: "NO_COLOR", Help: "when set, nothing is coloured; only terminals get colours anyway"}},
		Commands: []cli.Command{
			demoCommand(),
			serveCommand(),
			ctlCommand(),
			inspectCommand(),
			dumpCommand(),
			checkCommand(),
			exportCommand(),
			importCommand(),
			explainCommand(),
			versionCommand(),
			cli.Completion("completion", "bitsemu"),
			cli.Help("help"),
			cli.Completer(),
		},
	}
}
