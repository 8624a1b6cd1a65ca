package bitsemu

import (
	"slices"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/jobstore"
)

// end is the first byte behind a range, the largest number for one to the end of
// the file.
func end(r jobstore.Range) uint64 {
	if r.Length > bits.BG_LENGTH_TO_EOF-r.InitialOffset {
		return bits.BG_LENGTH_TO_EOF
	}
	return r.InitialOffset + r.Length
}

// merge sorts ranges and joins those that touch.
func merge(ranges []jobstore.Range) []jobstore.Range {
	sorted := slices.Clone(ranges)
	slices.SortFunc(sorted, func(a, b jobstore.Range) int {
		switch {
		case a.InitialOffset < b.InitialOffset:
			return -1
		case a.InitialOffset > b.InitialOffset:
			return 1
		}
		return 0
	})
	var merged []jobstore.Range
	for _, r := range sorted {
		if r.Length == 0 {
			continue
		}
		if n := len(merged); n > 0 && end(merged[n-1]) >= r.InitialOffset {
			last := &merged[n-1]
			last.Length = max(end(*last), end(r)) - last.InitialOffset
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// without is what is in ranges and not in others.
func without(ranges, others []jobstore.Range) []jobstore.Range {
	others = merge(others)
	var left []jobstore.Range
	for _, r := range merge(ranges) {
		at := r.InitialOffset
		for _, o := range others {
			if end(o) <= at || o.InitialOffset >= end(r) {
				continue
			}
			if o.InitialOffset > at {
				left = append(left, jobstore.Range{InitialOffset: at, Length: o.InitialOffset - at})
			}
			at = max(at, end(o))
		}
		if at < end(r) {
			left = append(left, jobstore.Range{InitialOffset: at, Length: end(r) - at})
		}
	}
	return left
}

// length is the number of bytes in merged ranges.
func length(ranges []jobstore.Range) uint64 {
	var n uint64
	for _, r := range ranges {
		n += r.Length
	}
	return n
}
