// Command cover prints what share of each package's statements its own tests
// run, and fails when a package is below its floor. It reads the profile that
// go test writes:
//
//	go test -coverprofile=coverage.out ./...
//	go run ./internal/cover coverage.out
//
// A statement that no test can reach says so where it stands, and is then not
// counted:
//
//	if err != nil { // uncovered: the buffer was measured above
//		return err
//	}
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// floors are the least shares, in percent, by directory below the root. A
// directory that has no statements yet is not judged.
var floors = map[string]float64{
	".":                 92,
	"bits":              100,
	"bitstest":          96,
	"bitsupload":        96,
	"hresult":           100,
	"internal/bitspost": 100,
	"internal/httphead": 100,
	"internal/cli":      100,
	"internal/eventlog": 100,
	"internal/inspect":  92,
	"internal/seal":     100,
	"internal/timeline": 100,
	"internal/winpath":  100,
	"internal/wire":     99,
	"jobstore":          90,
	"remote":            97,
	"serve":             88,
	"sid":               100,
	"token":             100,
	"transfer/upload":   98,
	"transfer":          100,
	"tokenopts":         100,
	"winver":            100,

	"bitstest/transcript": 90,
	"internal/bitsadmin":  88,
}

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cover:", err)
		os.Exit(1)
	}
}

// run judges the one profile named in args, in the module of the working
// directory.
func run(w io.Writer, args []string) error {
	if len(args) != 1 {
		return errors.New("want one argument, the profile that go test -coverprofile wrote")
	}
	profile, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	blocks, err := parseProfile(bytes.NewReader(profile))
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	packages, err := summarise(os.DirFS("."), blocks)
	if err != nil {
		return err
	}
	return report(w, packages, floors)
}
