package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// position is a place in a source file, both numbers counting from 1.
type position struct{ line, column int }

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column))
}

// block is a run of statements that is executed as a whole.
type block struct {
	file       string // import path of the package, slash, file name
	start, end position
	statements int
	count      int // how often the tests ran it
}

// parseProfile reads a coverage profile. A block that several test binaries
// report is merged into one. Blocks come out sorted by file and place.
func parseProfile(r io.Reader) ([]block, error) {
	lines := bufio.NewScanner(r)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "mode: ") {
		return nil, fmt.Errorf("not a coverage profile: the first line is %q, not a mode", lines.Text())
	}
	merged := map[block]int{}
	for n := 2; lines.Scan(); n++ {
		b, err := parseBlock(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		count := b.count
		b.count = 0
		merged[b] += count
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	blocks := make([]block, 0, len(merged))
	for b, count := range merged {
		b.count = count
		blocks = append(blocks, b)
	}
	slices.SortFunc(blocks, func(a, b block) int {
		return cmp.Or(cmp.Compare(a.file, b.file), a.start.compare(b.start), a.end.compare(b.end))
	})
	return blocks, nil
}

// parseBlock reads a line such as "example.com/m/p/f.go:3.14,5.2 1 0".
func parseBlock(s string) (block, error) {
	var b block
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return block{}, fmt.Errorf("%q has no colon", s)
	}
	b.file = s[:colon]
	_, err := fmt.Sscanf(s[colon+1:], "%d.%d,%d.%d %d %d",
		&b.start.line, &b.start.column, &b.end.line, &b.end.column, &b.statements, &b.count)
	if err != nil {
		return block{}, fmt.Errorf("%q is not a block: %w", s, err)
	}
	return b, nil
}
