package jobstore

import (
	"os"

	"golang.org/x/sys/unix"
)

// scratchFile is a file without a name, in memory; a temporary one where the
// kernel or a sandbox does not allow that.
func scratchFile() (*os.File, func(), error) {
	fd, err := unix.MemfdCreate("bitsemu", unix.MFD_CLOEXEC)
	if err != nil {
		return tempFile("")
	}
	return os.NewFile(uintptr(fd), "memfd:bitsemu"), func() {}, nil
}
