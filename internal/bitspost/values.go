package bitspost

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Protocols reads BITS-Supported-Protocols: identifiers with the one that the
// client likes best first, between blanks (D create-session) or commas (D
// MC-BUP 2.2.2.2).
func Protocols(h http.Header) []string {
	var all []string
	for key, values := range h {
		if !strings.EqualFold(key, SupportedProtocols) {
			continue
		}
		for _, v := range values {
			all = append(all, strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })...)
		}
	}
	return all
}

// SameID compares two identifiers of protocols or sessions: without case and
// without the braces (I; O other implementations do so).
func SameID(a, b string) bool { return strings.EqualFold(unbrace(a), unbrace(b)) }

// Key returns a form of an identifier that is equal for all that SameID takes
// for the same.
func Key(id string) string { return strings.ToLower(unbrace(id)) }

func unbrace(s string) string {
	if len(s) >= 2 && s[0] == '{' && s[len(s)-1] == '}' {
		return s[1 : len(s)-1]
	}
	return s
}

// CheckSessionID tells why s cannot be the identifier of a session: it has 1 to
// 100 characters that may stand in a header (D ack-for-create-session).
func CheckSessionID(s string) error {
	if s == "" || len(s) > MaxSessionID {
		return fmt.Errorf("%s has %d characters, want 1 to %d", SessionID, len(s), MaxSessionID)
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return fmt.Errorf("%s has the control character %#02x", SessionID, s[i])
		}
	}
	return nil
}

// ResolveHost returns u with its host replaced by the host id (D
// ack-for-create-session). The port stays, unless the host id has one (I). A
// host id is a host name or an IP address of at most 300 characters.
func ResolveHost(u *url.URL, host string) (*url.URL, error) {
	if host == "" || len(host) > MaxHostID {
		return nil, fmt.Errorf("%s has %d characters, want 1 to %d", HostID, len(host), MaxHostID)
	}
	if strings.Count(host, ":") > 1 && host[0] != '[' {
		host = "[" + host + "]" // an IPv6 address
	}
	h, err := url.Parse("//" + host)
	if err != nil || h.Host != host || h.Hostname() == "" || strings.ContainsAny(host, "/?#@\\ \t") {
		return nil, fmt.Errorf("%s %.100q is neither a host name nor an IP address", HostID, host)
	}
	c := *u
	c.Host = host
	if h.Port() == "" && u.Port() != "" {
		c.Host = strings.TrimSuffix(host, ":") + ":" + u.Port()
	}
	return &c, nil
}

// ResolveReply returns the URL of a reply. It should be absolute; a relative one
// is taken from the URL of the request (I).
func ResolveReply(u *url.URL, reply string) (*url.URL, error) {
	r, err := u.Parse(reply)
	if err != nil || r.Host == "" || r.Scheme != "http" && r.Scheme != "https" {
		return nil, fmt.Errorf("%s %.100q is no URL of http or https", ReplyURL, reply)
	}
	return r, nil
}
