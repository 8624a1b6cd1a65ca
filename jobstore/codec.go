package jobstore

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/token"
)

// A record is
//
//	version (1)  checksum of what follows (4)  job id (16)
//	owner's identity number, helper flags, state, type, priority: as varints
//	fields: tag, value; only those that are not zero, by ascending tag
//
// The head is what the index holds, so that opening a store decodes no more.
// A tag is a field's number and its kind, so that a field of a later version
// can be passed over, and kept. A field's number is for ever: new fields take
// new, larger ones.
const (
	recordVersion = 1
	recordHead    = 1 + 4 + 16
	maxRecord     = 16 << 20 // bytes
	maxString     = 1 << 20  // bytes
	maxRefs       = 3        // identities in one record: owner, helper, notify
)

// The kinds of fields.
const (
	kindVarint  = 0
	kindFixed64 = 1
	kindBytes   = 2
	kindBits    = 2 // how many bits of a tag they take
)

func recordChecksum(rec []byte) uint32 { return binary.LittleEndian.Uint32(rec[1:]) }

// coder is told every field of a record in ascending order of tags, and hands
// back the value: the encoder what it was given, the decoder what it read.
type coder interface {
	uint(tag int, v, limit uint64) uint64
	time(tag int, v time.Time) time.Time
	str(tag int, v string) string
	bytes(tag int, v []byte) []byte
	ref(tag int, v token.Token) token.Token
	// list calls item n times for an encoder that has n items, and as often
	// as it finds one for a decoder.
	list(tag int, n int, item func(c coder, i int))
	rest(unknown []byte) []byte
}

// number codes a field of any unsigned type; what does not fit it is damage.
func number[T ~uint8 | ~uint16 | ~uint32 | ~uint64](c coder, tag int, p *T) {
	*p = T(c.uint(tag, uint64(*p), uint64(^T(0))))
}

func flag(c coder, tag int, p *bool) {
	var v uint64
	if *p {
		v = 1
	}
	*p = c.uint(tag, v, 1) == 1
}

// size codes a count of bytes of which all ones, "unknown", is the usual one.
func size(c coder, tag int, p *uint64) { *p = c.uint(tag, *p+1, math.MaxUint64) - 1 }

func guid(c coder, tag int, p *uuid.UUID) { fixed(c, tag, p[:]) }

// fixed codes bytes of a fixed length that are mostly all zero.
func fixed(c coder, tag int, p []byte) {
	var v []byte
	for _, b := range p {
		if b != 0 {
			v = p
		}
	}
	if v = c.bytes(tag, v); len(v) == len(p) {
		copy(p, v)
	} else if len(v) > 0 {
		c.bytes(-1, nil) // no such length: damage
	}
}

// slice codes a slice, an item at a time.
func slice[T any](c coder, tag int, p *[]T, item func(coder, *T)) {
	c.list(tag, len(*p), func(c coder, i int) {
		if i == len(*p) {
			*p = append(*p, *new(T))
		}
		item(c, &(*p)[i])
	})
}

// encoder appends fields.
type encoder struct {
	buf  []byte
	ids  *identities
	refs [maxRefs]uint32
	n    int
	err  error
}

func (e *encoder) refuse(format string, args ...any) {
	if e.err == nil {
		e.err = &Error{Kind: ErrInvalid, Detail: fmt.Sprintf(format, args...)}
	}
}

func (e *encoder) tag(tag, kind int) {
	e.buf = binary.AppendUvarint(e.buf, uint64(tag)<<kindBits|uint64(kind))
}

func (e *encoder) uint(tag int, v, _ uint64) uint64 {
	if v != 0 {
		e.tag(tag, kindVarint)
		e.buf = binary.AppendUvarint(e.buf, v)
	}
	return v
}

func (e *encoder) time(tag int, v time.Time) time.Time {
	if badTime(v) {
		e.refuse("%v is not between the years 1 and 9999", v)
	}
	if !v.IsZero() {
		e.tag(tag, kindFixed64)
		e.buf = binary.LittleEndian.AppendUint64(e.buf, uint64(ticks(v)))
	}
	return v
}

func (e *encoder) str(tag int, v string) string {
	if why := badString(v); why != "" {
		e.refuse("the string %.40q %s", v, why)
	}
	if v != "" {
		e.tag(tag, kindBytes)
		e.buf = binary.AppendUvarint(e.buf, uint64(len(v)))
		e.buf = append(e.buf, v...)
	}
	return v
}

func (e *encoder) bytes(tag int, v []byte) []byte {
	if len(v) > 0 {
		e.tag(tag, kindBytes)
		e.buf = binary.AppendUvarint(e.buf, uint64(len(v)))
		e.buf = append(e.buf, v...)
	}
	return v
}

func (e *encoder) identity(t token.Token) uint32 {
	n, err := e.ids.number(t)
	if err != nil {
		e.refuse("%v", err)
	}
	e.refs[e.n] = n
	e.n++
	return n
}

func (e *encoder) ref(tag int, t token.Token) token.Token {
	e.uint(tag, uint64(e.identity(t)), math.MaxUint32)
	return t
}

func (e *encoder) list(tag, n int, item func(coder, int)) {
	for i := range n {
		e.tag(tag, kindBytes)
		// The item's length comes before it and is known after it: leave
		// one byte, and make room when it takes more.
		at := len(e.buf)
		e.buf = append(e.buf, 0)
		item(e, i)
		length := uint64(len(e.buf) - at - 1)
		if length < 1<<7 {
			e.buf[at] = byte(length)
			continue
		}
		var head [binary.MaxVarintLen64]byte
		h := binary.PutUvarint(head[:], length)
		e.buf = append(e.buf, head[1:h]...)
		copy(e.buf[at+h:], e.buf[at+1:at+1+int(length)])
		copy(e.buf[at:], head[:h])
	}
}

func (e *encoder) rest(unknown []byte) []byte {
	e.buf = append(e.buf, unknown...)
	return unknown
}

// decoder reads fields. After the first error it reads no more.
type decoder struct {
	buf     []byte
	ids     *identities
	tag     uint64 // read ahead
	ahead   bool   // whether tag is still to be used
	unknown []byte
	err     error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = corrupt(format, args...)
	}
	d.buf = nil
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.buf)
	if n <= 0 {
		d.fail("a number is cut short")
		return 0
	}
	d.buf = d.buf[n:]
	return v
}

// peek reads the next tag ahead; ok is false at the end.
func (d *decoder) peek() (tag uint64, kind int, ok bool) {
	if !d.ahead {
		if len(d.buf) == 0 {
			return 0, 0, false
		}
		v := d.uvarint()
		if v < d.tag {
			d.fail("field %d after field %d", v>>kindBits, d.tag>>kindBits)
		}
		if d.err != nil {
			return 0, 0, false
		}
		d.tag, d.ahead = v, true
	}
	return d.tag >> kindBits, int(d.tag & (1<<kindBits - 1)), true
}

// find reports whether field tag comes next, and moves to its value.
func (d *decoder) find(tag, kind int) bool {
	next, k, ok := d.peek()
	switch {
	case !ok || next > uint64(tag):
		return false
	case next < uint64(tag): // later versions number their fields higher
		d.fail("there is no field %d here", next)
		return false
	case k != kind:
		d.fail("field %d is of kind %d", tag, k)
		return false
	}
	d.ahead = false
	return true
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.buf)) {
		d.fail("%d bytes where %d are left", n, len(d.buf))
		return nil
	}
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b
}

func (d *decoder) uint(tag int, _, limit uint64) uint64 {
	if !d.find(tag, kindVarint) {
		return 0
	}
	v := d.uvarint()
	if v > limit {
		d.fail("field %d holds %d, more than %d", tag, v, limit)
		return 0
	}
	return v
}

func (d *decoder) time(tag int, _ time.Time) time.Time {
	if !d.find(tag, kindFixed64) {
		return time.Time{}
	}
	b := d.take(8)
	if d.err != nil {
		return time.Time{}
	}
	t := fromTicks(int64(binary.LittleEndian.Uint64(b)))
	if badTime(t) {
		d.fail("field %d: no such time", tag)
	}
	return t
}

func (d *decoder) str(tag int, _ string) string {
	s := string(d.bytesOf(tag))
	if why := badString(s); why != "" {
		d.fail("field %d %s", tag, why)
	}
	return s
}

func (d *decoder) bytes(tag int, _ []byte) []byte {
	if tag < 0 {
		d.fail("a field of fixed length has another")
		return nil
	}
	return append([]byte(nil), d.bytesOf(tag)...)
}

func (d *decoder) bytesOf(tag int) []byte {
	if !d.find(tag, kindBytes) {
		return nil
	}
	return d.take(d.uvarint())
}

func (d *decoder) identity(n uint64) token.Token {
	if n == 0 {
		return token.Token{}
	}
	if n <= math.MaxUint32 {
		if id := d.ids.at(uint32(n)); id != nil {
			return id.token
		}
	}
	d.fail("identity %d, which the store does not have", n)
	return token.Token{}
}

func (d *decoder) ref(tag int, _ token.Token) token.Token {
	return d.identity(d.uint(tag, 0, math.MaxUint32))
}

func (d *decoder) list(tag, _ int, item func(coder, int)) {
	for i := 0; d.find(tag, kindBytes); i++ {
		inner := decoder{buf: d.take(d.uvarint()), ids: d.ids}
		item(&inner, i)
		if inner.err != nil {
			d.fail("in item %d of field %d: %v", i+1, tag, inner.err.(*Error).Detail)
		}
	}
}

func (d *decoder) rest([]byte) []byte {
	for {
		_, kind, ok := d.peek()
		if !ok {
			return d.unknown
		}
		d.ahead = false
		value := d.buf
		switch kind {
		case kindVarint:
			d.uvarint()
		case kindFixed64:
			d.take(8)
		case kindBytes:
			d.take(d.uvarint())
		default:
			d.fail("a field is of kind %d", kind)
		}
		if d.err == nil {
			d.unknown = binary.AppendUvarint(d.unknown, d.tag)
			d.unknown = append(d.unknown, value[:len(value)-len(d.buf)]...)
		}
	}
}

// ticks are FILETIME's unit, 100 nanoseconds, counted from 1970.
func ticks(t time.Time) int64 { return t.Unix()*1e7 + int64(t.Nanosecond())/100 }

func fromTicks(n int64) time.Time {
	sec, rest := n/1e7, n%1e7
	return time.Unix(sec, rest*100).UTC()
}

// badTime says whether the store does not take a time.
func badTime(t time.Time) bool { y := t.Year(); return y < 1 || y > 9999 }

// badString says why the store does not take a string, or "".
func badString(s string) string {
	switch {
	case len(s) > maxString:
		return "is longer than 1 MiB"
	case strings.IndexByte(s, 0) >= 0:
		return "has a NUL character in it"
	case !utf8.ValidString(s):
		return "is not UTF-8"
	}
	return ""
}
