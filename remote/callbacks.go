package remote

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
	"github.com/bitsemu/bitsemu/token"
)

// listen opens the stream over which the server calls callbacks, if it is not there.
func (s *session) listen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.cancel != nil || !s.begin() {
		return
	}
	s.alarm.Stop()
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.c.ctx)
	go s.follow(ctx)
}

// The pauses before a stream that broke is opened again.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 5 * time.Second
)

// silence is how long a stream may be silent; the server sends something each 10 s.
const silence = 35 * time.Second

// follow reads the stream, and opens it again when it breaks, until the session ends.
func (s *session) follow(ctx context.Context) {
	defer s.c.work.Done()
	pause := firstPause
	for {
		opened, err := s.stream(ctx)
		if r := (*Refusal)(nil); errors.As(err, &r) && r.Status == http.StatusNotFound {
			s.end()
			return
		}
		if opened {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
			pause = min(2*pause, lastPause)
		}
	}
}

// stream opens the stream and reads it to its end.
func (s *session) stream(ctx context.Context) (opened bool, err error) {
	const what = "the stream of callbacks"
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := s.c.conn.request(ctx, "GET", s.path+"/callbacks?releases=true", nil)
	if err != nil { // uncovered: the URL is good
		return false, err
	}
	answer, err := s.c.conn.http.RoundTrip(req)
	if err != nil {
		return false, err
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	if answer.StatusCode != http.StatusOK {
		text, _ := readAll(answer)
		return false, refusal(what, answer.StatusCode, text)
	}
	alarm := time.AfterFunc(silence, cancel)
	defer alarm.Stop()
	r := bufio.NewReader(answer.Body)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return true, err // what is cut off comes again
		}
		alarm.Reset(silence)
		if line = bytes.TrimSpace(line); len(line) > 0 {
			s.called(line)
		}
	}
}

// outcall is a call of a callback.
type outcall struct {
	Call, Callback, Interface, Method string
	Caller                            token.Token
	Args                              json.RawMessage
	Release                           string // instead of a call: a callback that is not held any more
	Count                             uint64

	body  []byte // the answer, once the callback has returned
	busy  bool   // a goroutine is at it
	again bool   // it came again meanwhile
}

// called begins what a line of the stream asks for. A line that comes again is a call
// under way, or one whose answer has not arrived.
func (s *session) called(line []byte) {
	o := &outcall{}
	if err := json.Unmarshal(line, o); err != nil || o.Call == "" {
		if err == nil && o.Release != "" {
			s.released(o.Release, o.Count)
		}
		return // nobody can answer it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.calls[o.Call]; known != nil {
		o = known
	}
	if o.busy {
		o.again = true
		return
	}
	if s.over || !s.begin() {
		return
	}
	s.calls[o.Call], o.busy = o, true
	go s.answer(o)
}

// answer calls the callback, unless it has returned before, and sends what it returned.
// A callback that ends its goroutine has failed.
func (s *session) answer(o *outcall) {
	defer s.c.work.Done()
	hr := hresult.RPC_E_SERVERFAULT
	defer func() {
		if o.body == nil {
			o.body = []byte(`{"hresult":"` + hr.Hex() + `"}`)
		}
		s.send(o)
	}()
	if o.body == nil {
		hr = s.invoke(o)
	}
}

// send sends an answer. One that is lost is sent again, a few times at once and then
// when the call comes again.
func (s *session) send(o *outcall) {
	for tries := 1; ; tries++ {
		_, err := s.c.conn.do(s.c.ctx, "the answer of a callback", "POST", s.path+"/callbacks/"+o.Call, o.body)
		s.mu.Lock()
		r := (*Refusal)(nil)
		switch {
		case err == nil || errors.As(err, &r):
			s.forget(o.Call)
		case s.c.ctx.Err() == nil && (o.again || tries < 3):
			o.again = false
			s.mu.Unlock()
			continue
		}
		o.busy = false
		s.mu.Unlock()
		return
	}
}

// remembered is how many calls that are over are kept in mind.
const remembered = 256

// forget drops what is known of a call, but not at once: it may be on its way on a new
// stream a second time.
func (s *session) forget(call string) {
	s.calls[call] = &outcall{busy: true}
	s.answered = append(s.answered, call)
	if len(s.answered) > remembered {
		delete(s.calls, s.answered[0])
		s.answered = s.answered[1:]
	}
}

// invoke calls the callback.
func (s *session) invoke(o *outcall) hresult.HRESULT {
	s.mu.Lock()
	g := s.callbacks[o.Callback]
	s.mu.Unlock()
	m, ok := wire.Find(o.Interface, o.Method)
	if g == nil || !ok {
		return hresult.RPC_E_DISCONNECTED
	}
	ctx := s.c.ctx
	if !o.Caller.IsZero() {
		ctx = token.NewContext(ctx, o.Caller)
	}
	_, hr, _ := wire.Invoke(ctx, m, g.key.callback, o.Args, s) // the HRESULT is all that goes back
	return hr
}
