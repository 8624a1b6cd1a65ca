package jobstore

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"time"
	"unicode/utf8"

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
// back its value: when it writes, what it was given; when it reads, what it
// found. So one list of the fields serves both ways.
type coder struct {
	reads bool
	buf   []byte // what is left to read, or was written
	ids   *identities
	err   error // the first; nothing is read after it

	// When it reads: the tag read ahead, and fields nobody asked for.
	tag     uint64
	ahead   bool
	unknown []byte

	// When it writes: the identities it met.
	refs  [maxRefs]uint32
	nrefs int
}

func (c *coder) uint(tag int, v, limit uint64) uint64 {
	if c.reads {
		return c.readUint(tag, limit)
	}
	if v != 0 {
		c.writeTag(tag, kindVarint)
		c.buf = binary.AppendUvarint(c.buf, v)
	}
	return v
}

func (c *coder) time(tag int, v time.Time) time.Time {
	if c.reads {
		return c.readTime(tag)
	}
	if badTime(v) {
		c.refuse("%v is not between the years 1 and 9999", v)
	}
	if !v.IsZero() {
		c.writeTag(tag, kindFixed64)
		c.buf = binary.LittleEndian.AppendUint64(c.buf, uint64(ticks(v)))
	}
	return v
}

func (c *coder) str(tag int, v string) string {
	if c.reads {
		return c.readString(tag)
	}
	if why := badString(v); why != "" {
		c.refuse("the string %.40q %s", v, why)
	}
	if v != "" {
		c.writeTag(tag, kindBytes)
		c.buf = binary.AppendUvarint(c.buf, uint64(len(v)))
		c.buf = append(c.buf, v...)
	}
	return v
}

func (c *coder) bytes(tag int, v []byte) []byte {
	if c.reads {
		return append([]byte(nil), c.readBytes(tag)...)
	}
	if len(v) > 0 {
		c.writeTag(tag, kindBytes)
		c.buf = binary.AppendUvarint(c.buf, uint64(len(v)))
		c.buf = append(c.buf, v...)
	}
	return v
}

// fixed codes bytes of a fixed length that are mostly all zero.
func (c *coder) fixed(tag int, p []byte) {
	if c.reads {
		if v := c.readBytes(tag); len(v) == len(p) {
			copy(p, v)
		} else if len(v) > 0 {
			c.damaged("field %d has %d bytes, not %d", tag, len(v), len(p))
		}
		return
	}
	for _, b := range p {
		if b != 0 {
			c.bytes(tag, p)
			return
		}
	}
}

// token codes a token as the number of an identity.
func (c *coder) token(tag int, t token.Token) token.Token {
	if c.reads {
		return c.identity(c.readUint(tag, math.MaxUint32))
	}
	c.uint(tag, uint64(c.ref(t)), 0)
	return t
}

// ref notes that the record refers to t, and gives its number.
func (c *coder) ref(t token.Token) uint32 {
	n, err := c.ids.number(t)
	if err != nil {
		c.refuse("%v", err)
	}
	c.refs[c.nrefs] = n
	c.nrefs++
	return n
}

// rest keeps what a later version has written behind the fields known.
func (c *coder) rest(unknown []byte) []byte {
	if c.reads {
		return c.readRest()
	}
	c.buf = append(c.buf, unknown...)
	return unknown
}

func (c *coder) flag(tag int, p *bool) {
	var v uint64
	if *p {
		v = 1
	}
	*p = c.uint(tag, v, 1) == 1
}

// size codes a count of bytes of which all ones, "unknown", is the usual one.
func (c *coder) size(tag int, p *uint64) { *p = c.uint(tag, *p+1, math.MaxUint64) - 1 }

// number codes a field of any unsigned type; what does not fit it is damage.
func number[T ~uint8 | ~uint16 | ~uint32 | ~uint64](c *coder, tag int, p *T) {
	*p = T(c.uint(tag, uint64(*p), uint64(^T(0))))
}

// slice codes the items of a slice, each with fields of its own.
func slice[T any](c *coder, tag int, p *[]T, fields func(*T, *coder)) {
	if !c.reads {
		for i := range *p {
			at := c.begin(tag)
			fields(&(*p)[i], c)
			c.end(at)
		}
		return
	}
	for c.find(tag, kindBytes) {
		item := coder{reads: true, buf: c.take(c.uvarint()), ids: c.ids}
		*p = append(*p, *new(T))
		fields(&(*p)[len(*p)-1], &item)
		var e *Error
		if errors.As(item.err, &e) {
			c.damaged("item %d of field %d: %s", len(*p), tag, e.Detail)
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
