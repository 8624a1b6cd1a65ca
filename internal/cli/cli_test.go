package cli_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/cli"
)

var update = flag.Bool("update", false, "write the golden files anew")

// table is a program with all that a table can have. What its commands are called with
// is noted in seen.
func table(seen func(*cli.Call) error) *cli.Command {
	run := func(_ context.Context, c *cli.Call) error { return seen(c) }
	return &cli.Command{
		Name: "prog", Summary: "a program", About: "It does this and that, in a sentence that is long enough to be broken into lines somewhere here.",
		Exit: []cli.Item{{Name: "0", Help: "done"}, {Name: "1", Help: "not done"}},
		Env:  []cli.Item{{Name: "HOME", Help: "where it lives"}},
		Commands: []cli.Command{
			{
				Name: "copy", Summary: "copy things",
				Args: []cli.Arg{{Name: "FROM", Help: "what is copied", Kind: cli.File}, {Name: "TO", Help: "where to", Many: true, Kind: cli.File}},
				Flags: []cli.Flag{
					{Name: "verbose", Short: "v", Env: "PROG_VERBOSE", Help: "say more"},
					{Name: "output", Short: "o", Value: "FILE", Help: "write there", Kind: cli.File},
					{Name: "limit", Value: "N", Default: "7", Env: "PROG_LIMIT", Help: "no more than that", Kind: cli.Count},
					{Name: "wait", Value: "DURATION", Help: "wait so long", Kind: cli.Duration},
					{Name: "colour", Value: "COLOUR", Many: true, Help: "one of them", Kind: cli.OneOf("red", "green", "light blue")},
				},
				About:    "Copies.\n\n  as it is\n\nAnd more.",
				Exit:     []cli.Item{{Name: "0", Help: "copied"}},
				Examples: []cli.Example{{Help: "Copy one", Line: "prog copy a b"}, {Help: "And two", Line: "prog copy a b c --verbose --output a-file-with-a-long-name --limit 1000 --wait 10s"}},
				SeeAlso:  []string{"cp"},
				Run:      run,
			},
			{
				Name: "group", Summary: "a group | of commands",
				Flags: []cli.Flag{{Name: "where", Value: "PLACE", Help: "where they are"}},
				Commands: []cli.Command{
					{Name: "start", Summary: "begin", Flags: []cli.Flag{{Name: "must", Value: "X", Required: true, Help: "what it cannot do without"}}, Run: run},
					{Name: "stop", Summary: "end", Args: []cli.Arg{{Name: "WHEN", Help: "when", Optional: true, Kind: cli.Checked(time.ParseDuration, "1s", "2s")}}, Run: run},
				},
			},
			{Name: "forms", Summary: "have forms", Synopsis: []string{"--one X [--two Y] A...", "[B]"}, Flags: []cli.Flag{{Name: "one", Value: "X", Help: "x"}, {Name: "two", Value: "Y", Help: "y"}}, Args: []cli.Arg{{Name: "A", Help: "a", Optional: true, Many: true}}, Run: run},
			{Name: "hidden", Summary: "nobody sees it", Hidden: true, Run: run},
			cli.Completion("completion", "prog"),
			cli.Help("help"),
			cli.Completer(),
		},
	}
}

type outcome struct {
	out, err string
	status   int
	call     *cli.Call
}

func run(t *testing.T, env map[string]string, args ...string) (o outcome) {
	t.Helper()
	var out, errOut bytes.Buffer
	root := table(func(c *cli.Call) error {
		o.call = c
		return nil
	})
	o.status = cli.Main(t.Context(), root, args, cli.Env{Stdout: &out, Stderr: &errOut, Getenv: func(name string) string { return env[name] }})
	o.out, o.err = out.String(), errOut.String()
	return o
}

func TestOptions(t *testing.T) {
	t.Parallel()
	o := run(t, nil, "copy", "--verbose", "a", "-o", "out", "b", "--limit=3", "-colour", "red", "--colour=light blue", "--wait", "1m30s", "--", "-c", "--verbose")
	require.Empty(t, o.err)
	require.Equal(t, "prog copy", o.call.Path)
	require.True(t, o.call.Bool("verbose"))
	require.Equal(t, "out", o.call.Text("output"))
	require.Equal(t, "3", o.call.Text("limit"))
	require.Equal(t, []string{"red", "light blue"}, o.call.List("colour"))
	require.Equal(t, 90*time.Second, o.call.Duration("wait"))
	require.Equal(t, "a", o.call.Arg("FROM"))
	require.Equal(t, []string{"b", "-c", "--verbose"}, o.call.Args("TO"))
	require.True(t, o.call.Has("limit"))

	o = run(t, nil, "copy", "-v=false", "a", "-")
	require.Empty(t, o.err)
	require.False(t, o.call.Bool("verbose"))
	require.True(t, o.call.Has("verbose"))
	require.False(t, o.call.Has("output"))
	require.Equal(t, "-", o.call.Arg("TO"))
	require.Equal(t, "7", o.call.Text("limit"))
	require.False(t, o.call.Has("limit"))
	require.Empty(t, o.call.List("colour"))
	require.Zero(t, o.call.Duration("wait"))

	o = run(t, nil, "group", "--where", "here", "start", "--must", "-x")
	require.Empty(t, o.err)
	require.Equal(t, "here", o.call.Text("where"))
	require.Equal(t, "-x", o.call.Text("must"), "what follows an option is its value, whatever it looks like")
	o = run(t, nil, "--", "group", "stop")
	require.Empty(t, o.err)
	require.Empty(t, o.call.Arg("WHEN"))
	require.Panics(t, func() { o.call.Text("nothing") })
	require.Panics(t, func() { o.call.Arg("NOTHING") })
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	o := run(t, map[string]string{"PROG_LIMIT": "12", "PROG_VERBOSE": "1"}, "copy", "a", "b")
	require.Empty(t, o.err)
	require.Equal(t, "12", o.call.Text("limit"))
	require.True(t, o.call.Has("limit"))
	require.True(t, o.call.Bool("verbose"))
	o = run(t, map[string]string{"PROG_LIMIT": "12", "PROG_VERBOSE": "1"}, "copy", "--limit", "4", "--verbose=0", "a", "b")
	require.Equal(t, "4", o.call.Text("limit"), "the command line counts first")
	require.False(t, o.call.Bool("verbose"))
	o = run(t, map[string]string{"PROG_LIMIT": "many"}, "copy", "a", "b")
	require.Equal(t, "prog copy: PROG_LIMIT: \"many\" is no number from 0 to 2147483647; see prog help copy\n", o.err)
	o = run(t, map[string]string{"PROG_VERBOSE": "perhaps"}, "copy", "a", "b")
	require.Equal(t, "prog copy: PROG_VERBOSE: \"perhaps\" is neither true nor false; see prog help copy\n", o.err)
	require.Equal(t, cli.Usage, o.status)
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"copi":                     `prog: there is no command "copi"; is it "copy"?; see prog help`,
		"entirely":                 `prog: there is no command "entirely"; see prog help`,
		"hiden":                    `prog: there is no command "hiden"; see prog help`,
		"group strt":               `prog group: there is no command "strt"; is it "start"?; see prog help group`,
		"-- nothing":               `prog: there is no command "nothing"; see prog help`,
		"--flag":                   `prog: there is no option --flag; see prog help`,
		"copy":                     `prog copy: it wants FROM: what is copied; see prog help copy`,
		"copy a":                   `prog copy: it wants TO: where to; see prog help copy`,
		"copy a b --nothing":       `prog copy: there is no option --nothing; see prog help copy`,
		"copy a b --o=x":           `prog copy: there is no option --o=x; see prog help copy`,
		"copy a b --output":        `prog copy: --output wants a value: --output FILE; see prog help copy`,
		"copy a b -o x -o y":       `prog copy: --output is there twice; see prog help copy`,
		"copy a b --verbose=maybe": `prog copy: --verbose is a switch, and "maybe" neither true nor false; see prog help copy`,
		"copy a b --limit -1":      `prog copy: --limit: "-1" is no number from 0 to 2147483647; see prog help copy`,
		"copy a b --wait x":        `prog copy: --wait: "x" is no duration such as 90s or 1h30m; see prog help copy`,
		"copy a b --wait -1s":      `prog copy: --wait: "-1s" is a duration below zero; see prog help copy`,
		"copy a b --colour grey":   `prog copy: --colour: "grey" is none of red, green, light blue; see prog help copy`,
		"group start":              `prog group start: it wants --must X: what it cannot do without; see prog help group start`,
		"group stop 1s 2s":         `prog group stop: it takes no argument "2s"; see prog help group stop`,
		"group stop soon":          `prog group stop: WHEN: time: invalid duration "soon"; see prog help group stop`,
		"help copi":                `prog help: there is no command "copi"; is it "copy"?; see prog help help`,
		"help group strt":          `prog help: there is no command "group strt"; is it "start"?; see prog help help`,
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			o := run(t, nil, strings.Fields(line)...)
			require.Equal(t, want+"\n", o.err)
			require.Equal(t, cli.Usage, o.status)
			require.Empty(t, o.out)
			require.Nil(t, o.call)
		})
	}
}

// What goes wrong is told with the command and the HRESULT, and has an exit status.
func TestErrors(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		err    error
		status int
		says   string
	}{
		"plain":          {errors.New("it broke"), 1, "prog hidden: it broke\n"},
		"with a status":  {cli.WithStatus(5, errors.New("it broke")), 5, "prog hidden: it broke\n"},
		"without a word": {cli.WithStatus(3, nil), 3, ""},
		"an HRESULT":     {hresult.E_ACCESSDENIED, 1, "prog hidden: " + hresult.E_ACCESSDENIED.Error() + "\n"},
		"hides one":      {hides{hresult.BG_E_NOT_FOUND}, 1, "prog hidden: hidden (BG_E_NOT_FOUND 0x80200001)\n"},
		"hides a number": {hides{0x8007beef}, 1, "prog hidden: hidden (0x8007BEEF)\n"},
		"hides success":  {hides{hresult.S_FALSE}, 1, "prog hidden: hidden\n"},
		"a closed pipe":  {fmt.Errorf("write: %w", syscall.EPIPE), 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var errOut bytes.Buffer
			root := table(func(*cli.Call) error { return row.err })
			require.Equal(t, row.status, cli.Main(t.Context(), root, []string{"hidden"}, cli.Env{Stderr: &errOut}))
			require.Equal(t, row.says, errOut.String())
			require.ErrorIs(t, cli.Run(t.Context(), root, []string{"hidden"}, cli.Env{}), row.err)
		})
	}
	root := table(func(c *cli.Call) error { return c.Wrong("%d things", 2) })
	err := cli.Run(t.Context(), root, []string{"hidden"}, cli.Env{})
	require.Equal(t, cli.Usage, cli.Status(err))
	require.Equal(t, "prog hidden: 2 things; see prog help hidden", cli.Message("prog", err))
	var wrong *cli.UsageError
	require.ErrorAs(t, err, &wrong)
	require.EqualError(t, wrong.Unwrap(), "2 things")
	require.EqualError(t, cli.WithStatus(4, nil), "status 4")
	require.Equal(t, "prog: alone", cli.Message("prog", errors.New("alone")))
	require.Equal(t, cli.OK, cli.Status(nil))

	bare := &cli.Command{Name: "bare", Commands: []cli.Command{{Name: "one", Summary: "be alone"}}}
	var out bytes.Buffer
	require.NoError(t, cli.Run(t.Context(), bare, []string{"one", "-h"}, cli.Env{Stdout: &out}))
	require.NotContains(t, out.String(), "EXIT STATUS")
	err = cli.Run(t.Context(), bare, []string{strings.Repeat("one", 1000)}, cli.Env{})
	require.NotContains(t, err.Error(), "is it")
}

// hides has an HRESULT that its text does not tell.
type hides struct{ code hresult.HRESULT }

func (hides) Error() string   { return "hidden" }
func (h hides) Unwrap() error { return h.code }

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o700))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test ./internal/cli -update writes the file anew")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	usage := run(t, nil).out
	golden(t, "usage.golden", usage)
	for _, line := range []string{"-h", "--help", "-help", "help"} {
		require.Equal(t, usage, run(t, nil, line).out)
	}
	var all strings.Builder
	for _, command := range []string{"copy", "group", "group start", "group stop", "forms", "help", "completion"} {
		words := strings.Fields(command)
		page := run(t, nil, append([]string{"help"}, words...)...).out
		all.WriteString(page + "\n----\n\n")
		require.Equal(t, page, run(t, nil, append(words, "--help")...).out)
		for line := range strings.Lines(page) {
			require.LessOrEqual(t, len(line), 81, line)
		}
	}
	golden(t, "help.golden", all.String())
	require.Empty(t, run(t, nil, "copy", "--help").err)

	var colour bytes.Buffer
	require.NoError(t, cli.Run(t.Context(), table(nil), []string{"help", "copy"}, cli.Env{Stdout: &colour, Colour: true}))
	require.Contains(t, colour.String(), "\x1b[1mSYNOPSIS\x1b[0m\n")
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	golden(t, "markdown.golden", run(t, nil, "help", "--markdown").out)
}

func TestPaint(t *testing.T) {
	t.Parallel()
	for _, colour := range []bool{false, true} {
		c := cli.Call{Env: cli.Env{Colour: colour}}
		want := "abcd"
		if colour {
			want = "\x1b[1ma\x1b[0m\x1b[32mb\x1b[0m\x1b[31mc\x1b[0m\x1b[2md\x1b[0m"
		}
		require.Equal(t, want, c.Bold("a")+c.Green("b")+c.Red("c")+c.Dim("d")+c.Dim(""))
	}
}

func TestHang(t *testing.T) {
	t.Parallel()
	words := strings.TrimSpace(strings.Repeat("word ", 30))
	require.Equal(t, "short\n", cli.Hang("short\n", 4))
	got := cli.Fold("  " + words)
	for line := range strings.Lines(got) {
		require.LessOrEqual(t, len(line), 80)
	}
	require.Equal(t, strings.Fields(words), strings.Fields(got))
	require.True(t, strings.HasPrefix(strings.Split(got, "\n")[1], "      word"))
	long := strings.Repeat("x", 100)
	require.Equal(t, long+"\n", cli.Fold(long))
	require.Equal(t, "a\n    "+long+"\n    b\n", cli.Fold("a "+long+" b"))
	require.Equal(t, long+"\n    b\n", cli.Fold(long+" b"))
}

func FuzzHang(f *testing.F) {
	f.Add("  a line", 4)
	f.Add(strings.Repeat("ab ", 60), 0)
	f.Fuzz(func(t *testing.T, line string, by int) {
		by = min(max(by, 0), 60)
		require.Equal(t, strings.ReplaceAll(strings.ReplaceAll(line, "\n", ""), " ", ""), strings.ReplaceAll(strings.ReplaceAll(cli.Hang(line, by), "\n", ""), " ", ""), "no letter is lost")
	})
}

// FuzzParse: no command line makes the program panic, and what is accepted keeps to
// the table.
func FuzzParse(f *testing.F) {
	for _, line := range []string{
		"copy a b", "copy -v a b -o c --limit=3 -- -d", "group start --must x", "group --where", "help copy --markdown", "completion bash",
		"__complete bash -- copy --colour = r", "copy --colour=red --colour=green a b", "-- group stop 1s", "- -- ---", "copy -=x a b", "--=",
	} {
		f.Add(strings.ReplaceAll(line, " ", "\n"))
	}
	f.Fuzz(func(t *testing.T, lines string) {
		words := strings.Split(lines, "\n")
		root := table(func(c *cli.Call) error {
			if strings.HasSuffix(c.Path, "copy") {
				require.NotEmpty(t, c.Args("TO"))
				for _, colour := range c.List("colour") {
					require.Contains(t, []string{"red", "green", "light blue"}, colour)
				}
				require.GreaterOrEqual(t, c.Duration("wait"), time.Duration(0))
			}
			return nil
		})
		var out, errOut bytes.Buffer
		status := cli.Main(t.Context(), root, words, cli.Env{Stdout: &out, Stderr: &errOut})
		require.Contains(t, []int{cli.OK, cli.Usage}, status)
		require.Equal(t, status != cli.OK, errOut.Len() > 0)
		p := cli.Complete(root, words, cli.Env{})
		for _, w := range p.Words {
			require.NotEmpty(t, w.Name)
		}
	})
}
