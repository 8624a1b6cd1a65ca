package jobstore

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"math/bits"
)

// bbolt trusts its file: it maps what the meta pages promise and follows the
// page numbers in it, into a panic or a fault when they are wrong, and when one
// of its two meta pages is bad it goes back one transaction without a word.
// So a file is looked at before bbolt gets it, as far as bbolt.Open will read.

const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	pageHeader   = 16
	metaLen      = 64 // magic to transaction number, and their checksum
	freelistFlag = 0x10
	noFreelist   = ^uint64(0)
)

// boltMeta is a meta page of a bbolt file.
type boltMeta struct {
	pageSize       uint32
	root, freelist uint64
	pages          uint64 // the high-water mark
	txid           uint64
	listPages      uint64 // how many pages the list of free pages takes
}

func parseMeta(page []byte) (m boltMeta, ok bool) {
	b := page[pageHeader:]
	le := binary.LittleEndian
	if le.Uint32(b) != boltMagic || le.Uint32(b[4:]) != boltVersion {
		return m, false
	}
	h := fnv.New64a()
	h.Write(b[:metaLen-8])
	if le.Uint64(b[metaLen-8:]) != h.Sum64() {
		return m, false
	}
	m = boltMeta{pageSize: le.Uint32(b[8:]), root: le.Uint64(b[16:]), freelist: le.Uint64(b[32:]), pages: le.Uint64(b[40:]), txid: le.Uint64(b[48:])}
	sane := m.pageSize >= 1024 && m.pageSize <= 1<<24 && m.pageSize&(m.pageSize-1) == 0
	return m, sane
}

// preflight tells whether bbolt can open f without coming to harm, and what it
// will find there: the newer meta page, and the list of free pages. With older
// set, one good meta page is enough.
func preflight(f io.ReaderAt, size int64, older bool) (m boltMeta, free []uint64, err error) {
	m, err = readMeta(f, size, older)
	if err != nil {
		return m, nil, err
	}
	if want := mulSize(m.pages, m.pageSize); want > uint64(size) {
		return m, nil, corrupt("cut short: %d bytes, where it has %d pages of %d bytes", size, m.pages, m.pageSize)
	}
	if m.freelist == noFreelist {
		// bbolt would make the list itself, in a goroutine whose panics
		// nobody can catch.
		return m, nil, corrupt("it has no list of free pages")
	}
	m.listPages, free, err = readFreelist(f, m)
	return m, free, err
}

// readMeta returns the newer meta page.
func readMeta(f io.ReaderAt, size int64, older bool) (boltMeta, error) {
	buf := make([]byte, pageHeader+metaLen)
	read := func(at int64) (boltMeta, bool) {
		if at+int64(len(buf)) > size {
			return boltMeta{}, false
		}
		if _, err := f.ReadAt(buf, at); err != nil {
			return boltMeta{}, false
		}
		return parseMeta(buf)
	}
	m0, ok0 := read(0)
	var m1 boltMeta
	ok1 := false
	if ok0 {
		m1, ok1 = read(int64(m0.pageSize))
	} else {
		for at := int64(1024); at <= 1<<24 && !ok1; at *= 2 {
			m1, ok1 = read(at)
			ok1 = ok1 && int64(m1.pageSize) == at
		}
	}
	switch {
	case ok0 && ok1:
		if m1.pageSize != m0.pageSize {
			return boltMeta{}, corrupt("two page sizes, %d and %d", m0.pageSize, m1.pageSize)
		}
		if m1.txid > m0.txid {
			m0, m1 = m1, m0
		}
		// In a copy of bbolt's, the first commit may leave out a number.
		if d := m0.txid - m1.txid; (d == 0 || d > 2) && !older {
			return boltMeta{}, corrupt("its meta pages are of transactions %d and %d, so the last one may be missing; %s", m1.txid, m0.txid, acceptOlder)
		}
		return m0, nil
	case !ok0 && !ok1:
		return boltMeta{}, &Error{Kind: ErrNotStore, Detail: "it is no bbolt database, or both its meta pages are damaged"}
	case older && ok0:
		return m0, nil
	case older:
		return m1, nil
	}
	bad := 0
	if ok0 {
		bad = 1
	}
	return boltMeta{}, corrupt("meta page %d is bad, so the last transaction may be missing; %s", bad, acceptOlder)
}

const acceptOlder = "open it with AcceptOlder to go on from what is there"

// readFreelist reads the list of free pages and sees that it is one.
func readFreelist(f io.ReaderAt, m boltMeta) (pages uint64, free []uint64, err error) {
	bad := func(what string) (uint64, []uint64, error) {
		return 0, nil, corrupt("list of free pages (page %d): %s", m.freelist, what)
	}
	if m.freelist < 2 || m.freelist >= m.pages {
		return bad("no such page")
	}
	at := int64(m.freelist) * int64(m.pageSize)
	head := make([]byte, pageHeader+8)
	if _, err := f.ReadAt(head, at); err != nil {
		return bad(err.Error())
	}
	h, _ := parsePage(head)
	if h.id != m.freelist || h.flags != freelistFlag {
		return bad("it is another page")
	}
	count, start := uint64(h.count), int64(pageHeader)
	if count == 0xFFFF { // the true count comes first
		count = le64(head[pageHeader:])
		start += 8
	}
	room := mulSize(h.overflow+1, m.pageSize)
	if m.freelist+h.overflow >= m.pages || count > room/8 || uint64(start)+count*8 > room {
		return bad("longer than its pages")
	}
	buf := make([]byte, count*8)
	if _, err := f.ReadAt(buf, at+start); err != nil && count > 0 {
		return bad(err.Error())
	}
	free = make([]uint64, count)
	last := uint64(1)
	for i := range free {
		free[i] = le64(buf[8*i:])
		if free[i] <= last || free[i] >= m.pages {
			return bad("out of order")
		}
		last = free[i]
	}
	return h.overflow + 1, free, nil
}

// mulSize is pages x size, the largest number when that overflows.
func mulSize(pages uint64, size uint32) uint64 {
	hi, lo := bits.Mul64(pages, uint64(size))
	if hi != 0 {
		return ^uint64(0)
	}
	return lo
}
