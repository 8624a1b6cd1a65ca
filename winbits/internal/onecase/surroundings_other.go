//go:build !windows

package main

import (
	"fmt"
	"runtime"

	"github.com/bitsemu/bitsemu/bitstest"
)

func surroundings() (url string, opts []bitstest.Option, err error) {
	return "", nil, fmt.Errorf("there is no BITS on %s", runtime.GOOS)
}
