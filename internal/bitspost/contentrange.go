package bitspost

import (
	"fmt"
	"strconv"
	"strings"
)

// Range is a Content-Range of a fragment: the bytes First to Last, both
// included, of a file of Total bytes. A file of no bytes has no such range; the
// fragment that stands for it has the zero Range, written "bytes */0" (I).
type Range struct{ First, Last, Total uint64 }

// Len returns the number of bytes.
func (r Range) Len() uint64 {
	if r.Total == 0 {
		return 0
	}
	return r.Last - r.First + 1
}

// End returns the offset of the byte behind the range, which is what the server
// wants next.
func (r Range) End() uint64 { return r.First + r.Len() }

// IsFinal reports whether the file ends with this range.
func (r Range) IsFinal() bool { return r.End() == r.Total }

// String writes the range, "bytes 0-11/12" (D fragment, which has Bytes).
func (r Range) String() string {
	if r.Total == 0 {
		return "bytes */0"
	}
	b := make([]byte, 0, 64)
	b = append(b, "bytes "...)
	b = strconv.AppendUint(b, r.First, 10)
	b = append(b, '-')
	b = strconv.AppendUint(b, r.Last, 10)
	b = append(b, '/')
	b = strconv.AppendUint(b, r.Total, 10)
	return string(b)
}

// ParseRange reads a Content-Range: the unit in any case, plain decimals that
// fit 64 bits, no asterisk but in "bytes */0", the range inside of the file (D
// MC-BUP 3.2.5.2.6 by RFC 2616 14.16; the asterisk I).
func ParseRange(s string) (Range, error) {
	unit, rest, ok := strings.Cut(s, " ")
	rest = strings.TrimLeft(rest, " \t")
	if !ok || !strings.EqualFold(unit, "bytes") {
		return Range{}, fmt.Errorf("Content-Range %.100q: want \"bytes first-last/total\"", s)
	}
	if rest == "*/0" {
		return Range{}, nil
	}
	span, size, ok1 := strings.Cut(rest, "/")
	from, to, ok2 := strings.Cut(span, "-")
	var r Range
	var ok3, ok4, ok5 bool
	r.First, ok3 = ParseOffset(from)
	r.Last, ok4 = ParseOffset(to)
	r.Total, ok5 = ParseOffset(size)
	switch {
	case !ok1 || !ok2 || !ok3 || !ok4 || !ok5:
		return Range{}, fmt.Errorf("Content-Range %.100q: want \"bytes first-last/total\", decimals of at most 64 bits", s)
	case r.First > r.Last:
		return Range{}, fmt.Errorf("Content-Range %.100q: the first byte lies behind the last", s)
	case r.Last >= r.Total:
		return Range{}, fmt.Errorf("Content-Range %.100q: the last byte lies outside of the file", s)
	}
	return r, nil
}
