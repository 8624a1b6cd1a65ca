// Package timeline is the emulator's clock and its queue of events to come. A
// [Line] knows what time it is in the emulated Windows and which event falls due
// next; it starts nothing and waits for nothing.
//
//	line := timeline.New[string](start)
//	line.At("retry", line.Now().Add(10*time.Minute))
//
//	target := line.Now().Add(time.Hour)
//	for {
//		when, ok := line.Next()
//		if !ok || when.After(target) {
//			break
//		}
//		line.Set(when)
//		key, _ := line.Due(when)
//		fmt.Println(key) // may set further events
//	}
//	line.Set(target)
//
// There is one event for a key, so that whoever owns a key need not remember
// what he has set before. Events of one instant come in the order in which they
// were set, and therefore always in the same order.
//
// # Times
//
// A Line drops the monotonic reading that [time.Now] adds to a time, and compares
// what is left. Otherwise the order of three times could be circular, when some
// of them come from a clock and some from a file. An owner who follows the real
// time and minds a wall clock that is set back measures with [time.Since] and
// adds that to a fixed start.
package timeline
