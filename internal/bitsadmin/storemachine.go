package bitsadmin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bitsemu/bitsemu/sid"
)

// machineFile is what a store's machine is like besides its jobs, in a file beside the
// store, which is written while the store is open, and so by one command at a time.
type machineFile struct {
	Proxies map[sid.SID]ServiceProxy `json:"proxies,omitempty"` // of service accounts
}

// machineFileOf is where that of a store is.
func machineFileOf(store string) string { return store + ".machine" }

// furnish makes the machine of an emulator be as the file says.
func (s *storeSession) furnish() error {
	text, err := os.ReadFile(machineFileOf(s.store))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var m machineFile
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	for account, p := range m.Proxies {
		if err == nil {
			err = s.emu.SetServiceProxy(account, p.Usage, p.List, p.Bypass)
		}
	}
	if err != nil {
		return fmt.Errorf("%s, which has the proxies of service accounts, cannot be used; it may be removed: %w", machineFileOf(s.store), err)
	}
	return nil
}

func (s *storeSession) ServiceProxy(_ context.Context, account sid.SID) (p ServiceProxy, err error) {
	p.Usage, p.List, p.Bypass = s.emu.ServiceProxy(account)
	return p, nil
}

func (s *storeSession) SetServiceProxy(_ context.Context, account sid.SID, p ServiceProxy) error {
	if err := s.emu.SetServiceProxy(account, p.Usage, p.List, p.Bypass); err != nil {
		return err
	}
	m := machineFile{Proxies: map[sid.SID]ServiceProxy{}}
	for _, a := range accounts {
		m.Proxies[a.value], _ = s.ServiceProxy(context.Background(), a.value) // it never fails
	}
	text, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	return replaceFile(machineFileOf(s.store), append(text, '\n'))
}

// replaceFile writes a file so that it is there as it was, or as it is to be.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Repair has little to do: that the store could be opened shows that all is well.
func (s *storeSession) Repair(_ context.Context, force bool) (bool, error) {
	if force {
		return true, s.emu.Restart()
	}
	return false, s.emu.Check()
}
