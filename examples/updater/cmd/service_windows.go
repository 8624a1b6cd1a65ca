package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/winbits"
)

// connect has the service of the system.
func connect(ctx context.Context, s settings) (*service, error) {
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	var open []*winbits.Service
	activate := func(ctx context.Context) (bits.Manager, error) {
		service, err := winbits.Connect(ctx, winbits.Serial()) // one call at a time is enough
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		open = append(open, service)
		return service.Manager(), nil
	}
	manager, err := activate(ctx)
	if err != nil {
		return nil, err
	}
	return &service{
		manager: manager, activate: activate,
		dir:  strings.TrimRight(dir, `\`) + `\`,
		path: func(name string) string { return name },
		close: func() (err error) {
			mu.Lock()
			defer mu.Unlock()
			for _, service := range open {
				err = errors.Join(err, service.Close())
			}
			return err
		},
	}, nil
}
