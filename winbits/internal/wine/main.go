// Command wine tests package winbits on Wine's BITS. It is run from the root of
// the repository, on Linux:
//
//	go run ./winbits/internal/wine
//
// It installs Wine from Debian's packages if that is missing and it may, builds
// the small DLL that Go needs there, makes a prefix of its own, and runs
//
//   - the tests of winbits,
//   - examples/updater, which must end with the same files as on the emulator,
//   - each case of bitstest, in a process of its own,
//   - each method of each interface once,
//   - the tests of the other packages, as Windows programs.
//
// What Wine answers otherwise than Windows is listed in winbits/testdata. The run
// fails when the lists and what happened differ, in either direction; -update
// writes the lists anew. The prefix is kept in WINBITS_WINE, by default a
// directory below the user's cache, and nothing is left running.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	casesFile = "winbits/testdata/wine-cases.tsv"
	callsFile = "winbits/testdata/wine-calls.tsv"
)

// parts are what a run consists of. Each begins in a session of its own.
var parts = []struct {
	name string
	run  func(w *machine, update bool) error
}{
	{"winbits", (*machine).tests},
	{"calls", (*machine).callsPart},
	{"updater", func(w *machine, _ bool) error { return w.updater() }},
	{"cases", (*machine).casesPart},
	{"packages", (*machine).packages},
}

func main() {
	update := flag.Bool("update", false, "write the lists of what Wine answers")
	times := flag.Int("count", 1, "how many `times` to run everything")
	only := flag.String("only", "", "the `parts` to run, separated by commas: all if empty")
	pkgs := flag.String("pkg", "", "the `packages` whose tests to run, separated by commas, with . for the root: all if empty")
	recorded := flag.String("record", "", "write a transcript of Wine to this `file`, and do nothing else")
	flag.Parse()
	if *recorded != "" {
		if err := recordAll(*recorded); err != nil {
			fmt.Fprintln(os.Stderr, "wine:", err)
			os.Exit(1)
		}
		return
	}
	if err := run(*update, *times, *only, *pkgs); err != nil {
		fmt.Fprintln(os.Stderr, "wine:", err)
		os.Exit(1)
	}
}

// run runs everything a number of times, also after a failure, and fails if one was not
// as it should be.
func run(update bool, times int, only, pkgs string) error {
	w, err := setUp()
	if err != nil {
		return err
	}
	w.pkgs = pkgs
	defer w.end()
	failed := 0
	for i := range times {
		start := time.Now()
		w.again = 0
		outcome := "as listed"
		if err := w.round(update, only, i > 0); err != nil {
			failed++
			outcome = "FAILED: " + err.Error()
		}
		fmt.Printf("run %d of %d: %s; %d programs tried again; %v\n", i+1, times, outcome, w.again, time.Since(start).Round(time.Second))
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d runs failed", failed, times)
	}
	return nil
}

// round runs everything once. The second time the packages have been tested.
func (w *machine) round(update bool, only string, second bool) error {
	for _, p := range parts {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) || second && p.name == "packages" {
			continue
		}
		w.restart()
		if err := p.run(w, update); err != nil {
			return err
		}
	}
	return nil
}

func (w *machine) tests(bool) error {
	if out, err := w.run(3*time.Minute, "winbits.test.exe", "-test.timeout=2m"); err != nil {
		return fmt.Errorf("the tests of winbits: %w\n%s", err, out)
	}
	fmt.Println("winbits: ok")
	return nil
}

func (w *machine) callsPart(update bool) error {
	got, err := w.calls()
	if err != nil {
		return err
	}
	return settle(callsFile, "interface\tmethod\tanswer", got, update)
}

func (w *machine) casesPart(update bool) error {
	var listed []string
	var err error
	if !update {
		if listed, err = readList(casesFile); err != nil {
			return err
		}
	}
	got, err := w.cases(listed, !update)
	if err != nil {
		return err
	}
	return settle(casesFile, "case\toutcome\twhy\tevidence for Windows", got, update)
}

// settle compares lines with those of a list, or writes the list.
func settle(file, head string, got []string, update bool) error {
	if update {
		return os.WriteFile(file, []byte(head+"\n"+strings.Join(got, "\n")+"\n"), 0o644)
	}
	want, err := readList(file)
	if err != nil {
		return err
	}
	if diff := difference(want, got); diff != "" {
		return fmt.Errorf("%s and Wine differ:\n%s", file, diff)
	}
	fmt.Printf("%s: %d lines as listed\n", filepath.Base(file), len(got))
	return nil
}

// readList reads the lines of a list, without its heading.
func readList(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")[1:], nil
}

// difference shows what is on one side alone.
func difference(want, got []string) string {
	var b strings.Builder
	only := func(mark string, these, others []string) {
		there := map[string]bool{}
		for _, l := range others {
			there[l] = true
		}
		for _, l := range these {
			if !there[l] {
				fmt.Fprintf(&b, "%s %s\n", mark, l)
			}
		}
	}
	only("listed:  ", want, got)
	only("happened:", got, want)
	return b.String()
}
