package updater

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/google/uuid"
)

// saved is the file with the ids of the program's jobs by the names of updates.
type saved struct {
	path string // "" keeps nothing
	mu   sync.Mutex
}

// get finds the id for an update, uuid.Nil for none.
func (s *saved) get(name string) (uuid.UUID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids, err := s.read()
	return ids[name], err
}

// set saves the id for an update; uuid.Nil forgets it.
func (s *saved) set(name string, id uuid.UUID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids, err := s.read()
	if err != nil || s.path == "" || ids[name] == id {
		return err
	}
	if ids[name] = id; id == uuid.Nil {
		delete(ids, name)
	}
	text, err := json.MarshalIndent(ids, "", "\t")
	if err != nil {
		return err
	}
	// Who is interrupted leaves the old file or the new one, and no half of one.
	if err := os.WriteFile(s.path+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(s.path+".new", s.path)
}

func (s *saved) read() (map[string]uuid.UUID, error) {
	ids := map[string]uuid.UUID{}
	if s.path == "" {
		return ids, nil
	}
	text, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return ids, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &ids)
	}
	if err != nil {
		return nil, fmt.Errorf("updater: the file with the jobs under way: %w", err)
	}
	return ids, nil
}
