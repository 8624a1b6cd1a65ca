package winpath

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
)

// CreateTemp adds a file BITxxxx.tmp to the directory dir and returns its path
// and the file, open for reading and writing. This is where BITS keeps what it has
// of a download (D: adding-files-to-a-job; the pattern O). The four digits are
// hexadecimal: the low bits of one number from random or, when an entry has that
// name, the next that is free. So the same source, in the same directory, gives
// the same names.
//
// The codes are those of [Disk.StatDir] and [Disk.OpenFile], and
// ERROR_FILE_EXISTS when all 65536 names are taken (D: GetTempFileName).
func (d *Disk) CreateTemp(dir Path, random rand.Source) (Path, *os.File, error) {
	number := uint16(random.Uint64()) // outside of the lock, as it is the caller's code
	d.adding.Lock()
	defer d.adding.Unlock()
	pl, _, err := d.findDir("create", dir)
	if err != nil {
		return Path{}, nil, err
	}
	entries, err := list(pl.root, pl.file())
	if err != nil { // uncovered: it takes a directory that may not be listed, and root may list all
		return Path{}, nil, fail("create", dir, err)
	}
	taken := map[string]bool{}
	for _, entry := range entries {
		if len(entry) == len("BITxxxx.tmp") || !ascii(entry) {
			taken[fold(entry)] = true
		}
	}
	name, ok := freeName(taken, number)
	if !ok { // uncovered: it takes 65536 files
		return Path{}, nil, fail("create", dir, fs.ErrExist)
	}
	p := dir.child(name)
	f, err := pl.root.OpenFile(path.Join(pl.file(), name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil { // uncovered: it takes a full disk, or a directory that denies this to root too
		return Path{}, nil, fail("create", p, err)
	}
	return p, f, nil
}

// ascii reports whether a name has no letters whose case may have another length.
func ascii(name string) bool {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return false
		}
	}
	return true
}

// freeName returns the first name from number on that is not taken.
func freeName(taken map[string]bool, number uint16) (string, bool) {
	for range 1 << 16 {
		name := fmt.Sprintf("BIT%04X.tmp", number)
		if !taken[fold(name)] {
			return name, true
		}
		number++
	}
	return "", false
}
