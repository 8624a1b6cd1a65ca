package jobstore

import (
	"bytes"
	"errors"
	"runtime"
	"sync"

	"github.com/google/uuid"
)

// write is one change to one job, made ready by the caller: what is left to do
// under the one writer's eyes is to see that it still applies, and to put it.
type write struct {
	id      uuid.UUID
	e       *entry // nil for a new job
	base    []byte // the record that the change was made from; nil if any will do
	data    []byte // the new record; nil to delete
	summary summary
	last    bool            // deleted with a summary that is shown from then on
	refs    [maxRefs]uint32 // the identities that data refers to
	seq     uint64
}

// op is what one caller wants done, all of it or nothing.
type op struct {
	writes []write
	one    [1]write // writes' place when it is one
	run    func()   // instead of writes: something to do while nobody writes
	err    error
	wake   chan bool // true: lead the next group; false: done
}

func newOp(w write) *op {
	o := &op{}
	o.one[0] = w
	o.writes = o.one[:]
	return o
}

// errNothing rolls back a group in which no operation applied.
var errNothing = errors.New("nothing to write")

// committer takes the callers' operations to the file in groups, without a
// goroutine of its own and without a timer: the caller that finds nobody
// committing leads. It commits whatever has queued up, itself included, and
// then hands the lead to the first that queued meanwhile. A caller alone
// commits at once; sixty-four callers share a sync.
type committer struct {
	mu     sync.Mutex
	queue  []*op
	spare  []*op
	busy   bool
	closed bool
	idle   sync.Cond
}

var wakes = sync.Pool{New: func() any { return make(chan bool, 1) }}

// do runs commit with a group that has o in it, in this goroutine or in
// another, and returns when that is done. It reports false when closed.
func (c *committer) do(o *op, commit func([]*op)) bool {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return false
	}
	c.queue = append(c.queue, o)
	if c.busy {
		o.wake = wakes.Get().(chan bool)
		c.mu.Unlock()
		lead := <-o.wake
		wakes.Put(o.wake)
		if !lead {
			return true
		}
		runtime.Gosched() // those whom the last leader woke may want to come along
		c.mu.Lock()
	}
	c.busy = true
	group := c.queue
	c.queue = c.spare[:0]
	c.mu.Unlock()

	commit(group)

	for _, p := range group {
		if p != o {
			p.wake <- false
		}
	}
	clear(group)
	c.mu.Lock()
	c.spare = group
	if len(c.queue) > 0 {
		c.queue[0].wake <- true
	} else {
		c.busy = false
		c.idle.Broadcast()
	}
	c.mu.Unlock()
	return true
}

// close refuses what comes from now on and waits for what is under way.
func (c *committer) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for c.busy {
		c.idle.Wait()
	}
}

func (c *committer) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// submit has o committed and returns why it was not.
func (s *Store) submit(name string, o *op) error {
	id := o.writes[0].id
	if s.readOnly {
		return s.fail(name, id, ErrReadOnly, "")
	}
	if !s.committer.do(o, s.commit) {
		return s.fail(name, id, ErrClosed, "")
	}
	return s.named(name, id, o.err)
}

// commit writes a group as one transaction of the storage and publishes it to
// the index. Operations that no longer apply fail alone; a storage that fails
// fails all.
func (s *Store) commit(group []*op) {
	writers := s.writers[:0]
	for _, o := range group {
		if o.run != nil {
			o.run()
		} else {
			writers = append(writers, o)
		}
	}
	group, s.writers = writers, writers
	if len(group) == 0 {
		return
	}
	var next position
	s.created, s.staged = nil, s.staged[:0]
	err := s.failed
	if err == nil {
		err = s.storage.update(func(tx storageTx) error {
			fingerprint := s.fingerprint
			seq := s.seq
			applied := false
			for _, o := range group {
				if o.err = s.applies(tx, o, len(group) > 1); o.err == nil {
					applied = true
					if err := s.apply(tx, o, &seq, &fingerprint); err != nil {
						return err
					}
				}
			}
			if !applied {
				return errNothing
			}
			next = position{seq, fingerprint}
			return tx.setFingerprint(fingerprint)
		})
	}
	switch {
	case err == nil:
	case errors.Is(err, errNothing):
		return
	default:
		for _, id := range s.staged {
			id.stored = false
		}
		failed := s.writeFailed(err)
		for _, o := range group {
			o.err = failed
		}
		return
	}
	s.position = next
	s.txid++
	for _, o := range group {
		if o.err == nil {
			s.publish(o)
		}
	}
}

// applies sees whether all that o was made from is still so.
func (s *Store) applies(tx storageTx, o *op, crowded bool) error {
	for i := range o.writes {
		w := &o.writes[i]
		if w.e == nil {
			if crowded {
				if s.created == nil {
					s.created = map[uuid.UUID]struct{}{}
				}
				if _, ok := s.created[w.id]; ok {
					return s.fail("", w.id, ErrExists, "")
				}
				s.created[w.id] = struct{}{}
			}
			if s.index.get(&w.id) != nil {
				return s.fail("", w.id, ErrExists, "")
			}
			continue
		}
		now := tx.get(w.e.seq)
		if now == nil {
			return s.fail("", w.id, ErrNotFound, "")
		}
		if w.base != nil && !bytes.Equal(w.base, now) {
			return errChanged
		}
	}
	return nil
}

// errChanged makes a caller read again and try again.
var errChanged = errors.New("the job has changed")

// apply puts o's writes. An error here fails the whole group.
func (s *Store) apply(tx storageTx, o *op, seq, fingerprint *uint64) error {
	for i := range o.writes {
		w := &o.writes[i]
		if w.e == nil {
			*seq++
			w.seq = *seq
		} else {
			w.seq = w.e.seq
			*fingerprint -= recordPrint(w.seq, tx.get(w.seq))
		}
		if w.data == nil {
			if err := tx.delete(w.seq); err != nil {
				return err
			}
			continue
		}
		for _, n := range w.refs {
			if id := s.index.identities.at(n); id != nil && !id.stored {
				if err := tx.putIdentity(n, id.token.Key()); err != nil {
					return err
				}
				id.stored = true
				s.staged = append(s.staged, id)
			}
		}
		*fingerprint += recordPrint(w.seq, w.data)
		if err := tx.put(w.seq, w.data); err != nil {
			return err
		}
	}
	return nil
}

// publish shows readers what was committed.
func (s *Store) publish(o *op) {
	for i := range o.writes {
		w := &o.writes[i]
		switch {
		case w.e == nil:
			w.e = s.index.insert(w.id, w.seq, w.summary)
		case w.data == nil:
			if w.last {
				s.index.change(w.e, w.summary)
			}
			s.index.remove(w.e)
		default:
			s.index.change(w.e, w.summary)
		}
	}
}
