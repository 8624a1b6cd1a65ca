package transfer

import (
	"encoding/binary"
	"io"
)

// content is what a Script serves.
type content interface {
	io.ReaderAt
	Size() int64
}

// bytesContent is content that was given.
type bytesContent []byte

func (c bytesContent) Size() int64 { return int64(len(c)) }

func (c bytesContent) ReadAt(p []byte, at int64) (int, error) {
	if at >= c.Size() {
		return 0, io.EOF
	}
	n := copy(p, c[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// seededContent is made up: each eight bytes are the hash of their place and the
// seed, so that any part of a file of any size costs no more than reading it.
type seededContent struct {
	size int64
	seed uint64
}

func (c seededContent) Size() int64 { return c.size }

func (c seededContent) ReadAt(p []byte, at int64) (int, error) {
	if at >= c.size {
		return 0, io.EOF
	}
	var end error
	if rest := c.size - at; int64(len(p)) > rest {
		p, end = p[:rest], io.EOF
	}
	n := 0
	for n < len(p) {
		word, skip := uint64(at+int64(n))/8, int(at+int64(n))%8
		if skip == 0 && len(p)-n >= 8 {
			binary.LittleEndian.PutUint64(p[n:], mix(word+c.seed))
			n += 8
			continue
		}
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], mix(word+c.seed))
		n += copy(p[n:], b[skip:])
	}
	return n, end
}

// mix is the finaliser of SplitMix64, a bijection that looks random.
func mix(x uint64) uint64 {
	x *= 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
