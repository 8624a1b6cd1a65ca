package httphead_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/internal/httphead"
)

func TestParse(t *testing.T) {
	t.Parallel()
	type m = map[string]string
	const (
		basic, digest   = bits.BG_AUTH_SCHEME_BASIC, bits.BG_AUTH_SCHEME_DIGEST
		ntlm, negotiate = bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_NEGOTIATE
	)
	for text, want := range map[string][]httphead.Challenge{
		`Basic realm="a"`:                 {{Scheme: basic, Params: m{"realm": "a"}}},
		`basic REALM=a , charset="UTF-8"`: {{Scheme: basic, Params: m{"realm": "a", "charset": "UTF-8"}}},
		`Negotiate, NTLM, Basic realm="a, b\"c\\"`: {
			{Scheme: negotiate, Params: m{}}, {Scheme: ntlm, Params: m{}}, {Scheme: basic, Params: m{"realm": `a, b"c\`}},
		},
		`NTLM TlRMTVNTUAA=`:         {{Scheme: ntlm, Params: m{"": "TlRMTVNTUAA="}}},
		`Negotiate ab/c+d==, NTLM`:  {{Scheme: negotiate, Params: m{"": "ab/c+d=="}}, {Scheme: ntlm, Params: m{}}},
		`Negotiate /x`:              {{Scheme: negotiate, Params: m{"": "/x"}}},
		`,, Basic realm=a,, ,x=y,`:  {{Scheme: basic, Params: m{"realm": "a", "x": "y"}}},
		`Bearer a=b, Basic realm=c`: {{Scheme: basic, Params: m{"realm": "c"}}},
		`Digest realm="r", nonce="n", qop="auth,auth-int", stale=TRUE`: {
			{Scheme: digest, Params: m{"realm": "r", "nonce": "n", "qop": "auth,auth-int", "stale": "TRUE"}},
		},
		`Digest realm = "r"`:           {{Scheme: digest, Params: m{"realm": "r"}}},
		`Basic realm="open`:            {{Scheme: basic, Params: m{"": "realm="}}},
		`Basic realm="a\`:              {{Scheme: basic, Params: m{"": "realm="}}},
		`Basic "x"`:                    {{Scheme: basic, Params: m{}}},
		`Passport1.4 da.status=failed`: {{Scheme: bits.BG_AUTH_SCHEME_PASSPORT, Params: m{"da.status": "failed"}}},
		`"Basic"`:                      nil,
		``:                             nil,
		` , `:                          nil,
		"Bäsic x=y":                    nil,
	} {
		require.Equal(t, want, httphead.Parse([]string{text}), text)
	}
	require.Len(t, httphead.Parse([]string{"NTLM", "Basic realm=x", ""}), 2)

	h := http.Header{"Www-Authenticate": {"Basic realm=1, Digest nonce=2", "Negotiate", "Basic realm=3"}, "Proxy-Authenticate": {"NTLM"}}
	var order []string
	for _, c := range httphead.Challenges(h, bits.BG_AUTH_TARGET_SERVER) {
		order = append(order, c.Scheme.Short()+c.Params["realm"])
	}
	require.Equal(t, []string{"NEGOTIATE", "DIGEST", "BASIC1", "BASIC3"}, order)
	require.Len(t, httphead.Challenges(h, bits.BG_AUTH_TARGET_PROXY), 1)
	require.Empty(t, httphead.SchemeName(99))
}

func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="r", nonce="n", Basic realm="a\"b"`)
	f.Add(`Negotiate abc==, NTLM`)
	f.Add(`Basic realm="`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range httphead.Parse([]string{text}) {
			require.NotEmpty(t, httphead.SchemeName(c.Scheme))
			// What was read is read again from how it is written.
			again := httphead.SchemeName(c.Scheme)
			if word, has := c.Params[""]; has {
				again += " " + word
			} else {
				sep := " "
				for name, value := range c.Params {
					again += sep + name + "=" + `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
					sep = ", "
				}
			}
			if _, has := c.Params[""]; has && len(c.Params) > 1 {
				continue // something that is neither
			}
			require.Equal(t, []httphead.Challenge{c}, httphead.Parse([]string{again}), again)
		}
	})
}
