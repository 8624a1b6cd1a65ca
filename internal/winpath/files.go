package winpath

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"github.com/bitsemu/bitsemu/hresult"
)

// OpenFile opens the file p; flag is made of the O_ constants of package os. A
// file that is added gets the name as p has it.
//
// Codes: ERROR_FILE_NOT_FOUND; ERROR_FILE_EXISTS with O_CREATE and O_EXCL, for
// a directory too; E_ACCESSDENIED for a directory otherwise, as for CreateFile
// without backup semantics (I), and for what is neither, such as a pipe (C).
func (d *Disk) OpenFile(p Path, flag int) (*os.File, error) {
	if flag&os.O_CREATE != 0 {
		d.adding.Lock()
		defer d.adding.Unlock()
	}
	pl, err := d.find("open", p)
	if err != nil {
		return nil, err
	}
	if pl.exists && flag&(os.O_CREATE|os.O_EXCL) == os.O_CREATE|os.O_EXCL {
		return nil, fail("open", p, fs.ErrExist)
	}
	// Before it is opened: opening a pipe waits for the other end.
	if info, err := pl.root.Stat(pl.file()); err == nil && !info.Mode().IsRegular() {
		return nil, &Error{"open", p.String(), hresult.E_ACCESSDENIED, errors.New("not a regular file")}
	}
	f, err := pl.root.OpenFile(pl.file(), flag, 0o666)
	if err != nil {
		return nil, fail("open", p, err)
	}
	return f, nil
}

// Create adds the file p, open for reading and writing. When there is an entry of
// this name in any case, the error has the code ERROR_FILE_EXISTS.
func (d *Disk) Create(p Path) (*os.File, error) {
	return d.OpenFile(p, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}

// Rename gives the file or directory from the name to. A file of that name is
// replaced in one step, and the name is then written as to has it: so Rename can
// also change the case of a name alone.
//
// Codes: ERROR_FILE_NOT_FOUND; ERROR_NOT_SAME_DEVICE when the two are mapped to
// different roots; E_ACCESSDENIED when both are there and one of them is a
// directory (I; D: MoveFileEx for that it fails), or one was mapped (C).
func (d *Disk) Rename(from, to Path) error {
	d.adding.Lock()
	defer d.adding.Unlock()
	source, err := d.findEntry("rename", from)
	if err != nil {
		return err
	}
	target, err := d.find("rename", to)
	if err != nil {
		return err
	}
	if source.root != target.root {
		return &Error{"rename", from.String(), hresult.HRESULT_FROM_WIN32_ERROR_NOT_SAME_DEVICE, errors.New("not to " + to.String())}
	}
	if target.exists && !from.Equal(to) && (target.isDir() || source.isDir()) {
		return &Error{"rename", to.String(), hresult.E_ACCESSDENIED, errors.New("a directory neither replaces nor is replaced")}
	}
	// First onto the file that is replaced, and then to the case that was asked for.
	steps := slices.Compact([]string{source.file(), target.file(), path.Join(target.dir, to.Base())})
	for i, step := range steps[1:] {
		if err := source.root.Rename(steps[i], step); err != nil {
			return fail("rename", from, err)
		}
	}
	return nil
}

// Remove removes the file or the empty directory p, and of a symbolic link the
// link.
//
// Codes: ERROR_FILE_NOT_FOUND; ERROR_DIR_NOT_EMPTY; E_ACCESSDENIED for a
// directory that was mapped (C).
func (d *Disk) Remove(p Path) error {
	pl, err := d.findEntry("remove", p)
	if err != nil {
		return err
	}
	if err := pl.root.Remove(pl.file()); err != nil {
		return fail("remove", p, err)
	}
	return nil
}

// Stat describes the file or directory p. The name in the description is that of
// the entry, where the file system of the machine minds case.
//
// Code: ERROR_FILE_NOT_FOUND.
func (d *Disk) Stat(p Path) (fs.FileInfo, error) {
	pl, err := d.find("stat", p)
	if err != nil {
		return nil, err
	}
	info, err := pl.root.Stat(pl.file())
	if err != nil {
		return nil, fail("stat", p, err)
	}
	return info, nil
}

// StatDir describes the directory p.
//
// Codes: ERROR_PATH_NOT_FOUND when it is missing, ERROR_DIRECTORY when it is no
// directory, as when Windows lists it (I).
func (d *Disk) StatDir(p Path) (fs.FileInfo, error) {
	_, info, err := d.findDir("stat", p)
	return info, err
}

// ReadDir lists the directory p in the order of upper case, as NTFS does (I). An
// entry whose name no Path can have is left out (C). The codes are those of
// [Disk.StatDir].
func (d *Disk) ReadDir(p Path) ([]fs.DirEntry, error) {
	pl, _, err := d.findDir("list", p)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(pl.root.FS(), pl.file())
	if err != nil { // uncovered: it takes a directory that may not be listed, and root may list all
		return nil, fail("list", p, err)
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !isName(e.Name()) })
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(fold(a.Name()), fold(b.Name())) })
	return entries, nil
}

// Chtimes sets the times of the last access and change of the file p. A zero time
// leaves the one of the file.
//
// Code: ERROR_FILE_NOT_FOUND.
func (d *Disk) Chtimes(p Path, accessed, changed time.Time) error {
	pl, err := d.find("chtimes", p)
	if err != nil {
		return err
	}
	if err := pl.root.Chtimes(pl.file(), accessed, changed); err != nil {
		return fail("chtimes", p, err)
	}
	return nil
}
