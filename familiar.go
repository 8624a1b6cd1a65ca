package bitsemu

import (
	"sync"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// familiar remembers whose calls are no news to [world.notice]: it has said so once,
// and would again until sessions are forgotten.
type familiar struct {
	mu    sync.RWMutex
	known map[logon]struct{}
}

// logon is a session of a user.
type logon struct {
	user    sid.SID
	session token.Session
}

func (f *familiar) has(t token.Token) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	_, known := f.known[logon{t.User(), t.Session()}]
	return known
}

// add is called with the engine's lock held, as clear is, so that what was noticed
// before a clear is not remembered after it.
func (f *familiar) add(t token.Token) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil {
		f.known = map[logon]struct{}{}
	}
	f.known[logon{t.User(), t.Session()}] = struct{}{}
}

func (f *familiar) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.known)
}
