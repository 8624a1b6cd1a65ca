package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// row is a line of hresults.tsv.
//
// Its columns are name (as in the documentation), hex, section, text and note; "-" means none. Rows with the same
// value share one text: the row that has it gives the name to print, the others are further names.
type row struct {
	name    string
	win32   string // the Win32 name of HRESULT_FROM_WIN32(name), else ""
	value   uint32
	section string
	text    string
	note    string
}

const header = "name\thex\tsection\ttext\tnote"

var (
	nameForm = regexp.MustCompile(`^(?:HRESULT_FROM_WIN32\(([A-Z][A-Z0-9_]*)\)|[A-Z][A-Z0-9_]*)$`)
	hexForm  = regexp.MustCompile(`^0x[0-9A-F]{8}$`)
	textForm = regexp.MustCompile(`^[A-Z].*\.$`)
)

// ident returns the name of the Go constant.
func (r row) ident() string {
	if r.win32 != "" {
		return "HRESULT_FROM_WIN32_" + r.win32
	}
	return r.name
}

// key returns the name that Parse looks for.
func (r row) key() string {
	if r.win32 != "" {
		return r.win32
	}
	return r.name
}

// parseRows reads the table and checks what the generated code relies on.
func parseRows(tsv string) ([]row, error) {
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(tsv, "\r\n", "\n"), "\n"), "\n")
	if lines[0] != header {
		return nil, fmt.Errorf("line 1: the header is %q, want %q", lines[0], header)
	}
	var rows []row
	keys := map[string]bool{}
	for i, line := range lines[1:] {
		r, err := parseRow(line)
		if err == nil && keys[r.key()] {
			err = fmt.Errorf("a second %s", r.key())
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		keys[r.key()] = true
		rows = append(rows, r)
	}
	return rows, checkTexts(rows)
}

func parseRow(line string) (row, error) {
	cells := strings.Split(line, "\t")
	if len(cells) != 5 {
		return row{}, fmt.Errorf("%d columns, want 5", len(cells))
	}
	r := row{name: cells[0], section: cells[2], text: cells[3], note: cells[4]}
	m := nameForm.FindStringSubmatch(r.name)
	if m == nil {
		return row{}, fmt.Errorf("bad name %q", r.name)
	}
	r.win32 = m[1]
	if !hexForm.MatchString(cells[1]) {
		return row{}, fmt.Errorf("bad value %q", cells[1])
	}
	value, _ := strconv.ParseUint(cells[1], 0, 32) // the form leaves no room for an error
	r.value = uint32(value)
	if !slices.ContainsFunc(sections, func(s section) bool { return s.key == r.section }) {
		return row{}, fmt.Errorf("no section %q", r.section)
	}
	if r.text != "-" && !textForm.MatchString(r.text) {
		return row{}, fmt.Errorf("the text %q is not a sentence", r.text)
	}
	return r, nil
}

// checkTexts makes sure that every value has exactly one row with a text.
func checkTexts(rows []row) error {
	texts := map[uint32]int{}
	for _, r := range rows {
		if r.text != "-" {
			texts[r.value]++
		}
	}
	var errs []error
	for _, r := range rows {
		if n := texts[r.value]; n != 1 {
			errs = append(errs, fmt.Errorf("%s: %d texts for 0x%08X, want 1", r.name, n, r.value))
		}
	}
	return errors.Join(errs...)
}
