package bitsemu

import "sync"

// lazy is a manager that is activated when it is first used. An activation that has
// failed is tried again.
type lazy struct {
	mu     sync.Mutex
	active *manager
}

func (l *lazy) get(activate func() (*manager, error)) (*manager, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.active != nil {
		return l.active, nil
	}
	m, err := activate()
	if err == nil {
		l.active = m
	}
	return m, err
}
