package main

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const sample = "../../goals/testdata/sample.txt"

func TestRun(t *testing.T) {
	t.Parallel()
	var file, piped strings.Builder
	require.NoError(t, run(nil, &file, []string{sample}))
	require.Contains(t, file.String(), "| A1   |")
	require.NoError(t, run(strings.NewReader("BenchmarkDStartup/impl=bitsemu-memory 9 9 ns/op\n"), &piped, nil))
	require.Contains(t, piped.String(), "| D1   |")
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		args  []string
		input string
		want  string
	}{
		"no such file":  {args: []string{"nowhere"}, want: "nowhere"},
		"two files":     {args: []string{sample, sample}, want: "want one file"},
		"nothing to do": {input: "PASS\n", want: "no benchmark"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, run(strings.NewReader(row.input), io.Discard, row.args), row.want)
		})
	}
}
