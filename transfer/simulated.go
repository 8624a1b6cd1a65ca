package transfer

import (
	"encoding/base64"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

// Simulated is the answer to an NTLM, Negotiate or Passport challenge by which
// our simulated logon says who is there: the name of the scheme and the base64 of
// the principal's text. The empty principal is anonymous. It is no real token of
// these protocols, and a real server refuses it.
func Simulated(scheme bits.AuthScheme, principal string) string {
	return strings.TrimRight(httphead.SchemeName(scheme)+" "+base64.StdEncoding.EncodeToString([]byte(principal)), " ")
}

// SimulatedPrincipal is who a header that [Simulated] has made speaks of.
func SimulatedPrincipal(header string) (principal string, ok bool) {
	name, text, _ := strings.Cut(header, " ")
	switch scheme, _ := httphead.SchemeOf(name); scheme {
	case bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_NEGOTIATE, bits.BG_AUTH_SCHEME_PASSPORT:
	default:
		return "", false
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	return string(b), err == nil
}
