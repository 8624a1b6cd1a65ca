package transfer

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/hresult"
)

// maxHops is how many redirects lead to an answer (I).
const maxHops = 10

// isRedirect reports whether the redirect policy is about this status (D
// nf-bits2_5-ibackgroundcopyjobhttpoptions-setsecurityflags; 308 I).
func isRedirect(status int) bool {
	switch status {
	case http.StatusMultipleChoices, http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// redirect turns the exchange to where the answer points, or tells why not.
func (x *exchange) redirect(resp *http.Response) error {
	status := resp.StatusCode
	target, err := x.target(resp)
	if x.d.req.policy() == bits.BG_HTTP_REDIRECT_POLICY_DISALLOW {
		e := fatal(hresult.FromWin32(uint32(status)), "a redirect, which the job forbids")
		if e.Status = status; target != nil {
			e.RemoteName = target.String()
		}
		return e
	}
	if err != nil {
		return err
	}
	if x.hops++; x.hops > maxHops {
		return redirectFailed("more than %d redirects", maxHops)
	}
	if x.url.Scheme == "https" && target.Scheme == "http" &&
		!x.d.req.Security.Has(bits.BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP) {
		return redirectFailed("a redirect from https to %s, which the job does not allow", target.Redacted())
	}
	x.url = target
	if status == http.StatusSeeOther && x.method != http.MethodHead ||
		status <= http.StatusFound && x.method == http.MethodPost {
		x.method = http.MethodGet
	}
	return nil
}

// target is where the answer points.
func (x *exchange) target(resp *http.Response) (*url.URL, error) {
	location := resp.Header.Get("Location")
	if location == "" {
		return nil, redirectFailed("status %d without a Location", resp.StatusCode)
	}
	target, err := x.url.Parse(location)
	if err != nil {
		return nil, redirectFailed("a redirect to %q, which is no URL", location)
	}
	if err := checkURL(target); err != nil {
		return nil, redirectFailed("a redirect to %q: %w", location, err)
	}
	return target, nil
}

func redirectFailed(format string, args ...any) *Error {
	return fatal(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_REDIRECT_FAILED, format, args...)
}

// checkURL tells why u is nothing to send a request to.
func checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fatal(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_UNRECOGNIZED_SCHEME,
			"scheme %q is neither http nor https", u.Scheme)
	case u.Hostname() == "":
		return fatal(hresult.HRESULT_FROM_WIN32_ERROR_WINHTTP_INVALID_URL, "a URL without a host")
	}
	return nil
}

// origin is scheme, host and port of a URL: what credentials are for.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}
