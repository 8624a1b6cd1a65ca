package jobstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/bitsemu/bitsemu/token"
)

// Report is what [Examine] has found in a file.
type Report struct {
	Path   string
	Bytes  int64
	Schema int // its version; 0 when that cannot be read
	Jobs   int // those that are whole
	// Damage is all that is wrong with the file, the first hundred of it: an error
	// each, of the kind ErrCorrupt, with the ID of the job that it is about as far
	// as that can be told. A store without damage can be opened.
	Damage []*Error
}

// Examine reads a store's file to its end, without writing to it and without
// stopping at what is damaged, and tells what is whole and what is not. It calls
// whole, unless that is nil, with every job of which the record is whole, in the
// order of the file; an error of whole ends the examination and is returned.
//
// What keeps the file from being examined at all is an error, as of
// [OpenReadOnly]: ErrLocked, ErrNotStore, ErrSchema, ErrFailed. Of the options it
// looks at [LockTimeout] alone.
func Examine(path string, whole func(Job) error, opts ...Option) (Report, error) {
	x := examiner{report: Report{Path: path}, whole: whole}
	release, err := claim(path, true)
	if err == nil {
		err = x.file(path, settings(opts))
		release()
	}
	switch {
	case x.callers != nil:
		return x.report, x.callers
	case err != nil:
		return x.report, openError(path, err)
	}
	return x.report, nil
}

// examiner reads a file that may be damaged anywhere.
type examiner struct {
	report  Report
	whole   func(Job) error
	callers error // what whole has returned

	tree *tree
	ids  identities
	seen map[uuid.UUID]bool
}

// maxDamage bounds the list: in a file that is noise everything is wrong.
const maxDamage = 100

func (x *examiner) damage(id uuid.UUID, where string, err error) {
	if len(x.report.Damage) == maxDamage {
		return
	}
	found := &Error{Op: "examine", Path: x.report.Path, ID: id, Kind: ErrCorrupt}
	var e *Error
	if errors.As(err, &e) {
		found.Detail, found.Err = e.Detail, e.Err
	} else {
		found.Err = err
	}
	if where != "" {
		found.Detail = where + ": " + found.Detail
	}
	x.report.Damage = append(x.report.Damage, found)
}

func (x *examiner) file(path string, o *options) error {
	fi, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !fi.Mode().IsRegular():
		return &Error{Kind: ErrNotStore, Detail: "it is not a regular file"}
	case fi.Size() == 0:
		return &Error{Kind: ErrNotStore, Detail: "it is empty"}
	}
	// bbolt holds the lock that keeps writers away, and does nothing else.
	var file *os.File
	f, err := openBolt(path, &bolt.Options{
		Timeout: max(o.lockTimeout, 1), ReadOnly: true, NoStatistics: true, OpenFile: o.openFile,
	}, func(*os.File) error { return nil })
	switch {
	case errors.Is(err, berrors.ErrTimeout), errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil:
		// It does not take the file for one of its own: nobody has it open as a
		// store, then.
		if file, err = os.Open(path); err != nil {
			return err
		}
		defer func() { _ = file.Close() }() // it was only read
	default:
		file = f.file
		defer func() { _ = f.close() }() // it was only read
	}
	if fi, err = file.Stat(); err != nil {
		return err
	}
	x.report.Bytes = fi.Size()
	if err := x.contents(file, o); err != nil || f == nil || len(x.report.Damage) > 0 || x.callers != nil {
		return err
	}
	// Nothing has been found: let the store itself have the last word.
	s := newStore(path, f, o, nil)
	s.readOnly = true
	if err := s.prepareFile(f, o); err != nil {
		return x.lastWord(err)
	}
	return x.lastWord(s.check())
}

// lastWord notes what the store has against a file.
func (x *examiner) lastWord(err error) error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e) && !errors.Is(e.Kind, ErrCorrupt):
		return err
	}
	x.damage(uuid.Nil, "", err)
	return nil
}

// contents reads all that can be reached.
func (x *examiner) contents(f io.ReaderAt, o *options) error {
	m, err := readMeta(f, x.report.Bytes, false)
	if errors.Is(err, ErrCorrupt) {
		x.damage(uuid.Nil, "", err)
		m, err = readMeta(f, x.report.Bytes, true)
	}
	if errors.Is(err, ErrCorrupt) {
		return nil // there is nothing to begin with
	}
	if err != nil {
		return err
	}
	if _, _, err := preflight(f, x.report.Bytes, true); err != nil {
		x.damage(uuid.Nil, "", err)
	}
	m.pages = min(m.pages, uint64(x.report.Bytes)/uint64(m.pageSize)+1)
	x.tree = &tree{
		pages: &pageReader{f: f, size: uint64(m.pageSize), end: m.pages}, meta: m,
		used: newBitmap(m.pages), buckets: map[string]treeBucket{},
	}
	x.walk(m.root, nil, 0, x.bucket)
	version, err := x.tree.schema(o.schema)
	switch {
	case errors.Is(err, ErrNotStore) && len(x.report.Damage) > 0: // it may have been one
	case errors.Is(err, ErrCorrupt):
		x.damage(uuid.Nil, "", err)
	case err != nil:
		return err
	case version == 0:
		return &Error{Kind: ErrNotStore, Detail: "it is empty"}
	case version != o.schema:
		return schemaError("it has schema version %d, and this program wants %d", version, o.schema)
	}
	x.report.Schema = version
	x.identities()
	x.jobs()
	return nil
}

// bucket notes where a bucket is.
func (x *examiner) bucket(name, v []byte, isBucket bool) {
	if !isBucket || len(v) < bucketHeader {
		x.damage(uuid.Nil, "", corrupt("%q is not a bucket", name))
		return
	}
	b := treeBucket{root: le64(v), sequence: le64(v[8:])}
	if b.root == 0 {
		b.inline = bytes.Clone(v[bucketHeader:])
	}
	x.tree.buckets[string(name)] = b
}

// each reads all of a bucket that can be read.
func (x *examiner) each(name []byte, fn func(k, v []byte, isBucket bool)) {
	b, ok := x.tree.buckets[string(name)]
	switch h, isPage := parsePage(b.inline); {
	case !ok:
		x.damage(uuid.Nil, "", corrupt("there is no bucket %q", name))
	case b.root != 0:
		x.walk(b.root, nil, 0, fn)
	case !isPage || h.flags != leafFlag:
		x.damage(uuid.Nil, "", corrupt("the page within bucket %q", name))
	default:
		x.leaf(b.inline, h, fn)
	}
}

// walk is the tree's, but goes on behind what is damaged.
func (x *examiner) walk(id uint64, first []byte, level int, fn func(k, v []byte, isBucket bool)) {
	p, h, err := x.tree.page(id)
	if err != nil {
		x.damage(uuid.Nil, "", err)
		return
	}
	if k := firstKey(p, h); first != nil && !bytes.Equal(k, first) {
		x.damage(uuid.Nil, "", corrupt("page %d begins with %x, not with %x", id, k, first))
	}
	switch {
	case h.flags == leafFlag:
		x.leaf(p, h, fn)
		return
	case h.flags != branchFlag || h.count == 0 || level == maxLevels:
		x.damage(uuid.Nil, "", corrupt("page %d is of kind %#x with %d elements", id, h.flags, h.count))
		return
	}
	p = bytes.Clone(p) // the next page overwrites it
	for i := range h.count {
		k, child, ok := branchItem(p, i)
		if !ok {
			x.damage(uuid.Nil, "", corrupt("element %d of page %d", i, id))
			continue
		}
		x.walk(child, k, level+1, fn)
	}
}

func (x *examiner) leaf(p []byte, h pageHead, fn func(k, v []byte, isBucket bool)) {
	p = bytes.Clone(p)
	for i := range h.count {
		k, v, flags, ok := leafItem(p, i)
		if !ok {
			x.damage(uuid.Nil, "", corrupt("element %d of page %d", i, h.id))
			continue
		}
		fn(k, v, flags&bucketFlag != 0)
	}
}

// identities reads the tokens. Jobs that name one that is not there are damaged.
func (x *examiner) identities() {
	before := len(x.report.Damage)
	var print uint64
	x.each(identitiesBucket, func(k, code []byte, isBucket bool) {
		var t token.Token
		if isBucket || len(k) != 4 {
			x.damage(uuid.Nil, "", corrupt("identity key %x", k))
			return
		}
		n := binary.BigEndian.Uint32(k)
		print += identityPrint(n, string(code))
		if err := t.UnmarshalBinary(code); err != nil || t.IsZero() {
			x.damage(uuid.Nil, fmt.Sprintf("identity %d", n), err)
			return
		}
		if n == 0 || n > maxIdentities || uint64(n) < uint64(len(x.ids.load())) {
			x.damage(uuid.Nil, "", corrupt("identity %d is not where it belongs", n))
			return
		}
		x.ids.add(n, t).stored = true
	})
	if want := x.tree.buckets[string(identitiesBucket)].sequence; before == len(x.report.Damage) && print != want {
		x.damage(uuid.Nil, "", corrupt("the identities in it are not those of the last transaction: fingerprint %016x is not %016x", print, want))
	}
}

// jobs reads the records.
func (x *examiner) jobs() {
	before := len(x.report.Damage)
	x.seen = map[uuid.UUID]bool{}
	var print, last uint64
	x.each(jobsBucket, func(k, rec []byte, isBucket bool) {
		seq, err := seqOf(k, last+1)
		switch {
		case isBucket:
			x.damage(uuid.Nil, "", corrupt("a bucket where the value of %x should be", k))
			return
		case err != nil:
			x.damage(idOf(rec), "", err)
		default:
			last = seq
			if len(rec) >= recordHead {
				print += recordPrint(seq, rec)
			}
		}
		x.record(fmt.Sprintf("its record, number %d", seq), rec)
	})
	want := unbind(x.tree.buckets[string(jobsBucket)].sequence, x.tree.meta.txid)
	if before == len(x.report.Damage) && print != want {
		x.damage(uuid.Nil, "", corrupt("the jobs in it are not those of the last transaction: fingerprint %016x is not %016x", print, want))
	}
}

func (x *examiner) record(where string, rec []byte) {
	j, err := decode(rec, &x.ids)
	switch {
	case err != nil:
		x.damage(idOf(rec), where, err)
		return
	case x.seen[j.ID]:
		x.damage(j.ID, where, corrupt("there is another with the same id"))
		return
	}
	x.seen[j.ID] = true
	x.report.Jobs++
	if x.whole != nil && x.callers == nil {
		x.callers = x.whole(j)
	}
}

// idOf is the job of a record, as far as it is long enough to tell.
func idOf(rec []byte) (id uuid.UUID) {
	if len(rec) >= recordHead {
		copy(id[:], rec[5:])
	}
	return id
}
