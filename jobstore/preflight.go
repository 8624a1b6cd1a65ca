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

// preflight tells whether bbolt can open f without coming to harm. An empty
// file is fine: bbolt makes it a database. With older set, one good meta page
// is enough.
func preflight(f io.ReaderAt, size int64, older bool) error {
	if size == 0 {
		return nil
	}
	m, err := readMeta(f, size, older)
	if err != nil {
		return err
	}
	if want := mulSize(m.pages, m.pageSize); want > uint64(size) {
		return corrupt("cut short: %d bytes, where it has %d pages of %d bytes", size, m.pages, m.pageSize)
	}
	if m.root >= m.pages {
		return corrupt("root page %d of %d pages", m.root, m.pages)
	}
	if m.freelist == noFreelist {
		return nil
	}
	return checkFreelist(f, m)
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
		}
	}
	switch {
	case ok0 && ok1:
		if m1.pageSize != m0.pageSize {
			return boltMeta{}, corrupt("two page sizes, %d and %d", m0.pageSize, m1.pageSize)
		}
		if m1.txid > m0.txid {
			return m1, nil
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
	return boltMeta{}, corrupt("meta page %d is bad, so the last transaction may be missing; open it with AcceptOlder to go on from what is there", bad)
}

// checkFreelist sees that the list of free pages is one.
func checkFreelist(f io.ReaderAt, m boltMeta) error {
	le := binary.LittleEndian
	bad := func(what string) error { return corrupt("list of free pages (page %d): %s", m.freelist, what) }
	if m.freelist < 2 || m.freelist >= m.pages {
		return bad("no such page")
	}
	at := int64(m.freelist) * int64(m.pageSize)
	head := make([]byte, pageHeader+8)
	if _, err := f.ReadAt(head, at); err != nil {
		return bad(err.Error())
	}
	id, flags, count, overflow := le.Uint64(head), le.Uint16(head[8:]), uint64(le.Uint16(head[10:])), uint64(le.Uint32(head[12:]))
	if id != m.freelist || flags != freelistFlag {
		return bad("it is another page")
	}
	start := int64(pageHeader)
	if count == 0xFFFF { // the true count comes first
		count = le.Uint64(head[pageHeader:])
		start += 8
	}
	room := mulSize(overflow+1, m.pageSize)
	if m.freelist+overflow >= m.pages || count > room/8 || uint64(start)+count*8 > room {
		return bad("longer than its pages")
	}
	ids := make([]byte, count*8)
	if _, err := f.ReadAt(ids, at+start); err != nil && count > 0 {
		return bad(err.Error())
	}
	for i, last := 0, uint64(1); i < len(ids); i += 8 {
		n := le.Uint64(ids[i:])
		if n <= last || n >= m.pages {
			return bad("out of order")
		}
		last = n
	}
	return nil
}

// mulSize is pages x size, the largest number when that overflows.
func mulSize(pages uint64, size uint32) uint64 {
	hi, lo := bits.Mul64(pages, uint64(size))
	if hi != 0 {
		return ^uint64(0)
	}
	return lo
}
