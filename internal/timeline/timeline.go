package timeline

import "time"

// Line is a line of events in emulated time. Make one with [New]. It is not safe
// for concurrent use: its owner holds a lock.
type Line[K comparable] struct {
	now    time.Time
	set    uint64 // how many settings there were: the order of events of one instant
	events map[K]*event[K]
	queue  queue[K]
	free   []*event[K] // events that are over, for use again
}

// New returns a line without events, at the time start.
func New[K comparable](start time.Time) *Line[K] {
	return &Line[K]{now: wall(start), events: make(map[K]*event[K])}
}

// Now is the emulated time: that of the latest call of [Line.Set] which moved it.
func (l *Line[K]) Now() time.Time { return l.now }

// Set moves the time forward to now. It never moves it back: an earlier time
// changes nothing. Events that fall due stay until [Line.Due] takes them.
func (l *Line[K]) Set(now time.Time) {
	if now = wall(now); now.After(l.now) {
		l.now = now
	}
}

// At sets the event of key to the time when, in place of the one that was set
// before, if any. The zero time sets none. A time that has passed is allowed; the
// event is due at once then, before all events of later times.
//
// To set an event again, also to the same time, puts it behind the other events of
// that time.
func (l *Line[K]) At(key K, when time.Time) {
	e, ok := l.events[key]
	if when.IsZero() {
		if ok {
			l.remove(e)
		}
		return
	}
	l.set++
	when = wall(when)
	if ok {
		e.when, e.order = when, l.set
		l.queue.fix(e.place)
		return
	}
	e = l.blank()
	*e = event[K]{key: key, when: when, order: l.set}
	l.events[key] = e
	l.queue.push(e)
}

// When tells when the event of key falls due, and false when there is none.
func (l *Line[K]) When(key K) (time.Time, bool) {
	e, ok := l.events[key]
	if !ok {
		return time.Time{}, false
	}
	return e.when, true
}

// Next tells when the next event falls due, perhaps before [Line.Now], and false
// when there is none.
func (l *Line[K]) Next() (when time.Time, ok bool) {
	if len(l.queue) == 0 {
		return time.Time{}, false
	}
	return l.queue[0].when, true
}

// Due removes the first event whose time is now or earlier, and returns its key.
// It answers false when none is due. Events come by time, those of one time in the
// order in which they were set. Due does not move the time of the line.
func (l *Line[K]) Due(now time.Time) (key K, ok bool) {
	if len(l.queue) == 0 || l.queue[0].when.After(now) {
		return key, false
	}
	key = l.queue[0].key
	l.remove(l.queue[0])
	return key, true
}

// Len is the number of events set.
func (l *Line[K]) Len() int { return len(l.queue) }

func (l *Line[K]) remove(e *event[K]) {
	delete(l.events, e.key)
	l.queue.remove(e.place)
	*e = event[K]{} // a key may hold on to memory
	l.free = append(l.free, e)
}

// blank returns an event for use.
func (l *Line[K]) blank() *event[K] {
	n := len(l.free) - 1
	if n < 0 {
		return new(event[K])
	}
	e := l.free[n]
	l.free = l.free[:n]
	return e
}

// wall is t without its monotonic reading; see the package comment.
func wall(t time.Time) time.Time { return t.Round(0) }
