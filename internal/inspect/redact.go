package inspect

import (
	"net/url"
	"regexp"
	"strings"
)

// withoutPassword is a remote name, or a list of proxies, as it may be shown.
func withoutPassword(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	if strings.ContainsAny(text, " ;\t") {
		return words.ReplaceAllStringFunc(text, withoutPassword)
	}
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Host == "" && strings.Contains(text, ":") {
		// All that may be a password goes.
		i := strings.LastIndexByte(text, '@')
		return "(hidden)" + text[i:]
	}
	if u.User == nil {
		return text
	}
	if _, ok := u.User.Password(); !ok {
		return text
	}
	return u.Redacted()
}

var words = regexp.MustCompile(`[^ ;\t]+`)

// withoutCookies is a block of response headers as it may be shown: what a server gives a
// client to identify itself by is hidden.
func withoutCookies(block string) string {
	return secretHeader.ReplaceAllString(block, "$1 (hidden)")
}

var secretHeader = regexp.MustCompile(`(?im)^((?:set-cookie2?|authorization|proxy-authorization|authentication-info|proxy-authentication-info|www-authenticate|proxy-authenticate):).*$`)
