package bitsemu_test

import (
	"os"
	"path/filepath"
)

// writeFile makes a file of this machine, and its directory.
func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// exists reports whether a file of the emulated machine is there.
func (r *rig) exists(name string) bool {
	_, err := os.Stat(r.emu.Path(name))
	return name != "" && err == nil
}
