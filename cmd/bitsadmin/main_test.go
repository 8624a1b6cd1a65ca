package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/internal/bitsadmin"
	"github.com/bitsemu/bitsemu/serve"
)

// TestMain is bitsadmin when the program is called by that name.
func TestMain(m *testing.M) {
	// A program built with the race detector waits a second before it ends.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"bitsadmin": main})
}

// places are where the jobs of a program can be: the variables that name one, for a drive.
var places = map[string]func(t *testing.T, dir, drive string) ([]string, error){
	"store": func(_ *testing.T, dir, drive string) ([]string, error) {
		return []string{"BITSEMU_STORE=" + filepath.Join(dir, "jobs.db"), "BITSEMU_DRIVES=C:=" + drive, "BITSEMU_WAIT=" + patience.String()}, nil
	},
	"service": func(t *testing.T, _, drive string) ([]string, error) {
		const bearer = "a token of a test that is long enough"
		emu, err := bitsemu.New(bitsemu.Drive("C:", drive))
		if err != nil {
			return nil, err
		}
		t.Cleanup(func() { require.NoError(t, emu.Close()) })
		return []string{"BITSEMU_SERVICE=" + serve.RunT(t, emu, serve.BearerToken(bearer)), "BITSEMU_TOKEN=" + bearer}, nil
	},
}

// The scripts in testdata/script, each on a machine of its own, and at both places.
func TestScripts(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := updates(t)
			testscript.Run(t, testscript.Params{
				Dir:  "testdata/script",
				Cmds: scriptCommands,
				Setup: func(env *testscript.Env) error {
					env.Setenv("GORACE", os.Getenv("GORACE"))
					drive := filepath.Join(env.WorkDir, "c")
					if err := os.MkdirAll(filepath.Join(drive, "Updates"), 0o700); err != nil {
						return err
					}
					vars, err := place(t, env.WorkDir, drive)
					env.Vars = append(env.Vars, append(vars, "SERVER="+server)...)
					set := fmt.Sprintf("# two files\n%[1]s/update.bin C:\\Updates\\two.bin\n\n%[1]s/update.bin\tC:\\Updates\\with blank.bin\n", server)
					return errors.Join(err, os.WriteFile(filepath.Join(env.WorkDir, "set.txt"), []byte(set), 0o600))
				},
			})
		})
	}
}

// scriptCommands are what scripts have besides.
var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	// exits STATUS command...: it ends with the exit code that this system has for a status.
	"exits": func(ts *testscript.TestScript, _ bool, args []string) {
		want, err := strconv.ParseInt(args[0], 0, 64)
		ts.Check(err)
		code := 0
		if err := ts.Exec(args[1], args[2:]...); err != nil {
			exit := new(exec.ExitError)
			if !errors.As(err, &exit) {
				ts.Fatalf("%v", err)
			}
			code = exit.ExitCode()
		}
		if want := bitsadmin.ExitCode(int32(uint32(want))); code != want && uint32(code) != uint32(want) {
			ts.Fatalf("exit code %d; want %d", code, want)
		}
	},
	// capture NAME: the last output is a variable.
	"capture": func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
	},
	// lower NAME: in small letters.
	"lower": func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Setenv(args[0], strings.ToLower(ts.Getenv(args[0])))
	},
	// await STATE job: asks for the state until it is that.
	"await": func(ts *testscript.TestScript, _ bool, args []string) {
		for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			ts.Check(ts.Exec("bitsadmin", "/rawreturn", "/getstate", args[1]))
			state := ts.ReadFile("stdout")
			if state == args[0] {
				return
			}
			if time.Now().After(end) {
				ts.Fatalf("%s is still %s", args[1], state)
			}
		}
	},
	// watch TEXT command...: is interrupted when the output has the text, and succeeds.
	"watch": watch,
}

func watch(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	path, err := exec.LookPath(args[1]) // testscript.Main has put it into PATH
	ts.Check(err)
	cmd := exec.CommandContext(ctx, path, args[2:]...)
	cmd.Dir, cmd.Stderr = ts.Getenv("WORK"), ts.Stderr()
	cmd.Env = os.Environ()
	for _, name := range []string{"BITSEMU_STORE", "BITSEMU_DRIVES", "BITSEMU_SERVICE", "BITSEMU_TOKEN", "BITSEMU_AS"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	pipe, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	var out strings.Builder
	for buf := make([]byte, 256); !strings.Contains(out.String(), args[0]); {
		n, err := pipe.Read(buf)
		out.Write(buf[:n])
		if err != nil {
			ts.Fatalf("%q has not come: %s%v, %v", args[0], out.String(), err, cmd.Wait())
		}
	}
	_, _ = io.WriteString(ts.Stdout(), out.String())
	if runtime.GOOS == "windows" { // where a process cannot interrupt another
		ts.Check(cmd.Process.Kill())
		_ = cmd.Wait()
		return
	}
	ts.Check(cmd.Process.Signal(os.Interrupt))
	ts.Check(cmd.Wait())
}
