package jobstore

import (
	"bytes"
	"encoding/binary"
)

// tree reads the pages of a bbolt file without bbolt, which follows a damaged
// page number into a panic, a fault or a loop without end, and overwrites a
// page in use that its list of free pages names. Whoever has walked all
// buckets and then called leftOver knows that the file is sound: every page in
// use is of its kind, has one place in the tree and is not listed as free, and
// every key is where a search for it ends.
type tree struct {
	pages   *pageReader
	meta    boltMeta
	free    []uint64 // the pages listed as free
	used    bitmap   // the pages found in use
	buckets map[string]treeBucket
	levels  [][]byte // a buffer for the branch page of each level
}

// treeBucket is a bucket as the root of the tree describes it.
type treeBucket struct {
	root     uint64 // 0: the bucket is one page, inline
	sequence uint64
	inline   []byte
	walked   bool
}

// item is told what is in a leaf. It must not keep k and v.
type item func(k, v []byte, isBucket bool) error

const (
	bucketHeader = 16
	maxLevels    = 32 // of a tree with two keys a page and 2^32 pages
)

// newTree reads the root: the names of the buckets, and where they are.
func newTree(pages *pageReader, m boltMeta, free []uint64) (*tree, error) {
	t := &tree{pages: pages, meta: m, free: free, used: newBitmap(m.pages), buckets: map[string]treeBucket{}}
	err := t.walk(m.root, nil, 0, func(name, v []byte, isBucket bool) error {
		if !isBucket || len(v) < bucketHeader {
			return corrupt("%q is not a bucket", name)
		}
		b := treeBucket{root: le64(v), sequence: le64(v[8:])}
		if b.root == 0 {
			b.inline = bytes.Clone(v[bucketHeader:])
		}
		t.buckets[string(name)] = b
		return nil
	})
	return t, err
}

// each walks a bucket of values. It may be called once for each.
func (t *tree) each(name []byte, fn func(k, v []byte) error) error {
	return t.items(name, func(k, v []byte, isBucket bool) error {
		if isBucket {
			return corrupt("a bucket where the value of %x should be", k)
		}
		return fn(k, v)
	})
}

func (t *tree) items(name []byte, fn item) error {
	b := t.buckets[string(name)]
	b.walked = true
	t.buckets[string(name)] = b
	if b.root != 0 {
		return t.walk(b.root, nil, 0, fn)
	}
	h, ok := parsePage(b.inline)
	if !ok || h.flags != leafFlag {
		return corrupt("the page within bucket %q", name)
	}
	return leafItems(b.inline, h, fn)
}

// walk reads page id and those under it. Its first key must be first, if that
// is known: bbolt keeps it so, and looks for a page by that key when it writes.
func (t *tree) walk(id uint64, first []byte, level int, fn item) error {
	p, h, err := t.page(id)
	if err != nil {
		return err
	}
	if first != nil {
		k := firstKey(p, h)
		if !bytes.Equal(k, first) {
			return corrupt("page %d begins with %x, not with %x", id, k, first)
		}
	}
	switch {
	case h.flags == leafFlag:
		return leafItems(p, h, fn)
	case h.flags != branchFlag || h.count == 0 || level == maxLevels:
		return corrupt("page %d is of kind %#x with %d elements", id, h.flags, h.count)
	}
	if len(t.levels) == level {
		t.levels = append(t.levels, nil)
	}
	t.levels[level] = append(t.levels[level][:0], p...) // p is overwritten by the next page
	p = t.levels[level]
	var last []byte
	for i := range h.count {
		k, child, ok := branchItem(p, i)
		if !ok || i > 0 && bytes.Compare(last, k) >= 0 {
			return corrupt("element %d of page %d", i, id)
		}
		last = k
		if err := t.walk(child, k, level+1, fn); err != nil {
			return err
		}
	}
	return nil
}

// page reads a page with those that it runs over into, and notes them as used.
func (t *tree) page(id uint64) ([]byte, pageHead, error) {
	if id < 2 || id >= t.meta.pages {
		return nil, pageHead{}, corrupt("page %d of %d pages", id, t.meta.pages)
	}
	p, err := t.pages.read(id, 1)
	if err != nil {
		return nil, pageHead{}, err
	}
	h, _ := parsePage(p)
	if h.id != id || h.overflow >= t.meta.pages-id {
		return nil, pageHead{}, corrupt("page %d says it is page %d, with %d more", id, h.id, h.overflow)
	}
	for i := id; i <= id+h.overflow; i++ {
		if !t.used.add(i) {
			return nil, pageHead{}, corrupt("page %d is in two places", i)
		}
	}
	if h.overflow > 0 {
		p, err = t.pages.read(id, h.overflow+1)
	}
	return p, h, err
}

// sound walks the buckets that have not been walked yet.
func (t *tree) sound() error {
	for name, b := range t.buckets {
		if b.walked {
			continue
		}
		if err := t.items([]byte(name), func(_, _ []byte, _ bool) error { return nil }); err != nil {
			return err
		}
	}
	return t.leftOver()
}

// leftOver sees that no page is both in use and free.
func (t *tree) leftOver() error {
	for id := t.meta.freelist; id < t.meta.freelist+t.meta.listPages; id++ {
		if !t.used.add(id) {
			return corrupt("page %d is in use and of the list of free pages", id)
		}
	}
	for _, id := range t.free {
		if t.used.has(id) {
			return corrupt("page %d is in use and listed as free", id)
		}
	}
	return nil
}

// lastKey is a bucket's last key, or nil. It is a guess, read from pages that
// nobody has checked yet.
func (t *tree) lastKey(name []byte) []byte {
	b := t.buckets[string(name)]
	p := b.inline
	for range maxLevels {
		if b.root != 0 {
			if b.root >= t.meta.pages {
				return nil
			}
			var err error
			if p, err = t.pages.read(b.root, 1); err != nil {
				return nil
			}
		}
		h, ok := parsePage(p)
		if !ok || h.count == 0 {
			return nil
		}
		if h.flags == leafFlag {
			k, _, _, _ := leafItem(p, h.count-1)
			return bytes.Clone(k)
		}
		_, b.root, _ = branchItem(p, h.count-1)
	}
	return nil
}

// leafItems hands out the elements of a leaf page.
func leafItems(p []byte, h pageHead, fn item) error {
	var last []byte
	for i := range h.count {
		k, v, flags, ok := leafItem(p, i)
		if !ok || i > 0 && bytes.Compare(last, k) >= 0 {
			return corrupt("element %d of page %d", i, h.id)
		}
		last = k
		if err := fn(k, v, flags&bucketFlag != 0); err != nil {
			return err
		}
	}
	return nil
}

// firstKey is the first key of a page, nil if it has none.
func firstKey(p []byte, h pageHead) (k []byte) {
	switch {
	case h.count == 0:
	case h.flags == leafFlag:
		k, _, _, _ = leafItem(p, 0)
	default:
		k, _, _ = branchItem(p, 0)
	}
	return k
}

const (
	branchFlag  = 0x01
	leafFlag    = 0x02
	bucketFlag  = 0x01 // of an element
	elementSize = 16
)

// pageHead is what a page says of itself.
type pageHead struct {
	id       uint64
	flags    uint16
	count    int
	overflow uint64 // how many pages more it takes
}

func parsePage(p []byte) (h pageHead, ok bool) {
	if len(p) < pageHeader {
		return h, false
	}
	le := binary.LittleEndian
	return pageHead{le64(p), le.Uint16(p[8:]), int(le.Uint16(p[10:])), uint64(le.Uint32(p[12:]))}, true
}

func leafItem(p []byte, i int) (k, v []byte, flags uint32, ok bool) {
	at := pageHeader + i*elementSize
	if len(p) < at+elementSize {
		return nil, nil, 0, false
	}
	e := p[at:]
	le := binary.LittleEndian
	pos, ksize, vsize := uint64(le.Uint32(e[4:])), uint64(le.Uint32(e[8:])), uint64(le.Uint32(e[12:]))
	if ksize == 0 || pos+ksize+vsize > uint64(len(e)) {
		return nil, nil, 0, false
	}
	return e[pos : pos+ksize], e[pos+ksize : pos+ksize+vsize], le.Uint32(e), true
}

func branchItem(p []byte, i int) (k []byte, child uint64, ok bool) {
	at := pageHeader + i*elementSize
	if len(p) < at+elementSize {
		return nil, 0, false
	}
	e := p[at:]
	le := binary.LittleEndian
	pos, ksize := uint64(le.Uint32(e)), uint64(le.Uint32(e[4:]))
	if ksize == 0 || pos+ksize > uint64(len(e)) {
		return nil, 0, false
	}
	return e[pos : pos+ksize], le64(e[8:]), true
}

// bitmap is a set of pages.
type bitmap []uint64

func newBitmap(n uint64) bitmap { return make(bitmap, n/64+1) }

func (b bitmap) has(i uint64) bool { return b[i/64]>>(i%64)&1 != 0 }

// add reports whether i is new.
func (b bitmap) add(i uint64) bool {
	if b.has(i) {
		return false
	}
	b[i/64] |= 1 << (i % 64)
	return true
}
