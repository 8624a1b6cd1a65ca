package upload

import (
	"slices"
	"strings"

	"github.com/bitsemu/bitsemu/bits"
	"github.com/bitsemu/bitsemu/transfer"
)

// challenges reads WWW-Authenticate or Proxy-Authenticate (RFC 9110 11.6.1): one
// challenge for each scheme that BITS knows, the strongest first (I).
func challenges(values []string) []transfer.Challenge {
	var all []transfer.Challenge
	for _, value := range values {
		all = append(all, readChallenges(value)...)
	}
	slices.SortStableFunc(all, func(a, b transfer.Challenge) int { return strength(b.Scheme) - strength(a.Scheme) })
	return slices.CompactFunc(all, func(a, b transfer.Challenge) bool { return a.Scheme == b.Scheme })
}

func strength(s bits.AuthScheme) int {
	return slices.Index([]bits.AuthScheme{
		bits.BG_AUTH_SCHEME_BASIC, bits.BG_AUTH_SCHEME_PASSPORT, bits.BG_AUTH_SCHEME_DIGEST,
		bits.BG_AUTH_SCHEME_NTLM, bits.BG_AUTH_SCHEME_NEGOTIATE,
	}, s)
}

func schemeOf(s string) bits.AuthScheme {
	switch strings.ToLower(s) {
	case "basic":
		return bits.BG_AUTH_SCHEME_BASIC
	case "digest":
		return bits.BG_AUTH_SCHEME_DIGEST
	case "ntlm":
		return bits.BG_AUTH_SCHEME_NTLM
	case "negotiate":
		return bits.BG_AUTH_SCHEME_NEGOTIATE
	case "passport1.4":
		return bits.BG_AUTH_SCHEME_PASSPORT
	}
	return 0
}

// readChallenges reads one header line. Between commas stands a parameter of the
// challenge before, or a scheme, alone or with its first parameter.
func readChallenges(s string) []transfer.Challenge {
	var all []transfer.Challenge
	known := false // whether parameters belong to the last of all, or to a scheme unknown here
	for s != "" {
		var item string
		item, s = cutItem(s)
		name, value, isParam := strings.Cut(item, "=")
		if !isParam || strings.ContainsAny(strings.TrimSpace(name), " \t") || !isToken(strings.TrimSpace(name)) {
			var scheme string
			scheme, item, _ = strings.Cut(item, " ")
			if scheme == "" {
				continue
			}
			id := schemeOf(scheme)
			if known = id != 0; known {
				all = append(all, transfer.Challenge{Scheme: id, Params: map[string]string{}})
			}
			if name, value, isParam = strings.Cut(item, "="); !isParam {
				continue
			}
		}
		if known {
			all[len(all)-1].Params[strings.ToLower(strings.TrimSpace(name))] = unquote(strings.TrimSpace(value))
		}
	}
	return all
}

// cutItem cuts at the first comma outside of quotes.
func cutItem(s string) (item, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return strings.TrimSpace(s[:i]), s[i+1:]
		}
	}
	return strings.TrimSpace(s), ""
}

func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
