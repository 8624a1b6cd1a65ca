package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const source = `package p

func f(x int) int {
	if x == 0 { // uncovered: nobody asks for nothing
		return 1
	}
	if x == 1 { // uncovered:
		return 2
	}
	return 3
}
`

// The blocks of source as go test reports them, the function called with 5.
const sourceProfile = `mode: set
example.com/m/p/f.go:3.19,4.12 1 1
example.com/m/p/f.go:4.12,6.3 1 0
example.com/m/p/f.go:7.2,7.12 1 1
example.com/m/p/f.go:7.12,9.3 1 0
example.com/m/p/f.go:10.2,10.10 1 1
`

func module(t *testing.T) fstest.MapFS {
	t.Helper()
	return fstest.MapFS{
		"go.mod": {Data: []byte("// A comment.\nmodule example.com/m\n\ngo 1.25.0\n")},
		"p/f.go": {Data: []byte(source)},
	}
}

func parse(t *testing.T, profile string) []block {
	t.Helper()
	blocks, err := parseProfile(strings.NewReader(profile))
	require.NoError(t, err)
	return blocks
}

func TestExcuseNeedsReasonAndCoversItsBlockOnly(t *testing.T) {
	t.Parallel()
	packages, err := summarise(module(t), parse(t, sourceProfile))
	require.NoError(t, err)
	require.Len(t, packages, 1)
	s := packages[0]
	require.Equal(t, "p", s.dir)
	require.Equal(t, 4, s.statements)
	require.Equal(t, 3, s.covered)
	require.Equal(t, 1, s.excused)
	require.Len(t, s.missing, 1)
	require.Equal(t, 7, s.missing[0].start.line)
}

func TestFloors(t *testing.T) {
	t.Parallel()
	packages, err := summarise(module(t), parse(t, sourceProfile))
	require.NoError(t, err)
	for name, row := range map[string]struct {
		floor float64
		low   bool
	}{
		"under": {100, true},
		"just":  {75, false},
		"above": {75.1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			err := report(&out, packages, map[string]float64{"p": row.floor, "not-there-yet": 100})
			require.Contains(t, out.String(), "75.0 %")
			if row.low {
				require.EqualError(t, err, "1 packages below their floor")
				require.Contains(t, out.String(), "p/f.go:7: no test runs lines 7 to 9")
				return
			}
			require.NoError(t, err)
			require.NotContains(t, out.String(), "no test runs")
		})
	}
}

func TestPercentRoundsDown(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 99.9, (&summary{statements: 100_000, covered: 99_999}).percent(), 1e-9)
	require.InDelta(t, 100.0, (&summary{statements: 3, covered: 3}).percent(), 1e-9)
	require.InDelta(t, 100.0, (&summary{excused: 3}).percent(), 1e-9)
}

func TestSameBlockTwiceIsMerged(t *testing.T) {
	t.Parallel()
	blocks := parse(t, "mode: set\nm/f.go:3.1,4.2 7 0\nm/f.go:3.1,4.2 7 1\nm/f.go:1.1,2.2 1 0\n")
	require.Equal(t, []block{
		{file: "m/f.go", start: position{1, 1}, end: position{2, 2}, statements: 1},
		{file: "m/f.go", start: position{3, 1}, end: position{4, 2}, statements: 7, count: 1},
	}, blocks)
}

func TestBadProfile(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ profile, want string }{
		"empty":     {"", "not a coverage profile"},
		"no mode":   {"m/f.go:3.1,4.2 7 0\n", "not a coverage profile"},
		"no colon":  {"mode: set\nnonsense\n", `line 2: "nonsense" has no colon`},
		"no number": {"mode: set\nm/f.go:3.1,x\n", "line 2:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := parseProfile(strings.NewReader(row.profile))
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestBadModule(t *testing.T) {
	t.Parallel()
	blocks := parse(t, sourceProfile)
	for name, row := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"no go.mod":    {fstest.MapFS{}, "go.mod"},
		"no module":    {fstest.MapFS{"go.mod": {Data: []byte("go 1.25\n")}}, "no module line"},
		"other module": {fstest.MapFS{"go.mod": {Data: []byte("module example.com/other\n")}}, "not in module example.com/other"},
		"no source":    {fstest.MapFS{"go.mod": {Data: []byte("module example.com/m\n")}}, "p/f.go"},
		"not Go": {fstest.MapFS{
			"go.mod": {Data: []byte("module example.com/m\n")},
			"p/f.go": {Data: []byte("not Go")},
		}, "expected 'package'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := summarise(row.files, blocks)
			require.ErrorContains(t, err, row.want)
		})
	}
}

func TestLongListIsCut(t *testing.T) {
	t.Parallel()
	s := &summary{dir: "p", statements: 1, missing: make([]block, maxListed+2)}
	var out strings.Builder
	require.Error(t, report(&out, []*summary{s}, map[string]float64{"p": 1}))
	require.Contains(t, out.String(), "p: and 2 places more\n")
	require.Equal(t, maxListed, strings.Count(out.String(), "no test runs"))
}

// run looks at the working directory, so no t.Parallel.
func TestRun(t *testing.T) {
	t.Chdir(t.TempDir())
	require.ErrorContains(t, run(os.Stderr, nil), "want one argument")
	require.ErrorContains(t, run(os.Stderr, []string{"nothing"}), "nothing")
	for name, file := range module(t) {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, file.Data, 0o600))
	}
	require.NoError(t, os.WriteFile("bad.out", []byte("bad"), 0o600))
	require.ErrorContains(t, run(os.Stderr, []string{"bad.out"}), "bad.out: not a coverage profile")
	require.NoError(t, os.WriteFile("coverage.out", []byte(sourceProfile), 0o600))
	var out strings.Builder
	require.NoError(t, run(&out, []string{"coverage.out"}))
	require.Contains(t, out.String(), "75.0 %")
}

func FuzzParseProfile(f *testing.F) {
	f.Add(sourceProfile)
	f.Add("mode: set\n:1.1,2.2 1 1\n")
	f.Add("mode: atomic\nm/f.go:-1.1,2.2 1 9223372036854775807\nm/f.go:-1.1,2.2 1 1\n")
	f.Fuzz(func(t *testing.T, profile string) {
		blocks, err := parseProfile(strings.NewReader(profile))
		if err != nil {
			require.Nil(t, blocks)
			return
		}
		require.LessOrEqual(t, len(blocks), strings.Count(profile, "\n")+1)
	})
}
