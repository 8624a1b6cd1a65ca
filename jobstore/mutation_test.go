package jobstore_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// A mutation makes a damaged file of a good one.
type mutation struct {
	name string
	make func(good []byte) []byte
	// older says that the file may turn out to be that of an earlier commit,
	// because it cannot be told from it: the newest meta pages are gone.
	older bool
}

// in makes a mutation that changes bytes of a copy in place.
func in(name string, change func(b []byte)) mutation {
	return mutation{name: name, make: func(good []byte) []byte {
		b := bytes.Clone(good)
		change(b)
		return b
	}}
}

func flip(bit int) mutation {
	return in(fmt.Sprintf("bit %d of byte %d of page %d flipped", bit%8, bit/8%pageSize, bit/8/pageSize), func(b []byte) { b[bit/8] ^= 1 << (bit % 8) })
}

// everyMutation are all that are tried always; see someMutations.
func everyMutation() (all []mutation) {
	good := latest().image
	pages := len(good) / pageSize
	add := func(m ...mutation) { all = append(all, m...) }
	page := func(b []byte, i int) []byte { return b[i*pageSize : (i+1)*pageSize] }

	for i := range pages {
		for _, at := range []int{i * pageSize, i*pageSize + 1, i*pageSize + 17, (i+1)*pageSize - 1} {
			if at > 0 { // an empty file is a new store
				add(mutation{name: fmt.Sprint("cut short at byte ", at), make: func(b []byte) []byte { return b[:at:at] }})
			}
		}
		add(in(fmt.Sprintf("page %d zeroed", i), func(b []byte) { clear(page(b, i)) }))
		add(in(fmt.Sprintf("page %d all ones", i), func(b []byte) {
			for k := range page(b, i) {
				page(b, i)[k] = 0xff
			}
		}))
	}
	for i := range 2 { // the meta pages' header, meta and checksum
		for bit := range 80 * 8 {
			add(flip(i*pageSize*8 + bit))
		}
	}
	for n, v := range history() {
		if n == len(history())-1 {
			break
		}
		for i := 2; i < min(pages, len(v.image)/pageSize); i++ {
			if string(page(v.image, i)) != string(page(good, i)) {
				add(in(fmt.Sprintf("page %d is that of %d commits before", i, len(history())-1-n), func(b []byte) { copy(page(b, i), page(v.image, i)) }))
			}
		}
		for name, from := range map[string][]int{"meta page 0": {0, -1}, "meta page 1": {-1, 1}, "both meta pages": {0, 1}, "both meta pages, exchanged,": {1, 0}} {
			m := in(fmt.Sprintf("%s of %d commits before", name, len(history())-1-n), func(b []byte) {
				for to, from := range from {
					if from >= 0 {
						copy(page(b, to), page(v.image, from))
					}
				}
			})
			m.older = true
			add(m)
		}
	}
	for _, n := range []int{1, 100, pageSize, 20 * pageSize} {
		for _, with := range []byte{0, 0xff} {
			add(mutation{name: fmt.Sprintf("%d bytes %#x appended", n, with), make: func(b []byte) []byte {
				return append(b[:len(b):len(b)], strings.Repeat(string([]byte{with}), n)...)
			}})
		}
	}
	for i := range pages {
		add(in(fmt.Sprintf("page %d says that it is empty", i), func(b []byte) { clear(page(b, i)[10:12]) }))
	}
	add(mutation{name: "twice", make: func(b []byte) []byte { return append(b[:len(b):len(b)], b...) }})
	add(craftedMetas(good)...)
	return all
}

// craftedMetas are meta pages with a proper checksum and wrong numbers.
func craftedMetas(good []byte) (all []mutation) {
	le := binary.LittleEndian
	seal := func(b []byte, at int) {
		h := fnv.New64a()
		h.Write(b[at+16 : at+16+56])
		le.PutUint64(b[at+16+56:], h.Sum64())
	}
	for name, field := range map[string]int{"page size": 8, "flags": 12, "root": 16, "sequence of the root": 24, "free list": 32, "high-water mark": 40, "transaction": 48} {
		for _, v := range []uint64{0, 1, 2, 3, 5, 512, 1024, 4096, 8192, 1 << 16, 1 << 24, 1 << 31, 1 << 52, 1 << 63, ^uint64(0), ^uint64(0) - 1, uint64(len(good)/pageSize) - 1, uint64(len(good) / pageSize)} {
			m := in(fmt.Sprintf("%s %d in both meta pages", name, v), func(b []byte) {
				for _, at := range []int{0, pageSize} {
					if field < 16 {
						le.PutUint32(b[at+16+field:], uint32(v))
					} else {
						le.PutUint64(b[at+16+field:], v+uint64(at/pageSize)*uint64(field/48))
					}
					seal(b, at)
				}
			})
			all = append(all, m)
		}
	}
	return all
}

// someMutations goes on for ever.
func someMutations(rnd *rand.Rand, yield func(mutation) bool) {
	good := latest().image
	pages := len(good) / pageSize
	for {
		i, k := rnd.IntN(pages), rnd.IntN(pages)
		within := rnd.IntN(pageSize)
		if rnd.IntN(2) == 0 {
			within = rnd.IntN(600) // what the page says of itself
		}
		at := i*pageSize + within
		var m mutation
		switch rnd.IntN(12) {
		case 0:
			m = in(fmt.Sprintf("pages %d and %d exchanged", i, k), func(b []byte) {
				copy(b[i*pageSize:], good[k*pageSize:(k+1)*pageSize])
				copy(b[k*pageSize:], good[i*pageSize:(i+1)*pageSize])
			})
		case 1:
			m = in(fmt.Sprintf("page %d is page %d", i, k), func(b []byte) { copy(b[i*pageSize:], good[k*pageSize:(k+1)*pageSize]) })
		case 2: // with the page number that belongs there
			m = in(fmt.Sprintf("page %d says what page %d says", i, k), func(b []byte) { copy(b[i*pageSize+8:(i+1)*pageSize], good[k*pageSize+8:(k+1)*pageSize]) })
		case 3, 4: // power failed: the meta pages are there, some data is not
			v := history()[rnd.IntN(len(history())-1)]
			seed, one := rnd.Uint64(), 1+rnd.IntN(4)
			m = in(fmt.Sprintf("every %dth page or so of %s, seed %d", one, v.digest, seed), func(b []byte) {
				pick := rand.New(rand.NewPCG(seed, 0))
				for p := 2; p < min(len(v.image), len(b))/pageSize; p++ {
					if pick.IntN(one) == 0 {
						copy(b[p*pageSize:(p+1)*pageSize], v.image[p*pageSize:])
					}
				}
			})
		case 5:
			v := []uint64{0, 1, 2, ^uint64(0), 1 << 31, 1 << 32, uint64(pages), uint64(i), uint64(k)}[rnd.IntN(9)]
			at = i*pageSize + within/8*8
			m = in(fmt.Sprintf("%d at byte %d of page %d", v, within/8*8, i), func(b []byte) { binary.LittleEndian.PutUint64(b[at:], v) })
		case 6:
			v := []uint16{0, 1, 2, 4, 0x10, 0xffff, uint16(k)}[rnd.IntN(7)]
			at = i*pageSize + within/2*2%32
			m = in(fmt.Sprintf("%d at byte %d of page %d", v, within/2*2%32, i), func(b []byte) { binary.LittleEndian.PutUint16(b[at:], v) })
		case 7:
			m = flip(8*(i*pageSize+rnd.IntN(16)) + rnd.IntN(8))
		default:
			m = flip(8*at + rnd.IntN(8))
		}
		if !yield(m) {
			return
		}
	}
}
