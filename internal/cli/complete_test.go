package cli_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/internal/cli"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	const files = ":files"
	for line, want := range map[string][]string{
		"":                             {"completion", "copy", "forms", "group", "help"},
		"co":                           {"completion", "copy"},
		"CO":                           {"completion", "copy"},
		"nothing ":                     nil,
		"group st":                     {"start", "stop"},
		"group --where x st":           {"start", "stop"},
		"group --where ":               nil,
		"group nothing ":               nil,
		"group start x":                nil,
		"group stop ":                  {"1s", "2s"},
		"group stop 1s ":               nil,
		"copy --":                      {"--colour", "--help", "--limit", "--output", "--verbose", "--wait"},
		"copy --v":                     {"--verbose"},
		"copy --verbose --v":           nil,
		"copy --limit=3 --l":           nil,
		"copy --colour red --c":        {"--colour"},
		"copy --colour ":               {"green", "light blue", "red"},
		"copy --colour=":               {"--colour=green", "--colour=light blue", "--colour=red"},
		"copy --colour=g":              {"--colour=green"},
		"copy --nothing=":              nil,
		"copy --verbose=":              nil,
		"copy --nothing x ":            {files},
		"copy -o ":                     {files},
		"copy ":                        {files},
		"copy a b c ":                  {files},
		"copy -- --v":                  {files},
		"copy --limit ":                nil,
		"copy --wait 2":                {"24h"},
		"group start --must x --where": {"--where"},
		"help ":                        {"completion", "copy", "forms", "group", "help"},
		"help group ":                  {"start", "stop"},
		"help nothing ":                nil,
		"completion z":                 {"zsh"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			p := cli.Complete(table(nil), strings.Split(line, " "), cli.Env{})
			var got []string
			for _, w := range p.Words {
				got = append(got, w.Name)
			}
			slices.Sort(got)
			if p.Files {
				got = append(got, files)
			}
			require.Equal(t, want, got)
		})
	}
	require.NotEmpty(t, cli.Complete(table(nil), nil, cli.Env{}).Words)
}

// The command that the shells' scripts call.
func TestCompleter(t *testing.T) {
	t.Parallel()
	require.Equal(t, "copy\tcopy things\n", run(t, nil, "__complete", "zsh", "--", "cop").out)
	require.Equal(t, "copy\n", run(t, nil, "__complete", "bash", "--", "cop").out)
	require.Equal(t, "red\n", run(t, nil, "__complete", "bash", "--", "copy", "--colour", "=", "r").out)
	require.Equal(t, "red\n", run(t, nil, "__complete", "bash", "--", "copy", "--colour=r").out)
	require.Equal(t, "light blue\ngreen\nred\n", sorted(run(t, nil, "__complete", "bash", "--", "copy", "--colour", "=").out))
	for _, word := range []string{`light\ b`, `'light b`, `"light b"`, `l'ight 'b`, `"l\ight b`, `light' 'b`} {
		require.Equal(t, "light blue\n", run(t, nil, "__complete", "bash", "--", "copy", "--colour", word).out)
	}
	require.Empty(t, run(t, nil, "__complete", "bash", "--", "copy", "--colour", `light b\`).out)
	require.Equal(t, ":files\n", run(t, nil, "__complete", "fish", "--", "copy", "").out)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		script := run(t, nil, "completion", shell).out
		require.Contains(t, script, "__complete "+shell)
		require.NotContains(t, script, "PROGRAM")
	}
}

// sorted puts the longest line first.
func sorted(text string) string {
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	slices.SortFunc(lines, func(a, b string) int { return len(b) - len(a) })
	return strings.Join(lines, "")
}
