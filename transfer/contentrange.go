package transfer

import (
	"strconv"
	"strings"
)

// span is a stretch of bytes: first to last of the remote file, both included.
type span struct{ first, last int64 }

func (s span) len() int64 { return s.last - s.first + 1 }

// unknown is a number that the server does not tell.
const unknown = -1

// parseContentRange reads "bytes first-last/total"; total is unknown for "*".
func parseContentRange(s string) (part span, total int64, err error) {
	unit, rest, found := strings.Cut(strings.TrimSpace(s), " ")
	if !found || !strings.EqualFold(unit, "bytes") {
		return span{}, 0, invalid("Content-Range %q is not in bytes", s)
	}
	ends, size, found := strings.Cut(strings.TrimSpace(rest), "/")
	first, last, found2 := strings.Cut(ends, "-")
	if !found || !found2 {
		return span{}, 0, invalid("Content-Range %q is not first-last/total", s)
	}
	part.first, part.last, total = number(first), number(last), unknown
	if size != "*" {
		if total = number(size); total == unknown {
			return span{}, 0, invalid("Content-Range %q has no number for the total", s)
		}
	}
	switch {
	case part.first == unknown || part.last == unknown:
		return span{}, 0, invalid("Content-Range %q has no numbers for the ends", s)
	case part.last < part.first:
		return span{}, 0, invalid("Content-Range %q ends before it begins", s)
	case total != unknown && part.last >= total:
		return span{}, 0, invalid("Content-Range %q ends behind the total", s)
	}
	return part, total, nil
}

// number reads digits, nothing else; unknown for what is none or too large to
// be a place in a file.
func number(s string) int64 {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || n == 1<<63-1 {
		return unknown
	}
	return int64(n)
}
