//go:build !linux

package jobstore

import "os"

func scratchFile() (*os.File, func(), error) { return tempFile("") }
