package jobstore

import "iter"

// Entries lists jobs as of the moment it was made: a job created, deleted or
// given to another owner since then changes nothing about the list, while each
// view in it goes on showing its job as it is now.
type Entries struct {
	s    *Store
	list []*entry
}

// Len is the number of jobs listed.
func (l Entries) Len() int { return len(l.list) }

// At is the i-th, counted from 0.
func (l Entries) At(i int) Entry { return Entry{l.s, l.list[i]} }

// All yields them in order.
func (l Entries) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) { // small enough to be inlined
		for _, e := range l.list {
			if !yield(Entry{l.s, e}) {
				return
			}
		}
	}
}
