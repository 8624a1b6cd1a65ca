package transfer

import "encoding/binary"

// content is what a Script serves.
type content interface {
	size() int64
	fill(p []byte, at int64) // with what stands at a place, inside the content
}

// bytesContent is content that was given.
type bytesContent []byte

func (c bytesContent) size() int64             { return int64(len(c)) }
func (c bytesContent) fill(p []byte, at int64) { copy(p, c[at:]) }

// seededContent is made up: each eight bytes are the hash of their place and the
// seed, so that any part of a file of any size costs no more than reading it.
type seededContent struct {
	length int64
	seed   uint64
}

func (c seededContent) size() int64 { return c.length }

func (c seededContent) fill(p []byte, at int64) {
	var word [8]byte
	if skip := at % 8; skip > 0 {
		binary.LittleEndian.PutUint64(word[:], mix(uint64(at)/8+c.seed))
		n := copy(p, word[skip:])
		p, at = p[n:], at+int64(n)
	}
	for ; len(p) >= 8; p, at = p[8:], at+8 {
		binary.LittleEndian.PutUint64(p, mix(uint64(at)/8+c.seed))
	}
	binary.LittleEndian.PutUint64(word[:], mix(uint64(at)/8+c.seed))
	copy(p, word[:])
}

// mix is the finaliser of SplitMix64, a bijection that looks random.
func mix(x uint64) uint64 {
	x *= 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}
