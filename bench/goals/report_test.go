package goals_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bench/goals"
)

var update = flag.Bool("update", false, "write the golden file")

func report(t *testing.T, input string, of []goals.Goal) string {
	t.Helper()
	m, err := goals.Read(strings.NewReader(input))
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, goals.Report(&out, m, of))
	return out.String()
}

func TestReport(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("testdata/sample.txt")
	require.NoError(t, err)
	got := report(t, string(sample), goals.All)
	// A goal whose rows the sample does not have changes nothing here.
	got = regexp.MustCompile(`not measured \d+`).ReplaceAllString(got, "not measured N")
	const golden = "testdata/sample.golden"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	const input = "BenchmarkX/impl=lib-2 10 50 ns/op 3 allocs/op\n" +
		"BenchmarkX/impl=lib-2 10 70 ns/op 3 allocs/op\n" +
		"BenchmarkX/impl=lib-2 10 60 ns/op 4 allocs/op\n" +
		"BenchmarkX/impl=lib-2 10 60 ns/op 4 allocs/op\n" +
		"BenchmarkX/impl=slow-2 10 600 ns/op\n" +
		"BenchmarkX/impl=fast-2 10 120 ns/op 20 ns/job\n"
	for name, row := range map[string]struct {
		goal goals.Goal
		want string
	}{
		"at the limit":    {goals.Goal{Limit: 0.5, Peers: []string{"X/impl=fast"}}, "| fast    | 0.5 ×    | ≤ 0.5 × | ok |"},
		"over it":         {goals.Goal{Limit: 0.49, Peers: []string{"X/impl=fast"}}, "| fast    | 0.5 ×    | ≤ 0.49 × | MISS |"},
		"best of two":     {goals.Goal{Limit: 1, Peers: []string{"X/impl=slow", "X/impl=fast"}}, "| fast    | 0.5 ×    | ≤ 1 × | ok |"},
		"as a fraction":   {goals.Goal{Limit: 1. / 50, Peers: []string{"X/impl=slow"}}, "| slow    | 0.1 ×    | ≤ 1/50 | MISS |"},
		"floor":           {goals.Goal{Limit: 1, Peers: []string{"X/impl=slow"}, Floor: true}, "| slow (floor) | 0.1 ×    | ≤ 1 × | ok |"},
		"other unit":      {goals.Goal{Limit: 1, Peers: []string{"X/impl=fast"}, PeerUnit: "ns/job"}, "| fast    | 3 ×      | ≤ 1 × | MISS |"},
		"value":           {goals.Goal{Limit: 60}, "| -       | 60 ns/op | ≤ 60 ns/op | ok |"},
		"even number":     {goals.Goal{Unit: "allocs/op", Limit: 3}, "| -       | 3.5 allocs/op | ≤ 3 allocs/op | MISS |"},
		"no such peer":    {goals.Goal{Limit: 1, Peers: []string{"X/impl=none"}}, "No goal has all its rows"},
		"one peer absent": {goals.Goal{Limit: 1, Peers: []string{"X/impl=fast", "X/impl=none"}}, "No goal has all its rows"},
		"no such unit":    {goals.Goal{Unit: "B/op"}, "No goal has all its rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.goal.ID, row.goal.What, row.goal.Row = "X1", "what", "X/impl=lib"
			got := report(t, input, []goals.Goal{row.goal})
			require.Contains(t, squeeze(got), squeeze(row.want))
		})
	}
}

// squeeze makes one space of several, since columns are as wide as they must.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestEnoughSamples(t *testing.T) {
	t.Parallel()
	g := []goals.Goal{{ID: "X1", Row: "X/impl=lib", Limit: 60}}
	require.Contains(t, report(t, strings.Repeat("BenchmarkX/impl=lib-2 10 50 ns/op\n", 5), g), "settle nothing")
	require.NotContains(t, report(t, strings.Repeat("BenchmarkX/impl=lib-2 10 50 ns/op\n", 6), g), "settle nothing")
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ input, want string }{
		"empty":        {"", "no benchmark in the input"},
		"no benchmark": {"PASS\nok\tx\t0.1s\nBenchmarkX\nBenchmarkX-2 10 x ns/op\n", "no benchmark in the input"},
		"failed":       {"BenchmarkX-2 10 5 ns/op\nFAIL\n", "a benchmark failed"},
		"one failed":   {"BenchmarkX-2 10 5 ns/op\n--- FAIL: BenchmarkY\n", "a benchmark failed"},
		"long line":    {strings.Repeat("x", 1<<20), "token too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := goals.Read(strings.NewReader(row.input))
			require.ErrorContains(t, err, row.want)
		})
	}
}

func FuzzRead(f *testing.F) {
	sample, err := os.ReadFile("testdata/sample.txt")
	require.NoError(f, err)
	f.Add(string(sample))
	f.Add("---\nFAIL\nBenchmarkX-2 1 2 ns/op 3\nBenchmark 1 NaN ns/op\n")
	f.Fuzz(func(t *testing.T, input string) {
		m, err := goals.Read(strings.NewReader(input))
		if err == nil {
			require.NotEmpty(t, m)
			require.NoError(t, goals.Report(&strings.Builder{}, m, goals.All))
		}
	})
}
