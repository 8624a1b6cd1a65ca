package transfer

import (
	"math"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// pieceSize is the most that one GET asks for (D best-practices-when-using-bits:
// larger files are asked for in pieces of 2 GB).
const pieceSize = 2 << 30

// plan is what of a remote file goes where. Its parts stand in the order in which
// they are fetched, and State.Held counts along them.
type plan struct {
	parts []part
	total uint64
}

type part struct {
	span
	begin int64 // what is held when all before it is
	local int64 // where its first byte goes
}

// newPlan lays the ranges of r on a file of this size.
func newPlan(r *Request, size int64) (plan, error) {
	if r.Ranges == nil {
		if size == 0 {
			return plan{}, nil
		}
		return plan{parts: []part{{span: span{0, size - 1}}}, total: uint64(size)}, nil
	}
	var p plan
	for _, asked := range r.Ranges {
		s, ok := rangeSpan(asked, size)
		if !ok {
			return plan{}, fatal(hresult.BG_E_INVALID_RANGE, "range of %d bytes at %d, in a file of %d",
				asked.Length, asked.InitialOffset, size)
		}
		if s.len() == 0 {
			continue
		}
		if p.total+uint64(s.len()) > math.MaxInt64 {
			return plan{}, fatal(hresult.BG_E_INVALID_RANGE, "the ranges together are larger than a file can be")
		}
		piece := part{span: s, begin: int64(p.total), local: int64(p.total)}
		if r.InPlace {
			piece.local = s.first
		}
		p.parts = append(p.parts, piece)
		p.total += uint64(s.len())
	}
	return p, nil
}

// rangeSpan is a range in a file of this size; false if it is not wholly inside.
func rangeSpan(r bits.FileRange, size int64) (span, bool) {
	length := r.Length
	if r.InitialOffset > uint64(size) {
		return span{}, false
	}
	rest := uint64(size) - r.InitialOffset
	if length == bits.BG_LENGTH_TO_EOF {
		length = rest
		if length == 0 && size > 0 {
			return span{}, false
		}
	} else if length == 0 || length > rest {
		return span{}, false
	}
	return span{int64(r.InitialOffset), int64(r.InitialOffset + length - 1)}, true
}

// next is what to ask for when so much is held, at most limit bytes, and the
// place of byte 0 of the remote file in the local one, from which others follow.
// There must be something left.
func (p plan) next(held uint64, limit int64) (want span, shift int64) {
	i := len(p.parts) - 1
	for uint64(p.parts[i].begin) > held {
		i--
	}
	part := p.parts[i]
	first := part.first + int64(held) - part.begin
	return span{first, min(part.last, first+min(limit, math.MaxInt64-first)-1)}, part.local - part.first
}
