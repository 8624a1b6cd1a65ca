package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/bitsemu/bitsemu/bitstest"
)

// An update is run by examples/updater on Wine's BITS and on the emulator, which must
// come to the same end.
type update struct {
	name string
	size int      // of what is wanted
	args []string // with {server} for the server
	old  bool     // another release is there
	ends string   // the HRESULT that it fails with; "" for an update that succeeds
}

const mebibyte = 1 << 20

var updates = []update{
	{name: "a file", size: mebibyte + 1, args: []string{"{server}/file/1048577"}},
	{name: "a file, by callbacks", size: mebibyte + 1, args: []string{"-callbacks", "{server}/file/1048577"}},
	{name: "a newer release", size: 5000, args: []string{"{server}/file/5000"}, old: true},
	{name: "an empty file", args: []string{"{server}/file/0"}},
	{name: "a slow server", size: 300000, args: []string{"-callbacks", "{server}/slow/5/100/300000"}},
	{name: "a redirect", size: 1000, args: []string{"{server}/redirect/302/file/1000"}},
	{name: "a password", size: 2000, args: []string{"-user", "alice", "{server}/auth/basic/alice/secret/2000"}},
	{name: "a password, by callbacks", size: 2000, args: []string{"-callbacks", "-user", "alice", "{server}/auth/basic/alice/secret/2000"}},
	{name: "nothing there", args: []string{"{server}/status/404"}, ends: "BG_E_HTTP_ERROR_404"},
	{name: "nothing there, by callbacks", args: []string{"-callbacks", "{server}/status/404"}, ends: "BG_E_HTTP_ERROR_404"},
	{name: "nothing there, an old release", args: []string{"{server}/status/404"}, old: true, ends: "BG_E_HTTP_ERROR_404"},
	{
		name: "a mirror", size: 4000,
		args: []string{"-mirror", "{server}/status/404/x", "-mirror", "{server}/file/4000", "{server}/status/404"},
	},
	{
		name: "a mirror, by callbacks", size: 4000,
		args: []string{"-callbacks", "-mirror", "{server}/file/4000", "{server}/status/404"},
	},
	{
		name: "the wrong file and a mirror", size: 4000,
		args: []string{"-mirror", "{server}/file/4000", "{server}/file/3999"},
	},
	{
		name: "the wrong file and a mirror, by callbacks", size: 4000,
		args: []string{"-callbacks", "-mirror", "{server}/file/4000", "{server}/file/3999"},
	},
	{name: "the wrong file", size: 4000, args: []string{"{server}/file/3999"}, ends: "BG_E_VALIDATION_FAILED"},
	{name: "the wrong file, an old release", size: 4000, args: []string{"{server}/file/3999"}, old: true, ends: "BG_E_VALIDATION_FAILED"},
}

const oldRelease = "the last release"

// outcome is what an update has come to.
type outcome struct {
	failed string // the HRESULT that is told; "" for success
	files  map[string]string
}

func (o outcome) String() string {
	s := "success"
	if o.failed != "" {
		s = o.failed
	}
	for _, name := range slices.Sorted(maps.Keys(o.files)) {
		sum := sha256.Sum256([]byte(o.files[name]))
		s += fmt.Sprintf(", %s of %d bytes (%x)", name, len(o.files[name]), sum[:4])
	}
	return s
}

// updater runs the updates on both services.
func (w *machine) updater() error {
	server := httptest.NewServer(bitstest.Handler())
	defer server.Close()
	there := filepath.Join(w.prefix(), "drive_c", "updater")
	here := filepath.Join(w.dir, "updater")
	defer func() {
		_ = os.RemoveAll(there) // the next run does it too
		_ = os.RemoveAll(here)
	}()
	for i, u := range updates {
		want := outcome{failed: u.ends, files: map[string]string{}}
		switch {
		case u.ends == "":
			want.files["app.msi"] = string(bitstest.Content(u.size))
		case u.old:
			want.files["app.msi"] = oldRelease
		}
		sub := fmt.Sprint(i)
		args := u.arguments(server.URL)
		emulated, said, err := u.run(filepath.Join(here, sub), func(dir string) (string, error) {
			return native(filepath.Join(w.dir, "updater.bin"), append([]string{"-to", dir}, args...))
		})
		if err != nil {
			return err
		}
		if emulated.String() != want.String() {
			return fmt.Errorf("the updater, %s, on the emulator: %v, not %v\n%s", u.name, emulated, want, said)
		}
		got, said, err := u.run(filepath.Join(there, sub), func(string) (string, error) {
			return w.run(time.Minute, "updater.exe", append([]string{"-to", `C:\updater\` + sub}, args...)...)
		})
		if err != nil {
			return err
		}
		if got.String() != emulated.String() || !maps.Equal(got.files, emulated.files) {
			return fmt.Errorf("the updater, %s: %v, and on the emulator %v\n%s", u.name, got, emulated, said)
		}
	}
	fmt.Printf("updater: %d updates end with the same files as on the emulator\n", len(updates))
	return nil
}

func (u update) arguments(server string) []string {
	sum := sha256.Sum256(bitstest.Content(u.size))
	args := []string{"-sha256", hex.EncodeToString(sum[:]), "-name", "app.msi"}
	for _, a := range u.args {
		args = append(args, string(bytes.ReplaceAll([]byte(a), []byte("{server}"), []byte(server))))
	}
	return args
}

var code = regexp.MustCompile(`\b(BG_E|E|HRESULT)_\w+|0x[0-9A-F]{8}`)

// run has the update made to a directory, and returns what came of it.
func (u update) run(dir string, program func(dir string) (string, error)) (outcome, string, error) {
	o := outcome{files: map[string]string{}}
	_ = os.RemoveAll(dir) // of an earlier run
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return o, "", err
	}
	if u.old {
		if err := os.WriteFile(filepath.Join(dir, "app.msi"), []byte(oldRelease), 0o644); err != nil {
			return o, "", err
		}
	}
	said, err := program(dir)
	if err != nil {
		lines := bytes.Split(bytes.TrimSpace([]byte(said)), []byte("\n"))
		if o.failed = string(code.Find(lines[len(lines)-1])); o.failed == "" {
			o.failed = err.Error()
		}
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		return o, said, err
	}
	for _, f := range found {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return o, said, err
		}
		o.files[f.Name()] = string(text)
	}
	return o, said, nil
}

// native runs a program of this system.
func native(program string, args []string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, program, args...)
	c.Env = append(os.Environ(), "UPDATER_PASSWORD=secret")
	out, err := c.CombinedOutput()
	return string(out), err
}
