package winpath

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"github.com/bitsemu/bitsemu/hresult"
)

// place is where a Path leads to on this machine. Names are slashed and relative
// to root.
type place struct {
	root   *os.Root
	dir    string // the directory, as its entries are written
	name   string // the entry, as it is written; one that is missing as it was asked for
	exists bool
}

func (pl place) file() string { return path.Join(pl.dir, pl.name) }

// isRoot reports whether the place is a directory that was mapped.
func (pl place) isRoot() bool { return pl.file() == "." }

// isDir reports whether the entry is a directory, and no link to one.
func (pl place) isDir() bool {
	info, err := pl.root.Lstat(pl.file())
	return err == nil && info.IsDir()
}

// find looks p up. That all directories on the way are there is seen to; the last
// name may be missing, or be a symbolic link that leads nowhere.
func (d *Disk) find(op string, p Path) (place, error) {
	root, names, err := d.mount(op, p)
	if err != nil {
		return place{}, err
	}
	if len(names) == 0 {
		return place{root, ".", ".", true}, nil
	}
	// Most names are written as the entries are.
	last := len(names) - 1
	pl := place{root, path.Join(".", strings.Join(names[:last], "/")), names[last], true}
	_, err = root.Lstat(pl.file())
	if err == nil {
		return pl, nil
	}
	if !isMissing(err) {
		return place{}, fail(op, p, err)
	}
	pl.dir = "."
	for i, name := range names {
		if i > 0 {
			pl.dir = pl.file()
		}
		pl.name, pl.exists, err = match(root, pl.dir, name)
		switch {
		case isMissing(err): // also where the name before was not found
			return place{}, &Error{op, p.String(), hresult.HRESULT_FROM_WIN32_ERROR_PATH_NOT_FOUND, errNoDirectory}
		case err != nil:
			return place{}, fail(op, p, err)
		}
	}
	return pl, nil
}

var errNoDirectory = fmt.Errorf("a directory on the way: %w", fs.ErrNotExist)

// match returns how the entry of dir with this name is written, or the name
// itself and false when there is none. The error is one that isMissing when dir
// is no directory.
func match(root *os.Root, dir, name string) (string, bool, error) {
	_, err := root.Lstat(path.Join(dir, name))
	if err == nil {
		return name, true, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", false, err
	}
	entries, err := list(root, dir)
	if err != nil {
		return "", false, err
	}
	key, written := fold(name), ""
	for _, entry := range entries { // the first in byte order
		if (written == "" || entry < written) && fold(entry) == key && isName(entry) {
			written = entry
		}
	}
	if written != "" {
		return written, true, nil
	}
	return name, false, nil
}

// list returns the names in a directory in any order. It asks for no more than them:
// every new file of a job costs a look at all that are there.
func list(root *os.Root, dir string) ([]string, error) {
	f, err := root.Open(dir)
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(-1)
	return names, errors.Join(err, f.Close())
}

// isMissing reports whether a directory or the file itself is not there.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// fail translates an error of the system.
func fail(op string, p Path, err error) error {
	code, ok := code(err)
	if !ok { // os.Root has an error of its own for what would leave it
		code = hresult.E_ACCESSDENIED
	}
	return &Error{op, p.String(), code, err}
}

// findEntry is find for an entry that can be moved or removed.
func (d *Disk) findEntry(op string, p Path) (place, error) {
	pl, err := d.find(op, p)
	switch {
	case err != nil:
		return place{}, err
	case !pl.exists:
		return place{}, fail(op, p, fs.ErrNotExist)
	case pl.isRoot():
		return place{}, &Error{op, p.String(), hresult.E_ACCESSDENIED, errors.New("a root, or mapped like one")}
	}
	return pl, nil
}

// findDir is find for a directory.
func (d *Disk) findDir(op string, p Path) (place, fs.FileInfo, error) {
	pl, err := d.find(op, p)
	if err != nil {
		return place{}, nil, err
	}
	info, err := pl.root.Stat(pl.file())
	switch {
	case isMissing(err):
		return place{}, nil, &Error{op, p.String(), hresult.HRESULT_FROM_WIN32_ERROR_PATH_NOT_FOUND, err}
	case err != nil:
		return place{}, nil, fail(op, p, err)
	case !info.IsDir():
		return place{}, nil, &Error{op, p.String(), hresult.HRESULT_FROM_WIN32_ERROR_DIRECTORY, errors.New("a file")}
	}
	return pl, info, nil
}
