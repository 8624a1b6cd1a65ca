package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// machine is a Wine prefix and what is built for it.
type machine struct {
	dir  string // of the prefix and the programs
	env  []string
	held *exec.Cmd // keeps the session open
	hold io.Closer

	pkgs  string // the packages to test, all if empty
	again int    // programs that were tried again in this run
}

// setUp installs, builds, and makes the prefix.
func setUp() (*machine, error) {
	dir := os.Getenv("WINBITS_WINE")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		dir = filepath.Join(cache, "bitsemu-wine")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := install(); err != nil {
		return nil, err
	}
	w := &machine{dir: dir}
	w.env = append(os.Environ(), "WINEPREFIX="+w.prefix(), "WINEARCH=win64", "WINEDEBUG=-all",
		"WINEDLLOVERRIDES=mscoree,mshtml=", "UPDATER_PASSWORD=secret", "http_proxy=", "https_proxy=", "HTTP_PROXY=", "HTTPS_PROXY=", "ALL_PROXY=")
	shim := filepath.Join(dir, "bcryptprimitives.dll")
	for _, build := range []*exec.Cmd{
		exec.Command("x86_64-w64-mingw32-gcc", "-O2", "-Wall", "-shared", "-nostdlib", "-Wl,-e,DllMain",
			"-o", shim, "winbits/testdata/bcryptprimitives.c", "-ladvapi32", "-lkernel32"),
		w.goCommand("build", "-o", filepath.Join(dir, "onecase.exe"), "./winbits/internal/onecase"),
		w.goCommand("test", "-c", "-o", filepath.Join(dir, "winbits.test.exe"), "./winbits"),
		w.goCommand("build", "-o", filepath.Join(dir, "updater.exe"), "./examples/updater/cmd"),
		exec.Command("go", "build", "-o", filepath.Join(dir, "updater.bin"), "./examples/updater/cmd"),
	} {
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%v: %w\n%s", build.Args, err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(w.prefix(), "system.reg")); err != nil {
		boot := exec.Command("wineboot", "-i")
		boot.Env = w.env
		if err := boot.Run(); err != nil {
			return nil, fmt.Errorf("wineboot: %w", err)
		}
		w.end()
	}
	// Where Wine looks for the share \\localhost\bitstest.
	if err := os.MkdirAll(filepath.Join(w.prefix(), "dosdevices/unc/localhost/bitstest"), 0o755); err != nil {
		return nil, err
	}
	dll, err := os.ReadFile(shim)
	if err != nil {
		return nil, err
	}
	return w, os.WriteFile(filepath.Join(w.prefix(), "drive_c/windows/system32/bcryptprimitives.dll"), dll, 0o755)
}

func (w *machine) prefix() string { return filepath.Join(w.dir, "prefix") }

func (w *machine) goCommand(args ...string) *exec.Cmd {
	c := exec.Command("go", args...)
	c.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	return c
}

// install installs the packages that are missing.
func install() error {
	missing := false
	for _, program := range []string{"wine", "wineserver", "wineboot", "x86_64-w64-mingw32-gcc"} {
		if _, err := exec.LookPath(program); err != nil {
			missing = true
		}
	}
	if !missing {
		return nil
	}
	packages := []string{"wine", "wine64", "gcc-mingw-w64-x86-64"}
	if os.Geteuid() != 0 {
		return fmt.Errorf("install these packages first: %s", strings.Join(packages, " "))
	}
	for _, args := range [][]string{{"update"}, append([]string{"install", "-y", "--no-install-recommends"}, packages...)} {
		if out, err := exec.Command("apt-get", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}

// restart begins a new session, with a new service and no jobs. A process of its
// own holds it open: Wine's services keep the output of the first program of a
// session, and end when the last one has.
func (w *machine) restart() {
	w.end()
	w.held = exec.Command("wine", "cmd.exe") // which waits for its input
	w.held.Env = w.env
	if in, err := w.held.StdinPipe(); err == nil && w.held.Start() == nil {
		w.hold = in
	}
	time.Sleep(1500 * time.Millisecond)
}

// end ends the session, and with it all programs in it.
func (w *machine) end() {
	for _, arg := range []string{"-k", "-w"} {
		c := exec.Command("wineserver", arg)
		c.Env = w.env
		_ = c.Run() // it fails when there is none
	}
	if w.hold != nil {
		_ = w.hold.Close() // the process is gone
		_ = w.held.Wait()
		w.hold = nil
	}
}

// run runs a program and returns what it printed.
func (w *machine) run(atMost time.Duration, program string, args ...string) (string, error) {
	return w.runIn(w.dir, atMost, program, args...)
}

// hangs is the error of a program that had to be ended.
type hangs struct {
	after   time.Duration
	threads string // what they were doing
}

func (h *hangs) Error() string { return fmt.Sprintf("not ended after %v", h.after) }

// report is what is known of a program that hangs.
func (h *hangs) report() string { return fmt.Sprintf("%v; its threads:\n%s", h, h.threads) }

// runIn is run in a directory of this system.
func (w *machine) runIn(dir string, atMost time.Duration, program string, args ...string) (string, error) {
	c := exec.Command("wine", append([]string{filepath.Join(w.dir, program)}, args...)...)
	c.Env, c.Dir = w.env, dir
	// The output goes to a file. A pipe would stay open as long as a service that
	// the program has started, and that keeps what it inherits.
	out, err := os.CreateTemp(w.dir, "output")
	if err != nil {
		return "", err
	}
	defer func() {
		_ = out.Close() // it has been read
		_ = os.Remove(out.Name())
	}()
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		return "", err
	}
	hung := make(chan *hangs, 1)
	late := time.AfterFunc(atMost, func() {
		hung <- &hangs{atMost, threads(c.Process.Pid)}
		_ = c.Process.Kill() // it may have ended in this instant
	})
	err = c.Wait()
	if !late.Stop() {
		err = <-hung
	}
	text, readErr := os.ReadFile(out.Name())
	return strings.ReplaceAll(string(text), "\r", ""), errors.Join(err, readErr)
}

// threads tells what the threads of a program wait for, as far as this system shows it.
func threads(pid int) string {
	var b strings.Builder
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	for _, task := range tasks {
		b.WriteString(filepath.Base(task))
		for _, name := range []string{"comm", "wchan", "syscall"} {
			text, _ := os.ReadFile(filepath.Join(task, name)) // not every system has each
			b.WriteString(" " + strings.TrimSpace(string(text)))
		}
		b.WriteString("\n")
	}
	return b.String()
}
