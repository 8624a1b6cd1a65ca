package jobstore

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/bitsemu/bitsemu/sid"
	"github.com/bitsemu/bitsemu/token"
)

// identity is a token that some job refers to. Records hold its number, so
// that a store with a thousand jobs of one account holds the account once.
// Number 0 is no token.
type identity struct {
	sid    sid.SID // the user's, again: the question asked most
	token  token.Token
	owner  *owner
	stored bool // in the file; the committer's business
}

// owner is all the identities with one user SID: the same account logged on
// twice, or elevated and not, owns one list of jobs.
type owner struct {
	sid  sid.SID
	jobs list
	live atomic.Int64

	loaded []*entry // while a file is read
}

// identities only grow. Readers go by number without a lock.
type identities struct {
	byNumber atomic.Pointer[[]*identity]

	mu     sync.RWMutex
	keys   map[string]uint32 // token.Key, which is its encoding, to number
	owners map[sid.SID]*owner
}

func (x *identities) get(n uint32) *identity { return (*x.byNumber.Load())[n] }

// at is get for a number that comes from a record: nil when there is none.
func (x *identities) at(n uint32) *identity {
	if all := x.load(); n != 0 && uint64(n) < uint64(len(all)) {
		return all[n]
	}
	return nil
}

func (x *identities) load() []*identity {
	if p := x.byNumber.Load(); p != nil {
		return *p
	}
	return nil
}

// number gives the number of t, a new one when no equal token was seen before.
func (x *identities) number(t token.Token) (uint32, error) {
	if t.IsZero() {
		return 0, nil
	}
	x.mu.RLock()
	n, ok := x.keys[t.Key()]
	x.mu.RUnlock()
	if ok {
		return n, nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if n, ok := x.keys[t.Key()]; ok {
		return n, nil
	}
	n = uint32(max(1, len(x.load())))
	if n > maxIdentities {
		return 0, fmt.Errorf("the store has %d different tokens in it already", n-1)
	}
	x.add(n, t)
	return n, nil
}

// maxIdentities keeps a damaged number from asking for all of the memory.
const maxIdentities = 1 << 24

// add makes t the token of number n. Numbers that were given out for jobs that
// could not be written then are missing from a file: they stay free.
func (x *identities) add(n uint32, t token.Token) *identity {
	if x.keys == nil {
		x.keys = map[string]uint32{}
		x.owners = map[sid.SID]*owner{}
		x.byNumber.Store(&[]*identity{nil})
	}
	o := x.owners[t.User()]
	if o == nil {
		o = &owner{sid: t.User()}
		x.owners[o.sid] = o
	}
	id := &identity{sid: o.sid, token: t, owner: o}
	x.keys[t.Key()] = n
	all := *x.byNumber.Load()
	for len(all) < int(n) {
		all = append(all, nil)
	}
	all = append(all, id)
	x.byNumber.Store(&all)
	return id
}

// owner finds the jobs of a user; nil when the user never owned one.
func (x *identities) owner(s *sid.SID) *owner {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.owners[*s]
}

// clear leaves no owner to find; the numbers stay for views that are held.
func (x *identities) clear() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.owners = map[sid.SID]*owner{} // a call that comes late may still add to it
}

func (x *identities) allOwners() []*owner {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Collect(maps.Values(x.owners))
}
