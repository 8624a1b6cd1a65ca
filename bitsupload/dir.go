package bitsupload

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
)

// Dir keeps files in a directory and below it; no name and no symbolic link leads
// out of it. Uploads on their way are in a directory BITS-Sessions beside their
// destination (D notification-protocol-for-server-applications), hence on the same
// volume. Other directories are not made: an upload to a directory that does not
// exist is refused.
type Dir struct {
	Root *os.Root

	// Sync makes each file durable before it appears under its name. Without it a
	// crash of the machine may lose what clients believe uploaded.
	Sync bool

	mu sync.Mutex // held while directories come and go
}

// Stat implements Storage.
func (d *Dir) Stat(name string) (fs.FileInfo, error) {
	info, err := d.Root.Lstat(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		if parent, err := d.Root.Stat(filepath.FromSlash(path.Dir(name))); err != nil || !parent.IsDir() {
			return nil, ErrNoDirectory
		}
	}
	return info, err
}

// Create implements Storage.
func (d *Dir) Create(name string) (File, error) {
	name = filepath.FromSlash(name)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.Root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, err
	}
	f, err := d.Root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Open implements Storage.
func (d *Dir) Open(name string) (File, error) {
	f, err := d.Root.OpenFile(filepath.FromSlash(name), os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Commit implements Storage. The name is made by a link, which fails when it is
// taken; where there are no links, it is looked up first, and two servers on one
// directory might both find it free.
func (d *Dir) Commit(from, to string, overwrite bool) error {
	from, to = filepath.FromSlash(from), filepath.FromSlash(to)
	if d.Sync {
		if err := d.sync(from); err != nil {
			return err
		}
	}
	if !overwrite {
		err := d.Root.Link(from, to)
		if err == nil {
			return d.settle(to, d.Root.Remove(from))
		}
		if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if _, err := d.Root.Lstat(to); err == nil {
			return &fs.PathError{Op: "commit", Path: to, Err: fs.ErrExist}
		}
	}
	return d.settle(to, d.Root.Rename(from, to))
}

// sync makes the content of a file durable.
func (d *Dir) sync(name string) error {
	f, err := d.Root.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// settle makes a new name durable. Some systems cannot sync a directory, which is
// no failure: they need not.
func (d *Dir) settle(name string, err error) error {
	if err != nil || !d.Sync {
		return err
	}
	if f, err := d.Root.Open(filepath.Dir(name)); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
	return nil
}

// Remove implements Storage. The directory BITS-Sessions around them goes with the
// last session.
func (d *Dir) Remove(name string) error {
	name = filepath.FromSlash(name)
	if err := d.Root.RemoveAll(name); err != nil {
		return err
	}
	if around := filepath.Dir(name); filepath.Base(around) == sessionsDir {
		d.mu.Lock()
		defer d.mu.Unlock()
		_ = d.Root.Remove(around) // fails while there are others
	}
	return nil
}

// Path implements Storage.
func (d *Dir) Path(name string) string {
	p := filepath.Join(d.Root.Name(), filepath.FromSlash(name))
	if abs, err := filepath.Abs(p); err == nil {
		return abs
	}
	return p
}
