package bench

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// populate makes bbolt read the whole file when it maps it.
const populate = unix.MAP_POPULATE

func fdatasync(f *os.File) error { return unix.Fdatasync(int(f.Fd())) }

// openMemfd is for bbolt's Options.OpenFile: a file without a directory.
func openMemfd(name string, _ int, _ os.FileMode) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// dropCache makes the system forget the pages of a file that it holds.
func dropCache(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED), f.Close())
}
