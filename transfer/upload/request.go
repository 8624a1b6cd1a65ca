package upload

import (
	"crypto/tls"
	"fmt"
	"net/url"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
	"github.com/bitsemu/bitsemu/internal/bitspost"
	"github.com/bitsemu/bitsemu/internal/httphead"
	"github.com/bitsemu/bitsemu/transfer"
)

// The sizes of fragments, in bytes. Those of Windows are not known (I).
const (
	DefaultFragment = 4 << 20  // what is sent in one packet unless told otherwise
	MinFragment     = 64 << 10 // not halved any more when the server answers 413
)

// Request tells what to upload, and how.
type Request struct {
	URL    string // the remote name, http or https
	Header string // custom headers of the job, lines of "Name: value\r\n"; they go with each packet
	Name   string // of the local file without its path: Content-Name of the first fragment; "" leaves it out
	Size   uint64 // of the local file, in bytes
	Reply  bool   // an upload-reply job: the server must tell where the reply is

	// FragmentSize bounds the bytes of one packet, besides the bound of the
	// step; 0 means DefaultFragment.
	FragmentSize int64

	// PingFirst sends a Ping before Create-Session, so that connection and
	// logon are settled by a packet that costs nothing (D ping; MC-BUP has Ping
	// for a host id only, which is what is done otherwise).
	PingFirst bool

	Auth     transfer.Authenticator // nil: challenges are not answered
	Security bits.SecurityFlags     // what is tolerated of certificates; redirects are never followed (I)

	// Proxy, ClientCertificate and Certificate are as in [transfer.Request].
	Proxy             func(*url.URL) (*url.URL, error)
	ClientCertificate *tls.Certificate
	Certificate       func(*url.URL, *tls.ConnectionState) error

	// OnMoved, if not nil, is called inside of a step with the bytes that the
	// connection has taken, acknowledged or not.
	OnMoved func(n int64)
}

// New returns an upload that goes on from s; the zero State begins one. It
// contacts nobody. What is wrong with the request or the state is told by a
// *transfer.Error with E_INVALIDARG.
func New(c *transfer.Client, r Request, s State) (*Upload, error) {
	origin, err := url.Parse(r.URL)
	if err != nil {
		return nil, invalidArg("remote name: %w", err)
	}
	if origin.Scheme != "http" && origin.Scheme != "https" || origin.Host == "" {
		return nil, invalidArg("remote name %q is no URL of http or https", r.URL)
	}
	if r.Size > maxSize {
		return nil, invalidArg("a local file of %d bytes; the most is %d", r.Size, uint64(maxSize))
	}
	if s.Offset > r.Size {
		return nil, invalidArg("offset %d lies behind the end of the local file at %d", s.Offset, r.Size)
	}
	if s.Host != "" {
		if _, err := bitspost.ResolveHost(origin, s.Host); err != nil {
			return nil, invalidArg("state: %w", err)
		}
	}
	if s.Session != "" {
		if err := bitspost.CheckSessionID(s.Session); err != nil {
			return nil, invalidArg("state: %w", err)
		}
	}
	if r.FragmentSize < 0 {
		return nil, invalidArg("fragments of %d bytes", r.FragmentSize)
	}
	header, err := httphead.Custom(r.Header, reserved)
	if err != nil {
		return nil, invalidArg("%w", err)
	}
	origin.Fragment, origin.RawFragment = "", ""
	u := &Upload{client: c, request: r, state: s, origin: origin, header: header, size: r.FragmentSize}
	u.auth = authorizer{source: r.Auth, kept: make(map[audience]*credential)}
	if u.size == 0 {
		u.size = DefaultFragment
	}
	return u, nil
}

func invalidArg(format string, args ...any) error {
	return &transfer.Error{
		Code: hresult.E_INVALIDARG, Context: bits.BG_ERROR_CONTEXT_REMOTE_FILE, Err: fmt.Errorf(format, args...),
	}
}

// maxSize is what io.ReaderAt can address.
const maxSize = 1<<63 - 1

// contentName writes a file name so that it may stand in a header: what is not
// printable ASCII is escaped as in a URL (I).
func contentName(name string) string {
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 0x7f {
			return url.PathEscape(name)
		}
	}
	return name
}
