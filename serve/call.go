package serve

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu"
	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/who"
	"github.com/bitsemu/bitsemu/internal/wire"
	"github.com/bitsemu/bitsemu/token"
	"github.com/bitsemu/bitsemu/tokenopts"
)

// callRoutes are the calls without a session.
func callRoutes() []route {
	return []route{
		{method: "POST", path: "/v1/manager/{method}", says: "A method of IBackgroundCopyManager.", do: (*Server).callManager},
		{method: "POST", path: "/v1/jobs/{id}/{method}", says: "GetJob, QueryInterface for the interface that has the method, and the method.", do: (*Server).callJob},
		{method: "POST", path: "/v1/jobs/{id}/files/{n}/{method}", says: "The same for a file of the job; the first is 0.", do: (*Server).callFile},
	}
}

// sessionRoutes are those of sessions.
func sessionRoutes() []route {
	return []route{
		{method: "POST", path: "/v1/sessions", says: "Opens a session: what one client holds.", do: (*Server).openSession, takes: reflect.TypeFor[argsOpen](), answers: reflect.TypeFor[openedSession]()},
		{method: "DELETE", path: "/v1/sessions/{session}", says: "Ends a session, and releases all of it.", do: (*Server).endSession, answers: reflect.TypeFor[none]()},
		{method: "POST", path: "/v1/sessions/{session}/activate", says: "CoCreateInstance: a manager in the session.", do: (*Server).activate, takes: reflect.TypeFor[argsActivate]()},
		{method: "POST", path: "/v1/sessions/{session}/objects/{object}/{method}", says: "A method of an interface pointer in the session, QueryInterface and Release among them.", do: (*Server).callObject},
		{method: "POST", path: "/v1/sessions/{session}/release", says: "Takes several interface pointers back; those that are not there are passed over.", do: (*Server).releaseObjects, takes: reflect.TypeFor[argsRelease](), answers: reflect.TypeFor[none]()},
		{method: "GET", path: "/v1/sessions/{session}/callbacks", says: "The calls of the client's callbacks, a line each.", do: (*Server).streamCallbacks, answers: reflect.TypeFor[outcallLine](), stream: true, query: []string{"releases"}},
		{method: "POST", path: "/v1/sessions/{session}/callbacks/{call}", says: "What a callback has returned.", do: (*Server).returnCallback, takes: reflect.TypeFor[argsReturn](), answers: reflect.TypeFor[none]()},
	}
}

// caller reads who calls; the zero token is nobody in particular.
func (s *Server) caller(raw json.RawMessage) (token.Token, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return s.conf.caller, nil
	}
	text := string(raw)
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return token.Token{}, malformed("caller: %v", err)
		}
	}
	t, err := who.Parse(text)
	switch {
	case err != nil:
		return token.Token{}, malformed("caller: %v", err)
	case t.IsZero():
		return token.Token{}, malformed("caller: %s is nobody", text)
	case s.conf.pinned && !t.Equal(s.conf.caller):
		return token.Token{}, forbidden("the server calls as %s for everybody, and not as %s", s.conf.caller, t)
	}
	return t, nil
}

// as is a context in which somebody calls, if he is known.
func as(ctx context.Context, t token.Token) context.Context {
	if t.IsZero() {
		return ctx
	}
	return token.NewContext(ctx, t)
}

// stateless begins a call without a session: it is as if a program had started, made the
// manager, and would end with the call.
func (s *Server) stateless(r *request, do func(ctx context.Context, m bits.Manager, args json.RawMessage, o wire.Objects) (json.RawMessage, hresult.HRESULT, error)) (any, error) {
	req, err := wire.ParseRequest(r.body)
	if err != nil {
		return nil, badBody(err)
	}
	caller, err := s.caller(req.Caller)
	if err != nil {
		return nil, err
	}
	ctx := as(r.r.Context(), caller)
	m, err := s.emu.Activate(ctx)
	if err != nil {
		return answerOf(nil, 0, err)
	}
	results, hr, err := do(ctx, m, req.Args, &describer{ctx})
	return answerOf(results, hr, err)
}

func (s *Server) callManager(r *request) (any, error) {
	m, ok := wire.Find("Manager", r.at["method"])
	if !ok || m.Interface != "Manager" {
		return nil, noMethod("IBackgroundCopyManager", r.at["method"])
	}
	return s.stateless(r, func(ctx context.Context, manager bits.Manager, args json.RawMessage, o wire.Objects) (json.RawMessage, hresult.HRESULT, error) {
		return wire.Invoke(ctx, m, manager, args, o)
	})
}

func (s *Server) callJob(r *request) (any, error) {
	m, ok := wire.ForJob(r.at["method"])
	if !ok {
		return nil, noMethod("a job", r.at["method"])
	}
	id, err := jobID(r)
	if err != nil {
		return nil, err
	}
	return s.stateless(r, func(ctx context.Context, manager bits.Manager, args json.RawMessage, o wire.Objects) (json.RawMessage, hresult.HRESULT, error) {
		job, err := manager.GetJob(ctx, id)
		if err != nil {
			return nil, 0, err
		}
		return invokeOn(ctx, m, job, args, o)
	})
}

func (s *Server) callFile(r *request) (any, error) {
	m, ok := wire.ForFile(r.at["method"])
	if !ok {
		return nil, noMethod("a file", r.at["method"])
	}
	id, err := jobID(r)
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(r.at["n"], 10, 32)
	if err != nil {
		return nil, malformed("%.40q is no number of a file", r.at["n"])
	}
	return s.stateless(r, func(ctx context.Context, manager bits.Manager, args json.RawMessage, o wire.Objects) (json.RawMessage, hresult.HRESULT, error) {
		file, err := fileOf(ctx, manager, id, uint32(n))
		if err != nil {
			return nil, 0, err
		}
		return invokeOn(ctx, m, file, args, o)
	})
}

func fileOf(ctx context.Context, manager bits.Manager, id uuid.UUID, n uint32) (bits.File, error) {
	job, err := manager.GetJob(ctx, id)
	if err != nil {
		return nil, err
	}
	files, err := job.EnumFiles(ctx)
	if err != nil {
		return nil, err
	}
	if _, err = files.Skip(ctx, n); err != nil {
		return nil, err
	}
	found, _, err := files.Next(ctx, 1)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, notFound("the job has no file %d; the first is 0", n)
	}
	return found[0], nil
}

// invokeOn calls a method on an object, by way of the interface that has it.
func invokeOn(ctx context.Context, m *wire.Method, object bits.Unknown, args json.RawMessage, o wire.Objects) (json.RawMessage, hresult.HRESULT, error) {
	on, err := object.QueryInterface(ctx, m.IID)
	if err != nil {
		return nil, 0, err
	}
	return wire.Invoke(ctx, m, on, args, o)
}

func jobID(r *request) (uuid.UUID, error) {
	id, err := uuid.Parse(r.at["id"])
	if err != nil {
		return id, malformed("%.80q is no GUID of a job", r.at["id"])
	}
	return id, nil
}

func noMethod(what, method string) error {
	return notFound("%s has no method %.80q; GET /v1/openapi.json lists those that there are", what, method)
}

// openedSession is the answer to who opens a session.
type openedSession struct {
	Session string `json:"session"`
	Lease   span   `json:"lease"`
}

type argsOpen struct {
	Caller json.RawMessage `json:"caller,omitempty"`
}

func (s *Server) openSession(r *request) (any, error) {
	var a argsOpen
	if err := decode(r.body, &a); err != nil {
		return nil, err
	}
	caller, err := s.caller(a.Caller)
	if err != nil {
		return nil, err
	}
	n, err := s.open(caller)
	if err != nil {
		return nil, err
	}
	return openedSession{n.id, span(s.conf.lease)}, nil
}

func (s *Server) endSession(r *request) (any, error) {
	n, err := s.session(r.at["session"])
	if err != nil {
		return nil, err
	}
	n.end()
	return none{}, nil
}

type argsActivate struct {
	Caller json.RawMessage `json:"caller,omitempty"`
	CLSID  *guid           `json:"clsid,omitempty"`
}

type resultActivate struct {
	Manager json.RawMessage `json:"manager"`
}

// callerIn is who calls within a session: nobody in particular is who has made the object.
func (s *Server) callerIn(ctx context.Context, raw json.RawMessage) (context.Context, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return ctx, nil
	}
	t, err := s.caller(raw)
	return as(ctx, t), err
}

func (s *Server) activate(r *request) (any, error) {
	n, err := s.session(r.at["session"])
	if err != nil {
		return nil, err
	}
	defer n.leave()
	var a argsActivate
	if err := decode(r.body, &a); err != nil {
		return nil, err
	}
	ctx, err := s.callerIn(as(r.r.Context(), n.caller), a.Caller)
	if err != nil {
		return nil, err
	}
	var manager bits.Manager
	if a.CLSID == nil {
		manager, err = s.emu.Activate(ctx)
	} else {
		manager, err = s.emu.ActivateClass(ctx, a.CLSID.UUID)
	}
	if err != nil {
		return answerOf(nil, 0, err)
	}
	ref, err := n.hold("Manager", manager)
	return answerOf(resultActivate{ref}, 0, err)
}

func (s *Server) callObject(r *request) (any, error) {
	n, err := s.session(r.at["session"])
	if err != nil {
		return nil, err
	}
	defer n.leave()
	p, err := n.at(r.at["object"])
	if err != nil {
		return nil, err
	}
	req, err := wire.ParseRequest(r.body)
	if err != nil {
		return nil, badBody(err)
	}
	ctx, err := s.callerIn(r.r.Context(), req.Caller)
	if err != nil {
		return nil, err
	}
	if r.at["method"] == "Release" {
		return answerOf(nil, 0, n.release(r.at["object"]))
	}
	m, ok := wire.Find(p.iface.Name, r.at["method"])
	if !ok {
		return nil, noMethod(p.iface.COM, r.at["method"])
	}
	results, hr, err := wire.Invoke(ctx, m, p.object, req.Args, n)
	return answerOf(results, hr, err)
}

type argsRelease struct {
	Objects []string `json:"objects"`
}

func (s *Server) releaseObjects(r *request) (any, error) {
	n, err := s.session(r.at["session"])
	if err != nil {
		return nil, err
	}
	defer n.leave()
	var a argsRelease
	if err := decode(r.body, &a); err != nil {
		return nil, err
	}
	for _, number := range a.Objects {
		_ = n.release(number) // it is gone already
	}
	return none{}, nil
}

// badBody is a malformed request as it is answered.
func badBody(err error) error { return malformed("%s", strings.TrimPrefix(err.Error(), "wire: ")) }

// answerOf is the answer to a call: its results, or what BITS has refused it with. What was
// refused before BITS has heard of it is an error.
func answerOf(results any, hr hresult.HRESULT, err error) (any, error) {
	var no *refusal
	var bad *wire.BadRequest
	switch {
	case errors.As(err, &no):
		return nil, err
	case errors.As(err, &bad):
		return nil, badBody(err)
	case err != nil:
		return json.RawMessage(wire.Answer{HRESULT: bits.ResultOf(err), Error: fault(err)}.AppendJSON(nil)), nil
	}
	text, ok := results.(json.RawMessage)
	if !ok && results != nil {
		if text, err = encode(results); err != nil {
			return nil, err
		}
	}
	return json.RawMessage(wire.Answer{HRESULT: hr, Results: text}.AppendJSON(nil)), nil
}

// fault says what there is to say about a refused call.
func fault(err error) *wire.Fault {
	f := &wire.Fault{Message: err.Error()}
	var call *bitsemu.CallError
	if errors.As(err, &call) {
		f.Method, f.Caller = call.Method, call.Caller.String()
		if call.Job != uuid.Nil {
			f.Job = bits.GUIDString(call.Job)
		}
	}
	var refused *tokenopts.AccessError
	if errors.As(err, &refused) {
		if text, err := encode(decisionOf(refused.Decision)); err == nil {
			f.Rule = text
		}
	}
	return f
}
