//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package bitsadmin

import (
	"os"

	"golang.org/x/sys/unix"
)

// widthOf is the width of a terminal.
func widthOf(f *os.File) (int, bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, false
	}
	return int(size.Col), true
}

// drawable reports whether a terminal understands control sequences.
func drawable(*os.File) bool { return true }
