//go:build !linux

package bench

import (
	"errors"
	"os"
)

const populate = 0

func fdatasync(f *os.File) error { return f.Sync() }

func openMemfd(string, int, os.FileMode) (*os.File, error) { return nil, errors.ErrUnsupported }

func dropCache(string) error { return errors.ErrUnsupported }
