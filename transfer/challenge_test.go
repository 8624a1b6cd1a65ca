package transfer

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bitsemu/bitsemu/bits"
)

func TestParseChallenges(t *testing.T) {
	t.Parallel()
	type m = map[string]string
	const (
		basic, digest   = bits.BG_AUTH_SCHEME_BASIC, bits.BG_AUTH_SCHEME_DIGEST
		ntlm, negotiate = bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_NEGOTIATE
	)
	for text, want := range map[string][]Challenge{
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
		require.Equal(t, want, parseChallenges([]string{text}), text)
	}
	require.Len(t, parseChallenges([]string{"NTLM", "Basic realm=x", ""}), 2)

	h := http.Header{"Www-Authenticate": {"Basic realm=1, Digest nonce=2", "Negotiate", "Basic realm=3"}, "Proxy-Authenticate": {"NTLM"}}
	var order []string
	for _, c := range challengesOf(&http.Response{Header: h}, bits.BG_AUTH_TARGET_SERVER) {
		order = append(order, c.Scheme.Short()+c.Params["realm"])
	}
	require.Equal(t, []string{"NEGOTIATE", "DIGEST", "BASIC1", "BASIC3"}, order)
	require.Len(t, challengesOf(&http.Response{Header: h}, bits.BG_AUTH_TARGET_PROXY), 1)
	require.Empty(t, schemeName(99))
}

func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="r", nonce="n", Basic realm="a\"b"`)
	f.Add(`Negotiate abc==, NTLM`)
	f.Add(`Basic realm="`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range parseChallenges([]string{text}) {
			require.NotEmpty(t, schemeName(c.Scheme))
			// What was read is read again from how it is written.
			again := schemeName(c.Scheme)
			if word, has := c.Params[""]; has {
				again += " " + word
			} else {
				sep := " "
				for name, value := range c.Params {
					again += sep + name + "=" + quote(value)
					sep = ", "
				}
			}
			if _, has := c.Params[""]; has && len(c.Params) > 1 {
				continue // something that is neither
			}
			require.Equal(t, []Challenge{c}, parseChallenges([]string{again}), again)
		}
	})
}
