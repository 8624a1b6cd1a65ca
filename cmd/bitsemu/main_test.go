package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/cli"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMain is bitsemu when the program is called by that name.
func TestMain(m *testing.M) {
	// A program built with the race detector waits a second before it ends.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"bitsemu": main})
}

// run is the command in this process.
func run(args []string, out, errOut io.Writer, s screen) error {
	root := commands()
	return cli.Run(context.Background(), &root, args, cli.Env{Stdout: out, Stderr: errOut, Terminal: s.terminal, Colour: s.colour})
}

// The scripts in testdata/script, each in a directory of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": status, "hold": hold, "damage": damageFile, "cut": cut, "serve": serveScript,
		},
		Setup: setup,
	})
}

// status runs bitsemu and wants an exit status: status 2 dump nothing.db
func status(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status NUMBER COMMAND...")
	}
	err := ts.Exec("bitsemu", args[1:]...)
	if got := exitStatus(err); got != args[0] {
		ts.Fatalf("exit status %s, not %s", got, args[0])
	}
}

func exitStatus(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return strconv.Itoa(exit.ExitCode())
	}
	return err.Error()
}

func TestRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, run([]string{"sevre"}, io.Discard, io.Discard, screen{}), `no command "sevre"`)
	require.ErrorContains(t, run([]string{"demo", "x"}, io.Discard, io.Discard, screen{}), `"x"`)
	require.ErrorContains(t, run([]string{"demo", "-nope"}, io.Discard, io.Discard, screen{}), "-nope")
}

func TestColours(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "demo.golden"))
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, screen{}, screenOf(f), "a file is no terminal")
	t.Setenv("NO_COLOR", "1")
	null, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer null.Close()
	require.False(t, screenOf(null).colour)
	t.Setenv("TERM", "dumb")
	require.Equal(t, screen{}, screenOf(null))
}

// The page of documentation is what the table says.
func TestPage(t *testing.T) {
	t.Parallel()
	root := commands()
	got := cli.Markdown(&root)
	page := filepath.Join("..", "..", "docs", "bitsemu.md")
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(got), 0o600))
	}
	want, err := os.ReadFile(page)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test ./cmd/bitsemu -update writes the file anew")
}
