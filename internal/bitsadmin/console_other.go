//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly && !windows

package bitsadmin

import "os"

// widthOf knows no terminals here.
func widthOf(*os.File) (int, bool) { return 0, false }

func drawable(*os.File) bool { return false }
