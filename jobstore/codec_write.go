package jobstore

import (
	"encoding/binary"
	"fmt"
)

// The writing half of a coder.

func (c *coder) refuse(format string, args ...any) {
	if c.err == nil {
		c.err = &Error{Kind: ErrInvalid, Detail: fmt.Sprintf(format, args...)}
	}
}

func (c *coder) writeTag(tag, kind int) {
	c.buf = binary.AppendUvarint(c.buf, uint64(tag)<<kindBits|uint64(kind))
}

// begin starts an item. Its length comes before it and is known after it: one
// byte is left for it.
func (c *coder) begin(tag int) (at int) {
	c.writeTag(tag, kindBytes)
	c.buf = append(c.buf, 0)
	return len(c.buf)
}

// end puts the length of the item that starts at at, and makes room if it takes
// more than the byte.
func (c *coder) end(at int) {
	length := len(c.buf) - at
	if length < 1<<7 {
		c.buf[at-1] = byte(length)
		return
	}
	var head [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], uint64(length))
	c.buf = append(c.buf, head[1:n]...)
	copy(c.buf[at-1+n:], c.buf[at:at+length])
	copy(c.buf[at-1:], head[:n])
}
