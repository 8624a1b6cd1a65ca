package serve

import (
	"log/slog"
	"time"

	"github.com/bitsemu/bitsemu/token"
)

// Option changes how a [Server] is made.
type Option func(*config)

type config struct {
	caller  token.Token
	pinned  bool
	bearer  string
	version string
	log     *slog.Logger
	owners  bool

	maxBody     int64
	maxSessions int
	maxObjects  int
	lease       time.Duration
	patience    time.Duration
	heartbeat   time.Duration
	reading     time.Duration
}

func defaults() config {
	return config{
		version:     "devel",
		log:         slog.New(slog.DiscardHandler),
		maxBody:     8 << 20,
		maxSessions: 10_000,
		maxObjects:  100_000,
		lease:       30 * time.Second,
		patience:    30 * time.Second,
		heartbeat:   10 * time.Second,
		reading:     30 * time.Second,
	}
}

// Default makes t the caller of requests that name none. Without it that is the
// emulator's own default caller.
func Default(t token.Token) Option { return func(c *config) { c.caller, c.pinned = t, false } }

// Pin makes t the caller of every request, and refuses those that name another.
func Pin(t token.Token) Option { return func(c *config) { c.caller, c.pinned = t, true } }

// BearerToken is what requests over TCP must have in their Authorization header. Without
// it [Server.Serve] takes unix sockets alone: there the file system decides who may
// connect, and no token is asked for.
func BearerToken(s string) Option { return func(c *config) { c.bearer = s } }

// Version is what the server says of itself.
func Version(s string) Option { return func(c *config) { c.version = s } }

// Logger gets a line for each request, at level Debug, and what goes wrong in the server
// itself, at level Error. Neither arguments nor answers are in it.
func Logger(l *slog.Logger) Option { return func(c *config) { c.log = l } }

// LogOnOwners logs on the owners of the jobs that are there when the server is made: a
// store does not say who is logged on, and jobs of users who are not do not run.
func LogOnOwners() Option { return func(c *config) { c.owners = true } }

// Lease is how long a session lives without a call and without an open stream of
// callbacks: 30 seconds if not said.
func Lease(d time.Duration) Option { return func(c *config) { c.lease = d } }

// Patience is how long a client has to answer a callback: 30 seconds if not said. Then
// the callback has failed with RPC_E_DISCONNECTED.
func Patience(d time.Duration) Option { return func(c *config) { c.patience = d } }

// Heartbeat is how often a stream of callbacks has a blank line when there is nothing to
// tell: 10 seconds if not said.
func Heartbeat(d time.Duration) Option { return func(c *config) { c.heartbeat = d } }

// Limits bounds the bytes of a request's body (8 MiB if not said), the sessions (10,000)
// and the objects of one session (100,000). Zero leaves a limit as it is.
func Limits(body int64, sessions, objects int) Option {
	return func(c *config) {
		if body > 0 {
			c.maxBody = body
		}
		if sessions > 0 {
			c.maxSessions = sessions
		}
		if objects > 0 {
			c.maxObjects = objects
		}
	}
}
