package jobstore

import (
	"maps"
	"slices"
	"sync"
)

// memory is a storage without a file.
type memory struct {
	mu    sync.RWMutex
	recs  map[uint64][]byte
	ids   map[uint32]string
	print uint64
	shut  bool
}

func newMemory() *memory { return &memory{recs: map[uint64][]byte{}} }

func (m *memory) update(fn func(storageTx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return fn((*memoryTx)(m))
}

func (m *memory) get(seq uint64, fn func([]byte) error) error {
	m.mu.RLock()
	rec, shut := m.recs[seq], m.shut // a record is never written to after put
	m.mu.RUnlock()
	if shut {
		return errClosedStorage
	}
	return fn(rec)
}

func (m *memory) records(fn func(uint64, []byte) error) error {
	m.mu.RLock()
	recs := maps.Clone(m.recs)
	m.mu.RUnlock()
	for _, seq := range slices.Sorted(maps.Keys(recs)) {
		if err := fn(seq, recs[seq]); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) identities(fn func(uint32, []byte) error) error {
	m.mu.RLock()
	ids := maps.Clone(m.ids)
	m.mu.RUnlock()
	for _, n := range slices.Sorted(maps.Keys(ids)) {
		if err := fn(n, []byte(ids[n])); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) fingerprint() (uint64, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.print, nil
}

func (m *memory) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shut, m.recs = true, nil
	return nil
}

// memoryTx writes at once: whoever commits has seen to it that every write of
// an operation applies before the first is made, and none of them can fail.
type memoryTx memory

func (m *memoryTx) get(seq uint64) []byte { return m.recs[seq] }

func (m *memoryTx) put(seq uint64, rec []byte) error {
	m.recs[seq] = rec
	return nil
}

func (m *memoryTx) delete(seq uint64) error {
	delete(m.recs, seq)
	return nil
}

func (m *memoryTx) putIdentity(n uint32, code string) error {
	if m.ids == nil {
		m.ids = map[uint32]string{}
	}
	m.ids[n] = code
	return nil
}

func (m *memoryTx) setFingerprint(f uint64) error {
	m.print = f
	return nil
}
