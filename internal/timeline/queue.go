package timeline

import "time"

// event is what a Line holds for a key.
type event[K comparable] struct {
	key   K
	when  time.Time
	order uint64 // no two events have the same
	place int    // in the queue
}

func (e *event[K]) before(f *event[K]) bool {
	if c := e.when.Compare(f.when); c != 0 {
		return c < 0
	}
	return e.order < f.order
}

// queue is a binary heap of events that know their places, so that an event can be
// moved or removed without looking for it.
type queue[K comparable] []*event[K]

func (q *queue[K]) push(e *event[K]) {
	e.place = len(*q)
	*q = append(*q, e)
	q.up(e.place)
}

// remove takes out the event at place i.
func (q *queue[K]) remove(i int) {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	if i < last {
		q.put(e, i)
		q.fix(i)
	}
}

// fix moves the event at place i to where it belongs, after its time has changed.
func (q queue[K]) fix(i int) {
	if !q.up(i) {
		q.down(i)
	}
}

// up moves the event at place i towards the front, and reports whether it moved.
func (q queue[K]) up(i int) bool {
	e, start := q[i], i
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(q[parent]) {
			break
		}
		q.put(q[parent], i)
		i = parent
	}
	q.put(e, i)
	return i != start
}

// down moves the event at place i towards the back.
func (q queue[K]) down(i int) {
	e := q[i]
	for {
		child := 2*i + 1
		if child >= len(q) {
			break
		}
		if right := child + 1; right < len(q) && q[right].before(q[child]) {
			child = right
		}
		if !q[child].before(e) {
			break
		}
		q.put(q[child], i)
		i = child
	}
	q.put(e, i)
}

func (q queue[K]) put(e *event[K], i int) {
	q[i] = e
	e.place = i
}
