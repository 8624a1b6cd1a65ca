package bitsemu

import (
	"bytes"
	"net/http"
	"runtime"
	"strconv"
	"sync"
)

// inside knows the goroutines that run the client's code for the emulator: a
// callback, a hook, a handler. What they call must not wait for the work that waits
// for them. A context cannot tell, for the methods of [Emulator] have none.
type inside struct {
	mu sync.Mutex
	by map[uint64]int
}

// enter notes that the client's code runs in this goroutine until the function is
// called that it returns.
func (x *inside) enter() (leave func()) {
	id := goroutine()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.by == nil {
		x.by = map[uint64]int{}
	}
	x.by[id]++
	return func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		if x.by[id]--; x.by[id] == 0 {
			delete(x.by, id)
		}
	}
}

// here reports whether this goroutine runs the client's code.
func (x *inside) here() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.by) > 0 && x.by[goroutine()] > 0
}

// handler notes that a handler runs while it does.
func (x *inside) handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer x.enter()()
		h.ServeHTTP(w, r)
	})
}

// goroutine is the number of this goroutine, which a stack trace begins with:
// "goroutine 7 [running]:".
func goroutine() uint64 {
	var buf [64]byte
	text := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	id, _ := strconv.ParseUint(string(number), 10, 64) // it always is one
	return id
}
