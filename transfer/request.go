package transfer

import (
	"crypto/tls"
	"net/http"
	"net/url"

	"github.com/bitsemu/bitsemu/bits"
)

// DefaultUserAgent is what BITS 10.1 to 10.3 say they are (I: no page gives the
// number of these versions, 7.8 is that of BITS 5.0 on Windows 10).
const DefaultUserAgent = "Microsoft BITS/7.8"

// Client sends requests. It may be shared by any number of downloads at once.
type Client struct {
	// Transport gets every request, redirected and proxied ones too. It must not
	// follow redirects nor decode contents. It learns what does not stand in the
	// request from its context: [ProxyOf], [SecurityOf], [ClientCertificateOf],
	// [Now], [Wake]. An error may carry an HRESULT or be an *[Error]. *[Wait] means
	// that there is no answer yet: the same *http.Request comes again; the same is
	// true of reading the body.
	Transport http.RoundTripper

	UserAgent string // "" is DefaultUserAgent
}

// Request says what a download is to fetch, and how. It is not changed by it.
type Request struct {
	URL string

	// Method is GET, which "" means too, or another one. With another one the
	// file comes in one answer: there is no HEAD, no range and no going on after an
	// interruption, which is therefore always fatal (D
	// nf-bits10_2-ibackgroundcopyjobhttpoptions2-sethttpmethod.md).
	Method string

	// Header are headers for every request, as lines "Name: value" that end in CR
	// LF; the last end may be missing. They may replace User-Agent, Accept and Host.
	// Those which drive the transfer (Range, If-*, Content-Length, Connection and
	// the like) are left out, as are Host, Authorization and Cookie once a redirect
	// has led to another host (C).
	Header string

	// Ranges are the parts of the remote file to fetch, one behind the other into
	// the local one; nil is the whole file.
	Ranges []bits.FileRange

	// InPlace writes each range where it stands in the remote file, for on-demand
	// mode.
	InPlace bool

	Foreground bool // also take whole answers from servers without ranges, below 2 GiB
	Dynamic    bool // BITS_JOB_PROPERTY_DYNAMIC_CONTENT: one GET, nothing known before

	Security bits.SecurityFlags // the redirect policy, and what is tolerated of certificates

	// MaxSize is how many bytes may still be fetched, 0 for any number. Beyond it
	// BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED ends the attempt: at once where the size
	// is known (C).
	MaxSize uint64

	Auth Authenticator // nil: challenges are not answered

	// Proxy chooses the proxy of a URL; it is also asked for redirect targets. A nil
	// function and a nil URL mean none. An error without an HRESULT is
	// BG_E_INVALID_PROXY_INFO.
	Proxy func(*url.URL) (*url.URL, error)

	// ClientCertificate is shown to servers that ask for one. Without it they get
	// ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED (D authentication.md).
	ClientCertificate *tls.Certificate

	// Certificate judges the server of each https answer, once for a host and
	// attempt; nil accepts. The state is nil where the server is in memory. An
	// error is transient and has BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, except
	// that BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED is fatal. Windows asks
	// before it sends a request; here the answer's head is there already (C).
	Certificate func(*url.URL, *tls.ConnectionState) error

	// OnMoved, if not nil, is called inside a step after each write with what it
	// added to [State.Held].
	OnMoved func(n int64)
}

// policy is the redirect policy.
func (r *Request) policy() bits.SecurityFlags { return r.Security & bits.BG_HTTP_REDIRECT_POLICY_MASK }

// once reports whether the file comes in one answer that cannot be gone on with.
func (r *Request) once() bool { return r.Dynamic || r.custom() }

// custom reports whether there is a method other than GET.
func (r *Request) custom() bool { return r.Method != "" && r.Method != http.MethodGet }
