package main

import (
	"context"
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/cli"
	"github.com/bitsemu/bitsemu/jobstore"
	"github.com/bitsemu/bitsemu/winver"
)

func versionCommand() cli.Command {
	return cli.Command{
		Name: "version", Summary: "print the versions: of the program, of what it reads, of Windows",
		Flags: []cli.Flag{jsonFlag},
		About: `
Prints the version of the module and of Go, the schema of stores and the version of snapshots that it
writes, and the Windows builds that it emulates with the BITS that each has.`,
		Run: func(_ context.Context, c *cli.Call) error {
			v := version()
			if c.Bool("json") {
				return printJSON(c, v)
			}
			return v.print(c)
		},
	}
}

// versions is what there is to know of this program.
type versions struct {
	Version  string        `json:"version"`
	Revision string        `json:"revision,omitempty"`
	Go       string        `json:"go"`
	System   string        `json:"system"`
	Schema   int           `json:"schema"`
	Snapshot int           `json:"snapshot"`
	Windows  []versionsWin `json:"windows"`
}

type versionsWin struct {
	Build uint32 `json:"build"`
	Name  string `json:"name"`
	BITS  string `json:"bits"`
}

func version() versions {
	v := versions{
		Version: "(devel)", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH,
		Schema: jobstore.SchemaVersion, Snapshot: bitsemu.SnapshotVersion,
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			v.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				v.Revision = s.Value
			}
		}
	}
	for _, b := range winver.All() {
		name, _, _ := strings.Cut(b.String(), " (build")
		v.Windows = append(v.Windows, versionsWin{b.Number(), name, b.BITS().String()})
	}
	return v
}

func (v versions) print(c *cli.Call) error {
	err := c.Printf("bitsemu %s, %s on %s\nstore schema %d, snapshot version %d\n\n%s\n", v.Version, v.Go, v.System, v.Schema, v.Snapshot, c.Bold("build  BITS  Windows"))
	for _, w := range v.Windows {
		if err == nil {
			err = c.Printf("%5d  %-4s  %s\n", w.Build, w.BITS, w.Name)
		}
	}
	return err
}

// printJSON writes a value for a machine to read.
func printJSON(c *cli.Call, v any) error {
	e := json.NewEncoder(c.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

var jsonFlag = cli.Flag{Name: "json", Help: "print JSON"}
