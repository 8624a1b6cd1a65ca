package jobstore

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/bitsemu/bitsemu/token"
)

// The reading half of a coder.

func (c *coder) damaged(format string, args ...any) {
	if c.err == nil {
		c.err = corrupt(format, args...)
	}
	c.buf = nil
}

func (c *coder) uvarint() uint64 {
	v, n := binary.Uvarint(c.buf)
	if n <= 0 {
		c.damaged("a number is cut short")
		return 0
	}
	c.buf = c.buf[n:]
	return v
}

func (c *coder) take(n uint64) []byte {
	if n > uint64(len(c.buf)) {
		c.damaged("%d bytes where %d are left", n, len(c.buf))
		return nil
	}
	b := c.buf[:n]
	c.buf = c.buf[n:]
	return b
}

// peek reads the next tag ahead; ok is false at the end.
func (c *coder) peek() (tag uint64, kind int, ok bool) {
	if !c.ahead {
		if len(c.buf) == 0 {
			return 0, 0, false
		}
		v := c.uvarint()
		if v < c.tag {
			c.damaged("field %d after field %d", v>>kindBits, c.tag>>kindBits)
		}
		if c.err != nil {
			return 0, 0, false
		}
		c.tag, c.ahead = v, true
	}
	return c.tag >> kindBits, int(c.tag & (1<<kindBits - 1)), true
}

// find reports whether field tag comes next, and moves to its value.
func (c *coder) find(tag, kind int) bool {
	next, k, ok := c.peek()
	switch {
	case !ok || next > uint64(tag):
		return false
	case next < uint64(tag): // later versions number their fields higher
		c.damaged("there is no field %d here", next)
	case k != kind:
		c.damaged("field %d is of kind %d", tag, k)
	}
	c.ahead = false
	return c.err == nil
}

func (c *coder) readUint(tag int, limit uint64) uint64 {
	if !c.find(tag, kindVarint) {
		return 0
	}
	v := c.uvarint()
	if v > limit {
		c.damaged("field %d holds %d, more than %d", tag, v, limit)
		return 0
	}
	return v
}

func (c *coder) readTime(tag int) time.Time {
	if !c.find(tag, kindFixed64) {
		return time.Time{}
	}
	b := c.take(8)
	if c.err != nil {
		return time.Time{}
	}
	t := fromTicks(int64(binary.LittleEndian.Uint64(b)))
	if badTime(t) {
		c.damaged("field %d: no such time", tag)
	}
	return t
}

func (c *coder) readString(tag int) string {
	s := string(c.readBytes(tag))
	if why := badString(s); why != "" {
		c.damaged("field %d %s", tag, why)
	}
	return s
}

func (c *coder) readBytes(tag int) []byte {
	if !c.find(tag, kindBytes) {
		return nil
	}
	return c.take(c.uvarint())
}

func (c *coder) identity(n uint64) token.Token {
	if n == 0 {
		return token.Token{}
	}
	if n <= math.MaxUint32 {
		if id := c.ids.at(uint32(n)); id != nil {
			return id.token
		}
	}
	c.damaged("identity %d, which the store does not have", n)
	return token.Token{}
}

// readRest takes all fields that are left.
func (c *coder) readRest() []byte {
	for {
		_, kind, ok := c.peek()
		if !ok {
			return c.unknown
		}
		c.ahead = false
		value := c.buf
		switch kind {
		case kindVarint:
			c.uvarint()
		case kindFixed64:
			c.take(8)
		case kindBytes:
			c.take(c.uvarint())
		default:
			c.damaged("a field is of kind %d", kind)
		}
		if c.err == nil {
			c.unknown = binary.AppendUvarint(c.unknown, c.tag)
			c.unknown = append(c.unknown, value[:len(value)-len(c.buf)]...)
		}
	}
}
