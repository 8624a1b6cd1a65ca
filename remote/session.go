package remote

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/wire"
	"github.com/bitsemu/bitsemu/token"
)

// session is what the server holds for the client. It implements [wire.Objects].
type session struct {
	c    *Client
	id   string
	path string

	mu        sync.Mutex
	over      bool
	alarm     *time.Timer       // opens the stream, which keeps the session alive
	cancel    func()            // ends the stream; nil when there is none
	callbacks map[string]*given // by the name that the server knows
	names     map[callbackKey]string
	lastName  int
	unused    []string // pointers to be released
	releasing bool
	calls     map[string]*outcall // callbacks being called, whose answer was not taken yet, or was lately
	answered  []string            // the last of these
}

// given is a callback that the server has.
type given struct {
	key   callbackKey
	count uint64 // how often it was given
}

// callbackKey is a callback in one of its parts.
type callbackKey struct {
	callback any
	iface    string
}

func newSession(c *Client, id string, lease time.Duration) *session {
	s := &session{
		c: c, id: id, path: "/v1/sessions/" + id,
		callbacks: map[string]*given{}, names: map[callbackKey]string{}, calls: map[string]*outcall{},
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarm = time.AfterFunc(lease/3, s.listen)
	return s
}

// end ends what goes on here; the server is not told.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	s.alarm.Stop()
	if s.cancel != nil {
		s.cancel()
	}
}

// begin notes a goroutine of the client, unless it has been closed.
func (s *session) begin() bool {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	if s.c.closed {
		return false
	}
	s.c.work.Add(1)
	return true
}

// call has a method called and reads the answer. The body is a [wire.Request], or what
// the operation takes.
func (c *connection) call(ctx context.Context, what, path string, body []byte) (wire.Answer, error) {
	text, err := c.do(ctx, what, "POST", path, body)
	if err != nil {
		return wire.Answer{}, err
	}
	answer, err := wire.ParseAnswer(text)
	if err != nil {
		return wire.Answer{}, fmt.Errorf("remote: %s: the answer cannot be read: %s: %w", what, err.Error(), hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA)
	}
	if f := answer.Error; f != nil || answer.HRESULT.Failed() {
		if f == nil {
			f = &wire.Fault{Message: what + ": " + answer.HRESULT.Error()}
		}
		return answer, &Error{answer.HRESULT, f.Message, f.Method, f.Job, f.Caller, f.Rule}
	}
	return answer, nil
}

// activate gets a manager.
func (s *session) activate(ctx context.Context, what string, as token.Token, clsid *uuid.UUID) (bits.Manager, error) {
	caller, err := callerJSON(as)
	if err != nil { // uncovered: a token can always be written
		return nil, fmt.Errorf("remote: %s: %w: %w", what, hresult.E_INVALIDARG, err)
	}
	args := struct {
		Caller json.RawMessage `json:"caller,omitempty"`
		CLSID  string          `json:"clsid,omitempty"`
	}{Caller: caller}
	if clsid != nil {
		args.CLSID = bits.GUIDString(*clsid)
	}
	body, err := json.Marshal(args)
	if err != nil { // uncovered: a token and a string
		return nil, err
	}
	answer, err := s.c.conn.call(ctx, what, s.path+"/activate", body)
	if err != nil {
		return nil, err
	}
	var results struct{ Manager reference }
	if err := json.Unmarshal(answer.Results, &results); err != nil || results.Manager.Object == "" {
		return nil, fmt.Errorf("remote: %s: the answer has no manager: %w", what, hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA)
	}
	return s.pointer("Manager", results.Manager.Object).(bits.Manager), nil
}

// reference is a pointer or a callback in an answer.
type reference struct {
	Object    string
	Interface string
	Callback  *string
	Foreign   bool
}

// pointer is an interface pointer that the server holds for us.
type pointer struct {
	*session
	number string
	path   string
}

// pointer makes the object for a pointer, which is released when nobody has it any more.
func (s *session) pointer(iface, number string) any {
	p := &pointer{s, number, s.path + "/objects/" + number + "/"}
	runtime.AddCleanup(p, s.release, number)
	return wire.New(iface, p)
}

// Call implements [wire.Caller].
func (p *pointer) Call(ctx context.Context, m *wire.Method, args json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	defer runtime.KeepAlive(p)
	what := m.String()
	if err := p.gone(what); err != nil {
		return nil, 0, err
	}
	req := wire.Request{Args: args}
	if t, ok := token.FromContext(ctx); ok {
		caller, err := callerJSON(t)
		if err != nil { // uncovered: a token can always be written
			return nil, 0, fmt.Errorf("remote: %s: the caller: %w: %w", what, hresult.E_INVALIDARG, err)
		}
		req.Caller = caller
	}
	answer, err := p.c.conn.call(ctx, what, p.path+m.Name, req.AppendJSON(make([]byte, 0, 64+len(args)+len(req.Caller))))
	if err != nil {
		return nil, 0, err
	}
	if answer.Results == nil {
		answer.Results = json.RawMessage("{}")
	}
	return answer.Results, answer.HRESULT, nil
}

// gone is the error of a session that has ended.
func (s *session) gone(what string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.c.ctx.Err() != nil:
		return dead(what, errClosed)
	case s.over:
		return dead(what, errEnded)
	}
	return nil
}

// Import implements [wire.Objects]: it finds the object behind what the server names.
func (s *session) Import(iface string, ref json.RawMessage) (any, error) {
	var r reference
	if err := json.Unmarshal(ref, &r); err != nil {
		return nil, err
	}
	if r.Object != "" {
		if i, ok := wire.FindInterface(r.Interface); ok {
			iface = i.Name
		}
		return s.pointer(iface, r.Object), nil
	}
	if r.Callback != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		if g := s.callbacks[*r.Callback]; g != nil {
			return g.key.callback, nil
		}
	}
	return wire.New(iface, foreign{}), nil
}

// Export implements [wire.Objects]: it gives a callback a name.
func (s *session) Export(iface string, object any) (json.RawMessage, error) {
	name, err := s.name(iface, object)
	if err != nil {
		return nil, err
	}
	s.listen()
	return json.Marshal(struct {
		Callback  string `json:"callback"`
		Interface string `json:"interface"`
	}{name, newest(iface, object)})
}

// newest is the newest interface that a callback has.
func newest(iface string, object any) string {
	if iface == "Callback" {
		iface = "IBackgroundCopyCallback"
		if _, ok := object.(bits.Callback2); ok {
			iface = "IBackgroundCopyCallback2"
		}
		if _, ok := object.(bits.Callback3); ok {
			iface = "IBackgroundCopyCallback3"
		}
		return iface
	}
	return "IBackgroundCopyServerCertificateValidationCallback"
}

// name is under which the server knows a callback: always the same for the same one, if
// it can be compared.
func (s *session) name(iface string, object any) (string, error) {
	if p, ok := wire.CallerOf(object); ok {
		if _, ok := p.(foreign); ok {
			return "", fmt.Errorf("remote: a callback of another client cannot be given on: %w", hresult.E_INVALIDARG)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := callbackKey{object, iface}
	comparable := reflect.ValueOf(object).Comparable()
	if comparable {
		if name, ok := s.names[key]; ok {
			s.callbacks[name].count++
			return name, nil
		}
	}
	s.lastName++
	name := "c" + strconv.Itoa(s.lastName)
	s.callbacks[name] = &given{key, 1}
	if comparable {
		s.names[key] = name
	}
	return name, nil
}

// released forgets a callback that the server does not have any more: the last time that
// it was given has arrived there.
func (s *session) released(name string, count uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.callbacks[name]
	if g == nil {
		return
	}
	if g.count -= min(count, g.count); g.count > 0 {
		return // it is on its way again
	}
	delete(s.callbacks, name)
	if reflect.ValueOf(g.key.callback).Comparable() {
		delete(s.names, g.key)
	}
}

// foreign is a callback of another client, which cannot be called from here.
type foreign struct{ wire.Caller }

// Call implements [wire.Caller].
func (foreign) Call(_ context.Context, m *wire.Method, _ json.RawMessage) (json.RawMessage, hresult.HRESULT, error) {
	return nil, 0, fmt.Errorf("remote: %s: the callback is another client's: %w", m, hresult.RPC_E_DISCONNECTED)
}

// Export implements [wire.Objects]: nobody will see it.
func (foreign) Export(string, any) (json.RawMessage, error) { return json.RawMessage("null"), nil }
