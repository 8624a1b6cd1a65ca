package bitsupload

import (
	"net/http"
	"sync"
	"time"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
)

// Server is a BITS upload server. It is an [http.Handler], for use by any number of
// requests at once; requests of one session are taken one at a time. The path of a
// URL is the name in the storage. Under [http.StripPrefix] it is what is left of
// it.
type Server struct {
	storage Storage

	mu       sync.Mutex
	options  Options
	sessions map[string]*session // by bitspost.Key of the identifier
	swept    time.Time
	faults   []*fault
	stats    Stats
}

// New returns a server that keeps files in storage. An error tells which option is
// wrong.
func New(storage Storage, o Options) (*Server, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	return &Server{storage: storage, options: o, sessions: make(map[string]*session), swept: o.Clock.Now()}, nil
}

// Options returns how the server behaves, with what was left out filled in.
func (s *Server) Options() Options {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.options
}

// Configure changes how the server behaves from the next request on. When change
// leaves something that cannot be, nothing is changed.
func (s *Server) Configure(change func(*Options)) error {
	o := s.Options()
	change(&o)
	if err := o.defaults(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options = o
	return nil
}

// request is one packet on its way through the server.
type request struct {
	*http.Request
	w       http.ResponseWriter
	options Options
	packet  bitspost.Packet
	name    string // in the storage
	user    string
	read    bool // the body has been read as far as it came
}

// maxHeader is how long the value of one header may be (D MC-BUP 2.2.1).
const maxHeader = 4 << 10

// ServeHTTP implements [http.Handler]: the order of the checks is that of MC-BUP
// 3.2.5.2.3.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	r := &request{Request: hr, w: w, options: s.Options()}
	if r.Method != bitspost.Method {
		s.serveOther(r)
		return
	}
	if !r.ProtoAtLeast(1, 1) {
		http.Error(w, "BITS uploads need HTTP/1.1", http.StatusHTTPVersionNotSupported)
		return
	}
	kind, _ := bitspost.One(r.Header, bitspost.PacketType)
	r.packet, _ = bitspost.ParsePacket(kind)
	s.count(r.packet)
	forced, cut, bare := s.meet(r)
	if forced == nil {
		handled := s.handle(r)
		forced = &handled
	}
	a := *forced
	if cut {
		panic(http.ErrAbortHandler)
	}
	r.drain()
	r.options.Logger.Debug("bitsupload", "packet", r.packet, "url", r.URL.Path, "range", r.Header.Get(bitspost.ContentRange),
		"status", a.Status, "code", a.Code, "next", a.Received)
	if !bare {
		a.Write(w.Header(), r.options.ErrorHeader)
	}
	w.WriteHeader(a.Status)
}

// handle judges a packet and does what it asks for.
func (s *Server) handle(r *request) bitspost.Answer {
	if r.packet == 0 || r.packet == bitspost.Ack || !r.wellFormed() {
		return malformed()
	}
	if r.options.Disabled {
		return refuse(http.StatusNotImplemented, hresult.E_ACCESSDENIED)
	}
	if r.options.Authorize != nil {
		user, err := r.options.Authorize(r.Request)
		if err != nil {
			return refuse(http.StatusForbidden, hresult.E_ACCESSDENIED)
		}
		r.user = user
	}
	if !r.hasLength() {
		return refuse(http.StatusLengthRequired, hresult.E_INVALIDARG)
	}
	switch r.packet {
	case bitspost.Ping:
		return bitspost.Answer{Status: http.StatusOK}
	case bitspost.CreateSession:
		return s.create(r)
	}
	id, _ := bitspost.One(r.Header, bitspost.SessionID)
	found, done := s.find(r, id)
	if found == nil {
		a := refuse(http.StatusInternalServerError, hresult.BG_E_SESSION_NOT_FOUND)
		a.Session = id
		return a
	}
	defer done()
	var a bitspost.Answer
	switch r.packet {
	case bitspost.Fragment:
		a = s.fragment(r, found)
	case bitspost.CloseSession:
		a = s.closeSession(r, found)
	default:
		a = s.cancelSession(found)
	}
	a.Session = found.id
	return a
}

// wellFormed checks the format of a packet: a name in the URL, no header longer
// than may be, the identifier of a session where one belongs.
func (r *request) wellFormed() bool {
	for _, name := range []string{
		bitspost.SupportedProtocols, bitspost.SessionID, bitspost.ContentRange, bitspost.ContentName,
	} {
		if v, _ := bitspost.Get(r.Header, name); len(v) > maxHeader {
			return false
		}
	}
	var ok bool
	if r.name, ok = storageName(r.URL.Path); !ok {
		return false
	}
	if r.packet == bitspost.Ping || r.packet == bitspost.CreateSession {
		return true
	}
	id, _ := bitspost.One(r.Header, bitspost.SessionID)
	return bitspost.CheckSessionID(id) == nil
}

// hasLength reports whether the request tells its length. net/http has -1 for a body in
// chunks, and 0 for none and for no word about it.
func (r *request) hasLength() bool {
	if r.ContentLength > 0 {
		return true
	}
	_, n := bitspost.Get(r.Header, bitspost.ContentLength)
	return n > 0 && r.ContentLength == 0
}

// malformed answers a packet that breaks the rules (D MC-BUP 3.2.5.2.3).
func malformed() bitspost.Answer { return refuse(http.StatusBadRequest, hresult.E_INVALIDARG) }

// refuse answers with an error of the server's own.
func refuse(status int, code hresult.HRESULT) bitspost.Answer {
	return bitspost.Answer{Status: status, HasCode: true, Code: code, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE}
}
