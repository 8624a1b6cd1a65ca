package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	testsFile = "winbits/testdata/wine-tests.tsv"
	testsHead = "package\ttest\toutcome\twhy"
	module    = "github.com/bitsemu/bitsemu"
)

// row is a line of the list of tests of the packages.
type row struct {
	pkg  string // without the module's name: "." for the root
	test string // "*" for all
	// outcome is what comes of it under Wine: fail; skip; "not run", where it would be
	// the end of the program, or is about something that Wine cannot have; or varies.
	outcome string
	why     string
}

func (r row) key() string    { return r.pkg + "\t" + r.test }
func (r row) String() string { return strings.Join([]string{r.pkg, r.test, r.outcome, r.why}, "\t") }

func readRows(file string) (map[string]row, error) {
	lines, err := readList(file)
	if err != nil {
		return nil, err
	}
	rows := map[string]row{}
	for _, l := range lines {
		f := strings.Split(l, "\t")
		if len(f) != 4 || f[3] == "" {
			return nil, fmt.Errorf("%s: %q is not a package, a test, an outcome and a reason", file, l)
		}
		r := row{f[0], f[1], f[2], f[3]}
		rows[r.key()] = r
	}
	return rows, nil
}

// packages runs the tests of the packages as Windows programs. What fails and what is
// skipped there is listed.
func (w *machine) packages(update bool) error {
	listed, err := readRows(testsFile)
	if err != nil {
		return err
	}
	source, err := w.copySource()
	if err != nil {
		return err
	}
	overlay, err := w.overlay()
	if err != nil {
		return err
	}
	names, err := tested()
	if err != nil {
		return err
	}
	var all []row
	var wrong []string
	passed := 0
	for _, pkg := range names {
		if w.pkgs != "" && !slices.Contains(strings.Split(w.pkgs, ","), pkg) {
			for _, key := range slices.Sorted(maps.Keys(listed)) {
				if listed[key].pkg == pkg {
					all = append(all, listed[key])
				}
			}
			continue
		}
		if _, ok := listed[pkg+"\t*"]; ok {
			all = append(all, listed[pkg+"\t*"])
			continue
		}
		start := time.Now()
		program := strings.NewReplacer("/", "_", ".", "root").Replace(pkg) + ".test.exe"
		build := w.goCommand("test", "-c", "-overlay", overlay, "-o", filepath.Join(w.dir, program), "./"+pkg)
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", build.Args, err, out)
		}
		got, n, err := w.tested(filepath.Join(source, pkg), pkg, program, listed)
		if err != nil || !update && len(mismatches(pkg, listed, got)) > 0 {
			w.again++
			for _, m := range mismatches(pkg, listed, got) {
				fmt.Println("again:", m)
			}
			w.restart()
			got, n, err = w.tested(filepath.Join(source, pkg), pkg, program, listed)
		}
		if err != nil {
			return err
		}
		wrong = append(wrong, mismatches(pkg, listed, got)...)
		passed += n
		fmt.Printf("%s: %d tests pass, %d are skipped or fail; %v\n", pkg, n, len(got), time.Since(start).Round(time.Second))
		for _, key := range slices.Sorted(maps.Keys(listed)) {
			if r := listed[key]; r.pkg == pkg && (r.outcome == "not run" || r.outcome == "varies") {
				got[key] = r
			}
		}
		for _, key := range slices.Sorted(maps.Keys(got)) {
			r := got[key]
			if old, ok := listed[key]; ok && r.outcome == old.outcome && r.outcome == "fail" {
				r.why = old.why // by hand
			}
			all = append(all, r)
		}
	}
	var lines []string
	for _, r := range all {
		lines = append(lines, r.String())
	}
	if update {
		return os.WriteFile(testsFile, []byte(testsHead+"\n"+strings.Join(lines, "\n")+"\n"), 0o644)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s and Wine differ:\n%s", testsFile, strings.Join(wrong, "\n"))
	}
	if len(lines) != len(listed) {
		return fmt.Errorf("%s has %d lines, and there are %d: some are about packages that have no tests", testsFile, len(listed), len(lines))
	}
	fmt.Printf("packages: %d tests of %d packages pass, %d lines as listed\n", passed, len(names), len(lines))
	return nil
}

// mismatches are where what happened to a package differs from the list.
func mismatches(pkg string, listed, got map[string]row) []string {
	var wrong []string
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if old, ok := listed[key]; !ok || old.outcome != got[key].outcome && old.outcome != "varies" {
			wrong = append(wrong, "happened: "+got[key].String())
		}
	}
	for _, key := range slices.Sorted(maps.Keys(listed)) {
		r := listed[key]
		if _, ok := got[key]; !ok && r.pkg == pkg && (r.outcome == "fail" || r.outcome == "skip") {
			wrong = append(wrong, "listed:   "+r.String())
		}
	}
	return wrong
}

// tested runs the tests of a package, and returns which did not pass, and how many did.
func (w *machine) tested(dir, pkg, program string, listed map[string]row) (map[string]row, int, error) {
	args := []string{"-test.v", "-test.short", "-test.timeout=20m"}
	var skip []string
	for _, key := range slices.Sorted(maps.Keys(listed)) {
		if r := listed[key]; r.pkg == pkg && r.outcome == "not run" {
			skip = append(skip, exactly(r.test))
		}
	}
	if skip != nil {
		args = append(args, "-test.skip="+strings.Join(skip, "|"))
	}
	out, err := w.runIn(dir, 21*time.Minute, program, args...)
	got, passed, ended := verdicts(pkg, out)
	if !ended {
		tail := out[max(0, len(out)-2000):]
		return got, passed, fmt.Errorf("the tests of %s do not come to an end: %w\n%s", pkg, errors.Join(err), tail)
	}
	return got, passed, nil
}

// tested are the packages that have tests, but those of winbits itself.
func tested() ([]string, error) {
	c := exec.Command("go", "list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}", "./...")
	c.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var names []string
	for _, path := range strings.Fields(string(out)) {
		name := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		if name == "" {
			name = "."
		}
		if name != "winbits" {
			names = append(names, name)
		}
	}
	return names, nil
}

// copySource copies the files of the repository, for tests that write beside their
// source when they fail.
func (w *machine) copySource() (string, error) {
	to := filepath.Join(w.dir, "source")
	if err := os.RemoveAll(to); err != nil {
		return "", err
	}
	out, err := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return "", fmt.Errorf("git ls-files: %w", err)
	}
	for _, name := range strings.Split(strings.Trim(string(out), "\x00"), "\x00") {
		if err := copyFile(name, filepath.Join(to, name)); err != nil && !os.IsNotExist(err) {
			return "", err
		}
	}
	return to, nil
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was read
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// overlay has os.RemoveAll work, and so t.TempDir: Go deletes in a way that Wine 8 lacks,
// and has a fallback for early versions of Windows, which its own tests can turn on.
func (w *machine) overlay() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	const declared, turnedOn = "\nvar TestDeleteatFallback bool\n", "\nvar TestDeleteatFallback = true\n"
	from := filepath.Join(strings.TrimSpace(string(root)), "src/internal/syscall/windows/at_windows.go")
	text, err := os.ReadFile(from)
	if err != nil {
		return "", err
	}
	if !strings.Contains(string(text), declared) {
		return "", fmt.Errorf("%s has no %q: find out how this version of Go deletes files", from, strings.TrimSpace(declared))
	}
	to := filepath.Join(w.dir, "at_windows.go")
	if err := os.WriteFile(to, []byte(strings.Replace(string(text), declared, turnedOn, 1)), 0o644); err != nil {
		return "", err
	}
	replaced, err := json.Marshal(map[string]map[string]string{"Replace": {from: to}})
	if err != nil {
		return "", err
	}
	file := filepath.Join(w.dir, "overlay.json")
	return file, os.WriteFile(file, replaced, 0o644)
}
