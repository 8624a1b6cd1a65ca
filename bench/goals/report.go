package goals

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
)

// enough is how many samples of each row settle a goal.
const enough = 6

// result is a goal that was measured.
type result struct {
	Goal
	value   float64 // the ratio, or the value when there is no peer
	peer    string  // the row compared with
	samples int     // of the row that has the fewest
	better  bool    // at or below the limit
}

// measure judges g, and tells whether all its rows are there.
func (g Goal) measure(m Measurements) (result, bool) {
	unit := g.Unit
	if unit == "" {
		unit = "ns/op"
	}
	v, n := m.median(g.Row, unit)
	r := result{Goal: g, value: v, samples: n}
	if n == 0 {
		return r, false
	}
	if len(g.Peers) > 0 {
		if g.PeerUnit != "" {
			unit = g.PeerUnit
		}
		best := math.Inf(1)
		for _, row := range g.Peers {
			v, n := m.median(row, unit)
			if n == 0 {
				return r, false
			}
			r.samples = min(r.samples, n)
			if v < best {
				best, r.peer = v, row
			}
		}
		r.value /= best
	}
	r.better = r.value <= g.Limit
	return r, true
}

// Report prints a table, in Markdown, of the goals that were measured.
func Report(w io.Writer, m Measurements, goals []Goal) error {
	var table strings.Builder
	tw := tabwriter.NewWriter(&table, 0, 0, 1, ' ', 0)
	fmt.Fprintln(tw, "| goal\t| what\t| against\t| measured\t| goal\t|\t|")
	fmt.Fprintln(tw, "| ---\t| ---\t| ---\t| ---\t| ---\t| ---\t|")
	met, missed, few := 0, 0, 0
	for _, g := range goals {
		r, ok := g.measure(m)
		if !ok {
			continue
		}
		verdict := "ok"
		if r.better {
			met++
		} else {
			verdict = "MISS"
			missed++
		}
		if r.samples < enough {
			few++
		}
		fmt.Fprintf(tw, "| %s\t| %s\t| %s\t| %s\t| ≤ %s\t| %s\t|\n",
			g.ID, g.What, r.against(), r.format(r.value), r.format(g.Limit), verdict)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if met+missed == 0 {
		_, err := fmt.Fprintln(w, "No goal has all its rows among these measurements.")
		return err
	}
	fmt.Fprintf(w, "%s\nok %d, MISS %d, not measured %d", &table, met, missed, len(goals)-met-missed)
	if few > 0 {
		fmt.Fprintf(w, "; %d of them by less than %d samples, which settle nothing", few, enough)
	}
	_, err := fmt.Fprintln(w, ".")
	return err
}

// against names the peer by the part of its row that differs from the library's.
func (r result) against() string {
	if r.peer == "" {
		return "-"
	}
	_, name, _ := strings.Cut(r.peer, "impl=")
	if r.Floor {
		name += " (floor)"
	}
	return name
}

// format prints a ratio, small ones as fractions, or a value with its unit.
func (r result) format(v float64) string {
	if r.peer == "" {
		unit := r.Unit
		if unit == "" {
			unit = "ns/op"
		}
		if v >= 1000 {
			return fmt.Sprintf("%.0f %s", v, unit)
		}
		return fmt.Sprintf("%.4g %s", v, unit)
	}
	if v > 0 && v < 0.03 {
		return fmt.Sprintf("1/%.0f", 1/v)
	}
	return fmt.Sprintf("%.3g ×", v)
}
