package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bitsemu/bitsemu/bitstest"
	"github.com/bitsemu/bitsemu/bitstest/transcript"
)

const recordProgram = "record.exe"

// recordAll sets up and records.
func recordAll(file string) error {
	w, err := setUp()
	if err != nil {
		return err
	}
	defer w.end()
	return w.record(file)
}

// record writes a transcript of Wine, each case in a process of its own. See
// docs/transcripts.md.
func (w *machine) record(file string) error {
	build := w.goCommand("build", "-o", filepath.Join(w.dir, recordProgram), "./winbits/cmd/record")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", build.Args, err, out)
	}
	w.restart()
	text, err := w.recorded("-head")
	if err != nil {
		return err
	}
	t, err := transcript.Parse(text)
	if err != nil {
		return err
	}
	w.restart()
	fresh := true
	for _, c := range bitstest.Cases() {
		got, err := w.recordedCase(c.Name)
		// A service that has died does not come back in the session. One that lives
		// still has the jobs of other cases.
		if err != nil || !fresh && touches(got, "EnumJobs(", "RPC_S_", "RPC_E_") {
			w.again++
			w.restart()
			if got, err = w.recordedCase(c.Name); err != nil {
				got = transcript.Case{Name: c.Name, Outcome: transcript.Fail, Why: "the program that runs it ends with " + err.Error()}
			}
		}
		fresh = false
		if err != nil || touches(got, " wait in vain", "RPC_S_", "RPC_E_") || got.Outcome == transcript.Fail && strings.Contains(got.Why, "does not end") {
			w.restart()
			fresh = true
		}
		t.Cases = append(t.Cases, got)
	}
	if err := os.WriteFile(file, []byte(t.String()), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d cases, %d programs tried again\n", file, len(t.Cases), w.again)
	return nil
}

func touches(c transcript.Case, what ...string) bool {
	text := c.String()
	for _, w := range what {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func (w *machine) recordedCase(name string) (transcript.Case, error) {
	text, err := w.recorded("-case", name)
	if err != nil {
		return transcript.Case{}, err
	}
	return transcript.ParseCase(text)
}

// recorded is what the program writes with these arguments.
func (w *machine) recorded(args ...string) (string, error) {
	file := filepath.Join(w.dir, "recorded.txt")
	_ = os.Remove(file) // of the run before
	out, err := w.run(40*time.Second, recordProgram, append(args, "-o", "recorded.txt")...)
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(out))
	}
	text, err := os.ReadFile(file)
	return string(text), err
}
