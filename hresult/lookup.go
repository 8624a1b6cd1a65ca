package hresult

import (
	"cmp"
	"slices"
)

// entry is a row of the table values: a code, the name it prints under, its text.
type entry struct {
	value HRESULT
	name  string
	text  string
}

// named is a row of the tables names and win32Names: an upper-case name and its code.
type named struct {
	name  string
	value HRESULT
}

// The three tables are sorted arrays of constants, which the linker lays out: a program that imports this package
// pays nothing for them at start-up, as it would for maps.

// lookup returns the row of h, or nil when h has no name.
func lookup(h HRESULT) *entry {
	i, ok := slices.BinarySearchFunc(values[:], h, func(e entry, h HRESULT) int { return cmp.Compare(e.value, h) })
	if !ok {
		return nil
	}
	return &values[i]
}

// lookupName returns the code that table has for name, which may be in any case.
func lookupName(table []named, name string) (HRESULT, bool) {
	i, ok := slices.BinarySearchFunc(table, name, func(n named, name string) int { return compareFold(n.name, name) })
	if !ok {
		return 0, false
	}
	return table[i].value, true
}

// compareFold compares the upper-case string a with b as if b were upper-case too. Only ASCII letters have a case.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if c := cmp.Compare(a[i], upper(b[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}
