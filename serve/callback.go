package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"time"
	"weak"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
	"github.com/bitsemu/bitsemu/token"
)

// callbackRef is a callback as it stands in arguments and results: under the name that
// the client has for it.
type callbackRef struct {
	Callback  *string `json:"callback"`
	Interface string  `json:"interface,omitempty"`
	Foreign   bool    `json:"foreign,omitempty"`
}

// foreign is a callback that is somebody else's.
var foreign = json.RawMessage(`{"callback":null,"foreign":true}`)

// callbackKey is a callback of a client: its name, and what it can do.
type callbackKey struct{ name, iface string }

// callback calls the client over the stream of its session.
type callback struct {
	*session
	key callbackKey
}

// held is a callback of the client as long as the emulator has it.
type held struct {
	callback weak.Pointer[callback]
	count    uint64 // how often the client has given it
}

// callback is the object that stands for a callback of the client.
func (n *session) callback(key callbackKey, want *wire.Interface) (any, error) {
	i, ok := wire.FindInterface(key.iface)
	for at := i; ok && at.Name != want.Name; {
		at, ok = wire.FindInterface(at.Base)
	}
	if !ok {
		return nil, malformed("%.80q is no callback interface: want %s or one that inherits from it", key.iface, want.COM)
	}
	key.iface = i.COM
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over {
		return nil, notFound("the session has ended")
	}
	h := n.callbacks[key]
	if h == nil {
		if len(n.callbacks) >= n.s.conf.maxObjects {
			return nil, limited("the session has %d callbacks, and no more are allowed", len(n.callbacks))
		}
		h = &held{}
		n.callbacks[key] = h
	}
	h.count++
	c := h.callback.Value()
	if c == nil {
		c = &callback{n, key}
		h.callback = weak.Make(c)
		runtime.AddCleanup(c, n.dropped, key)
	}
	return wire.New(i.Name, c), nil
}

// releaseLine tells a client that the emulator does not have a callback any more, which
// the client has given so many times since the last such line.
type releaseLine struct {
	Release   string `json:"release"`
	Interface string `json:"interface"`
	Count     uint64 `json:"count"`
}

// dropped forgets a callback that the emulator does not have any more.
func (n *session) dropped(key callbackKey) {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := n.callbacks[key]
	if n.over || h == nil || h.callback.Value() != nil {
		return // it has been given again meanwhile
	}
	delete(n.callbacks, key)
	if n.stream == nil || !n.stream.releases {
		return
	}
	line, err := encode(releaseLine{key.name, key.iface, h.count})
	if err == nil {
		n.queue = append(n.queue, &outcall{line: line})
		n.tell()
	}
}

// outcall is a call of a callback, on its way to the client.
type outcall struct {
	number uint64
	line   json.RawMessage
	answer chan hresult.HRESULT
}

// outcallLine is how the client sees it.
type outcallLine struct {
	Call      string          `json:"call"`
	Callback  string          `json:"callback"`
	Interface string          `json:"interface"`
	Method    string          `json:"method"`
	Caller    token.Token     `json:"caller"`
	Args      json.RawMessage `json:"args"`
}

// Call implements [wire.Caller]: it returns what the client has answered, and
// RPC_E_DISCONNECTED when there is no client or it does not answer.
func (c *callback) Call(ctx context.Context, m *wire.Method, args json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	fail := func(why string) (json.RawMessage, hresult.HRESULT, error) {
		return nil, hresult.RPC_E_DISCONNECTED, fmt.Errorf("serve: callback %q, %s: %s: %w", c.key.name, m.Name, why, hresult.RPC_E_DISCONNECTED)
	}
	caller, _ := token.FromContext(ctx)
	c.mu.Lock()
	if c.over {
		c.mu.Unlock()
		return fail("its session has ended")
	}
	c.last++
	out := &outcall{number: c.last, answer: make(chan hresult.HRESULT, 1)}
	line, err := encode(outcallLine{strconv.FormatUint(out.number, 10), c.key.name, m.COM, m.Name, caller, args})
	if err != nil { // uncovered: all of it can be written
		c.mu.Unlock()
		return fail(err.Error())
	}
	out.line = line
	c.pending[out.number] = out
	c.queue = append(c.queue, out)
	c.mu.Unlock()
	c.tell()
	defer c.forget(out)
	alarm := time.NewTimer(c.s.conf.patience)
	defer alarm.Stop()
	select {
	case hr := <-out.answer:
		if hr != hresult.S_OK {
			return nil, hr, fmt.Errorf("serve: callback %q, %s: the client answered: %w", c.key.name, m.Name, hr)
		}
		return json.RawMessage("{}"), hr, nil
	case <-c.ended:
		return fail("its session has ended")
	case <-alarm.C:
		return fail(fmt.Sprintf("the client has not answered within %v", c.s.conf.patience))
	case <-ctx.Done():
		return fail(ctx.Err().Error())
	}
}

// tell wakes the stream.
func (n *session) tell() {
	select {
	case n.news <- struct{}{}:
	default:
	}
}

// forget drops a call that nobody waits for any more.
func (n *session) forget(out *outcall) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.pending, out.number)
	n.queue = slices.DeleteFunc(n.queue, func(o *outcall) bool { return o == out })
}

// stream is the connection over which the calls go.
type stream struct {
	replaced chan struct{}
	releases bool // the client wants to know which callbacks are released
}

// streamCallbacks writes the calls as they come, and blank lines when none do.
func (s *Server) streamCallbacks(r *request) (any, error) {
	n, err := s.session(r.at["session"])
	if err != nil {
		return nil, err
	}
	defer n.leave()
	me := &stream{replaced: make(chan struct{})}
	switch text := r.query.Get("releases"); text {
	case "true":
		me.releases = true
	case "", "false":
	default:
		return nil, malformed("releases: %.40q: want true or false", text)
	}
	n.begin(me)
	defer n.finish(me)
	control := http.NewResponseController(r.w)
	h := r.w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Cache-Control", "no-store")
	r.w.WriteHeader(http.StatusOK)
	write := func(line []byte) bool {
		s.writeWithin(r.w)
		_, err := r.w.Write(line)
		return err == nil && control.Flush() == nil
	}
	if !write([]byte("\n")) {
		return nil, nil
	}
	beat := time.NewTicker(s.conf.heartbeat)
	defer beat.Stop()
	for {
		for line := n.next(me); line != nil; line = n.next(me) {
			if !write(append(slices.Clip(line), '\n')) {
				return nil, nil
			}
		}
		select {
		case <-n.news:
		case <-beat.C:
			if !write([]byte("\n")) {
				return nil, nil
			}
		case <-me.replaced:
			n.tell() // what was for me is for another
			return nil, nil
		case <-n.ended:
			return nil, nil
		case <-r.r.Context().Done():
			return nil, nil
		}
	}
}

// begin makes a stream the one of the session. What was written to another and not
// answered is written again.
func (n *session) begin(me *stream) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stream != nil {
		close(n.stream.replaced)
	}
	n.stream = me
	n.queue = nil
	for _, out := range n.pending {
		n.queue = append(n.queue, out)
	}
	slices.SortFunc(n.queue, func(a, b *outcall) int { return int(int64(a.number - b.number)) })
}

func (n *session) finish(me *stream) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stream == me {
		n.stream = nil
	}
}

// next is the next line for a stream, nil for none.
func (n *session) next(me *stream) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stream != me || len(n.queue) == 0 {
		return nil
	}
	out := n.queue[0]
	n.queue = n.queue[1:]
	return out.line
}

// argsReturn is what a client's callback has returned.
type argsReturn struct {
	HRESULT code `json:"hresult"`
}

// returnCallback takes the answer of a client to a call.
func (s *Server) returnCallback(r *request) (any, error) {
	n, err := s.session(r.at["session"])
	if err != nil {
		return nil, err
	}
	defer n.leave()
	var a argsReturn
	if err := decode(r.body, &a); err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(r.at["call"], 10, 64)
	n.mu.Lock()
	defer n.mu.Unlock()
	out := n.pending[number]
	if err != nil || out == nil {
		return nil, notFound("nobody waits for the answer to call %.40q, or not any more", r.at["call"])
	}
	delete(n.pending, number)
	out.answer <- hresult.HRESULT(a.HRESULT)
	return none{}, nil
}
