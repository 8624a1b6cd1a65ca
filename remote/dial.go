package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/token"
)

// The environment in which [Dial] looks for what is not said.
const (
	EnvService   = "BITSEMU_SERVICE"    // the address
	EnvToken     = "BITSEMU_TOKEN"      // the server's token
	EnvTokenFile = "BITSEMU_TOKEN_FILE" // a file with it
)

// Option changes how a [Client] is made.
type Option func(*config)

type config struct {
	token  string
	caller token.Token
}

// Token is the server's token, which it asks for over TCP. Without this option it is
// taken from the environment.
func Token(s string) Option { return func(c *config) { c.token = s } }

// As makes t the caller of calls whose context names nobody. Without it the server
// decides.
func As(t token.Token) Option { return func(c *config) { c.caller = t } }

// Client is a client of a service: one session. All methods may be called from several
// goroutines.
type Client struct {
	conn   *connection
	caller token.Token
	ctx    context.Context // until Close
	cancel context.CancelFunc
	work   sync.WaitGroup // goroutines of the client

	opening sync.Mutex // held while a session is opened
	mu      sync.Mutex
	closed  bool
	session *session
}

// Dial opens a session at a server, whose address is unix:/path or
// http://127.0.0.1:port; "" takes it from BITSEMU_SERVICE. The context is that of the
// opening alone.
//
// Errors: E_INVALIDARG for an address of another form; RPC_S_SERVER_UNAVAILABLE where
// nobody answers; a [Refusal].
func Dial(ctx context.Context, address string, opts ...Option) (*Client, error) {
	var conf config
	for _, o := range opts {
		o(&conf)
	}
	if address == "" {
		if address = os.Getenv(EnvService); address == "" {
			return nil, fmt.Errorf("remote: no address of a service is given, and %s is not set: %w", EnvService, hresult.E_INVALIDARG)
		}
	}
	if conf.token == "" {
		var err error
		if conf.token, err = tokenOf(address); err != nil {
			return nil, err
		}
	}
	conn, err := connect(address, conf.token)
	if err != nil {
		return nil, err
	}
	c := &Client{conn: conn, caller: conf.caller}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	if _, err := c.open(ctx, nil); err != nil {
		c.cancel()
		conn.http.CloseIdleConnections()
		return nil, err
	}
	return c, nil
}

// tokenOf finds the token in the environment.
func tokenOf(address string) (string, error) {
	if strings.HasPrefix(address, "unix:") {
		return "", nil // nobody asks
	}
	if t := os.Getenv(EnvToken); t != "" {
		return t, nil
	}
	path := os.Getenv(EnvTokenFile)
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("remote: the token of %s: %w", EnvTokenFile, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// String tells where the service is.
func (c *Client) String() string { return "bitsemu at " + c.conn.address }

// callerJSON is a caller in a request, nil for nobody in particular.
func callerJSON(t token.Token) (json.RawMessage, error) {
	if t.IsZero() {
		return nil, nil
	}
	return json.Marshal(t)
}

// open opens a session in place of old, unless somebody has done so.
func (c *Client) open(ctx context.Context, old *session) (*session, error) {
	const what = "opening a session"
	c.opening.Lock()
	defer c.opening.Unlock()
	if s, err := c.current(what); err != nil || s != old {
		return s, err
	}
	caller, err := callerJSON(c.caller)
	if err != nil { // uncovered: a token can always be written
		return nil, fmt.Errorf("remote: %s: %w: %w", what, hresult.E_INVALIDARG, err)
	}
	body, err := json.Marshal(struct {
		Caller json.RawMessage `json:"caller,omitempty"`
	}{caller})
	if err != nil { // uncovered: JSON in a struct
		return nil, err
	}
	text, err := c.conn.do(ctx, what, "POST", "/v1/sessions", body)
	if err != nil {
		return nil, err
	}
	var opened struct{ Session, Lease string }
	err = json.Unmarshal(text, &opened)
	lease, err2 := time.ParseDuration(opened.Lease)
	if err = errors.Join(err, err2); err != nil || opened.Session == "" {
		return nil, fmt.Errorf("remote: %s: the answer cannot be read: %w: %w", what, hresult.RPC_E_CLIENT_CANTUNMARSHAL_DATA, err)
	}
	s := newSession(c, opened.Session, lease)
	c.mu.Lock()
	closed := c.closed
	if !closed {
		c.session = s
	}
	c.mu.Unlock()
	if old != nil {
		old.end()
	}
	if closed {
		s.end()
		return nil, dead(what, errClosed)
	}
	return s, nil
}

// current is the session.
func (c *Client) current(what string) (*session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, dead(what, errClosed)
	}
	return c.session, nil
}

// Activate is CoCreateInstance of the BITS class, by the caller in ctx or, when it names
// none, by that of [As]: calls on the manager, and on all that is got from it, are made
// as that caller unless their context says otherwise. When the server does not know the
// session any more, a new one is opened; pointers of the old one stay dead.
//
// Errors: what the service answers, such as
// HRESULT_FROM_WIN32(ERROR_SERVICE_DISABLED).
func (c *Client) Activate(ctx context.Context) (bits.Manager, error) {
	return c.activate(ctx, c.callerIn(ctx), nil)
}

// ActivateClass is Activate for one of the classes that versions of BITS have brought,
// such as [bits.CLSID_BackgroundCopyManager5_0].
//
// Errors: REGDB_E_CLASSNOTREG for a class of a later version than the service has.
func (c *Client) ActivateClass(ctx context.Context, clsid uuid.UUID) (bits.Manager, error) {
	return c.activate(ctx, c.callerIn(ctx), &clsid)
}

func (c *Client) callerIn(ctx context.Context) token.Token {
	if t, ok := token.FromContext(ctx); ok {
		return t
	}
	return c.caller
}

func (c *Client) activate(ctx context.Context, as token.Token, clsid *uuid.UUID) (bits.Manager, error) {
	const what = "CoCreateInstance"
	s, err := c.current(what)
	if err != nil {
		return nil, err
	}
	m, err := s.activate(ctx, what, as, clsid)
	if r := (*Refusal)(nil); errors.As(err, &r) && r.Status == http.StatusNotFound {
		if s, err = c.open(ctx, s); err != nil {
			return nil, err
		}
		return s.activate(ctx, what, as, clsid)
	}
	return m, err
}

// Manager is the manager as a program gets it that runs as the caller of [As]. It
// activates the service when it is first called, so that what keeps that from happening
// is the answer of the first method.
func (c *Client) Manager() bits.Manager { return c.As(c.caller) }

// As is [Client.Manager] for a program that runs as t.
func (c *Client) As(t token.Token) bits.Manager { return newLazy(c, t) }

// Close releases all pointers and callbacks, and ends the session. It waits for callbacks
// that are being called, whose contexts end, so it is not for callbacks to call. What
// the client made is dead afterwards: calls fail with RPC_S_SERVER_UNAVAILABLE.
func (c *Client) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	s := c.session
	c.mu.Unlock()
	c.cancel()
	s.end()
	c.work.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	_, err := c.conn.do(ctx, "closing the session", "DELETE", "/v1/sessions/"+s.id, nil)
	c.conn.http.CloseIdleConnections()
	if hr, _ := hresult.Of(err); hr == hresult.HRESULT_FROM_WIN32_RPC_S_SERVER_UNAVAILABLE {
		err = nil // the server has gone, and the session with it
	}
	return err
}

// closing is how long a server may take to end a session.
const closing = 10 * time.Second
