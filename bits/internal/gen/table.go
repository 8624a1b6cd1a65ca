package main

import (
	"fmt"
	"io/fs"
	"strings"
)

// readTable returns the rows of a table, each by the heading of its columns.
func readTable(fsys fs.FS, name string) ([]map[string]string, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	heading := strings.Split(lines[0], "\t")
	var rows []map[string]string
	for i, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != len(heading) {
			return nil, fmt.Errorf("%s: line %d: %d cells, want %d", name, i+2, len(cells), len(heading))
		}
		row := map[string]string{}
		for j, cell := range cells {
			row[heading[j]] = cell
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// comment makes comment lines of some 80 columns.
func comment(indent, text string) string {
	var b strings.Builder
	width := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			b.WriteString(indent + "//")
		case width+len(word) > 76:
			b.WriteString("\n" + indent + "//")
			width = 0
		}
		b.WriteString(" " + word)
		width += 1 + len(word)
	}
	return b.String()
}
