package goals

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Measurements are the samples of each row, by name and unit. A name has
// neither "Benchmark" in front nor the number of processors behind.
type Measurements map[string]map[string][]float64

var procs = regexp.MustCompile(`-\d+$`)

// Read reads the output of go test -bench. What is no result is passed over,
// but for the word that a benchmark failed.
func Read(r io.Reader) (Measurements, error) {
	m := Measurements{}
	failed := false
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "FAIL") || strings.HasPrefix(line, "--- FAIL") {
			failed = true
		}
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		name := procs.ReplaceAllString(strings.TrimPrefix(f[0], "Benchmark"), "")
		for i := 2; i+1 < len(f); i += 2 { // f[1] is the number of iterations
			v, err := strconv.ParseFloat(f[i], 64)
			if err != nil {
				break
			}
			if m[name] == nil {
				m[name] = map[string][]float64{}
			}
			m[name][f[i+1]] = append(m[name][f[i+1]], v)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if failed {
		return nil, errors.New("a benchmark failed")
	}
	if len(m) == 0 {
		return nil, errors.New("there is no benchmark in the input")
	}
	return m, nil
}

// median gives the median of a row's samples and their number, 0 when it was
// not measured.
func (m Measurements) median(name, unit string) (v float64, samples int) {
	s := slices.Sorted(slices.Values(m[name][unit]))
	n := len(s)
	switch {
	case n == 0:
		return 0, 0
	case n%2 == 0:
		return (s[n/2-1] + s[n/2]) / 2, n
	}
	return s[n/2], n
}
