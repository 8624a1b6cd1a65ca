package bitsemu

import (
	"cmp"
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

// between is the range from one byte to before another, which is the end of the file
// if it is the largest number.
func between(from, to uint64) jobstore.Range {
	if to == bits.BG_LENGTH_TO_EOF {
		return jobstore.Range{InitialOffset: from, Length: bits.BG_LENGTH_TO_EOF}
	}
	return jobstore.Range{InitialOffset: from, Length: to - from}
}

// byOffset is a copy of ranges in the order of where they begin.
func byOffset(ranges []jobstore.Range) []jobstore.Range {
	return slices.SortedStableFunc(slices.Values(ranges), func(a, b jobstore.Range) int {
		return cmp.Compare(a.InitialOffset, b.InitialOffset)
	})
}

// merge sorts ranges and joins those that touch.
func merge(ranges []jobstore.Range) []jobstore.Range {
	sorted := byOffset(ranges)
	var merged []jobstore.Range
	for _, r := range sorted {
		if r.Length == 0 {
			continue
		}
		if n := len(merged); n > 0 && end(merged[n-1]) >= r.InitialOffset {
			last := &merged[n-1]
			*last = between(last.InitialOffset, max(end(*last), end(r)))
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
				left = append(left, between(at, o.InitialOffset))
			}
			at = max(at, end(o))
		}
		if at < end(r) {
			left = append(left, between(at, end(r)))
		}
	}
	return left
}

// clip cuts merged ranges off at the end of a file.
func clip(ranges []jobstore.Range, size uint64) []jobstore.Range {
	clipped := slices.Clone(ranges)
	for i := range clipped {
		if r := &clipped[i]; end(*r) > size {
			r.Length = size - min(size, r.InitialOffset)
		}
	}
	return merge(clipped)
}

// prefix is the number of bytes in merged ranges from the start of the file on.
func prefix(ranges []jobstore.Range) uint64 {
	if len(ranges) == 0 || ranges[0].InitialOffset != 0 {
		return 0
	}
	return ranges[0].Length
}

// length is the number of bytes in merged ranges.
func length(ranges []jobstore.Range) uint64 {
	var n uint64
	for _, r := range ranges {
		n += r.Length
	}
	return n
}
