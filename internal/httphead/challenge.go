package httphead

import (
	"net/http"
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
)

// Challenge is what a server or proxy asks for.
type Challenge struct {
	Scheme bits.AuthScheme
	Params map[string]string
}

// schemes are what a challenge may ask for, the strongest first: in this order
// they are tried (I).
var schemes = []bits.AuthScheme{
	bits.BG_AUTH_SCHEME_NEGOTIATE, bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_DIGEST,
	bits.BG_AUTH_SCHEME_PASSPORT, bits.BG_AUTH_SCHEME_BASIC,
}

// SchemeName is how the scheme is called in HTTP, "" for one that is unknown.
func SchemeName(s bits.AuthScheme) string {
	switch s {
	case bits.BG_AUTH_SCHEME_BASIC:
		return "Basic"
	case bits.BG_AUTH_SCHEME_DIGEST:
		return "Digest"
	case bits.BG_AUTH_SCHEME_NTLM:
		return "NTLM"
	case bits.BG_AUTH_SCHEME_NEGOTIATE:
		return "Negotiate"
	case bits.BG_AUTH_SCHEME_PASSPORT:
		return "Passport1.4"
	}
	return ""
}

// SchemeOf finds the scheme that HTTP calls so, in letters of either case.
func SchemeOf(name string) (bits.AuthScheme, bool) {
	for _, s := range schemes {
		if strings.EqualFold(SchemeName(s), name) {
			return s, true
		}
	}
	return 0, false
}

// Parse reads the values of WWW-Authenticate or Proxy-Authenticate
// (RFC 9110, section 11.6.1). Schemes that BITS has not are left out, and so is
// what follows something that is no challenge. Names of parameters are in lower
// case; a challenge that is one word of base64 has it as the parameter "".
func Parse(values []string) []Challenge {
	var found []Challenge
	for _, value := range values {
		p := authParser{rest: value}
		for p.challenge(&found) {
		}
	}
	return found
}

type authParser struct{ rest string }

// challenge reads the next one; false at the end.
func (p *authParser) challenge(found *[]Challenge) bool {
	p.skip(" \t,")
	name := p.token()
	if name == "" {
		return false
	}
	params := make(map[string]string)
	if spaces := p.skip(" \t"); spaces && !p.param(params) {
		if word := p.token68(); word != "" {
			params[""] = word
		}
	}
	for p.nextParam(params) {
	}
	if scheme, ok := SchemeOf(name); ok {
		*found = append(*found, Challenge{Scheme: scheme, Params: params})
	}
	return p.rest == "" || p.rest[0] == ','
}

// nextParam reads a comma and a parameter, or nothing.
func (p *authParser) nextParam(params map[string]string) bool {
	p.skip(" \t")
	before := p.rest
	if p.skip(",") {
		p.skip(" \t,")
		if p.param(params) {
			return true
		}
	}
	p.rest = before
	return false
}

// param reads name=value, or nothing.
func (p *authParser) param(params map[string]string) bool {
	before := p.rest
	name := strings.ToLower(p.token())
	p.skip(" \t")
	if name == "" || !strings.HasPrefix(p.rest, "=") {
		p.rest = before
		return false
	}
	p.rest = p.rest[1:]
	p.skip(" \t")
	value, ok := p.value()
	if !ok {
		p.rest = before
		return false
	}
	params[name] = value
	return true
}

// value reads a token or a quoted string.
func (p *authParser) value() (string, bool) {
	if !strings.HasPrefix(p.rest, `"`) {
		value := p.token()
		return value, value != ""
	}
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '"':
			p.rest = p.rest[i+1:]
			return b.String(), true
		case c == '\\' && i+1 < len(p.rest):
			i++
			b.WriteByte(p.rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

func (p *authParser) token() string {
	return p.take(func(c byte) bool { return IsToken(string(c)) })
}

// token68 reads what base64 and its kin are made of.
func (p *authParser) token68() string {
	word := p.take(func(c byte) bool { return c != '=' && (IsToken(string(c)) || c == '/') })
	return word + p.take(func(c byte) bool { return c == '=' })
}

func (p *authParser) take(good func(byte) bool) string {
	n := 0
	for n < len(p.rest) && good(p.rest[n]) {
		n++
	}
	taken := p.rest[:n]
	p.rest = p.rest[n:]
	return taken
}

// skip drops leading characters of the set, and reports whether there were any.
func (p *authParser) skip(set string) bool {
	rest := strings.TrimLeft(p.rest, set)
	skipped := len(rest) < len(p.rest)
	p.rest = rest
	return skipped
}

// Names are the names of the headers for a target: of the challenge and of the answer
// to it.
func Names(target bits.AuthTarget) (challenge, answer string) {
	if target == bits.BG_AUTH_TARGET_PROXY {
		return "Proxy-Authenticate", "Proxy-Authorization"
	}
	return "Www-Authenticate", "Authorization"
}

// Challenges reads those in the head of an answer, in the order in which they are tried.
func Challenges(h http.Header, target bits.AuthTarget) []Challenge {
	name, _ := Names(target)
	all := Parse(h.Values(name))
	slices.SortStableFunc(all, func(a, b Challenge) int {
		return slices.Index(schemes, a.Scheme) - slices.Index(schemes, b.Scheme)
	})
	return all
}
