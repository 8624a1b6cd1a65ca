package seal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// Open reads the key file at path. If there is none and create is true, it makes
// one: with a new key, readable by its owner alone, the whole file or none, and
// when several processes do so at once they all end up with the same key.
//
// Errors: fs.ErrNotExist if there is none and create is false, or the directory is
// missing; and it refuses a file that is not [KeySize] bytes long or, except on
// Windows, that others than its owner may use. On Windows the access rights are
// those the directory gives, and not looked at.
func Open(path string, create bool) (*Key, error) {
	key, err := read(path)
	if !create || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeFile(path, os.Link); err != nil {
		return nil, fmt.Errorf("seal: making the key file %s: %w", path, err)
	}
	return read(path) // perhaps that of another process
}

func read(path string) (*Key, error) {
	info, err := os.Stat(path) // before it is opened, for that of a pipe would wait
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("seal: there is no key file, and without it sealed secrets cannot be read: put %s back, or remove the store to begin anew: %w", path, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("seal: key file: %w", err)
	}
	if err := judge(path, info, runtime.GOOS); err != nil {
		return nil, err
	}
	var b []byte
	if err := patiently(runtime.GOOS, func() (err error) { b, err = os.ReadFile(path); return err }); err != nil { // uncovered: root, who may run the tests, reads everything
		return nil, fmt.Errorf("seal: key file: %w", err)
	}
	return fromFile(path, b)
}

// judge tells what is wrong with a key file on the given system.
func judge(path string, info fs.FileInfo, goos string) error {
	mode := info.Mode()
	switch {
	case !mode.IsRegular():
		return fmt.Errorf("seal: key file %s is no regular file but %s: choose another path", path, mode.Type())
	case info.Size() != KeySize:
		return wrongSize(path, info.Size())
	case goos != "windows" && mode.Perm()&0o077 != 0:
		return fmt.Errorf("seal: key file %s has mode %#o, so others than its owner may use it: run chmod 600 on it, and change the passwords if somebody may have read them", path, mode.Perm())
	}
	return nil
}

func wrongSize(path string, size int64) error {
	return fmt.Errorf("seal: key file %s has %d bytes, a key has %d: put the right file back, or remove this one and the store to begin anew", path, size, KeySize)
}

func fromFile(path string, b []byte) (*Key, error) {
	if len(b) != KeySize { // it has changed since it was judged
		return nil, wrongSize(path, int64(len(b)))
	}
	return newKey([KeySize]byte(b)), nil
}

// makeFile makes a key file unless there is one by now. The file gets its name
// when it is whole, by link, which replaces nothing.
func makeFile(path string, link func(oldname, newname string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new")
	if err != nil {
		return err
	}
	defer func() { // it has another name by now, or is of no use
		_ = patiently(runtime.GOOS, func() error { return os.Remove(f.Name()) })
	}()
	var secret [KeySize]byte
	_, _ = rand.Read(secret[:]) // never fails
	_, err = f.Write(secret[:])
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil { // uncovered: the disk is full, or broken
		return err
	}
	if err := publish(f.Name(), path, link); err != nil {
		return err
	}
	syncDir(filepath.Dir(path))
	return nil
}

// patiently calls f again while Windows says that somebody has the file: it refuses to
// read a file while one of its names is being removed, and to remove one while it is read.
func patiently(goos string, f func() error) (err error) {
	for range 100 {
		if err = f(); !isBusy(err, goos) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

func isBusy(err error, goos string) bool {
	const sharingViolation = syscall.Errno(32)
	return goos == "windows" && errors.Is(err, sharingViolation)
}

// publish gives a whole file its name. Where there are no links it renames the
// file, and of two processes that do so in the same instant the first one is left
// with a key that no file holds; a store admits one process at a time.
func publish(temp, path string, link func(oldname, newname string) error) error {
	err := link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	return os.Rename(temp, path)
}

// syncDir sees to it that a new name is on the disk, where directories can be
// synced.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_, _ = d.Sync(), d.Close()
	}
}
