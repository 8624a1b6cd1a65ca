//go:build unix

package serve

import (
	"io/fs"
	"os"
	"syscall"
)

// owned reports whether a directory is this user's, or root's.
func owned(fi fs.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	return !ok || st.Uid == 0 || int(st.Uid) == os.Getuid()
}
