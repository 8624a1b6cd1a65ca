package transfer

import "slices"

// maxStretches is how scattered an answer may come (C), lest a server makes us
// keep books without end.
const maxStretches = 1000

// coverage is which bytes have come, where they may come in any order: stretches
// that do not touch, sorted.
type coverage []span

// add puts s in, which must not overlap what is there.
func (c *coverage) add(s span) error {
	stretches := *c
	i := len(stretches) // the place of s
	for i > 0 && stretches[i-1].first > s.last {
		i--
	}
	if i > 0 && stretches[i-1].last >= s.first {
		return invalid("the answer has bytes %d-%d twice", max(s.first, stretches[i-1].first), min(s.last, stretches[i-1].last))
	}
	if i < len(stretches) && stretches[i].first == s.last+1 {
		s.last = stretches[i].last
		stretches = slices.Delete(stretches, i, i+1)
	}
	switch {
	case i > 0 && stretches[i-1].last+1 == s.first:
		stretches[i-1].last = s.last
	case len(stretches) == maxStretches:
		return invalid("the answer comes in more than %d stretches", maxStretches)
	default:
		stretches = slices.Insert(stretches, i, s)
	}
	*c = stretches
	return nil
}

// upTo is the first byte from at on that has not come.
func (c coverage) upTo(at int64) int64 {
	for _, s := range c {
		if s.first <= at && at <= s.last {
			return s.last + 1
		}
	}
	return at
}
