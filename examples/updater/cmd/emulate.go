package main

import (
	"context"
	"path/filepath"

	"github.com/bitsemu/bitsemu"
)

// emulate has a service of its own, for which the directory is the drive C:.
func emulate(_ context.Context, s settings) (*service, error) {
	o := []bitsemu.Option{bitsemu.Drive("C:", s.dir)}
	if s.state != "" {
		o = append(o, bitsemu.Store(filepath.Join(s.state, "queue.db")))
	}
	emu, err := bitsemu.New(o...)
	if err != nil {
		return nil, err
	}
	return &service{manager: emu.Manager(), activate: emu.Activate, dir: `C:\`, path: emu.Path, close: emu.Close}, nil
}
